//! A visit, and what is done around it: every operation that takes or answers JSON, once.

use antrian_tests::app::DATE;
use antrian_tests::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::Asked;

pub(super) const OFFICE: &str = "demo-kecil";
const SERVICE: &str = "passport_new";
/// 09:10 at the office: an hour before the visit, and ten minutes late for the one before.
const MORNING: &str = "2026-12-02T01:10:00Z";
const AFTER_THE_DAY: &str = "2026-12-02T12:00:00Z";
const PHONE: &str = "6280000000009";

pub(super) async fn take_all(asked: &mut Asked) {
    look(asked).await;
    let token = register(asked).await;
    let ticket = book(asked, &token).await;
    let [missed, given_up] = book_together(asked, &token).await;
    // Soon after signing in.
    asked.take("GET /v1/me/export", &[], Some(&token), None).await;
    claim(asked).await;
    let admin = asked.app.staff(OFFICE, &["admin"]).await;
    administer(asked, &admin).await;
    asked.app.drain().await;
    asked.app.advance_to(MORNING);
    let desk = asked.app.staff(OFFICE, &["desk"]).await;
    release(asked, &desk, &given_up).await;
    receive(asked, &desk, &ticket).await;
    give_back(asked, &desk).await;
    asked.app.advance_to(AFTER_THE_DAY);
    asked.app.tick().await;
    excuse(asked, &missed).await;
    asked.take("GET /v1/me/bookings", &[], Some(&token), None).await;
    asked.take("GET /v1/me/sessions", &[], Some(&token), None).await;
}

/// What everybody may see.
async fn look(asked: &mut Asked) {
    let of_service = format!("?service={SERVICE}&from={DATE}&to={DATE}");
    let wanted = format!("?office={OFFICE}&service={SERVICE}&ktp_regency=Kota%20Parepare");
    asked.take("GET /v1/offices", &[], None, None).await;
    asked.take("GET /v1/offices/{office}", &[OFFICE], None, None).await;
    asked.take("GET /v1/offices/{office}/availability", &[OFFICE, &of_service], None, None).await;
    asked.take("GET /v1/requirements", &[&wanted], None, None).await;
    asked.take("GET /v1/health", &[], None, None).await;
    asked.take("GET /v1/health/whatsapp", &[], None, None).await;
}

/// Signs in by a message, and another number by a one-time code; adds three people.
async fn register(asked: &mut Asked) -> String {
    let begun =
        asked.take("POST /v1/registrations", &[], None, Some(json!({"locale": "id"}))).await;
    for text in [begun.text("code"), begun.text("match_number")] {
        let said = json!({"from": "6280000000001", "text": text});
        asked.app.post("/local/whatsapp", said).await;
    }
    asked.app.listen().await;
    let secret = json!({"secret": begun.text("secret")});
    let id = begun.text("id");
    let opened = asked.take("POST /v1/registrations/{id}/token", &[&id], None, Some(secret)).await;
    verify(asked).await;

    let token = opened.text("token");
    let signed_in = Some(token.as_str());
    for (name, nik, born) in [
        ("Siti Contoh", "9971014101909021", "1990-01-01"),
        ("Ani Contoh", "9971014101909022", "1992-01-01"),
        ("Budi Contoh", "9971010101909023", "1990-01-01"),
    ] {
        let person =
            json!({"name": name, "nik": nik, "birth_date": born, "ktp_regency": "Kota Parepare"});
        asked.take("POST /v1/me/applicants", &[], signed_in, Some(person)).await;
    }
    let change = json!({"ktp_regency": "Kabupaten Barru"});
    asked.take("PATCH /v1/me/applicants/{applicant}", &["p3"], signed_in, Some(change)).await;
    asked.take("GET /v1/me/applicants", &[], signed_in, None).await;
    asked.take("PATCH /v1/me", &[], signed_in, Some(json!({"reminders": true}))).await;
    asked.take("GET /v1/me", &[], signed_in, None).await;
    token
}

async fn verify(asked: &mut Asked) {
    let begun = asked.app.post("/v1/registrations", json!({})).await;
    let (id, phone) = (begun.text("id"), json!({"phone": PHONE}));
    asked.take("POST /v1/registrations/{id}/otp", &[&id], None, Some(phone)).await;
    asked.app.drain().await;
    let sent = asked.app.sent().pop().unwrap();
    let otp = sent.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap();
    let proof = json!({"secret": begun.text("secret"), "otp": otp});
    asked.take("POST /v1/registrations/{id}/verify", &[&id], None, Some(proof)).await;
}

