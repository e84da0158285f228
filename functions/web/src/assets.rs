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

/// A part of the pages.
#[derive(Debug)]
pub(crate) struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");

pub(crate) static SCRIPT: Asset = Asset {
    name: "page.js",
    kind: "text/javascript; charset=utf-8",
    content: include_str!("../assets/page.js"),
};
pub(crate) static ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", content: include_str!("../assets/icon.svg") };

pub(crate) static MANIFEST: Asset = Asset {
    name: "manifest.webmanifest",
    kind: "application/manifest+json",
    content: include_str!("../assets/manifest.webmanifest"),
};
/// Keeps tickets. Its address stays, for browsers ask there for a newer one.
const TICKETS: &str = include_str!("../assets/ticket.js");

static ALL: [&Asset; 3] = [&SCRIPT, &ICON, &MANIFEST];

/// The first digits of each content's hash, in the order of [`ALL`].
static MARKS: LazyLock<[String; 3]> =
    LazyLock::new(|| ALL.map(|asset| hash(asset.content.as_bytes())[..12].to_owned()));

impl Asset {
    /// Where it is served.
    pub(crate) fn address(&self) -> String {
        let at = ALL.iter().position(|asset| asset.name == self.name);
        format!("/aset/{}-{}", at.map_or("", |at| &MARKS[at]), self.name)
    }
}

pub(crate) fn routes() -> Routes {
    Routes::new().route("/aset/{name}", get(asset)).route("/tiket/ticket.js", get(tickets))
}

/// An earlier release's name finds nothing: its pages are over as well.
async fn asset(Segments(name): Segments<String>) -> Result<Response, Problem> {
    let address = format!("/aset/{name}");
    let asset = ALL.iter().find(|asset| asset.address() == address);
    let asset = asset.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    // The one address that an asset has in it.
    let content = asset.content.replace("\"ICON\"", &format!("\"{}\"", ICON.address()));
    Ok((headers, content).into_response())
}

async fn tickets() -> Response {
    let headers = [(header::CONTENT_TYPE, SCRIPT.kind), (header::CACHE_CONTROL, "no-cache")];
    (headers, TICKETS).into_response()
}
