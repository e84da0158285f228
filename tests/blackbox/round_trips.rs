//! What a person waits for in the cloud: the calls of the table and the queues that an operation makes
//! one after the other. `docs/performance.md` names the calls.

use std::future::Future;
use std::time::{Duration, Instant};

use antrian_tests::app::DATE;
use antrian_tests::offices::{self, OFFICE, SERVICE};
use antrian_tests::person::hold_body;
use antrian_tests::round_trips::{RoundTrip, RoundTripWatch, Rounds};
use antrian_tests::{Browser, Person, Setup, TestApp};
use serde_json::{Value, json};

use crate::steps::reach;

/// Round trips at most, one after the other.
const LIMITS: [(&str, usize); 26] = [
    ("hold of a slot", 3),
    ("hold of a slot, with a key", 3),
    ("hold on a date", 3),
    ("hold for a group", 3),
    ("confirmation", 3),
    ("confirmation of a group", 4),
    ("cancellation", 3),
    ("extension", 2),
    ("page: a hold", 3),
    ("page: the ticket", 2),
    ("move", 4),
    ("move, with a key", 6),
    ("check-in", 3),
    ("check-in, with a key", 5),
    ("documents, complete", 3),
    ("documents, one missing", 5),
    ("call", 3),
    ("finish", 5),
    ("chat: the next question", 3),
    ("chat: a hold", 5),
    ("chat: JADWAL", 5),
    ("token of a registration", 2),
    ("list of three bookings", 3),
    ("one booking", 3),
    ("availability of a week", 3),
    ("availability that somebody has seen", 1),
];

/// Where a booking is moved to, and the morning of the day on which most tests book.
const LATER: &str = "2026-12-03";
const MORNING: &str = "2026-12-02T00:30:00Z";

/// A system whose calls are watched.
struct Stage {
    app: TestApp,
    watch: RoundTripWatch,
}

impl Stage {
    async fn start() -> Self {
        let watch = RoundTripWatch::default();
        let offices = vec![offices::office(8)];
        let http_client = Some(watch.client());
        let app = TestApp::start_with(Setup { offices, http_client, ..Setup::default() }).await;
        Self { app, watch }
    }

    /// Asserts that an operation keeps its limit, in an instance that has just read the offices and who is
    /// denied, and no day: it forgets all of them within five seconds.
    async fn measure<T>(&self, operation: &str, work: impl Future<Output = T>) -> T {
        self.app.advance(6);
        assert_eq!(self.app.get(&format!("/v1/offices/{OFFICE}")).await.status, 200);
        let offices = self.app.stack.app.ledger.offices();
        assert!(!offices.is_denied("nobody", self.app.now()).await.unwrap());
        assert!(offices.all(self.app.now()).await.is_ok());
        let (done, rounds) = self.watch.watch(work).await;
        let limit = LIMITS.iter().find(|(name, _)| *name == operation).unwrap().1;
        let count = rounds.count();
        assert!(count > 0, "{operation} makes no call: it was not watched");
        assert!(count <= limit, "{operation} waits {count} times, not {limit}:\n{rounds}");
        done
    }

    async fn post(&self, path: &str, token: &str, key: Option<&str>, body: Value) -> u16 {
        let key = key.map(|key| ("idempotency-key", key));
        let (post, headers) = (reqwest::Method::POST, key.as_slice());
        let answer = self.app.try_call(post, path, Some(token), headers, Some(body)).await;
        answer.unwrap().status
    }

    /// Somebody with a confirmed booking, and its code.
    async fn booked(&self) -> (Person, String) {
        let person = Person::register(&self.app, 1).await;
        let code = person.book(&self.app, DATE, "09:00").await.text("code");
        (person, code)
    }

    /// Somebody who is at the office with a booking: its code, and a clerk's token.
    async fn at_the_office(&self) -> (String, String) {
        let (_, code) = self.booked().await;
        reach(&self.app, MORNING);
        (code, self.app.staff(OFFICE, &["desk"]).await)
    }

    /// Somebody who was scanned in.
    async fn checked_in(&self) -> (String, String) {
        let (code, clerk) = self.at_the_office().await;
        assert_eq!(self.post("/v1/check-ins", &clerk, None, json!({"code": code})).await, 200);
        (code, clerk)
    }

    /// Somebody writes; nobody has answered yet.
    async fn write(&self, text: &str) {
        let sent = json!({"from": "6280000000101", "text": text});
        assert_eq!(self.app.post("/local/whatsapp", sent).await.status, 200);
    }

    /// Somebody writes and is answered.
    async fn say(&self, text: &str) {
        self.write(text).await;
        assert_eq!(self.app.listen().await, 1);
    }

    /// Answers what somebody writes; the answer.
    async fn measure_turn(&self, operation: &str, text: &str) -> String {
        self.write(text).await;
        assert_eq!(self.measure(operation, self.app.listen()).await, 1);
        self.app.drain().await;
        self.app.sent().pop().unwrap()
    }
}