/// Holds, confirms and moves; the booking with its ticket.
async fn book(asked: &mut Asked, token: &str) -> Answer {
    let signed_in = Some(token);
    let wish = json!({"applicant_id": "p3", "office": OFFICE, "service": SERVICE, "date": DATE, "slot": "09:00"});
    let held = asked.take("POST /v1/bookings", &[], signed_in, Some(wish)).await;
    let code = held.text("code");
    asked.take("POST /v1/bookings/{code}/extend", &[&code], signed_in, None).await;
    asked.take("POST /v1/bookings/{code}/confirm", &[&code], signed_in, None).await;
    asked.take_file("GET /v1/bookings/{code}/ticket.ics", &code, token).await;
    let to = json!({"date": DATE, "slot": "10:00"});
    let moved =
        asked.take("POST /v1/bookings/{code}/reschedule", &[&code], signed_in, Some(to)).await;
    asked.take("GET /v1/bookings/{code}", &[&code], signed_in, None).await;
    moved
}

/// Two people together; their codes.
async fn book_together(asked: &mut Asked, token: &str) -> [String; 2] {
    // The seat that was left rests for a moment.
    asked.app.advance(60);
    let wish = json!({"applicant_ids": ["p1", "p2"], "office": OFFICE, "service": SERVICE, "date": DATE, "slot": "09:00"});
    let held = asked.take("POST /v1/group-bookings", &[], Some(token), Some(wish)).await;
    let codes = [0, 1].map(|at: usize| code_of(&held.body["bookings"][at]));
    let path = format!("/v1/bookings/{}/confirm", codes[0]);
    let confirmed = asked.app.call(reqwest::Method::POST, &path, Some(token), None).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    codes
}

fn code_of(booking: &Value) -> String {
    booking["code"].as_str().unwrap().to_owned()
}

/// Another account says that somebody is theirs to book for.
async fn claim(asked: &mut Asked) {
    let other = Person::register_only(&asked.app, 2).await;
    let person = json!({"name": "Budi Contoh", "nik": "9971010101909023", "birth_date": "1990-01-01",
        "ktp_regency": "Kota Parepare"});
    assert_eq!(other.post(&asked.app, "/v1/me/applicants", person).await.status, 201);
    let operation = "POST /v1/me/applicants/{applicant}/claim";
    asked.take(operation, &["p1"], Some(&other.token), None).await;
}

async fn administer(asked: &mut Asked, admin: &str) {
    let staff = Some(admin);
    let office = asked.app.stack.app.ledger.store().offices().await.unwrap().remove(0).office;
    let office = serde_json::to_value(&office).unwrap();
    asked.take("PUT /v1/offices/{office}", &[OFFICE], staff, Some(office)).await;
    asked.take("GET /v1/offices/{office}/versions", &[OFFICE], staff, None).await;
    let version = "GET /v1/offices/{office}/versions/{revision}";
    asked.take(version, &[OFFICE, "1"], staff, None).await;
    let quota = json!({"service": SERVICE, "quota": 3});
    let slot = [OFFICE, "2026-12-03", "09:00"];
    asked.take("PATCH /v1/offices/{office}/slots/{date}/{slot}", &slot, staff, Some(quota)).await;
    let days = json!({"from": "2027-01-11", "to": "2027-01-12"});
    asked.take("POST /v1/offices/{office}/releases", &[OFFICE], staff, Some(days)).await;
    let closed = json!({"open": false, "reason": {"id": "Pemadaman listrik", "en": "Power cut"}});
    let calendar = json!({"exceptions": {"2026-12-10": closed}});
    asked.take("PUT /v1/offices/{office}/calendar", &[OFFICE], staff, Some(calendar)).await;
    let reason = json!({"id": "Pemeliharaan gedung", "en": "Building works"});
    let closure = json!({"from": "2026-12-09", "to": "2026-12-11", "reason": reason});
    let visitor = Person::register(&asked.app, 70).await;
    let wish = json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE,
        "date": "2026-12-09", "slot": "09:00"});
    let code = visitor.post(&asked.app, "/v1/bookings", wish).await.text("code");
    visitor.act(&asked.app, &code, "confirm").await;
    for path in ["closures/preview", "closures"] {
        let operation = format!("POST /v1/offices/{{office}}/{path}");
        asked.take(&operation, &[OFFICE], staff, Some(closure.clone())).await;
    }
    let everywhere = asked.app.staff("*", &["admin"]).await;
    let staff = Some(everywhere.as_str());
    let denial = Some(json!({"denial_reason": "left"}));
    asked.take("PUT /v1/staff/denials/{subject}", &["clerk-7"], staff, denial).await;
    asked.take("GET /v1/staff/denials", &[], staff, None).await;
    asked.app.audit().await;
    asked.take("GET /v1/staff/audit", &[], staff, None).await;
    asked.take("DELETE /v1/staff/denials/{subject}", &["clerk-7"], staff, None).await;
}

/// The desk looks a booking up, and its person.
async fn release(asked: &mut Asked, desk: &str, code: &str) {
    let named = [OFFICE, code];
    asked.take("GET /v1/offices/{office}/bookings/{code}", &named, Some(desk), None).await;
    let nik = json!({"nik": "9971014101909022"});
    asked.take("POST /v1/offices/{office}/person-releases", &[OFFICE], Some(desk), Some(nik)).await;
}

