//! Pages for applicants, without script: from the start to the ticket, and whatever goes wrong on the way.

mod face;
mod groups;
mod hall;
mod journey;
mod near;
mod refusals;
mod safety;
mod statuses;

use antrian_tests::app::DATE;
use antrian_tests::browser::Shown;
use antrian_tests::{Browser, TestApp};

/// The choice of an hour, as addresses have it.
fn choice(time: &str) -> String {
    let time = time.replace(':', "%3A");
    format!("/pesan?kantor=uji&layanan=passport_new&tanggal={DATE}&jam={time}")
}

/// Somebody who is signed in and stands before the last check.
async fn checks(app: &TestApp, number: u32, time: &str) -> (Browser, Shown) {
    let mut browser = Browser::new(app);
    let to = choice(time);
    browser.sign_in(app, &format!("62800{number:07}"), &to).await;
    let added = browser.add(number, &to).await;
    let check = browser.get(added.location()).await;
    assert_eq!(check.status, 200, "{check:?}");
    (browser, check)
}

/// Somebody with a held seat, and its page.
async fn holds(app: &TestApp, number: u32, time: &str) -> (Browser, String) {
    let (mut browser, check) = checks(app, number, time).await;
    let held = browser.hold(&check).await;
    assert_eq!(held.status, 303, "{held:?}");
    let page = held.location().to_owned();
    assert!(page.starts_with("/pesanan/"), "{page}");
    (browser, page)
}

/// Somebody with a confirmed booking, and its code.
pub(crate) async fn books(app: &TestApp, number: u32, time: &str) -> (Browser, String) {
    let (mut browser, page) = holds(app, number, time).await;
    let confirmed = browser.post(&format!("{page}/pasti"), &[]).await;
    let code = confirmed.location().trim_start_matches("/tiket/").to_owned();
    assert_eq!(code.len(), 10, "{confirmed:?}");
    (browser, code)
}
