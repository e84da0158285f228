//! Style, script and icon: parts of the program, kept by browsers for ever under a name that changes
//! with their content.

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

pub(crate) static STYLE: Asset = Asset {
    name: "style.css",
    kind: "text/css; charset=utf-8",
    content: include_str!("../assets/style.css"),
};
pub(crate) static SCRIPT: Asset = Asset {
    name: "page.js",
    kind: "text/javascript; charset=utf-8",
    content: include_str!("../assets/page.js"),
};
pub(crate) static ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", content: include_str!("../assets/icon.svg") };

static ALL: [&Asset; 3] = [&STYLE, &SCRIPT, &ICON];

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
    Routes::new().route("/aset/{name}", get(asset))
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
    Ok((headers, asset.content).into_response())
}
