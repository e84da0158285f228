//! Meta's Cloud API.

mod answers;

use antrian::config::CloudApiConfig;
use antrian::domain::person::Contacts;
use antrian::messaging::{Body, CloudApi, Messenger, Outgoing, Receipt, SendError};
use chrono::TimeDelta;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::fake::Fake;
use super::{buttons, list, one_time_code, outcome, outgoing, picture, template, text};

const TAKEN: &str =
    r#"{"messaging_product":"whatsapp","contacts":[{"input":"x"}],"messages":[{"id":"wamid.1"}]}"#;

fn api(url: &str) -> CloudApi {
    let config = CloudApiConfig {
        graph_url: url.to_owned(),
        version: "v26.0".to_owned(),
        phone_number_id: "111".to_owned(),
        token: "a-token".to_owned().into(),
        business_account_id: None,
    };
    CloudApi::new(config).unwrap()
}

/// What the provider was asked when this was sent.
async fn sent(message: &Outgoing) -> Value {
    let fake = Fake::start().await;
    let has_picture = match &message.body {
        Body::Picture { .. } => true,
        Body::Template(call) => call.png.is_some(),
        _ => false,
    };
    if has_picture {
        fake.reply(200, r#"{"id":"media.1"}"#);
    }
    fake.reply(200, TAKEN);
    let taken = api(&fake.url).send(message).await;
    assert_eq!(taken, Ok(Receipt { provider_id: "wamid.1".to_owned() }));
    let asked = fake.last();
    assert_eq!(asked.path, "/v26.0/111/messages");
    assert_eq!(asked.authorization, "Bearer a-token");
    assert_described(&asked.json());
    asked.json()
}

/// Kinds of messages that Meta's description of the endpoint knows.
const KINDS: [&str; 11] = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "location",
    "contacts",
    "template",
    "interactive",
    "reaction",
    "sticker",
];

/// What Meta's published description says of every message (schema `MessageRequest` of the business
/// messaging API v23.0 in github.com/facebook/openapi). It does not know `recipient`, which came
/// later and stands for `to`.
fn assert_described(message: &Value) {
    let text = |name: &str| message[name].as_str().unwrap_or_default();
    assert_eq!(text("messaging_product"), "whatsapp");
    assert!(["individual", "group"].contains(&text("recipient_type")), "{message}");
    assert!(KINDS.contains(&text("type")), "{message}");
    assert!(!text("to").is_empty() || !text("recipient").is_empty(), "{message}");
    assert!(message[text("type")].is_object(), "{message}");
    let body = message["text"]["body"].as_str().unwrap_or_default();
    assert!(body.chars().count() <= 4_096, "{message}");
    assert!(message["text"].is_null() || !body.is_empty(), "{message}");
}

