//! What people do while the wire breaks.

use antrian_tests::app::DATE;
use antrian_tests::{Answer, Person, TestApp};
use serde_json::json;

/// An operation under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Hold,
    Confirm,
    Cancel,
    Reschedule,
    CheckIn,
    HandIn,
    Documents,
    Call,
    Finish,
}

/// Whom it is tried on.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) person: Person,
    /// Staff of the office.
    desk: String,
    /// The booking; empty before the hold.
    pub(super) code: String,
    /// The client's key of the operation.
    key: String,
    /// The counter that is theirs.
    counter: String,
}

/// The day on which people come: the first.
const TODAY: &str = "2026-11-30";
/// Check-in for the slot at 10:00 has begun, and it can still be booked.
pub(super) const AT_THE_GATE: &str = "2026-11-30T01:10:00Z";
const FROM: &str = "09:00";
const TO: &str = "10:00";

impl Operation {
    /// A person for whom only the operation itself is left to do; their messages are delivered.
    pub(super) async fn subject(self, app: &TestApp, desk: &str, number: u32) -> Subject {
        let person = Person::register(app, number).await;
        let code = match self {
            Self::Hold => String::new(),
            Self::Confirm => {
                let held = person.hold(app, DATE, FROM).await;
                assert_eq!(held.status, 201, "{held:?}");
                held.text("code")
            }
            Self::Cancel | Self::Reschedule => person.book(app, DATE, FROM).await.text("code"),
            _ => person.book(app, TODAY, TO).await.text("code"),
        };
        app.drain().await;
        let (desk, key) = (desk.to_owned(), format!("key-of-person-{number}"));
        let subject = Subject { person, desk, code, key, counter: number.to_string() };
        for earlier in self.after() {
            let done = earlier.run(app, &subject).await;
            assert_eq!(done.status, 200, "{self:?} after {earlier:?}: {done:?}");
        }
        subject
    }

    /// What was done at the office before.
    fn after(self) -> &'static [Self] {
        match self {
            Self::Documents | Self::Call => &[Self::CheckIn],
            Self::Finish => &[Self::CheckIn, Self::Call],
            _ => &[],
        }
    }

    /// Whether it takes place at the office.
    pub(super) fn is_visit(self) -> bool {
        use Operation::{Call, CheckIn, Documents, Finish, HandIn};
        matches!(self, CheckIn | HandIn | Documents | Call | Finish)
    }

    /// Does it; done again it is the very same request.
    pub(super) async fn run(self, app: &TestApp, subject: &Subject) -> Answer {
        let Subject { person, code, key, desk, counter } = subject;
        match self {
            Self::Hold => person.hold_with_key(app, DATE, FROM, key).await.unwrap(),
            Self::Confirm => person.act(app, code, "confirm").await,
            Self::Cancel => person.act(app, code, "cancel").await,
            Self::Reschedule => {
                let path = format!("/v1/bookings/{code}/reschedule");
                let body = json!({"date": DATE, "slot": TO});
                app.post_with_key(&path, Some(&person.token), key, body).await
            }
            Self::CheckIn => {
                let body = json!({"code": code, "gate": "Pintu 1"});
                app.post_with_key("/v1/check-ins", Some(desk), key, body).await
            }
            Self::HandIn => {
                let at = app.now();
                let scan = json!({"id": key, "code": code, "scanned_at": at});
                let body = json!({"scanner": "gate", "sent_at": at, "scans": [scan]});
                let path = "/v1/check-ins/batch";
                let Answer { status, body } = app.post_with_key(path, Some(desk), key, body).await;
                let visit = &body["scans"][0]["visit"];
                Answer { status, body: if status == 200 { visit.clone() } else { body } }
            }
            Self::Documents => {
                let body = json!({"decision": "incomplete", "missing": ["kk"],
                    "deadline": "2026-11-30T09:00:00Z"});
                app.post_with_key(&format!("/v1/check-ins/{code}/documents"), Some(desk), key, body)
                    .await
            }
            Self::Call => {
                let body = json!({"counter": counter});
                app.post_with_key("/v1/offices/uji/queue/call", Some(desk), key, body).await
            }
            Self::Finish => {
                let number = format!("A-{counter}");
                let body = json!({"counter": counter, "number": number});
                app.post_with_key("/v1/offices/uji/queue/finish", Some(desk), key, body).await
            }
        }
    }

    /// The status of the booking once it is done.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Hold => "held",
            Self::Confirm | Self::Reschedule => "confirmed",
            Self::Cancel => "cancelled",
            Self::CheckIn | Self::HandIn | Self::Call => "checked_in",
            Self::Documents => "awaiting_documents",
            Self::Finish => "served",
        }
    }

    /// What the answer says of it.
    pub(super) fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Call => ("state", "called"),
            Self::Finish => ("state", "finished"),
            other => ("status", other.status()),
        }
    }

    /// Its slot then.
    pub(super) fn slot(self) -> &'static str {
        match self {
            Self::Hold | Self::Confirm | Self::Cancel => FROM,
            _ => TO,
        }
    }

    /// Whether the booking has a seat then.
    pub(super) fn keeps_seat(self) -> bool {
        self != Self::Cancel
    }

    /// Whether the booking still waits for its visit, or for papers.
    pub(super) fn is_live(self) -> bool {
        matches!(self, Self::Hold | Self::Confirm | Self::Reschedule | Self::Documents)
    }

    /// The message that tells of it.
    pub(super) fn message(self, code: &str) -> Option<String> {
        let code = code.to_lowercase();
        match self {
            Self::Hold => Some(format!("{code}-1-hold")),
            Self::Confirm => Some(format!("{code}-2-confirmed")),
            Self::Cancel => Some(format!("{code}-3-cancelled")),
            Self::Reschedule => Some(format!("{code}-3-moved")),
            Self::Documents => Some(format!("{code}-4-documents_missing")),
            Self::CheckIn | Self::HandIn | Self::Call | Self::Finish => None,
        }
    }

    /// Seats that must be free in the slots at 09:00 and 10:00 after `subjects` of them.
    pub(super) fn seats_free(self, quota: u64, subjects: u64) -> [u64; 2] {
        match self {
            Self::Hold | Self::Confirm => [quota - subjects, quota],
            Self::Reschedule => [quota, quota - subjects],
            _ => [quota, quota],
        }
    }
}
