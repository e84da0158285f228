//! People without a booking, their slip, and the list of who comes: pages without script.

use antrian_tests::app::DATE;
use antrian_tests::browser::Shown;
use antrian_tests::person::nik;
use antrian_tests::{Browser, Person, TestApp};

use super::START;
use crate::steps::reach;

const MORNING: &str = "2026-12-02T00:31:00Z";
const WALK_IN: &str = "/petugas/uji/tanpa-janji";
const NIK: &str = "/petugas/uji/nik";
const ROSTER: &str = "/petugas/uji/kunjungan";

async fn at_the_desk(app: &TestApp) -> Browser {
    reach(app, MORNING);
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-desk", START).await;
    browser
}

/// Fills the form in as the page shows it.
async fn typed(desk: &mut Browser, form: &Shown, number: u32, birth: &str) -> Shown {
    let nik = nik(number);
    let fields = [
        ("kunci", form.hidden("kunci")),
        ("service", "passport_new"),
        ("name", "Datang Sendiri"),
        ("nik", &nik),
        ("birth_date", birth),
        ("ktp_regency", "Kota Makassar"),
        ("category", "general"),
    ];
    desk.post(WALK_IN, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_booking_gets_a_number_and_a_slip_once() {
    let app = TestApp::with_quota(2).await;
    let mut desk = at_the_desk(&app).await;
    let start = desk.get(START).await;
    assert!(start.html.contains(WALK_IN) && start.html.contains(ROSTER), "{start:?}");
    let form = desk.get(WALK_IN).await;
    assert!(form.html.contains("kursi hari ini") && form.html.contains(">4</span>"), "{form:?}");
    let wrong = typed(&mut desk, &form, 1, "1990").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html.contains("Salah:") && wrong.html.contains("href=\"#birth_date\""));
    assert!(wrong.html.contains("Datang Sendiri") && wrong.html.contains(&nik(1)), "it stays");

    let booked = typed(&mut desk, &form, 1, "01011990").await;
    assert_eq!(booked.status, 303, "{booked:?}");
    let again = typed(&mut desk, &form, 1, "01 01 1990").await;
    assert_eq!(again.location(), booked.location(), "a form that is sent twice is one visit");
    let slip = desk.get(booked.location()).await;
    for said in ["A-001", "Paspor baru", "Datang S.", "<svg", "KTP", "class=\"slip roll\""] {
        assert!(slip.html.contains(said), "{said}: {slip:?}");
    }
    assert!(!slip.html.contains(&nik(1)), "a slip lies about");
    let a6 = desk.get(&format!("{}?kertas=a6", booked.location())).await;
    assert!(a6.html.contains("class=\"slip a6\""));

    let form = desk.get(WALK_IN).await;
    let refused = typed(&mut desk, &form, 1, "01011990").await;
    assert_eq!(refused.status, 409, "the person is in: {refused:?}");
    assert!(refused.html.contains("href=\"#nik\""));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_again_for_somebody_else_takes_nobody_away() {
    let app = TestApp::with_quota(1).await;
    let mut desk = at_the_desk(&app).await;
    let form = desk.get(WALK_IN).await;
    let mut slips = vec![];
    for number in 1..=2 {
        let booked = typed(&mut desk, &form, number, "01011990").await;
        assert_eq!(booked.status, 303, "{booked:?}");
        slips.push(booked.location().to_owned());
    }
    let full = typed(&mut desk, &form, 3, "01011990").await;
    assert_eq!(full.status, 409, "{full:?}");
    assert!(full.html.contains("tidak ada kursi lagi") && full.html.contains("href=\"#service\""));
    // Back, and the first form once more.
    assert_eq!(typed(&mut desk, &form, 1, "01011990").await.location(), slips[0]);
    for slip in &slips {
        assert!(desk.get(slip).await.html.contains("Datang S."), "whose it is");
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_who_comes_and_where_they_are() {
    let app = TestApp::with_quota(3).await;
    let mut codes = vec![];
    for number in 1..=2 {
        let person = Person::register(&app, number).await;
        codes.push(person.book(&app, DATE, "09:00").await.text("code"));
    }
    let mut desk = at_the_desk(&app).await;
    desk.post("/petugas/uji/pindai", &[("isi", &codes[0])]).await;
    app.advance(1800);
    let list = desk.get(ROSTER).await;
    assert_eq!(list.status, 200, "{list:?}");
    for said in ["A-001", "terlambat", "di kantor", &codes[0], &codes[1], "09.00"] {
        assert!(list.html.contains(said), "{said}: {list:?}");
    }
    let found = desk.post(ROSTER, &[("nama", "contoh")]).await;
    assert!(found.html.contains(&codes[1]), "{found:?}");
    let none = desk.post(ROSTER, &[("nama", "sutrisno")]).await;
    assert!(none.html.contains("Tidak ada nama itu hari ini"), "{none:?}");
    for (name, is_found) in [("CONT", true), ("con toh", false), ("ontoh", false), ("c", true)] {
        let found = desk.post(ROSTER, &[("nama", name)]).await;
        assert_eq!(found.html.contains(&codes[1]), is_found, "{name}: {found:?}");
    }
    let records = app.records_of("person_lookup");
    assert_eq!(records.len(), 5, "a letter is no search: {records:?}");
    assert!(!records[0].to_string().to_lowercase().contains("contoh"), "not for whom");
    let tomorrow = desk.get(&format!("{ROSTER}?tanggal=2026-12-03")).await;
    assert!(tomorrow.html.contains("Belum ada kunjungan"), "{tomorrow:?}");
    assert!(!tomorrow.html.contains("name=\"nama\""), "names of other days are nobody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_ktp_and_no_code_is_found_and_can_be_released() {
    let app = TestApp::with_quota(2).await;
    let owner = Person::register(&app, 1).await;
    let code = owner.book(&app, DATE, "10:00").await.text("code");
    let mut desk = at_the_desk(&app).await;
    let form = desk.get(WALK_IN).await;
    let refused = typed(&mut desk, &form, 1, "01011990").await;
    assert!(
        refused.html.contains("sudah punya jadwal") && refused.html.contains(NIK),
        "{refused:?}"
    );
    let wrong = desk.post(NIK, &[("nik", "12")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("href=\"#nik\""), "{wrong:?}");
    let found = desk.post(NIK, &[("nik", &nik(1))]).await;
    assert_eq!(found.status, 200);
    for said in ["punya jadwal", "Kantor Uji", &format!("/petugas/uji/pindai/{code}"), "Lepaskan"] {
        assert!(found.html.contains(said), "{said}: {found:?}");
    }
    let released = desk.post(NIK, &[("nik", &nik(1)), ("lepas", "not_theirs")]).await;
    assert!(released.html.contains("Dilepaskan"), "{released:?}");
    assert_eq!(typed(&mut desk, &form, 1, "01011990").await.status, 303, "and comes in");
    let nobody = desk.post(NIK, &[("nik", &nik(7))]).await;
    assert!(nobody.html.contains("Tidak ada jadwal"), "{nobody:?}");
    assert_eq!(app.records_of("person_lookup").len(), 3);
}
