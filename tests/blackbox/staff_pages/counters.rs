//! A counter's page without script: whom it has, who waits, and each of its buttons.

use antrian_tests::browser::Shown;
use antrian_tests::{Browser, TestApp};
use reqwest::Method;
use serde_json::json;

use super::START;
use crate::desk::hall;

const COUNTERS: &str = "/petugas/uji/loket";

async fn at_counter(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-counter", START).await;
    browser
}

/// Presses a button at a counter; the page that follows.
async fn press(browser: &mut Browser, counter: &str, deed: &str, more: &[(&str, &str)]) -> Shown {
    let form: Vec<_> = [("loket", counter), ("buat", deed)].iter().chain(more).copied().collect();
    let pressed = browser.post(COUNTERS, &form).await;
    match pressed.status {
        303 => browser.get(pressed.location()).await,
        _ => pressed,
    }
}

/// Whom the counter has, if anybody.
fn with(shown: &Shown) -> Option<&str> {
    let main = shown.html.split_once("id=\"keadaan\"")?.1;
    let number = main.split_once("<div class=\"number")?.1.split_once("<b>")?.1;
    Some(number.split_once("</b>")?.0)
}

/// Who waits, in the order of the calls.
fn waiting(shown: &Shown) -> Vec<&str> {
    let rows = shown.html.split("<th scope=\"row\" class=\"num\"><strong>").skip(1);
    rows.map(|row| row.split_once('<').unwrap().0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_calls_serves_and_finishes_by_its_buttons() {
    let (app, _, codes, _) = hall(3).await;
    let mut counter = at_counter(&app).await;
    let choice = counter.get(COUNTERS).await;
    assert!(choice.html.contains("Anda di loket mana?"), "{choice:?}");
    let empty = counter.get(&format!("{COUNTERS}?loket=3")).await;
    assert_eq!((with(&empty), waiting(&empty)), (None, vec!["A-001", "A-002", "A-003"]));
    let called = press(&mut counter, "3", "berikutnya", &[]).await;
    assert_eq!(with(&called), Some("A-001"), "{called:?}");
    assert!(called.html.contains("Contoh 1"), "the clerk compares the KTP");
    assert!(!codes.iter().any(|code| called.html.contains(code)));
    let again = press(&mut counter, "3", "berikutnya", &[]).await;
    assert_eq!((again.status, with(&again)), (409, Some("A-001")), "told, and nothing changed");
    assert!(again.html.contains("role=\"alert\""), "{again:?}");
    press(&mut counter, "3", "layani", &[("nomor", "A-001")]).await;
    let late = press(&mut counter, "3", "selesai", &[("nomor", "A-002")]).await;
    assert_eq!((late.status, with(&late)), (409, Some("A-001")), "another number was meant");
    let done = press(&mut counter, "3", "selesai", &[("nomor", "A-001")]).await;
    assert_eq!((with(&done), waiting(&done)), (None, vec!["A-002", "A-003"]));
    app.assert_audit_agrees().await;
    let desk = app.staff("uji", &["desk"]).await;
    let path = "/v1/offices/uji/queue-numbers/A-001";
    let history = app.call(Method::GET, path, Some(&desk), None).await;
    let last = history.body["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["act"], &last["counter"]), (&json!("finish"), &json!("3")));
    assert_eq!(last["subject"], "local-counter", "who did it");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_parks_sends_on_puts_back_and_brings_back() {
    let (app, _, _, _) = hall(4).await;
    let mut counter = at_counter(&app).await;
    press(&mut counter, "3", "berikutnya", &[]).await;
    let parked = press(&mut counter, "3", "tunda", &[("nomor", "A-001")]).await;
    assert!(parked.html.contains("Lanjutkan yang ditunda"), "{parked:?}");
    assert_eq!(with(&press(&mut counter, "3", "lanjutkan", &[]).await), Some("A-001"));
    let nobody = press(&mut counter, "3", "pindah", &[("ke", "loket 5")]).await;
    assert_eq!((nobody.status, with(&nobody)), (409, Some("A-001")));
    assert!(nobody.html.contains("Belum ada loket lain yang buka."), "{nobody:?}");
    press(&mut counter, "5", "buka", &[("huruf", "A")]).await;
    let sent = press(&mut counter, "3", "pindah", &[("ke", "loket 5")]).await;
    assert_eq!((with(&sent), waiting(&sent)), (None, vec!["A-002", "A-003", "A-004"]));
    let five = counter.get(&format!("{COUNTERS}?loket=5")).await;
    assert_eq!(waiting(&five)[0], "A-001", "first at counter 5: {five:?}");
    assert!(five.html.contains("dikirim ke loket ini"));
    assert_eq!(with(&press(&mut counter, "3", "nomor", &[("nomor", "a3")]).await), Some("A-003"));
    let back = press(&mut counter, "3", "kembalikan", &[("nomor", "A-003")]).await;
    assert_eq!(waiting(&back), ["A-002", "A-003", "A-004"]);
    press(&mut counter, "3", "berikutnya", &[]).await;
    let skipped = press(&mut counter, "3", "lewati", &[("nomor", "A-002")]).await;
    assert!(skipped.html.contains("Dilewati dan ditunda"), "{skipped:?}");
    let back = press(&mut counter, "3", "antrekan", &[("nomor", "A-002")]).await;
    assert_eq!(waiting(&back), ["A-003", "A-004", "A-002"]);
    for (deed, more) in [("nomor", ("nomor", "empat")), ("pindah", ("ke", "#"))] {
        assert_eq!(press(&mut counter, "3", deed, &[more]).await.status, 422, "{deed}");
    }
    press(&mut counter, "Z", "buka", &[("huruf", "A")]).await;
    press(&mut counter, "3", "berikutnya", &[]).await;
    let typo = press(&mut counter, "3", "pindah", &[("ke", "z")]).await;
    assert_eq!((typo.status, with(&typo)), (422, Some("A-003")), "no counter's name: {typo:?}");
    assert!(typo.html.contains("tidak memiliki antrean Z"), "{typo:?}");
    assert_eq!(with(&press(&mut counter, "3", "pindah", &[("ke", "loket z")]).await), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_on_the_page_is_sent_on_and_no_later_one() {
    let (app, _, _, _) = hall(3).await;
    let mut counter = at_counter(&app).await;
    press(&mut counter, "5", "buka", &[("huruf", "A")]).await;
    let called = press(&mut counter, "3", "berikutnya", &[]).await;
    let form = called.html.split("<form").find(|form| form.contains("value=\"pindah\"")).unwrap();
    assert!(form.contains("name=\"nomor\" value=\"A-001\""), "{form}");
    let sent = [("nomor", "A-001"), ("ke", "5")];
    press(&mut counter, "3", "pindah", &sent).await;
    let again = press(&mut counter, "3", "pindah", &sent).await;
    assert_eq!((again.status, with(&again)), (200, None), "the same thing twice: {again:?}");
    let free = counter.get(&format!("{COUNTERS}?loket=3")).await;
    assert!(!free.html.contains("value=\"pindah\""), "there is nobody to send");
    press(&mut counter, "3", "berikutnya", &[]).await;
    let late = press(&mut counter, "3", "pindah", &[("nomor", "A-003"), ("ke", "5")]).await;
    assert_eq!((late.status, with(&late)), (409, Some("A-002")), "another number was meant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_finishes_a_visit_only_while_it_is_served() {
    let (app, _, _, _) = hall(1).await;
    let mut counter = at_counter(&app).await;
    let called = press(&mut counter, "3", "berikutnya", &[]).await;
    let finish = |shown: &Shown| shown.html.contains("value=\"selesai\" data-key=\"s\"");
    assert!(called.html.contains("value=\"selesai\""), "the button is there");
    assert!(!finish(&called), "and no key: {called:?}");
    let serving = press(&mut counter, "3", "layani", &[("nomor", "A-001")]).await;
    assert!(finish(&serving), "{serving:?}");
    assert!(serving.html.contains("id=\"pintas\" hidden"), "keys can be turned off");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_opened_and_closed_and_its_script_gets_the_changing_part_alone() {
    let (app, _, _, _) = hall(1).await;
    let mut counter = at_counter(&app).await;
    press(&mut counter, "3", "berikutnya", &[]).await;
    let busy = press(&mut counter, "3", "tutup", &[]).await;
    assert_eq!((busy.status, with(&busy)), (409, Some("A-001")));
    press(&mut counter, "3", "selesai", &[]).await;
    let closed = press(&mut counter, "3", "tutup", &[]).await;
    assert!(closed.html.contains("Loket ini tutup."), "{closed:?}");
    assert_eq!(press(&mut counter, "3", "berikutnya", &[]).await.status, 409);
    for ticked in [&[][..], &[("huruf", "Z")]] {
        let none = press(&mut counter, "3", "buka", ticked).await;
        assert_eq!(none.status, 422, "it would call everybody: {none:?}");
        assert!(none.html.contains("Centang paling sedikit satu huruf"), "{none:?}");
        assert!(none.html.contains("Loket ini tutup."), "as it was");
    }
    let open = press(&mut counter, "3", "buka", &[("huruf", "A")]).await;
    assert!(open.html.contains("Panggil berikutnya"), "{open:?}");
    let mut door = Browser::new(&app);
    door.sign_in_as("local-auditor", START).await;
    assert_eq!(door.get(&format!("{COUNTERS}?loket=3")).await.status, 403);
}
