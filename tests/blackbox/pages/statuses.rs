//! Every status that pages answer: each is a page in words, with the headers that belong to it.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::browser::Shown;
use antrian_tests::wire::{Action, Call, Switch, client};
use antrian_tests::{Browser, Setup, TestApp};
use serde_json::json;

use super::{books, checks, choice};

/// What every page has that is nobody else's to keep; the page.
fn page(shown: Shown, status: u16, what: &str) -> Shown {
    assert_eq!(shown.status, status, "{what}: {shown:?}");
    assert_eq!(shown.header("content-type"), "text/html; charset=utf-8", "{what}");
    assert_eq!(shown.header("cache-control"), "no-store", "{what}");
    assert_eq!(shown.header("referrer-policy"), "same-origin", "{what}");
    assert!(shown.header("content-security-policy").contains("default-src 'none'"), "{what}");
    for part in ["<!doctype html>", "<h1>", "<html lang=\"id\">", "href=\"/\""] {
        assert!(shown.html.contains(part), "{what}: no {part} in {shown:?}");
    }
    for part in ["{\"", "problem+json", "about:blank"] {
        assert!(!shown.html.contains(part), "{what}: {part} in {shown:?}");
    }
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_leads_on_by_a_get_that_nobody_keeps() {
    let app = TestApp::start().await;
    let (mut browser, check) = checks(&app, 1, "09:00").await;
    page(check, 200, "the check");
    let switched = browser.post("/bahasa", &[("bahasa", "id"), ("ke", "/")]).await;
    assert_eq!((switched.status, switched.location()), (303, "/"));
    let stranger = Browser::new(&app).get("/saya").await;
    assert_eq!((stranger.status, stranger.location()), (303, "/masuk?ke=%2Fsaya"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forbidden_or_not_there_says_so() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let foreign = [("sec-fetch-site", "cross-site")];
    page(browser.post_from("/keluar", &[], &foreign).await, 403, "another site's form");
    for path in ["/zqx", "/kantor/zqx", "/tiket/0000000000", "/t/zqx", "/kantor/%FF", "/aset/x.js"]
    {
        page(browser.get(path).await, 404, path);
    }
    let buttons = ["/bahasa", "/keluar", "/saya/pengingat", "/masuk/selesai"].map(str::to_owned);
    for path in buttons.into_iter().chain([format!("/pesanan/{code}/pasti")]) {
        let refused = page(browser.get(&path).await, 405, &path);
        assert!(refused.html.contains("milik sebuah tombol"), "{path}: {refused:?}");
        assert_eq!(refused.header("allow"), "POST", "{path}");
    }
    let refused = page(browser.post("/saya", &[]).await, 405, "a post to a page");
    assert_eq!(refused.header("allow"), "GET,HEAD");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_now_says_so_and_where_it_goes_on() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let again = choice("10:00").replace("/pesan?", "/pesan/periksa?");
    let check = browser.get(&format!("{again}&orang=p1")).await;
    page(browser.hold(&check).await, 409, "a second booking");
    // The last day on which it can be moved is the day before.
    app.advance_to("2026-12-02T00:30:00Z");
    let target = [("tanggal", "2026-12-04"), ("jam", "09:00")];
    let late = page(browser.post(&format!("/tiket/{code}/pindah"), &target).await, 409, "too late");
    assert!(late.html.contains("Tidak ada yang berubah"), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_wrongly_says_what_to_send() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&app, "6280000000001", "/saya").await;
    let long = "x".repeat(70_000);
    page(browser.post("/orang/baru", &[("name", long.as_str())]).await, 413, "70 kB");
    let wrong = page(browser.post("/orang/baru", &[("name", "")]).await, 422, "nothing typed");
    assert!(wrong.html.contains("<title>Salah:"), "{wrong:?}");
    page(browser.post("/pesan", &[("kantor", "uji")]).await, 422, "half a form");
    page(browser.get("/pesan?kantor=uji").await, 422, "half an address");
    page(browser.get("/kantor/uji/passport_new?dari=soon").await, 422, "no date");
    page(browser.post("/masuk/nomor", &[("phone", "x"), ("ke", "/saya")]).await, 422, "no number");
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let form = browser.post_from("/pesan", &[], &headers).await;
    page(form, 422, "a form of another kind is one without fields");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_codes_too_often_is_told_when_to_come_back() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let form = [("phone", "0812 0000 0001"), ("ke", "/saya")];
    assert_eq!(browser.post("/masuk/nomor", &form).await.status, 303);
    let refused = page(browser.post("/masuk/nomor", &form).await, 429, "a second code at once");
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.html.contains("value=\"0812 0000 0001\""), "what was typed stays: {refused:?}");
    let wrong = browser.post("/masuk/otp", &[("otp", "12"), ("ke", "/saya")]).await;
    page(wrong, 422, "a code that is none");
}

/// A system on whose wire things go wrong.
async fn on_a_bad_wire() -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    (TestApp::start_with(setup).await, switch)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_table_says_that_nothing_is_lost() {
    let (app, switch) = on_a_bad_wire().await;
    let (mut browser, check) = checks(&app, 1, "09:00").await;
    let exception = "com.amazonaws.dynamodb.v20120810#ThrottlingException";
    let throttled = json!({"__type": exception, "message": "injected"});
    switch.arm(move |_: &Call| Action::Answer { status: 400, body: throttled.clone() });
    let busy = page(browser.get("/saya").await, 503, "busy");
    assert!(busy.html.contains("Sedang sangat ramai") && busy.html.contains("href=\"/saya\""));
    assert_eq!(busy.header("retry-after"), "2");
    let busy = page(browser.hold(&check).await, 503, "busy while holding");
    assert!(busy.html.contains("Pilihan Anda tetap ada"), "{busy:?}");
    switch.disarm();
    assert_eq!(browser.hold(&check).await.status, 303, "the same form again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_has_a_number_and_tells_nothing_else() {
    let (app, switch) = on_a_bad_wire().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let odd = json!({"Responses": {}, "Item": {"v": {"S": "x"}}, "Items": [{"v": {"S": "x"}}]});
    switch.arm(move |call: &Call| match call.target.as_str() {
        "GetItem" | "Query" => Action::Answer { status: 200, body: odd.clone() },
        _ => Action::Pass,
    });
    let fault = page(browser.get(&format!("/tiket/{code}")).await, 500, "what makes no sense");
    let incident = fault.between("<code>", "</code>");
    assert!(incident.starts_with("e-") && incident.len() == 34, "{incident}");
    assert!(fault.html.contains("Pesanan yang sudah ada tidak berubah"), "{fault:?}");
    assert!(!fault.html.contains("orrupt") && !fault.html.contains(DATE), "{fault:?}");
    switch.disarm();
    assert_eq!(browser.get(&format!("/tiket/{code}")).await.status, 200);
}
