//! Signing in at the issuer, staying signed in, and being out: by oneself, by time, by an administrator.

use antrian_tests::browser::Shown;
use antrian_tests::offices::OFFICE;
use antrian_tests::{Browser, Recorder, TestApp};
use reqwest::Method;
use serde_json::json;

use super::START;

const COOKIE: &str = "antrian-petugas";

async fn signed_in(app: &TestApp, clerk: &str) -> Browser {
    let mut browser = Browser::new(app);
    let back = browser.sign_in_as(clerk, START).await;
    assert_eq!((back.status, back.location()), (303, START), "{back:?}");
    browser
}

/// Whether the start page lets a browser in.
async fn is_in(browser: &mut Browser) -> bool {
    let start = browser.get(START).await;
    assert!(matches!(start.status, 200 | 303 | 403), "{start:?}");
    start.status == 200
}

fn leads_to_sign_in(shown: &Shown) -> bool {
    shown.status == 303 && shown.location().starts_with("/petugas/masuk?")
}

#[tokio::test]
async fn a_clerk_signs_in_with_one_press_and_comes_back_to_where_they_were() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let asked = browser.get("/petugas?hari=ini").await;
    assert_eq!(asked.location(), "/petugas/masuk?ke=%2Fpetugas%3Fhari%3Dini");
    let page = browser.get(asked.location()).await;
    assert!(page.html.contains("Masuk petugas") && !page.html.contains("berakhir"), "{page:?}");
    let back = browser.sign_in_as("local-desk", "/petugas?hari=ini").await;
    assert_eq!(back.location(), "/petugas?hari=ini");
    let cookies: Vec<_> = back.headers.get_all("set-cookie").iter().collect();
    let session = cookies.iter().find(|one| one.to_str().unwrap().starts_with(COOKIE)).unwrap();
    for rule in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.to_str().unwrap().contains(rule), "{rule}: {session:?}");
    }
    assert_eq!(back.header("cache-control"), "no-store");
    let start = browser.get(START).await;
    assert_eq!(start.status, 200);
    assert!(start.html.contains("petugas pintu") && start.html.contains("Keluar"), "{start:?}");
    assert_eq!(start.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_issuer_s_tokens_are_neither_in_the_browser_nor_in_clear_in_the_table() {
    let (app, recorder) = Recorder::start().await;
    let browser = signed_in(&app, "local-desk").await;
    let token = &browser.cookies[COOKIE];
    assert_eq!(token.len(), 43, "256 bits and nothing else");
    assert!(browser.cookies.values().all(|value| !value.contains("eyJ")), "{browser:?}");
    let items: Vec<String> = recorder.items().await.iter().map(ToString::to_string).collect();
    let own: Vec<_> = items.iter().filter(|item| item.contains("local-desk")).collect();
    assert!(own.len() == 1 && own[0].contains("CLERK#"), "{own:?}");
    assert!(!own[0].contains("\"eyJ") && !items.concat().contains(token.as_str()), "{own:?}");
}

#[tokio::test]
async fn nobody_is_led_elsewhere_after_signing_in() {
    let app = TestApp::start().await;
    for to in ["https://evil.example/", "//evil.example", "/\\evil.example", ""] {
        let back = Browser::new(&app).sign_in_as("local-desk", to).await;
        assert_eq!(back.location(), START, "{to}");
    }
}

#[tokio::test]
async fn a_code_is_good_in_the_browser_that_began_and_once() {
    let app = TestApp::start().await;
    let (mut victim, mut attacker) = (Browser::new(&app), Browser::new(&app));
    let returned = attacker.returned_as("local-directorate", START).await;
    // A link with somebody else's code signs nobody in as somebody else.
    let refused = victim.get(&returned).await;
    assert!(refused.html.contains("tidak selesai di peramban ini"), "{refused:?}");
    let own = victim.returned_as("local-desk", START).await;
    let theirs = returned.split_once("code=").unwrap().1.split('&').next().unwrap();
    let mine = own.split_once("code=").unwrap().1.split('&').next().unwrap();
    // Nor under the victim's own state: the code is bound to the attacker's challenge.
    let mixed = victim.get(&own.replace(mine, theirs)).await;
    assert!(mixed.html.contains("tidak selesai"), "{mixed:?}");
    assert!(!is_in(&mut victim).await);
    let own = victim.returned_as("local-desk", START).await;
    let cookies = victim.cookies.clone();
    assert_eq!(victim.get(&own).await.location(), START);
    let mut again = Browser::new(&app);
    again.cookies = cookies;
    let repeated = again.get(&own).await;
    assert!(repeated.html.contains("tidak selesai"), "{repeated:?}");
}

#[tokio::test]
async fn a_sign_in_that_took_too_long_or_was_given_up_begins_anew() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let returned = browser.returned_as("local-desk", START).await;
    app.advance(15 * 60);
    assert!(browser.get(&returned).await.html.contains("tidak selesai"));
    let given_up = browser.get("/petugas/masuk/kembali?error=access_denied&state=x").await;
    assert_eq!(given_up.location(), "/petugas/masuk");
}