/// A wish as the old format of the chat has it.
const WISH: &str = "#Budi Contoh#9971010101909001#02-12-2026";

async fn hold(operation: &str, key: Option<&str>, body: Value) {
    let stage = Stage::start().await;
    let person = Person::register(&stage.app, 1).await;
    let held = stage.post("/v1/bookings", &person.token, key, body);
    assert_eq!(stage.measure(operation, held).await, 201);
}

#[tokio::test]
async fn a_hold_of_a_slot() {
    hold("hold of a slot", None, hold_body(DATE, "09:00")).await;
}

#[tokio::test]
async fn a_hold_of_a_slot_with_a_key() {
    hold("hold of a slot, with a key", Some("k1"), hold_body(DATE, "09:00")).await;
}

#[tokio::test]
async fn a_hold_on_a_date() {
    let body = json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE, "date": DATE});
    hold("hold on a date", None, body).await;
}

#[tokio::test]
async fn a_group_that_is_held_and_confirmed() {
    let stage = Stage::start().await;
    let person = Person::register(&stage.app, 1).await;
    person.add(&stage.app, 2).await;
    let body = json!({"applicant_ids": ["p1", "p2"], "office": OFFICE, "service": SERVICE,
        "date": DATE, "slot": "09:00"});
    let held = person.post(&stage.app, "/v1/group-bookings", body);
    let held = stage.measure("hold for a group", held).await;
    let code = held.body["bookings"][0]["code"].as_str().unwrap().to_owned();
    let confirmed = person.act(&stage.app, &code, "confirm");
    assert_eq!(stage.measure("confirmation of a group", confirmed).await.status, 200);
}

#[tokio::test]
async fn a_confirmation() {
    let stage = Stage::start().await;
    let person = Person::register(&stage.app, 1).await;
    let code = person.hold(&stage.app, DATE, "09:00").await.text("code");
    let confirmed = person.act(&stage.app, &code, "confirm");
    assert_eq!(stage.measure("confirmation", confirmed).await.status, 200);
}

#[tokio::test]
async fn an_extension() {
    let stage = Stage::start().await;
    let person = Person::register(&stage.app, 1).await;
    let code = person.hold(&stage.app, DATE, "09:00").await.text("code");
    let extended = person.act(&stage.app, &code, "extend");
    assert_eq!(stage.measure("extension", extended).await.status, 200);
}

#[tokio::test]
async fn a_hold_and_a_ticket_as_pages() {
    let stage = Stage::start().await;
    let mut browser = Browser::new(&stage.app);
    browser.sign_in(&stage.app, "6280000000001", "/saya").await;
    browser.add(1, "/saya").await;
    let choice = format!("kantor=uji&layanan=passport_new&tanggal={DATE}&jam=09%3A00&orang=p1");
    let check = browser.get(&format!("/pesan/periksa?{choice}")).await;
    let held = stage.measure("page: a hold", browser.hold(&check)).await;
    let confirmed = browser.post(&format!("{}/pasti", held.location()), &[]).await;
    let ticket = confirmed.location().to_owned();
    assert_eq!(stage.measure("page: the ticket", browser.get(&ticket)).await.status, 200);
}

#[tokio::test]
async fn a_cancellation() {
    let stage = Stage::start().await;
    let (person, code) = stage.booked().await;
    let cancelled = person.act(&stage.app, &code, "cancel");
    assert_eq!(stage.measure("cancellation", cancelled).await.status, 200);
}

async fn reschedule(operation: &str, key: Option<&str>) {
    let stage = Stage::start().await;
    let (person, code) = stage.booked().await;
    let path = format!("/v1/bookings/{code}/reschedule");
    let moved = stage.post(&path, &person.token, key, json!({"date": LATER, "slot": "10:00"}));
    assert_eq!(stage.measure(operation, moved).await, 200);
}

#[tokio::test]
async fn a_move() {
    reschedule("move", None).await;
}

#[tokio::test]
async fn a_move_with_a_key() {
    reschedule("move, with a key", Some("k1")).await;
}

async fn check_in(operation: &str, key: Option<&str>) {
    let stage = Stage::start().await;
    let (code, clerk) = stage.at_the_office().await;
    let scanned = stage.post("/v1/check-ins", &clerk, key, json!({"code": code}));
    assert_eq!(stage.measure(operation, scanned).await, 200);
}

#[tokio::test]
async fn a_check_in() {
    check_in("check-in", None).await;
}

#[tokio::test]
async fn a_check_in_with_a_key() {
    check_in("check-in, with a key", Some("k1")).await;
}

async fn documents(operation: &str, decision: Value) {
    let stage = Stage::start().await;
    let (code, clerk) = stage.checked_in().await;
    let path = format!("/v1/check-ins/{code}/documents");
    let decided = stage.post(&path, &clerk, None, decision);
    assert_eq!(stage.measure(operation, decided).await, 200);
}

