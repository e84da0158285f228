//! Meta's Cloud API.

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

async fn refused(status: u16, body: impl ToString, attempt: u32) -> SendError {
    let fake = Fake::start().await;
    fake.reply(status, body);
    let message = Outgoing { attempt, ..text("Halo") };
    api(&fake.url).send(&message).await.unwrap_err()
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

#[tokio::test]
async fn the_code_of_an_error_decides_not_its_status() {
    for (expected, codes) in [
        ("later", &[4, 80_007, 130_429, 1, 2, 131_000, 131_016, 131_057, 133_004][..]),
        ("slower", &[131_056]),
        ("window", &[131_047]),
        ("undeliverable", &[131_026, 131_049, 130_472, 131_050, 131_062]),
        ("stopped", &[131_048, 368, 131_031, 130_497, 0, 10, 190, 200, 250, 299]),
        ("defect", &[100, 131_008, 131_009, 131_051, 131_053, 132_000, 132_007, 132_016]),
    ] {
        for code in codes {
            for status in [400, 500] {
                let body = json!({"error": {"message": "no", "code": code}});
                let error = refused(status, body, 1).await;
                assert_eq!(outcome(&error), expected, "{code} with {status}");
            }
        }
    }
}

#[tokio::test]
async fn who_writes_to_a_person_too_fast_waits_four_times_as_long_each_time() {
    for (attempt, secs) in [(1, 4), (2, 16), (3, 64), (6, 4_096), (9, 4_096)] {
        let error = refused(400, json!({"error": {"code": 131_056}}), attempt).await;
        let after = Some(TimeDelta::seconds(secs));
        assert_eq!(error, SendError::Later { code: "131056".to_owned(), after });
    }
}

#[tokio::test]
async fn an_answer_without_a_known_code_is_judged_by_what_may_have_happened() {
    for (status, body, expected) in [
        (500, r#"{"error":{"code":777777}}"#, "later"),
        (400, r#"{"error":{"code":777777}}"#, "defect"),
        (500, "", "unknown"),
        (502, "<html>", "unknown"),
        (504, r#"{"message":"timed out"}"#, "unknown"),
        (429, "", "later"),
        (404, "", "defect"),
        (302, "", "defect"),
        (200, "", "unknown"),
        (200, r#"{"messages":[]}"#, "unknown"),
    ] {
        assert_eq!(outcome(&refused(status, body, 1).await), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn nobody_at_the_other_end_is_certainly_not_sent() {
    let url = Fake::start().await.url.clone();
    let error = api(&url).send(&text("Halo")).await.unwrap_err();
    assert_eq!(error, SendError::Later { code: "network".to_owned(), after: None });
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_may_have_been_sent() {
    let fake = Fake::start().await;
    fake.stay_silent();
    assert_eq!(api(&fake.url).send(&text("Halo")).await, Err(SendError::Unknown));
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn an_upload_that_fails_sends_nothing_and_can_be_done_again() {
    for (status, body, expected) in [
        (500, "", "later"),
        (400, r#"{"error":{"code":131053}}"#, "defect"),
        (401, r#"{"error":{"code":190}}"#, "stopped"),
    ] {
        let fake = Fake::start().await;
        fake.reply(status, body);
        let error = api(&fake.url).send(&outgoing(picture())).await.unwrap_err();
        assert_eq!(outcome(&error), expected, "{status} {body}");
        assert_eq!(fake.asked().len(), 1);
    }
}

#[tokio::test]
async fn what_is_too_long_is_not_even_asked() {
    let fake = Fake::start().await;
    let error = api(&fake.url).send(&text(&"x".repeat(4_097))).await.unwrap_err();
    assert_eq!(error, SendError::Defect { code: "text_length".to_owned() });
    assert!(fake.asked().is_empty());
}

#[test]
fn the_token_is_not_printed() {
    assert!(!format!("{:?}", api("http://localhost")).contains("a-token"));
}
