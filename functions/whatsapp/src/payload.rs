//! What a delivery holds, read leniently: each message for itself, unknown ones passed over.

use antrian::domain::inbound::{Content, Inbound};
use antrian::domain::person::Contacts;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// The text messages of a delivery. A body that is no delivery has none.
pub(crate) fn messages(body: &[u8], now: DateTime<Utc>) -> Vec<Inbound> {
    let Ok(delivery) = serde_json::from_slice::<Value>(body) else { return vec![] };
    list(&delivery, "entry")
        .flat_map(|entry| list(entry, "changes"))
        .filter_map(|change| change.get("value"))
        .flat_map(|value| list(value, "messages"))
        .filter_map(|message| inbound(message, now))
        .collect()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn inbound(message: &Value, now: DateTime<Utc>) -> Option<Inbound> {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let from = Contacts {
        phone: text("from").and_then(|phone| phone.parse().ok()),
        scoped: text("from_user_id").and_then(|id| id.parse().ok()),
    };
    let body = message.get("text")?.get("body")?.as_str()?;
    (!from.is_empty()).then_some(Inbound {
        provider_id: text("id")?.to_owned(),
        from,
        sent_at: now,
        content: Content::Text(body.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::messages;

    #[test]
    fn a_poison_message_does_not_harm_its_neighbours() {
        let body = br#"{"object":"whatsapp_business_account","entry":[null,{"changes":[{"value":{"messages":[
            5, {"id":"a"}, {"id":"b","from":"","text":{"body":"x"}},
            {"id":"c","from":"6280000000001","type":"text","text":{"body":"DAFTAR 0000"}},
            {"id":"d","from_user_id":"ID.123abc","type":"text","text":{"body":"hi"}}
        ]}}]}]}"#;
        let now = DateTime::UNIX_EPOCH;
        let ids: Vec<_> =
            messages(body, now).into_iter().map(|message| message.provider_id).collect();
        assert_eq!(ids, ["c", "d"]);
        assert!(messages(b"[1", now).is_empty());
    }
}
