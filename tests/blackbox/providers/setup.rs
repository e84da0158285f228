//! The commands that help to set up a provider.

use antrian::messaging::templates::all;
use antrian_local::setup;
use serde_json::{Value, json};

use super::fake::Fake;

fn variable(name: &str, url: &str) -> Option<String> {
    let value = match name {
        "WHATSAPP_PROVIDER" => "cloud_api",
        "WHATSAPP_NUMBER" => "6280000000000",
        "WHATSAPP_APP_SECRET" | "WHATSAPP_VERIFY_TOKEN" | "WHATSAPP_TOKEN" => "a-secret",
        "WHATSAPP_PHONE_NUMBER_ID" => "111",
        "WHATSAPP_BUSINESS_ACCOUNT_ID" => "222",
        "WHATSAPP_GRAPH_URL" => url,
        _ => return None,
    };
    Some(value.to_owned())
}

/// What a command says, and how it ends.
async fn said(fake: &Fake, args: &[&str]) -> (String, anyhow::Result<()>) {
    let mut out = Vec::new();
    let ended = setup::run(args, |name| variable(name, &fake.url), &mut out).await;
    (String::from_utf8(out).unwrap(), ended)
}

/// All forms as Meta knows them once they are approved, but the first.
fn approved() -> Value {
    let known: Vec<Value> = all()
        .skip(1)
        .map(|form| {
            let mut known = serde_json::to_value(form).unwrap();
            known["status"] = json!("APPROVED");
            known
        })
        .collect();
    json!({"data": known})
}

#[tokio::test]
async fn all_variables_that_are_missing_are_named() {
    let mut out = Vec::new();
    let is_set = |name: &str| !["WHATSAPP_TOKEN", "WHATSAPP_NUMBER"].contains(&name);
    let get = |name: &str| variable(name, "").filter(|_| is_set(name));
    let error = setup::run(&["check"], get, &mut out).await.unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with("not set: "), "{error}");
    assert!(error.contains("WHATSAPP_TOKEN") && error.contains("WHATSAPP_NUMBER"), "{error}");
    let nothing = setup::run(&["check"], |_| None, &mut out).await.unwrap_err().to_string();
    assert!(nothing.contains("WHATSAPP_PROVIDER") && nothing.contains("APP_SECRET"), "{nothing}");
}

#[tokio::test]
async fn a_check_tells_of_the_number_and_of_every_template() {
    let fake = Fake::start().await;
    let number = json!({"display_phone_number": "+62 800-0000-000", "verified_name": "Kantor",
        "status": "CONNECTED", "quality_rating": "GREEN"});
    fake.reply(200, number);
    fake.reply(200, approved());
    let (said, ended) = said(&fake, &["check"]).await;
    ended.unwrap();
    assert!(said.contains("number: +62 800-0000-000 (Kantor)"), "{said}");
    assert!(said.contains("WHATSAPP_NUMBER is another number"), "{said}");
    assert!(said.contains("antrian_hold id: missing"), "{said}");
    assert!(said.contains("antrian_hold en: approved"), "{said}");
    assert!(!said.contains("but"), "{said}");
    assert!(!said.contains("a-secret"), "{said}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_of_with_metas_words() {
    let fake = Fake::start().await;
    fake.reply(401, json!({"error": {"code": 190, "message": "Session has expired"}}));
    let (_, ended) = said(&fake, &["check"]).await;
    let error = format!("{:#}", ended.unwrap_err());
    assert!(error.contains("190") && error.contains("Session has expired"), "{error}");
}

#[tokio::test]
async fn only_what_is_missing_is_handed_in() {
    let fake = Fake::start().await;
    fake.reply(200, approved());
    fake.reply(200, json!({"id": "1", "status": "PENDING"}));
    let (said, ended) = said(&fake, &["templates", "submit"]).await;
    ended.unwrap();
    assert!(said.contains("handed in: PENDING"), "{said}");
    let [listed, made] = fake.asked().try_into().unwrap();
    assert!(listed.path.starts_with("/v26.0/222/message_templates?"), "{}", listed.path);
    assert_eq!(made.path, "/v26.0/222/message_templates");
    assert_eq!(made.json(), serde_json::to_value(all().next().unwrap()).unwrap());
}

#[tokio::test]
async fn what_differs_from_the_repository_is_told() {
    let fake = Fake::start().await;
    let mut known = approved();
    known["data"][0]["category"] = json!("MARKETING");
    known["data"][1]["components"] = json!([{"type": "BODY", "text": "Halo"}]);
    fake.reply(200, known);
    let (said, ended) = said(&fake, &["templates"]).await;
    ended.unwrap();
    assert_eq!(said.matches("but in the category MARKETING").count(), 1, "{said}");
    assert_eq!(said.matches("but with other words").count(), 1, "{said}");
    assert_eq!(fake.asked().len(), 1, "nothing was handed in");
}

#[tokio::test]
async fn a_form_with_a_picture_is_handed_in_with_an_example() {
    let fake = Fake::start().await;
    let with_picture = |form: &Value| form["components"][0]["type"] == "HEADER";
    let mut known = approved();
    let data = known["data"].as_array_mut().unwrap();
    data.push(serde_json::to_value(all().next().unwrap()).unwrap());
    let at = data.iter().position(with_picture).unwrap();
    data.remove(at);
    fake.reply(200, known);
    fake.reply(200, json!({"id": "upload:1"}));
    fake.reply(200, json!({"h": "4::handle"}));
    fake.reply(200, json!({"id": "1", "status": "PENDING"}));
    let (_, ended) = said(&fake, &["templates", "submit"]).await;
    ended.unwrap();
    let [_, begun, sent, made] = fake.asked().try_into().unwrap();
    assert!(begun.path.starts_with("/v26.0/app/uploads?file_length="), "{}", begun.path);
    assert_eq!(
        (sent.path.as_str(), sent.authorization.as_str()),
        ("/v26.0/upload:1", "OAuth a-secret")
    );
    assert_eq!(made.json()["components"][0]["example"], json!({"header_handle": ["4::handle"]}));
}
