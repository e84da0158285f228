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

/// Everything that is served under a name of its own.
static ALL: [&LazyLock<Asset>; 8] =
    [&SCRIPT, &ICON, &ICON_192, &ICON_512, &MASKABLE, &APPLE, &PREVIEW, &MANIFEST];

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
