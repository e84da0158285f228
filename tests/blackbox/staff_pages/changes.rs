//! A booking is moved, cancelled and excused on its page, without script.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, Person, TestApp};

use super::START;
use crate::steps::reach;

/// 09:40 on the day: a visit at nine was missed.
const AFTER_NINE: &str = "2026-12-02T01:40:00Z";

async fn at_the_desk(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-desk", START).await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_moved_and_cancelled_with_a_reason_that_its_history_keeps() {
    let app = TestApp::with_quota(1).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let mut desk = at_the_desk(&app).await;
    let page = format!("/petugas/uji/kunjungan/{code}");
    let card = desk.get(&format!("/petugas/uji/pindai/{code}")).await;
    assert!(card.html.contains(&page), "{card:?}");
    let seen = desk.get(&page).await;
    for said in ["Contoh 1", "terjadwal", "value=\"2026-12-03 10:00\"", "1 kursi", "pemesan"] {
        assert!(seen.html.contains(said), "{said}: {seen:?}");
    }
    assert!(!seen.html.contains("value=\"2026-12-02 09:00\""), "where it is");
    assert!(!seen.html.contains("maafkan"), "nothing was missed");

    let to = format!("{page}/pindah");
    let unchosen = desk.post(&to, &[("ke", ""), ("alasan", "asked")]).await;
    assert_eq!(unchosen.status, 422);
    assert!(unchosen.html.contains("href=\"#ke\"") && unchosen.html.contains("Salah:"));
    let no_reason = desk.post(&to, &[("ke", "2026-12-03 10:00")]).await;
    assert_eq!(no_reason.status, 422, "{no_reason:?}");
    Person::register(&app, 2).await.book(&app, "2026-12-03", "10:00").await;
    let full = desk.post(&to, &[("ke", "2026-12-03 10:00"), ("alasan", "asked")]).await;
    assert_eq!(full.status, 409);
    assert!(full.html.contains("id=\"ke-salah\"") && full.html.contains("09.00"), "{full:?}");
    let moved = desk.post(&to, &[("ke", "2026-12-04 10:00"), ("alasan", "office")]).await;
    assert_eq!((moved.status, moved.location()), (303, &*format!("{page}?sudah=pindah")));
    let seen = desk.get(moved.location()).await;
    for said in ["sudah dipindahkan", "WhatsApp", "petugas: kantor tidak dapat melayani"] {
        assert!(seen.html.contains(said), "{said}: {seen:?}");
    }
    let cancelled = desk.post(&format!("{page}/batal"), &[]).await;
    assert_eq!(cancelled.status, 422, "without a reason: {cancelled:?}");
    let cancelled = desk.post(&format!("{page}/batal"), &[("alasan", "duplicate")]).await;
    let seen = desk.get(cancelled.location()).await;
    assert!(seen.html.contains("sudah dibatalkan") && seen.html.contains("jadwal ganda"));
    assert!(!seen.html.contains("/pindah\"") && !seen.html.contains("/batal\""), "it is over");
    let late = desk.post(&to, &[("ke", "2026-12-03 09:00"), ("alasan", "asked")]).await;
    assert_eq!(late.status, 409, "{late:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_visit_is_excused_and_moved() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, AFTER_NINE);
    let mut desk = at_the_desk(&app).await;
    let page = format!("/petugas/uji/kunjungan/{code}");
    let seen = desk.get(&format!("{page}?mulai=2026-12-04")).await;
    assert!(seen.html.contains("tidak datang") && seen.html.contains("maafkan"), "{seen:?}");
    assert!(!seen.html.contains("value=\"2026-12-03 ") && seen.html.contains("2026-12-04 09:00"));
    let excused = desk.post(&format!("{page}/maafkan"), &[]).await;
    let seen = desk.get(excused.location()).await;
    assert!(seen.html.contains("tidak dihitung lagi") && !seen.html.contains("/maafkan\""));
    let fields = [("ke", "2026-12-04 09:00"), ("alasan", "asked")];
    let moved = desk.post(&format!("{page}/pindah"), &fields).await;
    assert!(desk.get(moved.location()).await.html.contains("terjadwal"));
    app.assert_audit_agrees().await;
}
