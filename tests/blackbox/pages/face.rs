//! What the pages look like from outside: in a chat beside a link, on a home screen.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, TestApp};
use serde_json::Value;

use super::books;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Width and height of a picture that is served at this address.
async fn size(app: &TestApp, path: &str) -> (u32, u32) {
    let answer = app.http.get(format!("{}{path}", app.stack.base_url)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    assert_eq!(answer.headers()["content-type"], "image/png", "{path}");
    assert_eq!(answer.headers()["cache-control"], FOR_EVER, "{path}");
    let picture = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
    (picture.width(), picture.height())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_public_page_has_a_title_and_a_picture_in_chats() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    for (path, title) in [
        ("/".to_owned(), "Jam kosong di kantor imigrasi"),
        ("/kantor/uji".to_owned(), "Kantor Uji"),
        ("/kantor/uji/passport_new".to_owned(), "Paspor baru – Kantor Uji"),
        (format!("/kantor/uji/passport_new/{DATE}"), "Paspor baru – Kantor Uji"),
        ("/kantor/uji/dokumen".to_owned(), "Dokumen yang dibawa – Kantor Uji"),
    ] {
        let page = browser.get(&path).await;
        let said = |name: &str| page.between(&format!("property=\"og:{name}\" content=\""), "\"");
        assert_eq!(said("title"), title, "{path}");
        assert!(!said("description").is_empty(), "{path}");
        let picture = said("image").strip_prefix(&app.stack.base_url).unwrap().to_owned();
        assert_eq!(size(&app, &picture).await, (1200, 630), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_can_stand_on_a_home_screen_and_its_head_tells_nobody_whose_it_is() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let page = browser.get(&format!("/tiket/{code}")).await;
    assert_eq!(page.between("og:title\" content=\"", "\""), "Antrian");
    for preview in page.html.split("<meta property=\"og:").skip(1) {
        let preview = preview.split('>').next().unwrap();
        assert!(!preview.contains(&code) && !preview.contains("Contoh 1"), "{preview}");
    }
    let apple = page.between("rel=\"apple-touch-icon\" href=\"", "\"").to_owned();
    assert_eq!(size(&app, &apple).await, (180, 180));
    let manifest = page.between("rel=\"manifest\" href=\"", "\"").to_owned();
    let manifest = browser.get(&manifest).await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let manifest: Value = serde_json::from_str(&manifest.html).unwrap();
    let icons = manifest["icons"].as_array().unwrap();
    assert!(icons.iter().any(|icon| icon["purpose"] == "maskable"));
    for icon in icons.iter().filter(|icon| icon["type"] == "image/png") {
        let side = icon["sizes"].as_str().unwrap().split('x').next().unwrap().parse().unwrap();
        assert_eq!(size(&app, icon["src"].as_str().unwrap()).await, (side, side), "{icon}");
    }
    let drawn = icons.iter().find(|icon| icon["sizes"] == "any").unwrap();
    assert_eq!(browser.get(drawn["src"].as_str().unwrap()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_stack_leads_a_developer_on_in_one_line_of_its_start_page() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let start = browser.get("/").await;
    let line = start.between("Local stack: ", "</p>");
    let led: Vec<_> =
        line.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(led[..3], ["/simulator", "/petugas", "/v1/openapi.json"], "{line}");
    for path in led.iter().filter(|path| path.starts_with('/')) {
        assert_eq!(browser.follow(path).await.status, 200, "{path}");
    }
    assert_eq!(led.len(), 5, "{line}");
    let office = browser.get("/kantor/uji").await;
    assert!(!office.html.contains("Local stack"), "on the start page alone");
}