#[tokio::test]
async fn a_text_is_sent_to_a_number() {
    assert_json_snapshot!(sent(&text("Halo https://example.org")).await, @r#"
    {
      "biz_opaque_callback_data": "7kq4mm2xab-2-confirmed",
      "messaging_product": "whatsapp",
      "recipient_type": "individual",
      "text": {
        "body": "Halo https://example.org",
        "preview_url": false
      },
      "to": "6280000000001",
      "type": "text"
    }
    "#);
}

#[tokio::test]
async fn a_scoped_id_goes_where_it_does_not_vanish_and_a_number_goes_before_it() {
    let scoped = Some("ID.1349120865530274".parse().unwrap());
    let only = Outgoing { to: Contacts { phone: None, scoped: scoped.clone() }, ..text("Halo") };
    let body = sent(&only).await;
    assert_eq!((&body["recipient"], body.get("to")), (&json!("ID.1349120865530274"), None));
    let mut both = text("Halo");
    both.to.scoped = scoped;
    let body = sent(&both).await;
    assert_eq!((&body["to"], body.get("recipient")), (&json!(super::PHONE), None));
}

#[tokio::test]
async fn a_picture_is_uploaded_and_sent_with_its_caption() {
    let fake = Fake::start().await;
    fake.reply(200, r#"{"id":"media.1"}"#);
    fake.reply(200, TAKEN);
    api(&fake.url).send(&outgoing(picture())).await.unwrap();
    let [upload, message] = fake.asked().try_into().unwrap();
    assert_eq!(upload.path, "/v26.0/111/media");
    assert!(upload.content_type.starts_with("multipart/form-data"), "{}", upload.content_type);
    let form = upload.text();
    for part in
        ["name=\"messaging_product\"", "name=\"type\"", "name=\"file\"", "image/png", "a picture"]
    {
        assert!(form.contains(part), "{part} in {form}");
    }
    assert_json_snapshot!(message.json(), @r#"
    {
      "biz_opaque_callback_data": "7kq4mm2xab-2-confirmed",
      "image": {
        "caption": "Tiket",
        "id": "media.1"
      },
      "messaging_product": "whatsapp",
      "recipient_type": "individual",
      "to": "6280000000001",
      "type": "image"
    }
    "#);
}

#[tokio::test]
async fn what_can_be_tapped_is_interactive() {
    assert_json_snapshot!(sent(&outgoing(buttons())).await["interactive"], @r#"
    {
      "action": {
        "buttons": [
          {
            "reply": {
              "id": "confirm:1",
              "title": "Konfirmasi"
            },
            "type": "reply"
          },
          {
            "reply": {
              "id": "cancel:1",
              "title": "Batalkan"
            },
            "type": "reply"
          }
        ]
      },
      "body": {
        "text": "Jadi?"
      },
      "type": "button"
    }
    "#);
    assert_json_snapshot!(sent(&outgoing(list())).await["interactive"], @r#"
    {
      "action": {
        "button": "Pilih jam",
        "sections": [
          {
            "rows": [
              {
                "description": "09.00",
                "id": "a",
                "title": "Pagi"
              },
              {
                "id": "b",
                "title": "Siang"
              }
            ],
            "title": "Rabu"
          }
        ]
      },
      "body": {
        "text": "Jam berapa?"
      },
      "type": "list"
    }
    "#);
}

#[tokio::test]
async fn a_template_has_its_values_its_picture_and_its_payloads() {
    let call = template(Some(b"a picture".to_vec()));
    assert_json_snapshot!(sent(&outgoing(Body::Template(call))).await["template"], @r#"
    {
      "components": [
        {
          "parameters": [
            {
              "image": {
                "id": "media.1"
              },
              "type": "image"
            }
          ],
          "type": "header"
        },
        {
          "parameters": [
            {
              "text": "Paspor baru",
              "type": "text"
            },
            {
              "text": "Senin",
              "type": "text"
            }
          ],
          "type": "body"
        },
        {
          "index": "0",
          "parameters": [
            {
              "payload": "confirm:1",
              "type": "payload"
            }
          ],
          "sub_type": "quick_reply",
          "type": "button"
        },
        {
          "index": "1",
          "parameters": [
            {
              "payload": "cancel:1",
              "type": "payload"
            }
          ],
          "sub_type": "quick_reply",
          "type": "button"
        }
      ],
      "language": {
        "code": "id"
      },
      "name": "antrian_hold"
    }
    "#);
    let code = sent(&outgoing(Body::Template(one_time_code()))).await;
    assert_json_snapshot!(code["template"], @r#"
    {
      "components": [
        {
          "parameters": [
            {
              "text": "123456",
              "type": "text"
            }
          ],
          "type": "body"
        },
        {
          "index": "0",
          "parameters": [
            {
              "text": "123456",
              "type": "text"
            }
          ],
          "sub_type": "url",
          "type": "button"
        }
      ],
      "language": {
        "code": "en"
      },
      "name": "antrian_one_time_code"
    }
    "#);
}

#[tokio::test]
async fn what_was_read_is_marked_so_and_a_failure_is_of_no_consequence() {
    let fake = Fake::start().await;
    fake.reply(200, "{}");
    fake.reply(500, "");
    let api = api(&fake.url);
    api.seen("wamid.9", true).await;
    assert_json_snapshot!(fake.last().json(), @r#"
    {
      "message_id": "wamid.9",
      "messaging_product": "whatsapp",
      "status": "read",
      "typing_indicator": {
        "type": "text"
      }
    }
    "#);
    api.seen("wamid.9", false).await;
    assert_eq!(fake.last().json().get("typing_indicator"), None);
}

#[test]
fn the_token_is_not_printed() {
    assert!(!format!("{:?}", api("http://localhost")).contains("a-token"));
}
