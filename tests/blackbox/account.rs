//! An account's people and own data, and that erasing it leaves nothing of them.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::person::nik;
use antrian_tests::wire::{Action, Gate, Item, Switch, client, touched};
use antrian_tests::{Answer, Person, Recorder, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// A person whose every word can be searched for.
fn marked() -> Value {
    json!({"name": "Zqxerased Orang", "nik": "9988774101909777", "birth_date": "1990-01-01",
        "ktp_regency": "Kota Zqxregency", "category": "general"})
}

async fn erase(app: &TestApp, person: &Person) -> Answer {
    app.call(Method::DELETE, "/v1/me", Some(&person.token), None).await
}

#[tokio::test]
async fn an_account_holds_five_people() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    for number in 1..=5 {
        let added = person.add(&app, number).await;
        assert_eq!(added.status, 201, "{added:?}");
        assert_eq!(added.text("id"), format!("p{number}"));
    }
    let sixth = person.add(&app, 6).await;
    assert_eq!((sixth.status, sixth.code()), (409, "applicants_full"));
    let again = person.add(&app, 3).await;
    assert_eq!((again.status, again.text("id").as_str()), (201, "p3"), "the same NIK again");
    let list = person.get(&app, "/v1/me/applicants").await;
    assert_eq!(list.body["applicants"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_person_is_shown_with_a_hidden_nik() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    let added = person.post(&app, "/v1/me/applicants", marked()).await;
    insta::assert_json_snapshot!(added.body, @r#"
    {
      "birth_date": "1990-01-01",
      "category": "general",
      "id": "p1",
      "ktp_regency": "Kota Zqxregency",
      "name": "Zqxerased Orang",
      "nik": "9988••••••••9777",
      "warnings": []
    }
    "#);
    let mut differs = marked();
    differs["nik"] = json!("9988774201909777");
    let warned = person.post(&app, "/v1/me/applicants", differs).await;
    assert_eq!(warned.body["warnings"].as_array().unwrap().len(), 1, "{warned:?}");
}

#[tokio::test]
async fn each_field_is_checked_and_named_and_nothing_is_stored() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register_only(&app, 1).await;
    let before = recorder.items().await.len();
    for (field, wrong) in [
        ("name", json!("")),
        ("name", json!("1234")),
        ("name", json!("\u{202e}\u{200b}")),
        ("name", json!("Zqx\u{7}erased")),
        ("name", json!("x".repeat(101))),
        ("name", json!(5)),
        ("nik", json!("998877410190977")),
        ("nik", json!("99887741019097771")),
        ("nik", json!("9988773201909777")),
        ("nik", json!("9988774113909777")),
        ("nik", json!("9988774101900000")),
        ("nik", json!(9_988_774_101_909_777_u64)),
        ("birth_date", json!("1990-13-01")),
        ("birth_date", json!("01-01-1990")),
        ("birth_date", json!("2026-12-02")),
        ("birth_date", json!("1890-01-01")),
        ("birth_date", json!("+99999-01-01")),
        ("ktp_regency", json!("")),
        ("ktp_regency", json!("K\u{7}ota")),
        ("ktp_regency", json!("k".repeat(61))),
        ("category", json!("vip")),
    ] {
        let mut body = marked();
        body[field] = wrong.clone();
        let refused = person.post(&app, "/v1/me/applicants", body).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{field} {wrong}");
        assert_eq!(refused.body["errors"][0]["field"], field, "{wrong}");
        let value = wrong.as_str().map_or_else(|| wrong.to_string(), str::to_owned);
        let shown = refused.body.to_string();
        assert!(value.len() < 5 || !shown.contains(&value), "{shown} repeats {value}");
    }
    let all = json!({"name": "", "nik": "", "birth_date": "", "ktp_regency": ""});
    let refused = person.post(&app, "/v1/me/applicants", all).await;
    let fields: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["name", "nik", "birth_date", "ktp_regency"], "all at once");
    assert_eq!(recorder.items().await.len(), before);
}

#[tokio::test]
async fn only_the_export_shows_data_in_the_clear() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    person.post(&app, "/v1/me/applicants", marked()).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let export = person.get(&app, "/v1/me/export").await;
    insta::assert_json_snapshot!(export.body, {".account_id" => "[id]", ".created_at" => "[time]",
        ".bookings[].code" => "[code]", ".bookings[].history[].at" => "[time]"}, @r#"
    {
      "account_id": "[id]",
      "applicants": [
        {
          "birth_date": "1990-01-01",
          "category": "general",
          "id": "p1",
          "ktp_regency": "Kota Zqxregency",
          "name": "Zqxerased Orang",
          "nik": "9988774101909777"
        }
      ],
      "bookings": [
        {
          "applicant_id": "p1",
          "code": "[code]",
          "date": "2026-12-02",
          "history": [
            {
              "at": "[time]",
              "by": "applicant",
              "status": "held"
            },
            {
              "at": "[time]",
              "by": "applicant",
              "status": "confirmed"
            }
          ],
          "office": "uji",
          "service": "passport_new",
          "slot": "09:00",
          "status": "confirmed"
        }
      ],
      "created_at": "[time]",
      "locale": "id",
      "phone": "628000000001",
      "reminders": true,
      "whatsapp_user_id": null
    }
    "#);
    for path in ["/v1/me", "/v1/me/applicants", "/v1/me/bookings", &format!("/v1/bookings/{code}")]
    {
        let shown = person.get(&app, path).await.body.to_string();
        assert!(!shown.contains("9988774101909777"), "{path}: {shown}");
        assert!(!shown.contains(&person.phone), "{path}: {shown}");
    }
}

#[tokio::test]
async fn erasing_gives_back_the_seats_and_ends_every_session() {
    let app = TestApp::with_quota(1).await;
    let person = Person::register(&app, 1).await;
    let second = person.add(&app, 2).await.text("id");
    person.book(&app, DATE, "09:00").await;
    let body = json!({"applicant_id": second, "office": "uji", "service": "passport_new",
        "date": DATE, "slot": "10:00"});
    assert_eq!(person.post(&app, "/v1/bookings", body).await.status, 201);
    let (_, device) = again(&app, &person.phone).await;

    assert_eq!(erase(&app, &person).await.status, 204);
    for token in [&person.token, &device] {
        assert_eq!(app.call(Method::GET, "/v1/me", Some(token), None).await.status, 401);
    }
    app.advance(61);
    for slot in ["09:00", "10:00"] {
        assert_eq!(app.seats_free(DATE, slot).await, Some(1), "{slot}");
    }
    app.assert_audit_agrees().await;
}

/// Registers with this number once more: account and token.
async fn again(app: &TestApp, phone: &str) -> (String, String) {
    let begun = crate::registration::begin(app).await;
    for text in [&begun["code"], &begun["match_number"]] {
        let sent = json!({"from": phone, "text": text});
        assert_eq!(app.post("/local/whatsapp", sent).await.body["webhook_status"], 200);
    }
    app.listen().await;
    let signed_in = crate::registration::exchange(app, &begun).await;
    (signed_in.text("account_id"), signed_in.text("token"))
}

#[tokio::test]
async fn after_an_erasure_number_and_person_begin_anew() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    let before = person.get(&app, "/v1/me").await.text("account_id");
    person.book(&app, DATE, "09:00").await;
    assert_eq!(recorder.items_of("PERSON#").await.len(), 1);
    assert_eq!(erase(&app, &person).await.status, 204);
    assert_eq!(recorder.items_of(&format!("ACCOUNT#{before}")).await, Vec::<Value>::new());
    // What was done today is counted under keyed hashes until it counts no more, and nothing else is.
    for kind in ["PERSON#", "CONTACT#"] {
        for item in recorder.items_of(kind).await {
            let names = item.as_object().unwrap().keys();
            let is_count = |name: &str| name.starts_with("holds_") || name.starts_with("adds_");
            let is_known = |name: &str| ["pk", "sk", "v", "ttl"].contains(&name) || is_count(name);
            assert!(names.into_iter().all(|name| is_known(name)), "{item}");
        }
    }

    let (account, token) = again(&app, &person.phone).await;
    assert_ne!(account, before);
    let anew = Person { token, phone: person.phone };
    assert_eq!(anew.get(&app, "/v1/me/applicants").await.body["applicants"], json!([]));
    assert_eq!(anew.get(&app, "/v1/me/bookings").await.body["bookings"], json!([]));
    assert_eq!(anew.add(&app, 1).await.status, 201);
    assert_eq!(anew.hold(&app, DATE, "10:00").await.status, 201, "the person is free");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn what_an_erasure_leaves_tells_nobody_apart() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register_only(&app, 1).await;
    person.post(&app, "/v1/me/applicants", marked()).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let account = person.get(&app, "/v1/me").await.text("account_id");
    let booked = &recorder.items_of(&format!("BOOKING#{code}")).await;
    let hash = booked.iter().find_map(|item| item["person"]["S"].as_str()).unwrap().to_owned();
    let holds = |items: &[Value], text: &str| {
        items.iter().filter(|item| item.to_string().contains(text)).count()
    };
    let before = recorder.items().await;
    assert!(holds(&before, &hash) >= 3, "guard, applicant and booking name the person");

    assert_eq!(erase(&app, &person).await.status, 204);
    let after = recorder.items().await;
    for text in ["Zqx", "9988774101909777", "628000000001"] {
        assert_eq!(holds(&after, text), 0, "{text}");
    }
    assert_eq!(holds(&after, &hash), 1, "the count of today's holds, which no booking refers to");
    let sealed: Vec<_> = after
        .iter()
        .filter(|item| item.to_string().contains("sealed"))
        .filter(|item| item.to_string().contains(&account))
        .collect();
    assert!(sealed.is_empty(), "{sealed:?}");
    // The seat's history is still counted.
    assert!(holds(&after, &code) >= 2);
}

