//! The head of an office closes days: sees first what it does, presses one button, sees how far it has come.

use antrian_tests::browser::Shown;
use antrian_tests::{Browser, Person, TestApp};

use super::START;

const CLOSING: &str = "/petugas/uji/tutup";
const FRIDAY: &str = "2026-12-04";
const PLAN: &str = "/petugas/uji/tutup/rencana?dari=2026-12-04&sampai=&alasan=Pemadaman+listrik";

async fn head(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-head", START).await;
    browser
}

async fn booked(app: &TestApp, people: u32) -> Vec<Person> {
    let mut all = vec![];
    for number in 1..=people {
        let person = Person::register(app, number).await;
        person.book(app, FRIDAY, if number % 2 == 0 { "10:00" } else { "09:00" }).await;
        all.push(person);
    }
    all
}

fn says(page: &Shown, words: &[&str]) {
    for word in words {
        assert!(page.html.contains(word), "{word}: {page:?}");
    }
}

/// Sends the form of a plan.
async fn press(head: &mut Browser, plan: &Shown) -> Shown {
    let fields = ["dari", "sampai", "alasan", "alasan_en"];
    let fields: Vec<_> = fields.into_iter().map(|name| (name, plan.hidden(name))).collect();
    head.post(CLOSING, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_an_office_sees_what_closing_does_and_how_far_it_has_come() {
    let app = TestApp::with_quota(3).await;
    let people = booked(&app, 3).await;
    let mut head = head(&app).await;
    says(&head.get(START).await, &[CLOSING, "Tutup hari"]);
    says(
        &head.get(CLOSING).await,
        &["name=\"dari\"", "min=\"2026-11-30\"", "Belum ada yang ditutup"],
    );

    let plan = head.get(PLAN).await;
    let sentence = "Tutup dan pindahkan 3 orang";
    says(&plan, &[sentence, "Jumat, 4 Desember 2026", "Sabtu, 5 Desember 2026", "09.00"]);
    assert!(!plan.html.contains("Contoh P"), "no names: {plan:?}");
    assert_eq!(app.seats_free(FRIDAY, "09:00").await, Some(1), "nothing is closed yet");

    let closed = press(&mut head, &plan).await;
    assert_eq!(closed.status, 303, "{closed:?}");
    let state = closed.location().to_owned();
    says(&head.get(&state).await, &["0 dari 3 orang sudah dipindahkan", "Muat ulang"]);
    app.advance(31);
    app.tick().await;
    says(&head.get(&state).await, &["3 dari 3 orang sudah dipindahkan"]);
    let again = press(&mut head, &plan).await;
    assert_eq!(again.status, 303);
    says(&head.get(&state).await, &["3 dari 3 orang sudah dipindahkan"]);
    let seen = people[0].get(&app, "/v1/me/bookings").await;
    assert_eq!(seen.body["bookings"][0]["date"], "2026-12-05");

    says(&head.get(PLAN).await, &["Sudah tutup: Pemadaman listrik", "Tidak ada yang bisa ditutup"]);
    let list = head.get(CLOSING).await;
    says(&list, &["Jumat, 4 Desember 2026", "Buka kembali", "Pemadaman listrik"]);
    let opened = head.post(&format!("{CLOSING}/buka"), &[("tanggal", FRIDAY)]).await;
    assert_eq!((opened.status, opened.location()), (303, CLOSING));
    assert!(!head.get(CLOSING).await.html.contains("Buka kembali"));
    // Seats that were given back rest for a minute.
    app.advance(61);
    assert_eq!(app.seats_free(FRIDAY, "09:00").await, Some(3));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_seat_is_told_of_in_plan_and_progress() {
    let app = TestApp::with_quota(1).await;
    booked(&app, 2).await;
    let mut head = head(&app).await;
    let week = PLAN.replace("sampai=", "sampai=2026-12-30");
    let plan = head.get(&week).await;
    says(&plan, &["Belum ada kursi:", "Tutup dan pindahkan 2 orang", "Cuti bersama Natal"]);
    let state = press(&mut head, &plan).await.location().to_owned();
    app.advance(31);
    app.tick().await;
    let shown = head.get(&state).await;
    says(&shown, &["0 dari 2 orang sudah dipindahkan", "menunggu kursi kosong"]);
    assert!(shown.between("menunggu kursi kosong", "</div>").contains('2'), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_stays_in_the_form_and_closes_nothing() {
    let app = TestApp::start().await;
    let mut head = head(&app).await;
    for (dates, field) in [
        ("dari=&sampai=&alasan=Listrik", "dari"),
        ("dari=2026-11-29&sampai=&alasan=Listrik", "dari"),
        ("dari=2026-12-04&sampai=2026-12-03&alasan=Listrik", "sampai"),
        ("dari=2026-12-04&sampai=2027-03-03&alasan=Listrik", "sampai"),
        ("dari=2026-12-04&sampai=x&alasan=Listrik", "sampai"),
        ("dari=2026-12-04&sampai=&alasan=", "alasan"),
    ] {
        let shown = head.get(&format!("{CLOSING}/rencana?{dates}")).await;
        assert_eq!(shown.status, 422, "{dates}");
        says(&shown, &["Salah:", &format!("href=\"#{field}\"")]);
    }
    let typed = [("dari", "04 12 2026"), ("sampai", "03 12 2026"), ("alasan", "Listrik <b>")];
    let refused = head.post(CLOSING, &typed).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("04 12 2026") && !refused.html.contains("Listrik <b>"));
    assert_eq!(app.seats_free(FRIDAY, "09:00").await, Some(2));
    assert_eq!(head.get(&format!("{CLOSING}/keadaan")).await.status, 303);
    let gone = head.post(&format!("{CLOSING}/buka"), &[("tanggal", FRIDAY)]).await;
    assert_eq!(gone.status, 303, "it is open already");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_closing_speak_english_too() {
    let app = TestApp::with_quota(3).await;
    booked(&app, 1).await;
    let mut head = head(&app).await;
    head.post("/bahasa", &[("bahasa", "en"), ("ke", CLOSING)]).await;
    let plan = head.get(PLAN).await;
    says(&plan, &["Close and move 1 person", "Saturday, 5 December 2026"]);
    let state = press(&mut head, &plan).await.location().to_owned();
    says(&head.get(&state).await, &["0 of 1 people have been moved.", "Load again"]);
}
