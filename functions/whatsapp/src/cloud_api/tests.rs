use antrian::domain::inbound::{Content, Inbound};
use antrian::domain::message::MessageState;
use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::read;
use crate::Updates;

fn delivery(value: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [
        {"id": "1", "changes": [{"field": "messages", "value": value}]}]})
}

fn read_json(body: &Value) -> Updates {
    read(body.to_string().as_bytes(), None, DateTime::UNIX_EPOCH)
}

/// The message, if any, of a delivery with this one.
fn heard(fields: Value) -> Option<Inbound> {
    let mut message = json!({"id": "wamid.1", "from": "6280000000001", "timestamp": "1796083200"});
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let mut updates = read_json(&delivery(json!({"messages": [message]})));
    assert!(updates.messages.len() < 2 && updates.reports.is_empty());
    updates.messages.pop()
}

fn said(fields: Value) -> Option<Content> {
    heard(fields).map(|message| message.content)
}

fn words(text: &str) -> Option<Content> {
    Some(Content::Text(text.into()))
}

fn choice(id: &str, title: &str) -> Option<Content> {
    Some(Content::Choice { id: id.into(), title: title.into() })
}

#[test]
fn words_are_read_wherever_they_stand() {
    assert_eq!(said(json!({"type": "text", "text": {"body": "halo"}})), words("halo"));
    for kind in ["image", "video", "document"] {
        let media = json!({"id": "5", "caption": "KTP"});
        assert_eq!(said(json!({"type": kind, kind: media})), words("KTP"), "{kind}");
        assert_eq!(said(json!({"type": kind, kind: {"id": "5"}})), Some(Content::Unreadable));
    }
    let long = "🙂".repeat(5_000);
    let cut = "🙂".repeat(4_096);
    assert_eq!(said(json!({"type": "text", "text": {"body": long}})), words(&cut));
}

#[test]
fn what_was_tapped_is_a_choice() {
    let quick = json!({"type": "button", "button": {"payload": "yes", "text": "Ya"}});
    assert_eq!(said(quick), choice("yes", "Ya"));
    assert_eq!(said(json!({"type": "button", "button": {"text": "Ya"}})), words("Ya"));
    for kind in ["button_reply", "list_reply"] {
        let reply = json!({"type": kind, kind: {"id": "yes", "title": "Ya", "description": "x"}});
        assert_eq!(said(json!({"type": "interactive", "interactive": reply})), choice("yes", "Ya"));
    }
}

#[test]
fn what_cannot_be_read_is_answered_all_the_same() {
    for kind in ["audio", "sticker", "location", "contacts", "order", "unsupported", "hologram"] {
        assert_eq!(said(json!({"type": kind, kind: {"id": "5"}})), Some(Content::Unreadable));
    }
    for fields in [
        json!({}),
        json!({"type": 5, "text": 5}),
        json!({"type": "text", "text": {"body": " "}}),
        json!({"type": "button"}),
        json!({"type": "interactive"}),
        json!({"type": "interactive", "errors": [{"code": 131_000}]}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {}}}),
        json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {}}}),
        json!({"type": "interactive", "interactive": {"type": "hologram"}}),
    ] {
        assert_eq!(said(fields.clone()), Some(Content::Unreadable), "{fields}");
    }
    assert_eq!(said(json!({"type": "request_welcome"})), Some(Content::Opened));
}

#[test]
fn a_reaction_has_no_words_whatever_it_shows() {
    for emoji in ["👍", "❌", "ya"] {
        let fields =
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": emoji}});
        assert_eq!(said(fields), Some(Content::Text(String::new())), "{emoji}");
    }
}

#[test]
fn what_says_nothing_is_passed_over() {
    for fields in [
        json!({"type": "reaction", "reaction": {"message_id": "wamid.0"}}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}}),
        json!({"type": "reaction"}),
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}),
        json!({"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "x"}}}}),
        json!({"type": "ephemeral"}),
        json!({"type": "system", "system": {"type": "customer_identity_changed"}}),
        json!({"type": "system"}),
        json!({"type": "text", "text": {"body": "x"}, "group_id": "G1"}),
        json!({"type": "text", "text": {"body": "x"}, "id": "x".repeat(600)}),
        json!({"type": "text", "text": {"body": "x"}, "from": ""}),
    ] {
        assert_eq!(said(fields.clone()), None, "{fields}");
    }
}

#[test]
fn the_instant_is_the_providers_if_it_is_one() {
    let sent_at = |at: Value| heard(json!({"timestamp": at})).unwrap().sent_at.timestamp();
    assert_eq!(sent_at(json!("1796083200")), 1_796_083_200);
    assert_eq!(sent_at(json!(1_796_083_200)), 1_796_083_200);
    for wrong in [json!(null), json!("soon"), json!("99999999999999999"), json!([])] {
        assert_eq!(sent_at(wrong), 0, "then it is now");
    }
}

