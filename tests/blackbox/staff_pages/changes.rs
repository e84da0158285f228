//! A booking is moved, cancelled and excused on its page, without script.

use antrian_tests::app::DATE;
use antrian_tests::person::nik;
use antrian_tests::{Browser, Person, TestApp};
use reqwest::Method;
use serde_json::json;

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

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_corrected_as_the_ktp_says_also_during_the_visit() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, "2026-12-02T00:31:00Z");
    let mut desk = at_the_desk(&app).await;
    desk.post("/petugas/uji/pindai", &[("isi", &code)]).await;
    let page = format!("/petugas/uji/kunjungan/{code}");
    let data = format!("{page}/data");
    assert!(desk.get(&page).await.html.contains(&data));
    let form = desk.get(&data).await;
    assert!(form.html.contains("Contoh 1") && !form.html.contains(&nik(1)), "{form:?}");
    let typed = async |desk: &mut Browser, name: &'static str, nik: &str, birth: &'static str| {
        let rest = [("name", name), ("nik", nik), ("birth_date", birth)];
        desk.post(&data, &[rest.as_slice(), &[("ktp_regency", "Kota Makassar")]].concat()).await
    };
    let wrong = typed(&mut desk, "Contoh Benar", "", "31 02 1990").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html.contains("href=\"#birth_date\"") && wrong.html.contains("Contoh Benar"));
    let somebody = nik(777);
    let other = typed(&mut desk, "Contoh Benar", &somebody, "01 01 1990").await;
    assert_eq!(other.status, 409, "a visit is not handed on: {other:?}");
    let (path, other) = ("/v1/me/applicants/p1", json!({"name": "Contoh Lain"}));
    let own = app.call(Method::PATCH, path, Some(&person.token), Some(other)).await;
    assert_eq!(own.code(), "visit_in_progress", "its owner may not now");

    let saved = typed(&mut desk, "Contoh Benar", "", "01 01 1990").await;
    assert_eq!(saved.status, 303, "{saved:?}");
    let seen = desk.get(saved.location()).await;
    for said in ["Contoh Benar", "sudah diperbaiki", "petugas: data diperbaiki", "di kantor"] {
        assert!(seen.html.contains(said), "{said}: {seen:?}");
    }
    let slip = nik(1);
    let slip = format!("{}9", &slip[..15]);
    let saved = typed(&mut desk, "Contoh Benar", &slip, "01 01 1990").await;
    assert_eq!(saved.status, 303, "a slip of the pen: {saved:?}");
    let own = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((own.text("status").as_str(), own.status), ("checked_in", 200));
    let found = desk.post("/petugas/uji/nik", &[("nik", &slip)]).await;
    assert!(found.html.contains("Orang ini punya jadwal"), "{found:?}");
    app.assert_audit_agrees().await;
}
