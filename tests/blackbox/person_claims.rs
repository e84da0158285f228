//! Who knows a NIK learns nothing of its owner, and whoever is kept from booking by another account can ask
//! for the person: the other account gives its booking up, or keeps it.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::wire::{Action, Call, Gate, Switch, client};
use antrian_tests::{Answer, Person, Setup, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::steps::{close, office_with, reach};

const CLAIM: &str = "/v1/me/applicants/p1/claim";
const LATER: &str = "2026-12-04";

async fn claim(app: &TestApp, person: &Person) -> Answer {
    person.post(app, CLAIM, json!({})).await
}

/// An account of another number that knows the NIK of person `nik`.
pub(crate) async fn stranger(app: &TestApp, number: u32, nik: u32) -> Person {
    let stranger = Person::register_only(app, number).await;
    assert_eq!(stranger.add(app, nik).await.status, 201);
    stranger
}

/// A tap on the button that gives a booking up.
pub(crate) fn give_up(id: &str, phone: &str, code: &str) -> Value {
    let reply = json!({"id": format!("give-up:{code}"), "title": "Ya, lepaskan"});
    let interactive = json!({"type": "button_reply", "button_reply": reply});
    json!({"id": id, "timestamp": "1796083200", "from": phone, "type": "interactive",
        "interactive": interactive})
}

/// An owner with a confirmed booking, a stranger who knows their NIK, and the code.
async fn booked(app: &TestApp) -> (Person, Person, String) {
    let owner = Person::register(app, 1).await;
    let code = owner.book(app, DATE, "09:00").await.text("code");
    let stranger = stranger(app, 2, 1).await;
    app.drain().await;
    (owner, stranger, code)
}

async fn status(app: &TestApp, owner: &Person, code: &str) -> String {
    owner.get(app, &format!("/v1/bookings/{code}")).await.text("status")
}

fn questions(app: &TestApp) -> usize {
    app.sent_ids().iter().filter(|id| id.ends_with("-claim_asked")).count()
}

async fn hold_and_cancel(app: &TestApp, person: &Person) {
    let held = person.hold(app, LATER, "09:00").await;
    assert_eq!(held.status, 201, "{held:?}");
    assert_eq!(person.act(app, &held.text("code"), "cancel").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_answered_alike_whatever_keeps_a_person_from_booking() {
    let rule = json!({"missed_visits": 1});
    let office = office_with(8, |office| office["policy"]["fair_use"] = rule);
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let mut owners = Vec::new();
    for number in 1..=5 {
        owners.push(Person::register(&app, number).await);
    }
    let [missed, confirmed, held, often, rests] = <[Person; 5]>::try_from(owners).unwrap();
    missed.book(&app, DATE, "09:00").await;
    reach(&app, &format!("{DATE}T01:30:00Z"));
    app.tick().await;
    confirmed.book(&app, LATER, "09:00").await;
    assert_eq!(held.hold(&app, LATER, "10:00").await.status, 201);
    for _ in 0..3 {
        hold_and_cancel(&app, &often).await;
    }
    hold_and_cancel(&app, &rests).await;
    let told: Vec<_> = [&missed, &confirmed, &often]
        .map(|owner| owner.hold(&app, LATER, "10:00"))
        .into_iter()
        .collect();
    let told: Vec<_> = join_all(told).await.iter().map(|answer| answer.code().to_owned()).collect();
    assert_eq!(told, ["too_many_missed", "already_booked", "too_many_holds"], "to themselves");

    let stranger = Person::register_only(&app, 6).await;
    let mut answers = Vec::new();
    for number in 1..=5 {
        assert_eq!(stranger.add(&app, number).await.status, 201);
        answers.push(stranger.hold_for(&app, &format!("p{number}"), LATER, "10:00").await);
    }
    assert_eq!(answers.pop().unwrap().status, 201, "a success cannot be hidden");
    assert_eq!((answers[0].status, answers[0].code()), (409, "person_needs_confirmation"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn whoever_was_displaced_does_not_learn_that_the_person_has_booked_elsewhere() {
    let app = TestApp::with_quota(4).await;
    let (stranger, owner) = (stranger(&app, 2, 1).await, Person::register(&app, 1).await);
    let code = stranger.hold(&app, "2026-12-05", "09:00").await.text("code");
    close(&app, &["2026-12-05"]).await;
    for secs in [40, 60] {
        app.advance(secs);
        app.tick().await;
    }
    owner.book(&app, DATE, "09:00").await;
    let moved = stranger.reschedule(&app, &code, LATER, "09:00").await;
    assert_eq!((moved.status, moved.code()), (409, "person_needs_confirmation"), "{moved:?}");
}

#[tokio::test]
async fn a_booking_is_given_up_to_whoever_claims_its_person() {
    let app = TestApp::start().await;
    let (owner, stranger, code) = booked(&app).await;
    let (mut asked, mut told) = (Phone::new(&app, &owner.phone), Phone::new(&app, &stranger.phone));
    assert_eq!(claim(&app, &stranger).await.status, 202);
    let question = asked.read().await;
    assert_eq!(question.len(), 1, "{question:?}");
    let text = &question[0].text;
    assert!(text.contains("Inisial pemohon: C.") && text.contains("Rabu, 2 Desember"), "{text}");
    assert!(!text.contains(&stranger.phone) && told.read().await.is_empty(), "{text}");
    let answers = asked.tap("Ya, lepaskan").await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].text.contains("sudah dibatalkan"), "{answers:?}");
    let free = told.read().await;
    assert_eq!(free.len(), 1, "{free:?}");
    assert!(free[0].text.contains("sudah dilepas"), "{free:?}");
    for secret in [&owner.phone, &code, "Desember", "uji"] {
        assert!(!free[0].text.contains(secret), "{secret} in {}", free[0].text);
    }
    let seen = owner.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(
        (seen.text("status"), seen.text("cancel_reason")),
        ("cancelled".into(), "claim".into())
    );
    assert_eq!(stranger.hold(&app, LATER, "09:00").await.status, 201);
    app.advance(301);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2), "its seat is free again");
    let reply = json!({"id": format!("give-up:{code}"), "title": "Ya, lepaskan"});
    let tap = json!({"type": "button_reply", "button_reply": reply});
    let again = asked.deliver(json!({"type": "interactive", "interactive": tap})).await;
    assert!(again[0].text.contains("sudah selesai atau dibatalkan"), "{again:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn who_has_not_written_for_a_day_is_asked_by_a_template_and_answers_by_its_button() {
    let app = TestApp::start().await;
    let owner = Person::register(&app, 1).await;
    let code = owner.book(&app, LATER, "09:00").await.text("code");
    app.drain().await;
    reach(&app, "2026-12-01T02:00:00Z");
    app.tick().await;
    let stranger = stranger(&app, 2, 1).await;
    let mut asked = Phone::new(&app, &owner.phone);
    assert_eq!(claim(&app, &stranger).await.status, 202);
    let question = asked.read().await;
    assert_eq!(question[0].template.as_ref().unwrap().name, "antrian_claim_asked");
    let payload = format!("give-up:{code}");
    let button = json!({"payload": payload, "text": "Ya, lepaskan"});
    asked.deliver(json!({"type": "button", "button": button})).await;
    assert_eq!(status(&app, &owner, &code).await, "cancelled");
}

#[tokio::test]
async fn a_booking_that_is_kept_is_not_asked_about_again_and_the_claimant_hears_nothing() {
    let app = TestApp::start().await;
    let owner = Person::register(&app, 1).await;
    let code = owner.book(&app, "2026-12-07", "09:00").await.text("code");
    let stranger = stranger(&app, 2, 1).await;
    app.drain().await;
    let (mut asked, mut told) = (Phone::new(&app, &owner.phone), Phone::new(&app, &stranger.phone));
    assert_eq!(claim(&app, &stranger).await.status, 202);
    asked.read().await;
    let answers = asked.tap("Bukan").await;
    assert!(answers[0].text.contains("tetap berlaku"), "{answers:?}");
    assert_eq!(asked.tap("Ya, lepaskan").await[0].text, answers_over(), "the no counts");
    for _ in 0..2 {
        app.advance(25 * 3_600);
        assert_eq!(claim(&app, &stranger).await.status, 202);
        app.drain().await;
    }
    assert_eq!((questions(&app), told.read().await.len()), (1, 0));
    assert_eq!(status(&app, &owner, &code).await, "confirmed");
    assert_eq!(stranger.hold(&app, LATER, "09:00").await.code(), "person_needs_confirmation");
}

fn answers_over() -> &'static str {
    "Pertanyaan itu sudah tidak berlaku, dan jadwal Anda tidak diubah. Ketik *JADWAL* untuk melihatnya."
}

#[tokio::test]
async fn silence_keeps_the_booking_and_may_be_broken_by_another_question_a_day_later() {
    let app = TestApp::start().await;
    let owner = Person::register(&app, 1).await;
    let code = owner.book(&app, "2026-12-07", "09:00").await.text("code");
    let (first, second) = (stranger(&app, 2, 1).await, stranger(&app, 3, 1).await);
    app.drain().await;
    let mut asked = Phone::new(&app, &owner.phone);
    for claimant in [&first, &second, &first] {
        assert_eq!(claim(&app, claimant).await.status, 202);
    }
    asked.read().await;
    assert_eq!(questions(&app), 1, "one question at a time, whoever claims");
    app.advance(24 * 3_600);
    assert_eq!(asked.tap("Ya, lepaskan").await[0].text, answers_over());
    assert_eq!(status(&app, &owner, &code).await, "confirmed");
    assert_eq!(claim(&app, &second).await.status, 202);
    let question = asked.read().await;
    assert_eq!((question.len(), questions(&app)), (1, 2));
    asked.tap("Ya, lepaskan").await;
    assert_eq!(status(&app, &owner, &code).await, "cancelled");
}

#[tokio::test]
async fn a_claim_is_answered_and_counted_alike_whether_somebody_has_booked_or_not() {
    let app = TestApp::start().await;
    let (_, known, _) = booked(&app).await;
    let unknown = stranger(&app, 3, 3).await;
    for _ in 0..5 {
        let answers = [claim(&app, &known).await, claim(&app, &unknown).await];
        for answer in &answers {
            let fields = answer.body.as_object().unwrap();
            assert_eq!((answer.status, fields.len()), (202, 1), "{answer:?}");
            assert!(fields.contains_key("answer_until"), "{answer:?}");
        }
    }
    let refused = [claim(&app, &known).await, claim(&app, &unknown).await];
    assert_eq!((refused[0].status, refused[0].code()), (429, "too_many_claims"));
    assert_eq!(refused[0], refused[1]);
    reach(&app, "2026-11-30T17:00:00Z");
    assert_eq!(claim(&app, &known).await.status, 202, "the next day");
    let steps: Vec<_> = app.records_of("person_claim").iter().map(|r| r["step"].clone()).collect();
    assert_eq!(steps.iter().filter(|step| *step == "asked").count(), 1, "{steps:?}");
}

#[tokio::test]
async fn a_claim_under_its_key_counts_once_and_one_of_nobody_is_not_there() {
    let app = TestApp::start().await;
    let (_, stranger, _) = booked(&app).await;
    for _ in 0..9 {
        let again = app.post_with_key(CLAIM, Some(&stranger.token), "same", json!({})).await;
        assert_eq!(again.status, 202, "{again:?}");
    }
    let nobody = stranger.post(&app, "/v1/me/applicants/p5/claim", json!({})).await;
    assert_eq!((nobody.status, nobody.code()), (404, "not_found"));
}

#[tokio::test]
async fn nobody_is_asked_about_a_hold_or_about_a_booking_of_their_own() {
    let app = TestApp::start().await;
    let owner = Person::register(&app, 1).await;
    let code = owner.hold(&app, DATE, "09:00").await.text("code");
    let stranger = stranger(&app, 2, 1).await;
    assert_eq!(claim(&app, &stranger).await.status, 202);
    assert_eq!(owner.act(&app, &code, "confirm").await.status, 200);
    assert_eq!(claim(&app, &owner).await.status, 202);
    app.drain().await;
    assert_eq!(questions(&app), 0);
}

#[tokio::test]
async fn a_booking_that_was_moved_since_is_not_given_up() {
    let app = TestApp::start().await;
    let (owner, stranger, code) = booked(&app).await;
    let mut asked = Phone::new(&app, &owner.phone);
    assert_eq!(claim(&app, &stranger).await.status, 202);
    asked.read().await;
    let payload = json!({"id": format!("give-up:{code}"), "title": "Ya, lepaskan"});
    assert_eq!(owner.reschedule(&app, &code, LATER, "09:00").await.status, 200);
    asked.read().await;
    let tap = json!({"type": "button_reply", "button_reply": payload});
    let answers = asked.deliver(json!({"type": "interactive", "interactive": tap})).await;
    assert_eq!(answers[0].text, answers_over());
    assert_eq!(status(&app, &owner, &code).await, "confirmed");
}

#[tokio::test]
async fn a_code_alone_answers_no_claim_of_somebody_elses_booking() {
    let app = TestApp::start().await;
    let (owner, stranger, code) = booked(&app).await;
    assert_eq!(claim(&app, &stranger).await.status, 202);
    let mut claimant = Phone::new(&app, &stranger.phone);
    let reply = json!({"id": format!("give-up:{code}"), "title": "Ya, lepaskan"});
    let tap = json!({"type": "button_reply", "button_reply": reply});
    let answers = claimant.deliver(json!({"type": "interactive", "interactive": tap})).await;
    assert!(answers[0].text.contains("tidak ada pada nomor ini"), "{answers:?}");
    assert_eq!(status(&app, &owner, &code).await, "confirmed");
}

#[tokio::test]
async fn the_chat_offers_a_claim_and_says_nothing_of_the_other_booking() {
    let app = TestApp::start().await;
    let owner = Person::register(&app, 1).await;
    let code = owner.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let (mut asked, number) = (Phone::new(&app, &owner.phone), "6280000000088");
    let mut phone = Phone::new(&app, number);
    let wish = format!("#Contoh Lain#{}#04-12-2026", antrian_tests::person::nik(1));
    let refused = phone.say(&wish).await;
    assert!(refused[0].text.contains("perlu memastikan dahulu"), "{refused:?}");
    assert!(!refused[0].text.contains("2 Desember") && !refused[0].text.contains(&code[..5]));
    let made = phone.tap("Ajukan klaim").await;
    assert!(made[0].text.contains("Klaim Anda kami terima"), "{made:?}");
    assert_eq!(asked.read().await.len(), 1);
    asked.tap("Ya, lepaskan").await;
    assert_eq!(phone.read().await.len(), 1);
    phone.tap("Buat jadwal baru").await;
    phone.tap("Contoh").await;
    phone.tap("Jum, 4 Des").await;
    let held = phone.tap("09.00").await;
    assert!(held[0].text.contains("Kode booking"), "{}", phone.chat);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn an_erased_claimant_leaves_no_claim() {
    let (app, recorder) = antrian_tests::Recorder::start().await;
    let (_, stranger, _) = booked(&app).await;
    assert_eq!(claim(&app, &stranger).await.status, 202);
    let claims = |items: Vec<Value>| items.iter().filter(|item| item["sk"]["S"] == "CLAIM").count();
    assert_eq!(claims(recorder.items().await), 1);
    let gone = app.call(reqwest::Method::DELETE, "/v1/me", Some(&stranger.token), None).await;
    assert_eq!((gone.status, claims(recorder.items().await)), (204, 0));
}

/// A claim's question, with or without the condition that there is none: all wait for each other, so that
/// none has seen another one's.
fn question(call: &Call, guarded: bool, gate: &Gate) -> Action {
    let mut body = call.body.clone();
    let Some(writes) = body["TransactItems"].as_array_mut() else { return Action::Pass };
    let put = writes.iter_mut().find(|write| write["Put"]["Item"]["sk"]["S"] == "CLAIM");
    let Some(put) = put else { return Action::Pass };
    if guarded {
        return Action::Wait(gate.clone(), Box::new(Action::Pass));
    }
    for field in ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"] {
        put["Put"].as_object_mut().unwrap().remove(field);
    }
    Action::Wait(gate.clone(), Box::new(Action::Send(body)))
}

/// Eight strangers claim a person at the same moment; how many questions are put.
async fn claims_at_once(guarded: bool) -> usize {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    booked(&app).await;
    let mut strangers = Vec::new();
    for number in 10..18 {
        strangers.push(stranger(&app, number, 1).await);
    }
    let gate = Gate::default();
    let at_gate = gate.clone();
    switch.arm(move |call| question(call, guarded, &at_gate));
    let claims = join_all(strangers.iter().map(|stranger| claim(&app, stranger)));
    let opened = async {
        gate.reached_by(strangers.len()).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(claims, opened);
    switch.disarm();
    assert!(answers.iter().all(|answer| answer.status == 202), "{answers:?}");
    app.records_of("person_claim").iter().filter(|record| record["step"] == "asked").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_claims_at_the_same_moment_one_is_put() {
    assert_eq!(claims_at_once(true).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_claims_condition_several_are_put() {
    assert!(claims_at_once(false).await > 1);
}
