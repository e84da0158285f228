//! Script, icons and manifest: parts of the program, kept by browsers for ever under a name that changes
//! with their content. The style is part of every page.

use antrian::domain::reason::Reason;
use antrian::http::Routes;
use antrian::http::body::{Segments, hash};
use antrian::http::problem::Problem;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::borrow::Cow;
use std::sync::LazyLock;

/// A part of the pages, under a name that follows from its content.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) address: String,
    kind: &'static str,
    content: Cow<'static, [u8]>,
}

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        LazyLock::new(|| Asset::new($name, $kind, include_bytes!(concat!("../assets/", $name))))
    };
}

pub(crate) static SCRIPT: LazyLock<Asset> = asset!("page.js", JAVASCRIPT);
pub(crate) static ICON: LazyLock<Asset> = asset!("icon.svg", "image/svg+xml");
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
    Asset::new("manifest.webmanifest", "application/manifest+json", manifest.into_bytes())
});
/// Keeps tickets. Its address stays, for browsers ask there for a newer one.
const TICKETS: &str = include_str!("../assets/ticket.js");

/// Everything that is served under a name of its own.
static ALL: [&LazyLock<Asset>; 8] =
    [&SCRIPT, &ICON, &ICON_192, &ICON_512, &MASKABLE, &APPLE, &PREVIEW, &MANIFEST];

impl Asset {
    fn new(name: &str, kind: &'static str, content: impl Into<Cow<'static, [u8]>>) -> Self {
        let content = content.into();
        let address = format!("/aset/{}-{name}", &hash(&content)[..12]);
        Self { address, kind, content }
    }

    /// Its name in the folder of assets.
    fn name(&self) -> &str {
        self.address.split_once('-').map_or("", |(_, name)| name)
    }
}

pub(crate) fn routes() -> Routes {
    Routes::new().route("/aset/{name}", get(asset)).route("/tiket/ticket.js", get(tickets))
}

/// An earlier release's name finds nothing: its pages are over as well.
async fn asset(Segments(name): Segments<String>) -> Result<Response, Problem> {
    let address = format!("/aset/{name}");
    let asset = ALL.into_iter().find(|asset| asset.address == address);
    let asset = asset.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, &*asset.content).into_response())
}

async fn tickets() -> Response {
    let headers = [(header::CONTENT_TYPE, JAVASCRIPT), (header::CACHE_CONTROL, "no-cache")];
    (headers, TICKETS).into_response()
}
