//! Script, icon and manifest: parts of the program, kept by browsers for ever under a name that changes
//! with their content. The style is part of every page.

use antrian::domain::reason::Reason;
use antrian::http::Routes;
use antrian::http::body::{Segments, hash};
use antrian::http::problem::Problem;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// A part of the pages, under a name that follows from its content.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) address: String,
    kind: &'static str,
    content: String,
}

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("page.js", JAVASCRIPT, include_str!("../assets/page.js")));
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")));
/// It names the icon, and so has another name itself when the icon changes.
pub(crate) static MANIFEST: LazyLock<Asset> = LazyLock::new(|| {
    let manifest = include_str!("../assets/manifest.webmanifest").replace("ICON", &ICON.address);
    Asset::new("manifest.webmanifest", "application/manifest+json", &manifest)
});
/// Keeps tickets. Its address stays, for browsers ask there for a newer one.
const TICKETS: &str = include_str!("../assets/ticket.js");

impl Asset {
    fn new(name: &str, kind: &'static str, content: &str) -> Self {
        let address = format!("/aset/{}-{name}", &hash(content.as_bytes())[..12]);
        Self { address, kind, content: content.to_owned() }
    }
}

pub(crate) fn routes() -> Routes {
    Routes::new().route("/aset/{name}", get(asset)).route("/tiket/ticket.js", get(tickets))
}

/// An earlier release's name finds nothing: its pages are over as well.
async fn asset(Segments(name): Segments<String>) -> Result<Response, Problem> {
    let address = format!("/aset/{name}");
    let mut all = [&SCRIPT, &ICON, &MANIFEST].into_iter();
    let asset = all.find(|asset| asset.address == address);
    let asset = asset.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.content.as_str()).into_response())
}

async fn tickets() -> Response {
    let headers = [(header::CONTENT_TYPE, JAVASCRIPT), (header::CACHE_CONTROL, "no-cache")];
    (headers, TICKETS).into_response()
}
