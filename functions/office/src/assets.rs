//! Style, scripts and icon of the staff's pages.

use std::sync::LazyLock;

use antrian::http::Routes;
use antrian::http::body::Segments;
use antrian_pages::assets::{Asset, ICON as ICON_SVG, JAVASCRIPT, SVG, served};
use antrian_pages::page::Shown;
use axum::routing::get;

/// Where they are served.
const FOLDER: &str = "/petugas/aset";

pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(FOLDER, "icon.svg", SVG, ICON_SVG));
/// What staff's pages have beyond the style of all pages.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(FOLDER, "office.css", CSS, include_bytes!("../assets/office.css")));
/// Reads scanners on the scan page.
pub(crate) static SCAN: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(FOLDER, "scan.js", JAVASCRIPT, include_bytes!("../assets/scan.js"))
});
/// What the scan page keeps on its device.
static STORE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(FOLDER, "store.js", JAVASCRIPT, include_bytes!("../assets/store.js"))
});
/// Judges a scan by the list of the day.
static VERDICT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(FOLDER, "verdict.js", JAVASCRIPT, include_bytes!("../assets/verdict.js"))
});
/// Lets the scan page go on without a network. It names the two, and so has another name itself when one
/// changes.
pub(crate) static OFFLINE: LazyLock<Asset> = LazyLock::new(|| {
    let mut script = include_str!("../assets/offline.js").to_owned();
    for part in [&STORE, &VERDICT] {
        script =
            script.replace(&format!("\"./{}\"", part.name()), &format!("\"{}\"", part.address));
    }
    Asset::new(FOLDER, "offline.js", JAVASCRIPT, script.into_bytes())
});
/// Prints a slip.
pub(crate) static PRINT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(FOLDER, "print.js", JAVASCRIPT, include_bytes!("../assets/print.js"))
});
/// Keys and refresh of a counter's page.
pub(crate) static COUNTER: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(FOLDER, "counter.js", JAVASCRIPT, include_bytes!("../assets/counter.js"))
});
const CSS: &str = "text/css; charset=utf-8";

/// Everything that is served under a name of its own.
static ALL: [&LazyLock<Asset>; 8] =
    [&ICON, &STYLE, &SCAN, &STORE, &VERDICT, &OFFLINE, &COUNTER, &PRINT];

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/aset/{name}", get(asset))
}

async fn asset(Segments(name): Segments<String>) -> Shown {
    served(&ALL, &format!("{FOLDER}/{name}"))
}