#[tokio::test]
async fn a_shift_goes_on_while_the_tokens_are_renewed_and_ends_after_twelve_hours() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "local-desk").await;
    for _ in 0..11 {
        app.advance(3_600);
        assert!(is_in(&mut browser).await);
    }
    app.advance(3_600);
    let over = browser.get("/petugas?hari=ini").await;
    assert!(leads_to_sign_in(&over), "{over:?}");
    let page = browser.get(over.location()).await;
    assert!(page.html.contains("Sesi Anda sudah berakhir"), "{page:?}");
    let back = browser.sign_in_as("local-desk", "/petugas?hari=ini").await;
    assert_eq!(back.location(), "/petugas?hari=ini");
}

#[tokio::test]
async fn what_was_typed_is_there_again_after_a_night() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "local-desk").await;
    app.advance(13 * 3_600);
    let path = format!("/petugas/{OFFICE}/pindai");
    let late = browser.post(&path, &[("isi", "7KQ4M-\"M2XR9")]).await;
    assert_eq!(late.status, 401);
    assert!(late.html.contains("name=\"isi\" value=\"7KQ4M-&#34;M2XR9\""), "{late:?}");
    assert!(late.html.contains(&format!("action=\"{path}\"")), "{late:?}");
    // Nothing of it for a form that another site filled in.
    for headers in [&[("sec-fetch-site", "cross-site")][..], &[]] {
        let foreign = browser.post_from(&path, &[("isi", "7KQ4M")], headers).await;
        assert!(!foreign.html.contains("7KQ4M"), "{foreign:?}");
    }
}

#[tokio::test]
async fn whoever_is_denied_is_out_within_a_minute() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "local-desk").await;
    assert!(is_in(&mut browser).await);
    let head = app.staff("*", &["admin"]).await;
    let denials = "/v1/staff/denials/local-desk";
    let body = Some(json!({"denial_reason": "left"}));
    assert_eq!(app.call(Method::PUT, denials, Some(&head), body).await.status, 200);
    app.advance(59);
    let out = browser.get(START).await;
    assert_eq!(out.status, 403, "{out:?}");
    let again = Browser::new(&app).sign_in_as("local-desk", START).await;
    assert_eq!(again.status, 403, "nor does a new sign-in help");
}

#[tokio::test]
async fn whoever_is_disabled_at_the_issuer_is_out_with_the_access_token() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "local-desk").await;
    app.post("/local/staff-disabled", json!({"subject": "local-desk"})).await;
    app.advance(5 * 60);
    assert!(leads_to_sign_in(&browser.get(START).await));
    app.advance(-60);
    assert!(!is_in(&mut browser).await, "the session has ended");
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_issuer() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "local-desk").await;
    let mut copy = Browser::new(&app);
    copy.cookies = browser.cookies.clone();
    let foreign = [("sec-fetch-site", "cross-site")];
    let forged = browser.post_from("/petugas/keluar", &[], &foreign).await;
    assert_eq!(forged.status, 403);
    assert!(is_in(&mut browser).await);
    let out = browser.post("/petugas/keluar", &[]).await;
    assert!(!browser.cookies.contains_key(COOKIE));
    let page = browser.get(out.location()).await;
    let issuer = page.between("content=\"0;url=", "\"").replace("&#38;", "&");
    let back = browser.get(&browser.own_path(&issuer)).await;
    let back = browser.follow(&browser.own_path(back.location())).await;
    assert!(back.html.contains("Anda sudah keluar"), "{back:?}");
    assert!(!is_in(&mut copy).await, "whoever copied the cookie is out as well");
}

#[tokio::test]
async fn of_two_who_share_a_browser_the_second_is_signed_in_alone() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "local-desk").await;
    let mut first = Browser::new(&app);
    first.cookies = browser.cookies.clone();
    browser.sign_in_as("local-counter", START).await;
    assert!(browser.get(START).await.html.contains("petugas loket"));
    assert!(!is_in(&mut first).await);
}