/// Phone and scoped id of the sender of `message` beside `contacts`.
fn sender(message: Value, contacts: Value) -> Option<(Option<String>, Option<String>)> {
    let mut fields = json!({"id": "wamid.1", "type": "text", "text": {"body": "x"}});
    fields.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
    let value = json!({"contacts": contacts, "messages": [fields]});
    let from = read_json(&delivery(value)).messages.pop()?.from;
    let phone = from.phone.map(|phone| phone.expose().to_owned());
    Some((phone, from.scoped.map(|id| id.expose().to_owned())))
}

#[test]
fn both_contacts_of_a_sender_are_kept_if_both_come() {
    let both = Some((Some("6280000000001".to_owned()), Some("ID.1a".to_owned())));
    let other = json!({"wa_id": "6280000000002", "user_id": "ID.2b"});
    let listed = json!([other, {"wa_id": "6280000000001", "user_id": "ID.1a"}]);
    let named = json!({"from": "6280000000001", "from_user_id": "ID.1a"});
    assert_eq!(sender(named, json!([])), both);
    assert_eq!(sender(json!({"from": "6280000000001"}), listed.clone()), both);
    assert_eq!(sender(json!({"from": "", "from_user_id": "ID.1a"}), listed.clone()), both);
    assert_eq!(sender(json!({}), json!([{"wa_id": "6280000000001", "user_id": "ID.1a"}])), both);
    assert_eq!(sender(json!({}), listed), None, "nobody knows which of them");
}

#[test]
fn a_sender_gets_nothing_from_somebody_elses_contact() {
    let other = json!([{"wa_id": "6280000000002", "user_id": "ID.2b"}]);
    let phone = Some((Some("6280000000001".to_owned()), None));
    assert_eq!(sender(json!({"from": "6280000000001"}), other.clone()), phone);
    let scoped = Some((None, Some("ID.1a".to_owned())));
    assert_eq!(sender(json!({"from_user_id": "ID.1a"}), other), scoped);
    let empty = json!([{"wa_id": "", "user_id": "ID.2b"}, {"user_id": "ID.3c"}]);
    assert_eq!(sender(json!({"from": "", "from_user_id": "ID.1a"}), empty), scoped);
}

/// Old and new contacts of a change, as JSON.
fn moved(from: &str, system: Value) -> Option<(String, String)> {
    let message = heard(json!({"type": "system", "from": from, "system": system}))?;
    let Content::Moved { to } = message.content else { panic!("{:?}", message.content) };
    Some((message.from.to_json(), to.to_json()))
}

#[test]
fn a_change_of_number_or_id_tells_the_old_and_the_new() {
    let contacts =
        |phone: Value, scoped: Value| json!({"phone": phone, "scoped": scoped}).to_string();
    let number = json!({"type": "user_changed_number", "body": "x", "wa_id": "6280000000002",
        "user_id": "ID.2b", "previous_user_id": "ID.1a"});
    let old = contacts(json!("6280000000001"), json!("ID.1a"));
    let new = contacts(json!("6280000000002"), json!("ID.2b"));
    assert_eq!(moved("6280000000001", number), Some((old, new)));
    let id =
        json!({"type": "user_changed_user_id", "user_id": "ID.2b", "previous_user_id": "ID.1a"});
    let old = contacts(Value::Null, json!("ID.1a"));
    let new = contacts(Value::Null, json!("ID.2b"));
    assert_eq!(moved("", id), Some((old, new)));
    for nothing in [
        json!({"type": "user_changed_user_id", "user_id": "ID.2b"}),
        json!({"type": "user_changed_user_id", "previous_user_id": "ID.1a"}),
        json!({"type": "user_changed_user_id", "user_id": "ID.1a", "previous_user_id": "ID.1a"}),
    ] {
        assert_eq!(moved("", nothing.clone()), None, "{nothing}");
    }
}

#[test]
fn a_status_is_read_if_it_tells_of_a_row() {
    let report = |status: Value| {
        let updates = read_json(&delivery(json!({"statuses": [status]})));
        updates.reports.into_iter().next()
    };
    let status = |name: &str| {
        json!({"id": "wamid.1", "status": name, "biz_opaque_callback_data": "abc-1-hold",
            "errors": [{"code": 131_047, "title": "words from outside"}]})
    };
    for (name, state) in [
        ("sent", MessageState::Sent),
        ("delivered", MessageState::Delivered),
        ("read", MessageState::Read),
        ("played", MessageState::Read),
        ("failed", MessageState::Failed),
    ] {
        let report = report(status(name)).unwrap();
        assert_eq!(report.state, state, "{name}");
        assert_eq!(report.message.as_str(), "abc-1-hold");
        assert_eq!(report.provider_id.as_deref(), Some("wamid.1"));
        let code = (name == "failed").then_some("131047");
        assert_eq!(report.error.as_deref(), code);
    }
    assert_eq!(report(status("warning")), None);
    assert_eq!(report(json!({"id": "wamid.1", "status": "sent"})), None);
    let foreign = json!({"status": "sent", "biz_opaque_callback_data": "Some data"});
    assert_eq!(report(foreign), None);
    let unnamed = json!({"status": "failed", "biz_opaque_callback_data": "abc-1-hold"});
    assert_eq!(report(unnamed).unwrap().error.as_deref(), Some("unknown"));
}

