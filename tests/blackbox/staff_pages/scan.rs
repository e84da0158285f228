//! The scan page without script: who comes in, who does not and why, documents, and the way back.

use antrian_tests::app::{DATE, Setup};
use antrian_tests::browser::Shown;
use antrian_tests::offices::{OFFICE, office};
use antrian_tests::{Answer, Browser, Person, Recorder, TestApp};
use serde_json::json;

use super::START;
use crate::steps::{office_with, reach};

/// 08:31 at the office: half an hour before the first slot.
const MORNING: &str = "2026-12-02T00:31:00Z";
const SCAN: &str = "/petugas/uji/pindai";

async fn booked(app: &TestApp, number: u32) -> Answer {
    Person::register(app, number).await.book(app, DATE, "09:00").await
}

async fn at_the_door(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-desk", START).await;
    browser
}

async fn scan(browser: &mut Browser, text: &str) -> Shown {
    let scanned = browser.post(SCAN, &[("isi", text), ("gerbang", "Gerbang 1")]).await;
    match scanned.status {
        303 => browser.get(scanned.location()).await,
        _ => scanned,
    }
}

/// What a verdict says, and how it looks.
fn verdict(shown: &Shown) -> (&str, &str) {
    let look = shown.between("data-verdict=\"", "\"");
    let word = shown.between("class=\"word\">", "</p>");
    (look, word.split("</span>").nth(1).unwrap().split('<').next().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_lets_its_person_in_and_a_second_scan_is_told_of_the_first() {
    let app = TestApp::start().await;
    let (first, second) = (booked(&app, 1).await, booked(&app, 2).await);
    reach(&app, MORNING);
    let mut door = at_the_door(&app).await;
    let empty = door.get(SCAN).await;
    assert!(empty.status == 200 && empty.html.contains("Pindai tiket"), "{empty:?}");
    let came = scan(&mut door, &first.text("ticket")).await;
    assert_eq!(verdict(&came), ("good", "MASUK"), "{came:?}");
    for said in ["A-001", "Contoh", "jadwal 09.00", "KTP"] {
        assert!(came.html.contains(said), "{said}: {came:?}");
    }
    // The stack's clock goes on while the test runs.
    let early: u32 = came.between("datang ", " menit sebelumnya").parse().unwrap();
    assert!((20..=29).contains(&early), "{early}");
    assert!(came.html.contains("value=\"Gerbang 1\""), "the gate stays: {came:?}");
    let typed = second.text("code").to_lowercase();
    let (left, right) = typed.split_at(5);
    let came = scan(&mut door, &format!(" {left}-{right} ")).await;
    assert_eq!(verdict(&came), ("good", "MASUK"), "{came:?}");
    assert!(came.html.contains("A-002"));
    app.advance(300);
    let again = scan(&mut door, &first.text("ticket")).await;
    assert_eq!(verdict(&again), ("wait", "SUDAH MASUK"), "{again:?}");
    assert!(again.html.contains("sudah dipindai pukul 08.31 WITA di Gerbang 1"), "{again:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_let_in_is_told_why_and_nothing_changes() {
    let elsewhere = office_with(2, |office| {
        office["id"] = json!("lain");
        office["name"] = json!("Kantor Lain");
    });
    let setup = Setup { offices: vec![office(2), elsewhere], ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let foreign = TestApp::start().await;
    let stranger = booked(&foreign, 9).await.text("ticket");
    let own = booked(&app, 1).await;
    let ticket = own.text("ticket");
    let last = if ticket.ends_with('0') { "1" } else { "0" };
    let forged = format!("{}{last}", &ticket[..ticket.len() - 1]);
    let person = Person::register(&app, 2).await;
    let cancelled = person.book(&app, DATE, "10:00").await;
    assert_eq!(person.act(&app, &cancelled.text("code"), "cancel").await.status, 200);
    let tomorrow = Person::register(&app, 3).await.book(&app, "2026-12-03", "09:00").await;
    let other = Person::register(&app, 4).await;
    let there = json!({"office": "lain", "service": "passport_new", "date": DATE, "slot": "09:00",
        "applicant_id": "p1"});
    let held = other.post(&app, "/v1/bookings", there).await;
    let there = other.act(&app, &held.text("code"), "confirm").await;
    reach(&app, "2026-12-01T00:31:00Z");
    let mut door = at_the_door(&app).await;
    let early = scan(&mut door, &ticket).await;
    assert_eq!(early.status, 409);
    assert!(early.html.contains("Rabu, 2 Desember 2026 pukul 09.00 WITA"), "{early:?}");
    reach(&app, MORNING);
    let mut door = at_the_door(&app).await;
    for (text, status, said) in [
        (forged.as_str(), 422, "bukan tiket yang sah"),
        (&stranger, 422, "bukan tiket yang sah"),
        ("KODE-SALAH", 422, "sepuluh huruf dan angka"),
        ("0000000000", 404, "tidak"),
        (&cancelled.text("ticket"), 409, "sudah dibatalkan"),
        (&tomorrow.text("ticket"), 409, "Kamis, 3 Desember 2026"),
        (&there.text("ticket"), 409, "Tiket ini untuk Kantor Lain"),
    ] {
        let refused = scan(&mut door, text).await;
        assert_eq!(refused.status, status, "{text}: {refused:?}");
        assert_eq!(verdict(&refused), ("bad", "TIDAK"), "{text}");
        assert!(refused.html.contains(said), "{text}: {refused:?}");
    }
    // The directorate may work at every office, but this scanner stands at one of them.
    let mut everywhere = Browser::new(&app);
    everywhere.sign_in_as("local-directorate", START).await;
    let refused = scan(&mut everywhere, &there.text("ticket")).await;
    assert!(refused.html.contains("Tiket ini untuk Kantor Lain"), "{refused:?}");
    let token = app.staff("*", &["auditor"]).await;
    for id in [OFFICE, "lain"] {
        let path = format!("/v1/offices/{id}/queue");
        let queue = app.call(reqwest::Method::GET, &path, Some(&token), None).await;
        assert_eq!(queue.body["entries"], json!([]), "nobody is in at {id}");
    }
    reach(&app, "2026-12-03T00:31:00Z");
    let yesterday = scan(&mut at_the_door(&app).await, &ticket).await;
    assert_eq!((yesterday.status, verdict(&yesterday).0), (409, "bad"), "{yesterday:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_documents_get_a_deadline_and_whoever_brings_them_is_back_in_the_line() {
    let app = TestApp::start().await;
    let code = booked(&app, 1).await.text("code");
    reach(&app, MORNING);
    let mut door = at_the_door(&app).await;
    let came = scan(&mut door, &code).await;
    let today = came.between("name=\"sampai\" value=\"", "\"").to_owned();
    assert_eq!(today, "2026-12-02T03:00:00+00:00", "the end of today's last session");
    let path = format!("{SCAN}/{code}");
    let documents = format!("{path}/dokumen");
    let ticked = [("ada", "ktp"), ("ada", "kk"), ("sampai", today.as_str())];
    let saved = door.post(&documents, &ticked).await;
    assert_eq!((saved.status, saved.location()), (303, path.as_str()), "{saved:?}");
    let waits = door.get(&path).await;
    assert_eq!(verdict(&waits), ("wait", "DOKUMEN KURANG"), "{waits:?}");
    assert!(waits.html.contains("sampai Rabu, 2 Desember 2026 pukul 11.00 WITA"), "{waits:?}");
    assert!(waits.html.contains("value=\"ktp\" checked"), "what was there stays ticked");
    assert!(!waits.html.contains("value=\"birth_proof\" checked"), "{waits:?}");
    let wrong = [("ada", "ktp"), ("sampai", "2026-12-01T00:00:00Z")];
    let refused = door.post(&documents, &wrong).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.html.contains("Batas waktu harus sesudah saat ini"), "{refused:?}");
    app.advance(600);
    let again = scan(&mut door, &code).await;
    assert_eq!(verdict(&again), ("wait", "DOKUMEN KURANG"), "{again:?}");
    door.post(&documents, &[("semua", "ya")]).await;
    let back = door.get(&path).await;
    assert_eq!(verdict(&back), ("good", "DOKUMEN LENGKAP"), "{back:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_was_somebody_elses_is_undone() {
    let app = TestApp::start().await;
    let code = booked(&app, 1).await.text("code");
    reach(&app, MORNING);
    let mut door = at_the_door(&app).await;
    scan(&mut door, &code).await;
    let path = format!("{SCAN}/{code}");
    assert_eq!(door.post(&format!("{path}/batal"), &[]).await.location(), path);
    let out = door.get(&path).await;
    assert_eq!(verdict(&out), ("wait", "BELUM MASUK"), "{out:?}");
    let twice = door.post(&format!("{path}/batal"), &[]).await;
    assert_eq!(twice.status, 409, "{twice:?}");
    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(door.post_from(&format!("{path}/batal"), &[], &foreign).await.status, 403);
    let came = scan(&mut door, &code).await;
    assert_eq!(verdict(&came), ("good", "MASUK"));
    assert!(came.html.contains("A-002"), "the number is given to nobody else: {came:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_the_verdict_alone_and_a_scanner_of_another_layout_is_understood() {
    let app = TestApp::start().await;
    let ticket = booked(&app, 1).await.text("ticket");
    reach(&app, MORNING);
    let mut door = at_the_door(&app).await;
    let part = [("sec-fetch-site", "same-origin"), ("x-bagian", "ya")];
    // The scanner was made for a French keyboard: by their places the keys say something else.
    let places: String = ticket
        .chars()
        .map(|sign| match sign {
            'A' => 'Q',
            'Q' => 'A',
            'W' => 'Z',
            other => other,
        })
        .collect();
    assert_ne!(places, ticket);
    let form = [("isi", places.as_str()), ("tertulis", ticket.as_str())];
    let came = door.post_from(SCAN, &form, &part).await;
    assert_eq!((came.status, verdict(&came)), (200, ("good", "MASUK")), "{came:?}");
    assert!(came.html.trim_start().starts_with("<article") && !came.html.contains("<html"));
    let bad = door.post_from(SCAN, &[("isi", places.as_str())], &part).await;
    assert_eq!((bad.status, verdict(&bad).0), (422, "bad"), "{bad:?}");
    let mut nobody = Browser::new(&app);
    let form = [("isi", ticket.as_str())];
    let to = nobody.post_from(SCAN, &form, &part).await;
    assert_eq!(to.status, 401, "{to:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_visit_is_an_event_that_names_its_clerk() {
    let (app, recorder) = Recorder::start().await;
    let code = booked(&app, 1).await.text("code");
    reach(&app, MORNING);
    let mut door = at_the_door(&app).await;
    scan(&mut door, &code).await;
    let path = format!("{SCAN}/{code}");
    door.post(&format!("{path}/batal"), &[]).await;
    scan(&mut door, &code).await;
    let until = ("sampai", "2026-12-02T03:00:00+00:00");
    door.post(&format!("{path}/dokumen"), &[("ada", "ktp"), until]).await;
    door.post(&format!("{path}/dokumen"), &[("semua", "ya")]).await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let priority = format!("/v1/check-ins/{code}/priority");
    let first = Some(json!({"priority": true}));
    assert_eq!(app.call(reqwest::Method::POST, &priority, Some(&clerk), first).await.status, 200);
    let items = recorder.items().await;
    let is_event = |item: &&serde_json::Value| {
        let sk = item["sk"]["S"].as_str().unwrap_or_default();
        sk.starts_with("EVENT#") && item.to_string().contains(&code)
    };
    let mut events: Vec<_> = items.iter().filter(is_event).collect();
    events.sort_by_key(|event| event["version"]["N"].as_str().unwrap().parse::<u32>().unwrap());
    let clerks: Vec<_> =
        events.iter().map(|event| event["clerk"]["M"]["staff"]["S"].as_str()).collect();
    let [desk, api] = [Some("local-desk"), Some("local-staff")];
    // Held and confirmed by the applicant; then at the office.
    assert_eq!(clerks, [None, None, desk, desk, desk, desk, desk, api], "{events:?}");
}
