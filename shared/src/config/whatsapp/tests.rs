use super::*;

fn complete(name: &str) -> Option<String> {
    let value = match name {
        "WHATSAPP_PROVIDER" => "cloud_api",
        "WHATSAPP_NUMBER" => "6280000000000",
        "WHATSAPP_APP_SECRET" | "WHATSAPP_VERIFY_TOKEN" => "secret",
        "WHATSAPP_PHONE_NUMBER_ID" => "111",
        "WHATSAPP_TOKEN" | "TWILIO_AUTH_TOKEN" => "secret",
        "TWILIO_ACCOUNT_SID" => "AC0000",
        "TWILIO_FROM" => "whatsapp:+6280000000000",
        _ => return None,
    };
    Some(value.to_owned())
}

/// The settings with these instead of the complete ones; the empty text stands for none.
fn read(changed: &[(&str, &str)]) -> Result<WhatsappConfig, ConfigError> {
    let get = |name: &'static str| match changed.iter().find(|(changed, _)| *changed == name) {
        Some((_, value)) => Some((*value).to_owned()).filter(|value| !value.is_empty()),
        None => complete(name),
    };
    Variables(get).whatsapp()
}

#[test]
fn each_provider_needs_its_own_variables_and_no_others() {
    for name in ["WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET"] {
        assert_eq!(read(&[(name, "")]).unwrap_err(), ConfigError::Missing(name));
        assert!(read(&[(name, ""), ("WHATSAPP_PROVIDER", "twilio")]).is_ok(), "{name}");
    }
    for name in ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"] {
        let error = read(&[(name, ""), ("WHATSAPP_PROVIDER", "twilio")]).unwrap_err();
        assert_eq!(error, ConfigError::Missing(name));
        assert!(read(&[(name, "")]).is_ok(), "{name}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let twilio = ("WHATSAPP_PROVIDER", "twilio");
    for (name, value) in [
        ("WHATSAPP_PROVIDER", "pigeon"),
        ("WHATSAPP_GRAPH_URL", "graph.facebook.com"),
        ("WHATSAPP_GRAPH_VERSION", "26"),
        ("WHATSAPP_GRAPH_VERSION", "v26.0/../x"),
        ("WHATSAPP_PHONE_NUMBER_ID", "+62 800"),
        ("WHATSAPP_BUSINESS_ACCOUNT_ID", "1/2"),
        ("WHATSAPP_TOKEN", "two words"),
        ("TWILIO_ACCOUNT_SID", "SK00"),
        ("TWILIO_FROM", "somebody"),
        ("TWILIO_CONTENT_SIDS", "[]"),
    ] {
        let changed = [(name, value), twilio];
        let error = read(&changed[..if name.starts_with("TWILIO") { 2 } else { 1 }]).unwrap_err();
        assert!(
            matches!(error, ConfigError::Wrong { variable, .. } if variable == name),
            "{name}: {error}"
        );
    }
}

#[test]
fn what_is_not_set_has_its_default() {
    let Provider::CloudApi(config) = read(&[]).unwrap().provider else { panic!("another") };
    assert_eq!(
        (config.graph_url.as_str(), config.version.as_str()),
        ("https://graph.facebook.com", "v26.0")
    );
    let twilio = read(&[("WHATSAPP_PROVIDER", "twilio")]).unwrap();
    let Provider::Twilio(config) = twilio.provider else { panic!("another") };
    assert_eq!(
        (config.api_url.as_str(), config.from.as_str()),
        ("https://api.twilio.com", "6280000000000")
    );
    assert!(config.content_sids.is_empty());
}

#[test]
fn with_twilio_nobody_can_sign_metas_webhooks_unless_the_secret_is_set() {
    use secrecy::ExposeSecret;
    let absent = [("WHATSAPP_PROVIDER", "twilio"), ("WHATSAPP_APP_SECRET", "")];
    let secret = |config: WhatsappConfig| config.app_secret.expose_secret().to_owned();
    let (one, other) = (read(&absent).unwrap(), read(&absent).unwrap());
    assert_ne!(secret(one), secret(other));
}