#[test]
fn a_poison_message_does_not_harm_its_neighbours() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let poison = [
        "null".to_owned(),
        "5".to_owned(),
        r#"{"id":5,"from":{},"text":"x"}"#.to_owned(),
        r#"{"id":"a"}"#.to_owned(),
        format!(r#"{{"id":"b","from":"6280000000009","type":"reaction","x":{deep}}}"#),
        deep,
        r#"{"\ud800":1,"id":"c","from":"6280000000009"}"#.to_owned(),
    ];
    let good = r#"{"id":"good","from":"6280000000001","type":"text","text":{"body":"hi"}}"#;
    // Words that end within a pair of surrogates: somebody is there, but can't be read.
    let half = r#"{"id":"half","from":"6280000000002","type":"text","text":{"body":"\ud83d"}}"#;
    let messages = format!("[{},{half},{good}]", poison.join(","));
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[null,7,{{"changes":{{}}}},{{"changes":[
            null,{{"field":"messages"}},{{"field":"messages","value":{{"messages":{{}},"statuses":1}}}},
            {{"field":"messages","value":{{"contacts":7,"messages":{messages}}}}}]}}]}}"#
    );
    let updates = read(body.as_bytes(), None, DateTime::UNIX_EPOCH);
    let ids: Vec<_> = updates.messages.iter().map(|m| m.provider_id.as_str()).collect();
    assert_eq!(ids, ["half", "good"]);
    assert_eq!(updates.messages[0].content, Content::Unreadable);
}

#[test]
fn several_entries_changes_and_messages_keep_their_order() {
    let message = |id: String| json!({"id": id, "from": "6280000000001", "type": "audio"});
    let change = |entry: u8, change: u8| {
        let messages: Vec<_> = (0..3).map(|at| message(format!("{entry}.{change}.{at}"))).collect();
        json!({"field": "messages", "value": {"messages": messages}})
    };
    let entry = |at: u8| json!({"changes": [change(at, 0), change(at, 1)]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry(0), entry(1)]});
    let ids: Vec<_> = read_json(&body).messages.into_iter().map(|m| m.provider_id).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!((ids.len(), &ids), (12, &sorted));
}

#[test]
fn what_is_not_for_us_is_passed_over() {
    let messages = json!([{"id": "a", "from": "6280000000001", "type": "audio"}]);
    let value = json!({"metadata": {"phone_number_id": "11"}, "messages": messages,
        "statuses": [{"status": "sent", "biz_opaque_callback_data": "abc-1-hold"}]});
    let whole = delivery(value);
    let found = |body: &Value, own: Option<&str>| {
        let updates = read(body.to_string().as_bytes(), own, DateTime::UNIX_EPOCH);
        (updates.messages.len(), updates.reports.len())
    };
    assert_eq!(found(&whole, None), (1, 1));
    assert_eq!(found(&whole, Some("11")), (1, 1));
    assert_eq!(found(&whole, Some("12")), (0, 0));
    let replaced = |pointer: &str, by: &str| {
        let mut body = whole.clone();
        *body.pointer_mut(pointer).unwrap() = json!(by);
        body
    };
    assert_eq!(found(&replaced("/object", "page"), None), (0, 0));
    let echoes = replaced("/entry/0/changes/0/field", "smb_message_echoes");
    assert_eq!(found(&echoes, None), (0, 0));
}

#[test]
fn bytes_that_are_no_delivery_hold_nothing() {
    let whole = delivery(json!({"messages": [{"id": "a", "from": "6280000000001"}]})).to_string();
    for end in 0..whole.len() {
        let updates = read(&whole.as_bytes()[..end], None, DateTime::UNIX_EPOCH);
        assert_eq!(updates, Updates::default(), "{end}");
    }
    assert_eq!(read(whole.as_bytes(), None, DateTime::UNIX_EPOCH).messages.len(), 1);
}

/// JSON of any shape under the names that are looked for.
fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "object",
        "entry",
        "changes",
        "field",
        "value",
        "messages",
        "statuses",
        "contacts",
        "id",
        "from",
        "type",
        "text",
        "body",
        "interactive",
        "button_reply",
        "system",
        "status",
        "errors",
    ];
    let text = prop::sample::select(vec![
        "whatsapp_business_account",
        "messages",
        "text",
        "system",
        "interactive",
        "button_reply",
        "6280000000001",
        "failed",
        "user_changed_number",
        "abc-1-hold",
        "",
        "\u{0}🙂",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        let fields =
            prop::collection::hash_map(prop::sample::select(names.to_vec()), inner.clone(), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| fields.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), value in any_json()) {
        read(&bytes, None, DateTime::UNIX_EPOCH);
        read_json(&value);
        read_json(&delivery(value.clone()));
        read_json(&delivery(json!({"messages": [value.clone()], "statuses": [value]})));
    }

    #[test]
    fn no_delivery_with_a_byte_changed_panics(at in any::<prop::sample::Index>(), byte: u8) {
        let message = json!({"id": "a", "from": "6280000000001", "type": "text", "text": {"body": "x"}});
        let mut body = delivery(json!({"messages": [message]})).to_string().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        read(&body, Some("1"), DateTime::UNIX_EPOCH);
    }
}