/// One is moved and cancelled by the office, one cancelled by its account.
async fn give_back(asked: &mut Asked, desk: &str) {
    let other = Person::register(&asked.app, 3).await;
    for operation in
        ["POST /v1/offices/{office}/bookings/{code}/cancel", "POST /v1/bookings/{code}/cancel"]
    {
        let wish = json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE});
        let held = other.post(&asked.app, "/v1/bookings", wish).await;
        assert_eq!(held.status, 201, "{held:?}");
        let code = held.text("code");
        match operation.contains("{office}") {
            true => {
                let moving = "POST /v1/offices/{office}/bookings/{code}/reschedule";
                let to = json!({"date": "2026-12-04", "slot": "10:00", "reason": "office"});
                asked.take(moving, &[OFFICE, &code], Some(desk), Some(to)).await;
                let reason = Some(json!({"reason": "asked"}));
                asked.take(operation, &[OFFICE, &code], Some(desk), reason).await;
            }
            false => {
                asked.take(operation, &[&code], Some(&other.token), None).await;
            }
        }
    }
}

/// A scan, the documents, the counter.
async fn receive(asked: &mut Asked, desk: &str, booking: &Answer) {
    let (desk, code) = (Some(desk), booking.text("code"));
    let scan = json!({"ticket": booking.text("ticket"), "gate": "Gerbang 1"});
    asked.take("POST /v1/check-ins", &[], desk, Some(scan.clone())).await;
    asked.take("DELETE /v1/check-ins/{code}", &[&code], desk, None).await;
    asked.take("POST /v1/check-ins", &[], desk, Some(scan)).await;
    let now = asked.app.now().to_rfc3339();
    let kept = json!({"id": "17", "ticket": booking.text("ticket"), "scanned_at": now});
    let batch = json!({"scanner": "gate-2", "sent_at": now, "gate": "Gerbang 2", "scans": [kept]});
    asked.take("POST /v1/check-ins/batch", &[], desk, Some(batch)).await;
    let first = Some(json!({"priority": true}));
    asked.take("POST /v1/check-ins/{code}/priority", &[&code], desk, first).await;
    let found = json!({"decision": "complete"});
    asked.take("POST /v1/check-ins/{code}/documents", &[&code], desk, Some(found)).await;
    asked.take("GET /v1/offices/{office}/queue", &[OFFICE], desk, None).await;
    let counter = json!({"counter": "3"});
    asked.take("GET /v1/offices/{office}/roster", &[OFFICE], desk, None).await;
    asked.take("GET /v1/offices/{office}/walk-ins", &[OFFICE], desk, None).await;
    let person = json!({"service": SERVICE, "name": "Ani Contoh", "nik": "9971014201909031",
        "birth_date": "1990-01-02", "ktp_regency": "Kota Makassar"});
    asked.take("POST /v1/offices/{office}/walk-ins", &[OFFICE], desk, Some(person)).await;
    let called = Some(counter.clone());
    asked.take("POST /v1/offices/{office}/queue/call", &[OFFICE], desk, called).await;
    asked.take("GET /v1/offices/{office}/board", &[OFFICE], None, None).await;
    let named = [OFFICE, "serve"];
    asked.take("POST /v1/offices/{office}/queue/{step}", &named, desk, Some(counter)).await;
    send_on(asked, desk).await;
    asked.take("GET /v1/offices/{office}/report", &[OFFICE], desk, None).await;
}

/// To another counter, past it, and back into the line.
async fn send_on(asked: &mut Asked, desk: Option<&str>) {
    let open = Some(json!({"open": true, "groups": ["A"]}));
    let path = "PUT /v1/offices/{office}/counters/{counter}";
    asked.take(path, &[OFFICE, "5"], desk, open).await;
    let sent = json!({"counter": "3", "to_counter": "5"});
    let sent = asked.take("POST /v1/offices/{office}/queue/transfer", &[OFFICE], desk, Some(sent));
    let number = sent.await.text("queue_number");
    for step in ["call", "skip"] {
        let path = format!("/v1/offices/{OFFICE}/queue/{step}");
        let answer = asked.app.call(Method::POST, &path, desk, Some(json!({"counter": "5"}))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let back = Some(json!({"number": number}));
    asked.take("POST /v1/offices/{office}/queue/bring-back", &[OFFICE], desk, back).await;
    let history = "GET /v1/offices/{office}/queue-numbers/{number}";
    asked.take(history, &[OFFICE, &number], desk, None).await;
}

/// Whoever missed a visit is excused.
async fn excuse(asked: &mut Asked, code: &str) {
    let desk = asked.app.staff(OFFICE, &["desk"]).await;
    asked.take("POST /v1/check-ins/{code}/excuse", &[code], Some(&desk), None).await;
}
