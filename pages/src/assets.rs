//! Scripts, icons and manifests: parts of the program, kept by browsers for ever under a name that changes
//! with their content. The style is part of every page.

use std::borrow::Cow;
use std::sync::LazyLock;

use antrian::domain::reason::Reason;
use antrian::http::body::hash;
use antrian::http::problem::Problem;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The style of all pages.
pub const STYLE: &str = include_str!("../assets/style.css");
/// The icon of all pages, an SVG.
pub const ICON: &[u8] = include_bytes!("../assets/icon.svg");
/// What a browser takes for a script.
pub const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
/// What a browser takes for an SVG.
pub const SVG: &str = "image/svg+xml";

/// A part of the pages, under a name that follows from its content.
#[derive(Debug)]
pub struct Asset {
    /// Where it is served.
    pub address: String,
    kind: &'static str,
    content: Cow<'static, [u8]>,
}

impl Asset {
    /// Content of a kind, served in a folder such as `/aset`.
    pub fn new(
        folder: &str,
        name: &str,
        kind: &'static str,
        content: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        let content = content.into();
        let address = format!("{folder}/{}-{name}", &hash(&content)[..12]);
        Self { address, kind, content }
    }

    /// Its name in the folder of assets.
    pub fn name(&self) -> &str {
        self.address.split_once('-').map_or("", |(_, name)| name)
    }
}

/// The asset of this address among all of a function. An earlier release's name finds nothing: its pages
/// are over as well.
///
/// # Errors
/// `not_found`.
pub fn served(all: &[&'static LazyLock<Asset>], address: &str) -> Result<Response, Problem> {
    let asset = all.iter().find(|asset| asset.address == address);
    let asset = asset.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, &*asset.content).into_response())
}
