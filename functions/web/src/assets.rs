//! Script, icons and manifest of the applicants' pages.

use std::sync::LazyLock;

use antrian::http::Routes;
use antrian::http::body::Segments;
use antrian_pages::assets::{Asset, ICON as ICON_SVG, JAVASCRIPT, SVG, served};
use antrian_pages::page::Shown;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Where they are served.
const FOLDER: &str = "/aset";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        LazyLock::new(|| {
            Asset::new(FOLDER, $name, $kind, include_bytes!(concat!("../assets/", $name)))
        })
    };
}

pub(crate) static SCRIPT: LazyLock<Asset> = asset!("page.js", JAVASCRIPT);
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(FOLDER, "icon.svg", SVG, ICON_SVG));
// Drawn by `local/e2e/face.mjs`.
static ICON_192: LazyLock<Asset> = asset!("icon-192.png", PNG);
static ICON_512: LazyLock<Asset> = asset!("icon-512.png", PNG);
static MASKABLE: LazyLock<Asset> = asset!("maskable-512.png", PNG);
pub(crate) static APPLE: LazyLock<Asset> = asset!("apple-180.png", PNG);
pub(crate) static PREVIEW: LazyLock<Asset> = asset!("preview.png", PNG);
const PNG: &str = "image/png";

/// It names icons, and so has another name itself when one changes.
pub(crate) static MANIFEST: LazyLock<Asset> = LazyLock::new(|| {
    let mut manifest = include_str!("../assets/manifest.webmanifest").to_owned();
    for icon in [&ICON, &ICON_192, &ICON_512, &MASKABLE] {
        manifest =
            manifest.replace(&format!("\"{}\"", icon.name()), &format!("\"{}\"", icon.address));
    }
    Asset::new(FOLDER, "manifest.webmanifest", "application/manifest+json", manifest.into_bytes())
});
/// Keeps tickets. Its address stays, for browsers ask there for a newer one.
const TICKETS: &str = include_str!("../assets/ticket.js");

/// Of the display in the hall.
pub(crate) static HALL: LazyLock<Asset> = asset!("hall.js", JAVASCRIPT);
// Spoken numbers, and where each word is in them: made by `suara/make.py`.
pub(crate) static SOUND_ID: LazyLock<Asset> = asset!("suara-id.opus", OPUS);
pub(crate) static SOUND_EN: LazyLock<Asset> = asset!("suara-en.opus", OPUS);
pub(crate) static WORDS_ID: LazyLock<Asset> = asset!("suara-id.json", JSON);
pub(crate) static WORDS_EN: LazyLock<Asset> = asset!("suara-en.json", JSON);
const OPUS: &str = "audio/ogg";
const JSON: &str = "application/json";

/// Everything that is served under a name of its own.
static ALL: [&LazyLock<Asset>; 13] = [
    &SCRIPT, &ICON, &ICON_192, &ICON_512, &MASKABLE, &APPLE, &PREVIEW, &MANIFEST, &HALL, &SOUND_ID,
    &SOUND_EN, &WORDS_ID, &WORDS_EN,
];

pub(crate) fn routes() -> Routes {
    Routes::new().route("/aset/{name}", get(asset)).route("/tiket/ticket.js", get(tickets))
}

async fn asset(Segments(name): Segments<String>) -> Shown {
    served(&ALL, &format!("{FOLDER}/{name}"))
}

async fn tickets() -> Response {
    let headers = [(header::CONTENT_TYPE, JAVASCRIPT), (header::CACHE_CONTROL, "no-cache")];
    (headers, TICKETS).into_response()
}