#[tokio::test]
async fn a_person_in_two_accounts_keeps_the_booking_of_the_other() {
    let app = TestApp::start().await;
    let first = Person::register(&app, 1).await;
    let second = Person::register_only(&app, 2).await;
    assert_eq!(second.add(&app, 1).await.body["nik"], first.add(&app, 1).await.body["nik"]);
    let booked = second.book(&app, DATE, "09:00").await;
    assert_eq!(erase(&app, &first).await.status, 204);
    let kept = second.get(&app, &format!("/v1/bookings/{}", booked.text("code"))).await;
    assert_eq!(kept.body["status"], "confirmed");
    assert_eq!(second.hold(&app, DATE, "10:00").await.code(), "already_booked");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn an_account_is_not_erased_during_a_visit() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, "09:00").await.text("ticket");
    app.advance_to("2026-12-02T00:30:00Z");
    let desk = app.staff("uji", &["desk"]).await;
    let scan = json!({"ticket": ticket});
    let scanned = app.call(Method::POST, "/v1/check-ins", Some(&desk), Some(scan)).await;
    assert_eq!(scanned.status, 200, "{scanned:?}");
    let refused = erase(&app, &person).await;
    assert_eq!((refused.status, refused.code()), (409, "visit_in_progress"));
    assert_eq!(person.get(&app, "/v1/me/applicants").await.body["applicants"][0]["id"], "p1");
    app.advance_to("2026-12-02T16:01:00Z");
    assert_eq!(erase(&app, &person).await.status, 204, "after the day it is");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn nobody_sees_the_data_of_another_account() {
    let app = TestApp::start().await;
    let (one, two) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = one.book(&app, DATE, "09:00").await.text("code");
    for path in ["", "/ticket.svg", "/ticket.png", "/ticket.ics"] {
        let answer = two.get(&app, &format!("/v1/bookings/{code}{path}")).await;
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{path}");
    }
    let shown = two.get(&app, "/v1/me/export").await.body.to_string();
    assert!(shown.contains(&nik(2)) && !shown.contains(&nik(1)) && !shown.contains(&code));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_made_while_the_account_is_erased_does_not_outlive_it() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let person = Person::register(&app, 1).await;
    let gate = Gate::default();
    let stop = gate.clone();
    // The first write of the erasure.
    switch.arm(move |call| match touched(call).as_slice() {
        [Item::Contact, ..] => Action::Wait(stop.clone(), Box::new(Action::Pass)),
        _ => Action::Pass,
    });
    let meanwhile = async {
        gate.reached().await;
        let held = person.hold(&app, DATE, "09:00").await;
        gate.open();
        held
    };
    let (erased, held) = tokio::join!(erase(&app, &person), meanwhile);
    switch.disarm();
    assert_eq!((erased.status, held.status), (204, 201), "{erased:?} {held:?}");
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 0);
    app.advance(61);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    let again = Person::register(&app, 1).await.hold(&app, DATE, "09:00").await;
    assert_eq!(again.status, 201, "the person's guard is free: {again:?}");
}

#[tokio::test]
async fn whose_session_has_ended_is_told_so_whatever_was_asked() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    assert_eq!(
        app.call(Method::DELETE, "/v1/session", Some(&person.token), None).await.status,
        204
    );
    for path in ["NO-CODE/confirm", &format!("{code}/cancel"), &format!("{code}/reschedule")] {
        let body = json!({"unknown": 1});
        let answer = person.post(&app, &format!("/v1/bookings/{path}"), body).await;
        assert_eq!((answer.status, answer.code()), (401, "unauthenticated"), "{path}");
    }
}
