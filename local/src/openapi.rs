//! The description of the whole API, made from the code of all functions.

mod examples;
mod links;
mod statuses;
mod strings;

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{HttpMethod, OpenApi as Described, PathItem, RefOr, Schema};

use strings::Strings;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Antrian",
        description = "Appointments and queues for public offices. Errors are RFC 9457 problem details with a stable \
            `code`. In the cloud the gateway may answer 401, 403, 404, 429 and 503 by itself, in JSON without one. Times are RFC 3339 with an offset, in whole seconds: `2026-12-02T08:00:00+07:00`; dates and slots are in the office's zone. \
            Browsers may call the API from its own origin only. Public answers carry an `ETag`.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT")
    ),
    servers((url = "/", description = "Where this description comes from.")),
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
///
/// # Errors
/// If it cannot be written as JSON.
pub fn document() -> serde_json::Result<String> {
    let mut document = Document::openapi();
    let (_, paths) = crate::routes::documented().split_for_parts();
    document.merge(paths);
    let strings = Strings::read()?;
    strings.of_components(document.components.get_or_insert_default());
    for (_, method, operation) in operations(&mut document) {
        strings.of_parameters(operation);
        statuses::apply(&method, operation);
    }
    links::apply(operations(&mut document))?;
    examples::apply(operations(&mut document))?;
    let sent = sent(&serde_json::to_value(&document)?);
    let components = document.components.get_or_insert_default();
    for (name, format) in [("session", "opaque"), ("staff", "JWT")] {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some(format.to_owned());
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    for (name, schema) in &mut components.schemas {
        if let RefOr::T(Schema::Object(object)) = schema
            && sent.contains(name)
            && !object.properties.is_empty()
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
    Ok(document.to_pretty_json()? + "\n")
}

/// All operations with their paths and methods.
fn operations(
    document: &mut Described,
) -> impl Iterator<Item = (&str, HttpMethod, &mut Operation)> {
    document.paths.paths.iter_mut().flat_map(|(path, item): (&String, &mut PathItem)| {
        let all = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        let path = path.as_str();
        all.into_iter()
            .filter_map(move |(method, operation)| Some((path, method, operation.as_mut()?)))
    })
}

/// Names of the schemas of which bodies of requests are made. In those every unknown field is refused
/// (`http/body.rs`).
fn sent(document: &Value) -> BTreeSet<String> {
    let operations = document["paths"].as_object().into_iter().flat_map(serde_json::Map::values);
    let bodies = operations.filter_map(Value::as_object).flat_map(serde_json::Map::values);
    let mut found = Vec::new();
    bodies.for_each(|operation| references(&operation["requestBody"], &mut found));
    let mut sent = BTreeSet::new();
    while let Some(reference) = found.pop() {
        let schema = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        let name = reference.rsplit('/').next().unwrap_or(&reference).to_owned();
        if sent.insert(name) {
            schema.into_iter().for_each(|schema| references(schema, &mut found));
        }
    }
    sent
}

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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::references;

    #[test]
    fn what_the_document_refers_to_is_there() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100, "references were found: {}", found.len());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} is nowhere");
        }
    }

    /// Two functions that give two things one name describe each other's bodies.
    #[test]
    fn a_name_means_one_thing_in_all_functions() {
        let mut meanings = std::collections::BTreeMap::new();
        for routes in crate::routes::of_functions() {
            let (_, described) = routes.split_for_parts();
            for (name, schema) in described.components.unwrap_or_default().schemas {
                let meaning = serde_json::to_value(&schema).unwrap();
                let known = meanings.entry(name.clone()).or_insert_with(|| meaning.clone());
                assert_eq!(*known, meaning, "{name}");
            }
        }
        assert!(meanings.len() > 50, "{}", meanings.len());
    }

    #[test]
    fn a_parameter_of_a_path_stands_in_it() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
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

    /// Every part of the document, with its pointer.
    fn parts<'a>(part: &'a Value, at: String, found: &mut Vec<(String, &'a Value)>) {
        match part {
            Value::Object(members) => {
                members.iter().for_each(|(name, it)| parts(it, format!("{at}/{name}"), found));
            }
            Value::Array(all) => all.iter().for_each(|it| parts(it, format!("{at}/-"), found)),
            _ => {}
        }
        found.push((at, part));
    }

    #[test]
    fn every_text_has_a_form_or_a_length() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
        let mut found = Vec::new();
        parts(&document, String::new(), &mut found);
        let is_text = |part: &Value| {
            part["type"] == "string"
                || part["type"].as_array().is_some_and(|all| all.contains(&"string".into()))
        };
        let has_form = |part: &Value| {
            ["format", "enum", "pattern", "maxLength"].iter().any(|name| part.get(name).is_some())
        };
        // Bodies of other media types are files.
        let is_file = |at: &str| at.contains("/content/") && !at.contains("/application~1");
        let texts = found.iter().filter(|(at, part)| is_text(part) && !is_file(at));
        let bare: Vec<_> =
            texts.clone().filter(|(_, part)| !has_form(part)).map(|(at, _)| at).collect();
        assert!(texts.count() > 200);
        assert!(bare.is_empty(), "{bare:#?}");
    }

    #[test]
    fn every_answer_says_what_it_is_and_every_operation_what_it_does() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
        let is_said = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                assert!(is_said(&operation["summary"]), "{method} {path}");
                for (status, answer) in operation["responses"].as_object().unwrap() {
                    assert!(is_said(&answer["description"]), "{method} {path} {status}");
                    assert_ne!(answer["description"], "As documented.", "{method} {path} {status}");
                }
                let needs_token = operation["security"].as_array().is_some_and(|all| {
                    all.iter().any(|one| one.as_object().is_some_and(|one| !one.is_empty()))
                });
                assert!(
                    !needs_token || operation["responses"]["401"].is_object(),
                    "{method} {path}"
                );
            }
        }
        let mut found = Vec::new();
        parts(&document, String::new(), &mut found);
        // Generators know no arrays whose places have types of their own.
        let places = found.iter().filter(|(at, _)| at.ends_with("/prefixItems"));
        assert_eq!(places.count(), 0);
    }

    /// They are what the API really takes and answers (`tests/blackbox/examples.rs`), and fit their schemas
    /// (`.ci/clients`).
    #[test]
    fn every_body_and_every_answer_has_an_example() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
        let mut count = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let answers = operation["responses"].as_object().unwrap().iter();
                let good = answers.filter(|(status, _)| status.starts_with('2'));
                let contents = good.map(|(_, answer)| &answer["content"]);
                for content in contents.chain([&operation["requestBody"]["content"]]) {
                    let Some(content) = content.get("application/json") else { continue };
                    assert!(content.get("example").is_some(), "{method} {path}");
                    count += 1;
                }
            }
        }
        assert!(count > 60, "{count}");
    }

    /// Every time of an answer is written in one form, and described as one.
    #[test]
    fn every_instant_is_described_as_one() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let mut count = 0;
        for (name, schema) in schemas {
            for (field, of) in schema["properties"].as_object().into_iter().flatten() {
                let is_instant = field.ends_with("_at") || field.ends_with("_until");
                // A policy's times of a day.
                if is_instant && of["pattern"].is_null() && of["format"] != "time" {
                    let text = of.to_string();
                    assert!(text.contains("date-time"), "{name}.{field}: {text}");
                    count += 1;
                }
            }
        }
        assert!(count > 15, "{count}");
    }

    #[test]
    fn every_problem_is_documented_as_one() {
        let document: Value = serde_json::from_str(&super::document().unwrap()).unwrap();
        let mut count = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            for operation in methods.as_object().unwrap().values() {
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let is_problem = status.starts_with(['4', '5']);
                    let kinds: Vec<_> =
                        response["content"].as_object().into_iter().flatten().collect();
                    let named = kinds.iter().all(|(kind, content)| {
                        let of_problem =
                            content["schema"]["$ref"] == "#/components/schemas/ProblemDetails";
                        (*kind == "application/problem+json") == is_problem
                            && of_problem == is_problem
                    });
                    assert!(named, "{path} {status}: {kinds:?}");
                    assert!(!is_problem || kinds.len() == 1, "{path} {status} says nothing");
                    count += usize::from(is_problem);
                }
            }
        }
        assert!(count > 100, "{count}");
    }

    /// After a change of the API: `ANTRIAN_WRITE_OPENAPI=1 cargo test -p antrian-local openapi`.
    #[test]
    fn the_served_document_is_that_of_the_code() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json");
        if std::env::var_os("ANTRIAN_WRITE_OPENAPI").is_some() {
            std::fs::write(file, super::document().unwrap()).unwrap();
        }
        let served = std::fs::read_to_string(file).unwrap();
        assert_eq!(served, super::document().unwrap(), "openapi.json is older than the code");
    }
}
