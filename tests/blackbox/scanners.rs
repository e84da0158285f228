//! Tickets as they are really used: what scanners make of them, what a clerk can say to whoever stands
//! there at another time, and calendars.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::{Answer, Person, Setup, TestApp, offices};
use serde_json::{Value, json};

use crate::steps::{administer, close, office_with, reach, wrong_fields};

const MORNING: &str = "2026-12-02T00:31:00Z";

async fn scan(app: &TestApp, ticket: &str) -> Answer {
    let staff = app.staff(OFFICE, &["desk"]).await;
    let path = "/v1/check-ins";
    app.call(reqwest::Method::POST, path, Some(&staff), Some(json!({"ticket": ticket}))).await
}

#[tokio::test]
async fn a_genuine_ticket_is_known_whatever_its_scanner_does_to_it() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, "09:00").await.text("ticket");
    assert!(ticket.starts_with("AN2") && ticket.bytes().all(|b| b.is_ascii_alphanumeric()));
    reach(&app, MORNING);
    assert_eq!(scan(&app, &ticket).await.status, 200);
    for scanned in [
        ticket.to_lowercase(),
        format!("]Q1{ticket}"),
        format!("]Q3{ticket}\r\n"),
        format!("\u{2}{ticket}\u{3}"),
        format!("\u{1d}{ticket}\0"),
        format!("  {ticket} ;"),
    ] {
        let again = scan(&app, &scanned).await;
        let seen = (again.status, again.body["duplicate"].clone());
        assert_eq!(seen, (200, json!(true)), "{scanned:?}: {again:?}");
    }
}

#[tokio::test]
async fn a_scanner_of_another_layout_is_named_and_a_forgery_is_not() {
    let app = TestApp::start().await;
    let moved = scan(&app, "AN1>5+08KD*PD5LE$CCY9EHQE5UE5$SVO3XR64BF8").await;
    assert_eq!((moved.status, moved.code()), (422, "bad_ticket"));
    assert!(moved.text("detail").contains("tata letak keyboard pemindai"), "{moved:?}");
    let forged = scan(&app, "AN1:5+08KD*PD5LE$CCY9EHQE5UE5$SVO3XR64BF8").await;
    assert_eq!((forged.status, forged.code()), (422, "bad_ticket"));
    assert!(!forged.text("detail").contains("tata letak"), "{forged:?}");
}

#[tokio::test]
async fn a_refusal_at_the_scan_says_for_when_and_where_the_ticket_is() {
    let mut other = offices::office(2);
    other.id = "lain".parse().unwrap();
    let offices = vec![offices::office(2), other];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, "09:00").await.text("ticket");
    let name = offices::office(2).name;
    let said = |answer: &Answer, code: &str| {
        assert_eq!((answer.status, answer.code()), (409, code), "{answer:?}");
        [answer.text("detail"), answer.text("detail_en")]
    };
    let [id, en] = said(&scan(&app, &ticket).await, "wrong_day");
    let fact = "Tiket ini untuk Rabu, 2 Desember 2026 pukul 09.00 WITA";
    assert!(id.contains(fact) && id.contains(&name), "{id}");
    assert!(en.contains("Wednesday, 2 December 2026 at 09:00 WITA"), "{en}");
    reach(&app, "2026-12-01T22:00:00Z");
    let [id, _] = said(&scan(&app, &ticket).await, "too_early");
    assert!(id.contains(fact) && id.contains("dari pukul 08."), "{id}");
    let elsewhere = app.staff("lain", &["desk"]).await;
    let body = Some(json!({"ticket": ticket}));
    let at_another = app.call(reqwest::Method::POST, "/v1/check-ins", Some(&elsewhere), body).await;
    let [id, _] = said(&at_another, "wrong_office");
    assert!(id.contains(&name), "{id}");
    reach(&app, "2026-12-02T01:40:00Z");
    let [id, _] = said(&scan(&app, &ticket).await, "too_late");
    assert!(id.contains(fact), "{id}");
}

async fn file(app: &TestApp, person: &Person, code: &str, kind: &str) -> (u16, String) {
    let url = format!("{}/v1/bookings/{code}/ticket.{kind}", app.stack.base_url);
    let answer = app.http.get(url).bearer_auth(&person.token).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_calendar_learns_that_a_visit_was_moved_or_does_not_take_place() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let entry = |text: &str, line: &str| text.lines().any(|one| one == line);
    let (status, first) = file(&app, &person, &code, "ics").await;
    assert_eq!(status, 200);
    for line in ["STATUS:CONFIRMED", "METHOD:PUBLISH", "TRIGGER:-P1D", "TRIGGER:-PT2H"] {
        assert!(entry(&first, line), "{line}: {first}");
    }
    assert!(first.contains("ORGANIZER;CN=\""), "what is published has an organizer: {first}");
    assert_eq!(person.reschedule(&app, &code, "2026-12-03", "10:00").await.status, 200);
    let (_, moved) = file(&app, &person, &code, "ics").await;
    assert!(entry(&moved, "DTSTART:20261203T020000Z") && entry(&moved, "SEQUENCE:3"), "{moved}");
    person.act(&app, &code, "cancel").await;
    let (status, cancelled) = file(&app, &person, &code, "ics").await;
    assert_eq!(status, 200);
    assert!(entry(&cancelled, "STATUS:CANCELLED") && entry(&cancelled, "SEQUENCE:4"));
    assert!(!cancelled.contains("VALARM"), "{cancelled}");

    let lapsing = person.hold(&app, DATE, "09:00").await.text("code");
    let (status, early) = file(&app, &person, &lapsing, "png").await;
    assert_eq!(status, 409);
    assert!(early.contains("not_confirmed") && !early.contains("pindai"), "{early}");
    assert_eq!(file(&app, &person, &lapsing, "ics").await.0, 409);
    app.advance(3600);
    let (status, lapsed) = file(&app, &person, &lapsing, "ics").await;
    assert!(status == 200 && entry(&lapsed, "STATUS:CANCELLED"), "{lapsed}");
}

#[tokio::test]
async fn a_counter_has_the_name_that_its_sign_has() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code).await.status, 200);
    let called = desk.call(&app, "Loket 1").await;
    assert_eq!((called.status, called.text("counter").as_str()), (200, "1"), "{called:?}");
    let busy = desk.call(&app, "1").await;
    assert_eq!((busy.status, busy.code()), (409, "counter_busy"), "it is the same counter");
    assert_eq!(desk.call(&app, " foto  2 ").await.code(), "queue_empty");
    for bad in ["", "Loket #1", "a counter with a long name"] {
        assert_eq!(wrong_fields(&desk.call(&app, bad).await), ["counter"], "{bad}");
    }
}

/// What an earlier release has let in keeps nobody from closing a day.
#[tokio::test]
async fn an_office_with_an_old_text_still_closes_its_days() {
    let office = office_with(2, |office| office["city"] = json!("Kota\u{202e}Uji"));
    let app =
        TestApp::start_with(Setup { offices: vec![office.clone()], ..Setup::default() }).await;
    close(&app, &[DATE]).await;
    let mut whole: Value = serde_json::to_value(&office).unwrap();
    whole["exceptions"] = json!({});
    let put = administer(&app, reqwest::Method::PUT, "", whole).await;
    assert_eq!(wrong_fields(&put), ["city"]);
}
