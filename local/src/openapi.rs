//! The description of the whole API, made from the code of all functions.

use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Antrian",
        description = "Appointments and queues for public offices. Errors are RFC 9457 problem details with a stable \
            `code`. Times are RFC 3339 with offset; dates and slots are in the office's zone.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT")
    ),
    tags(
        (name = "public", description = "No account needed."),
        (name = "account", description = "Registration, sessions, own data."),
        (name = "bookings", description = "Hold, confirm, cancel, move."),
        (name = "staff", description = "The desk."),
        (name = "admin", description = "Offices, calendars, releases, quotas.")
    )
)]
struct Document;

/// The document as JSON, as `openapi.json` holds it.
pub fn document() -> String {
    let mut document = Document::openapi();
    let (_, paths) = crate::routes::documented().split_for_parts();
    document.merge(paths);
    let components = document.components.get_or_insert_default();
    for (name, format) in [("session", "opaque"), ("staff", "JWT")] {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some(format.to_owned());
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// Every `$ref` of a part of the document.
    fn references(part: &Value, found: &mut Vec<String>) {
        match part {
            Value::Object(members) => {
                let named = members.get("$ref").and_then(Value::as_str);
                found.extend(named.map(str::to_owned));
                members.values().for_each(|part| references(part, found));
            }
            Value::Array(parts) => parts.iter().for_each(|part| references(part, found)),
            _ => {}
        }
    }

    #[test]
    fn what_the_document_refers_to_is_there() {
        let document: Value = serde_json::from_str(&super::document()).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100, "references were found: {}", found.len());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} is nowhere");
        }
    }

    #[test]
    fn a_parameter_of_a_path_stands_in_it() {
        let document: Value = serde_json::from_str(&super::document()).unwrap();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for operation in methods.as_object().unwrap().values() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let named = parameters.filter(|one| one["in"] == "path");
                let named: Vec<_> = named.map(|one| one["name"].as_str().unwrap()).collect();
                assert_eq!(named.len(), path.matches('{').count(), "{path}: {named:?}");
                for name in named {
                    assert!(path.contains(&format!("{{{name}}}")), "{path} has no {name}");
                }
            }
        }
    }

    /// After a change of the API: `ANTRIAN_WRITE_OPENAPI=1 cargo test -p antrian-local openapi`.
    #[test]
    fn the_served_document_is_that_of_the_code() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json");
        if std::env::var_os("ANTRIAN_WRITE_OPENAPI").is_some() {
            std::fs::write(file, super::document()).unwrap();
        }
        let served = std::fs::read_to_string(file).unwrap();
        assert_eq!(served, super::document(), "openapi.json is older than the code");
    }
}
