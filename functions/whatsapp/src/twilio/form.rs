//! The parameters of a delivery.

use antrian::domain::inbound::{Content, Inbound};
use antrian::domain::message::MessageState;
use antrian::domain::person::Contacts;
use antrian::domain::report::Report;
use chrono::{DateTime, Utc};

use crate::updates::{Updates, choice, provider_id, text};

/// The parameters of a form-encoded body.
pub(super) fn parameters(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// What a delivery holds. `query` is that of its address: the address for statuses carries the id of
/// our row as `message`.
pub fn read(parameters: &[(String, String)], query: &str, now: DateTime<Utc>) -> Updates {
    let form = Form(parameters);
    let mut updates = Updates::default();
    if form.get("MessageStatus").is_some_and(|status| status != "received") {
        updates.reports.extend(report(&form, query));
    } else {
        updates.messages.extend(inbound(&form, now));
    }
    updates
}

struct Form<'a>(&'a [(String, String)]);

impl<'a> Form<'a> {
    /// A parameter that is not blank.
    fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|value| !value.trim().is_empty())
    }

    fn id(&self) -> Option<String> {
        provider_id(self.get("MessageSid").or_else(|| self.get("SmsSid"))?.to_owned())
    }
}

fn inbound(form: &Form<'_>, now: DateTime<Utc>) -> Option<Inbound> {
    let address = form.get("From")?.strip_prefix("whatsapp:")?;
    let from = Contacts {
        phone: address.parse().ok().or_else(|| form.get("WaId")?.parse().ok()),
        scoped: address.parse().ok(),
    };
    (!from.is_empty()).then_some(Inbound {
        provider_id: form.id()?,
        from,
        sent_at: now,
        content: content(form),
    })
}

/// What was tapped counts before what stood on it; words before the picture that they belong to.
fn content(form: &Form<'_>) -> Content {
    let body = form.get("Body");
    let tapped = |id, title| {
        let title = form.get(title).or(body).unwrap_or_default();
        form.get(id).map(|id| Content::Choice { id: choice(id), title: choice(title) })
    };
    tapped("ButtonPayload", "ButtonText")
        .or_else(|| tapped("ListId", "ListTitle"))
        .or_else(|| body.map(|body| Content::Text(text(body))))
        .unwrap_or(Content::Unreadable)
}

fn report(form: &Form<'_>, query: &str) -> Option<Report> {
    let mut asked = form_urlencoded::parse(query.as_bytes());
    let message = asked.find(|(name, _)| name == "message")?.1.parse().ok()?;
    let state = match form.get("MessageStatus")? {
        "sent" => MessageState::Sent,
        "delivered" => MessageState::Delivered,
        "read" => MessageState::Read,
        "failed" | "undelivered" => MessageState::Failed,
        _ => return None,
    };
    let code = || form.get("ErrorCode").and_then(|code| code.parse::<u32>().ok());
    let code = || code().map_or_else(|| "unknown".to_owned(), |code| code.to_string());
    let error = (state == MessageState::Failed).then(code);
    Some(Report { message, provider_id: form.id(), state, error })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_form(body: &str, query: &str) -> Updates {
        read(&parameters(body.as_bytes()), query, DateTime::UNIX_EPOCH)
    }

    fn said(body: &str) -> Content {
        let from = "MessageSid=SM1&From=whatsapp%3A%2B6280000000001&ProfileName=Contoh";
        read_form(&format!("{from}&{body}"), "").messages.remove(0).content
    }

    #[test]
    fn words_and_taps_are_read() {
        assert_eq!(said("Body=halo+%23dunia&NumMedia=0"), Content::Text("halo #dunia".into()));
        assert_eq!(said("Body=KTP&NumMedia=1"), Content::Text("KTP".into()));
        assert_eq!(said("Body=&NumMedia=1"), Content::Unreadable);
        let choice = Content::Choice { id: "yes".into(), title: "Ya".into() };
        assert_eq!(said("Body=Ya&ButtonPayload=yes&ButtonText=Ya"), choice);
        assert_eq!(said("Body=Ya&ListId=yes&ListTitle=Ya"), choice);
    }

    #[test]
    fn the_sender_has_a_number_or_a_scoped_id() {
        let from = |parameters: &str| {
            let updates = read_form(&format!("MessageSid=SM1&Body=x&{parameters}"), "");
            updates.messages.into_iter().next().map(|message| message.from)
        };
        let sender = from("From=whatsapp:%2B6280000000001").unwrap();
        assert_eq!(sender.phone.unwrap().expose(), "6280000000001");
        assert!(sender.scoped.is_none());
        let sender = from("From=whatsapp:ID.123abc").unwrap();
        assert_eq!(sender.scoped.unwrap().expose(), "ID.123abc");
        assert!(from("From=%2B6280000000001").is_none(), "not by WhatsApp");
        assert!(from("WaId=6280000000001").is_none());
    }

    #[test]
    fn a_status_tells_of_the_row_in_its_address() {
        let body = "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=63016&From=whatsapp:%2B628";
        let updates = read_form(body, "x=1&message=abc-1-hold");
        assert!(updates.messages.is_empty());
        let report = &updates.reports[0];
        assert_eq!(report.message.as_str(), "abc-1-hold");
        assert_eq!(report.state, MessageState::Failed);
        assert_eq!(report.error.as_deref(), Some("63016"));
        for query in ["", "message=", "message=NOT+OURS"] {
            assert_eq!(read_form(body, query), Updates::default(), "{query}");
        }
        let queued = read_form("MessageSid=SM1&MessageStatus=queued", "message=abc-1-hold");
        assert_eq!(queued, Updates::default());
    }

    proptest! {
        #[test]
        fn no_form_panics(body in prop::collection::vec(any::<u8>(), 0..200), query in ".{0,40}") {
            read(&parameters(&body), &query, DateTime::UNIX_EPOCH);
        }
    }
}