#[tokio::test]
async fn documents_that_are_complete() {
    documents("documents, complete", json!({"decision": "complete"})).await;
}

#[tokio::test]
async fn documents_of_which_one_is_missing() {
    let deadline = "2026-12-02T07:00:00Z";
    let decision = json!({"decision": "incomplete", "missing": ["kk"], "deadline": deadline});
    documents("documents, one missing", decision).await;
}

#[tokio::test]
async fn a_call_and_its_end() {
    let stage = Stage::start().await;
    let (_, clerk) = stage.checked_in().await;
    for (operation, action) in [("call", "call"), ("finish", "finish")] {
        let path = format!("/v1/offices/{OFFICE}/queue/{action}");
        let done = stage.post(&path, &clerk, None, json!({"counter": "1"}));
        assert_eq!(stage.measure(operation, done).await, 200);
    }
}

#[tokio::test]
async fn a_turn_of_the_chat_that_asks_the_next_question() {
    let stage = Stage::start().await;
    for text in [WISH, "ya", "menu"] {
        stage.say(text).await;
    }
    let answer = stage.measure_turn("chat: the next question", "1").await;
    assert!(answer.contains('?'), "{answer}");
}

#[tokio::test]
async fn a_turn_of_the_chat_that_holds_a_seat() {
    let stage = Stage::start().await;
    stage.say("halo").await;
    let answer = stage.measure_turn("chat: a hold", WISH).await;
    assert!(answer.contains("belum terkonfirmasi"), "{answer}");
}

#[tokio::test]
async fn a_turn_of_the_chat_that_shows_bookings() {
    let stage = Stage::start().await;
    stage.say(WISH).await;
    stage.say("ya").await;
    let answer = stage.measure_turn("chat: JADWAL", "jadwal").await;
    assert!(answer.contains("(terkonfirmasi)"), "{answer}");
}

#[tokio::test]
async fn a_token_of_a_registration() {
    let stage = Stage::start().await;
    let begun = stage.app.post("/v1/registrations", json!({"locale": "id"})).await;
    stage.say(&begun.text("code")).await;
    stage.say(&begun.text("match_number")).await;
    let path = format!("/v1/registrations/{}/token", begun.text("id"));
    let signed_in = stage.app.post(&path, json!({"secret": begun.text("secret")}));
    assert_eq!(stage.measure("token of a registration", signed_in).await.status, 200);
}

#[tokio::test]
async fn a_list_of_three_bookings_and_one_of_them() {
    let stage = Stage::start().await;
    let person = Person::register_only(&stage.app, 1).await;
    let mut code = String::new();
    for number in 1..=3 {
        let id = person.add(&stage.app, number).await.text("id");
        let mut body = hold_body(DATE, "09:00");
        body["applicant_id"] = json!(id);
        code = person.post(&stage.app, "/v1/bookings", body).await.text("code");
    }
    let listed = person.get(&stage.app, "/v1/me/bookings");
    let listed = stage.measure("list of three bookings", listed).await;
    assert_eq!(listed.body["bookings"].as_array().unwrap().len(), 3);
    let path = format!("/v1/bookings/{code}");
    assert_eq!(stage.measure("one booking", person.get(&stage.app, &path)).await.status, 200);
}

#[tokio::test]
async fn days_that_are_read_together_are_waited_for_once() {
    let stage = Stage::start().await;
    let days = "from=2026-12-01&to=2026-12-07";
    let path = format!("/v1/offices/{OFFICE}/availability?service={SERVICE}&{days}");
    let seen = stage.measure("availability of a week", stage.app.get(&path)).await;
    assert_eq!(seen.body["days"].as_array().unwrap().len(), 7);
    // Another instance has looked; this one has forgotten.
    let again = stage.measure("availability that somebody has seen", stage.app.get(&path)).await;
    assert_eq!(again.body, seen.body);
}

/// Calls that begin and end after so many milliseconds.
fn calls(spans: &[(u64, Option<u64>)]) -> Rounds {
    let zero = Instant::now();
    let at = |ms| zero + Duration::from_millis(ms);
    let call = |&(begun, ended): &(u64, Option<u64>)| RoundTrip {
        name: "GetItem".to_owned(),
        begun: at(begun),
        ended: ended.map(at),
    };
    Rounds(spans.iter().map(call).collect())
}

#[test]
fn what_overlaps_is_waited_for_once() {
    assert_eq!(calls(&[]).count(), 0);
    assert_eq!(calls(&[(0, Some(5)), (1, Some(9)), (2, Some(4))]).count(), 1, "together");
    assert_eq!(calls(&[(0, Some(5)), (5, Some(9)), (9, Some(12))]).count(), 3, "in turn");
    assert_eq!(calls(&[(0, Some(9)), (1, Some(3)), (4, Some(6))]).count(), 2, "one beside two");
    assert_eq!(calls(&[(0, Some(2)), (3, None), (4, Some(6))]).count(), 2, "one never waited for");
}
