//! Twilio.

use antrian::config::TwilioConfig;
use antrian::domain::person::Contacts;
use antrian::messaging::picture::PictureLinks;
use antrian::messaging::{Body, Messenger, Outgoing, Receipt, SendError, Twilio};
use antrian_tests::TestApp;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::fake::Fake;
use super::{buttons, list, outcome, outgoing, picture, template, text};

fn links(app: &TestApp, public_url: &str) -> PictureLinks {
    let state = &app.stack.app;
    PictureLinks::new(state.keyring.clone(), state.clock.clone(), public_url)
}

fn twilio(app: &TestApp, url: &str) -> Twilio {
    let config = TwilioConfig {
        api_url: url.to_owned(),
        account_sid: "AC00".to_owned(),
        auth_token: "a-token".to_owned().into(),
        from: "6280000000000".to_owned(),
        content_sids: [("antrian_hold_id".to_owned(), "HX1".to_owned())].into(),
    };
    Twilio::new(config, links(app, "https://antrian.example")).unwrap()
}

/// The form that the provider got when this was sent.
async fn sent(app: &TestApp, message: &Outgoing) -> Value {
    let fake = Fake::start().await;
    fake.reply(201, r#"{"sid":"SM1","status":"queued"}"#);
    let taken = twilio(app, &fake.url).send(message).await;
    assert_eq!(taken, Ok(Receipt { provider_id: "SM1".to_owned() }));
    let asked = fake.last();
    assert_eq!(asked.path, "/2010-04-01/Accounts/AC00/Messages.json");
    assert_eq!(asked.authorization, "Basic QUMwMDphLXRva2Vu");
    assert_eq!(asked.content_type, "application/x-www-form-urlencoded");
    let base = reqwest::Url::parse(&format!("http://x/?{}", asked.text())).unwrap();
    base.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect()
}

#[tokio::test]
async fn texts_and_what_could_be_tapped_are_words() {
    let app = TestApp::start().await;
    assert_json_snapshot!(sent(&app, &text("Halo & selamat")).await, @r#"
    {
      "Body": "Halo & selamat",
      "From": "whatsapp:+6280000000000",
      "StatusCallback": "https://antrian.example/webhooks/twilio?message=7kq4mm2xab-2-confirmed",
      "To": "whatsapp:+6280000000001"
    }
    "#);
    assert_eq!(
        sent(&app, &outgoing(buttons())).await["Body"],
        "Jadi?\n\n1. Konfirmasi\n2. Batalkan"
    );
    assert_eq!(
        sent(&app, &outgoing(list())).await["Body"],
        "Jam berapa?\n\n1. Pagi: 09.00\n2. Siang"
    );
}

#[tokio::test]
async fn a_template_is_a_content_with_numbered_variables() {
    let app = TestApp::start().await;
    let form = sent(&app, &outgoing(Body::Template(template(None)))).await;
    assert_eq!(form["ContentSid"], "HX1");
    let variables: Value =
        serde_json::from_str(form["ContentVariables"].as_str().unwrap()).unwrap();
    let expected = json!({"1": "Paspor baru", "2": "Senin", "3": "confirm:1", "4": "cancel:1"});
    assert_eq!(variables, expected);
    let fake = Fake::start().await;
    let unknown = outgoing(Body::Template(super::one_time_code()));
    let error = twilio(&app, &fake.url).send(&unknown).await.unwrap_err();
    assert_eq!(error, SendError::Defect { code: "no_content_sid".to_owned() });
}

#[tokio::test]
async fn a_picture_is_fetched_from_an_address_that_is_good_for_half_an_hour() {
    let app = TestApp::start().await;
    let person = antrian_tests::Person::register(&app, 1).await;
    let code = person.book(&app, antrian_tests::app::DATE, "09:00").await.text("code");
    let id = format!("{}-2-confirmed", code.to_lowercase());
    let message = Outgoing { id: id.parse().unwrap(), ..outgoing(picture()) };
    let form = sent(&app, &message).await;
    let url = form["MediaUrl"].as_str().unwrap();
    let path = url.strip_prefix("https://antrian.example").unwrap().to_owned();
    let fetch = |path: String| app.http.get(format!("{}{path}", app.stack.base_url)).send();
    let answer = fetch(path.clone()).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "image/png")
    );

    let (before, after) = path.split_once('.').unwrap();
    let (until, rest) = after.split_once('.').unwrap();
    let later = until.parse::<i64>().unwrap() + 1;
    let other = before.replace(&code.to_lowercase(), "7kq4mm2xab");
    for forged in [
        format!("{before}.{later}.{rest}"),
        format!("{other}.{after}"),
        format!("{before}.{until}..png"),
    ] {
        assert_eq!(fetch(forged.clone()).await.unwrap().status().as_u16(), 404, "{forged}");
    }
    app.advance(30 * 60);
    assert_eq!(fetch(path).await.unwrap().status().as_u16(), 404);
}

#[tokio::test]
async fn the_code_of_an_error_decides() {
    let app = TestApp::start().await;
    for (expected, codes) in [
        ("window", &[63_016][..]),
        ("limited", &[63_018, 20_429]),
        ("undeliverable", &[21_610, 21_211, 63_024]),
        ("stopped", &[20_003]),
        ("defect", &[21_617, 63_021, 63_027, 99_999]),
    ] {
        for code in codes {
            let fake = Fake::start().await;
            fake.reply(400, json!({"code": code, "message": "no", "status": 400}));
            let error = twilio(&app, &fake.url).send(&text("Halo")).await.unwrap_err();
            assert_eq!(outcome(&error), expected, "{code}");
        }
    }
    for (status, body, expected) in
        [(503, "", "unknown"), (429, "", "limited"), (201, "{}", "unknown")]
    {
        let fake = Fake::start().await;
        fake.reply(status, body);
        let error = twilio(&app, &fake.url).send(&text("Halo")).await.unwrap_err();
        assert_eq!(outcome(&error), expected, "{status}");
    }
}

#[tokio::test]
async fn who_has_no_number_cannot_be_reached() {
    let app = TestApp::start().await;
    let fake = Fake::start().await;
    let to = Contacts { phone: None, scoped: Some("ID.1349120865530274".parse().unwrap()) };
    let error = twilio(&app, &fake.url).send(&Outgoing { to, ..text("Halo") }).await.unwrap_err();
    assert_eq!(error, SendError::Undeliverable { code: "no_phone".to_owned() });
}
