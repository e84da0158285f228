//! What an answer names, and which operations take it: `links.json`. A name of an operation is made of its
//! method and path, so that no two have the same.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{HttpMethod, RefOr};

/// From answers to operations that take the same of them.
#[derive(Deserialize)]
struct Links {
    /// Method, path and status.
    from: Vec<String>,
    /// Method and path.
    to: Vec<String>,
    /// Where parameters come from.
    #[serde(default)]
    with: BTreeMap<String, Value>,
    /// Where fields of the body come from; those that are not named are the caller's to say.
    body: Option<Value>,
}

/// Names operations, which come with their paths and methods, and writes the links into their answers.
pub(super) fn apply<'a>(
    operations: impl Iterator<Item = (&'a str, HttpMethod, &'a mut Operation)>,
) -> serde_json::Result<()> {
    let mut answers: HashMap<String, &mut Operation> = HashMap::new();
    for (path, method, operation) in operations {
        operation.operation_id = Some(name(&method, path));
        answers.insert(title(&method, path), operation);
    }
    let all: Vec<Links> = serde_json::from_str(include_str!("links.json"))?;
    for links in &all {
        links.from.iter().for_each(|from| links.add(from, &mut answers));
    }
    Ok(())
}

impl Links {
    fn add(&self, from: &str, answers: &mut HashMap<String, &mut Operation>) {
        let Some((operation, status)) = from.rsplit_once(' ') else { return };
        let answer =
            answers.get_mut(operation).and_then(|it| it.responses.responses.get_mut(status));
        let Some(RefOr::T(answer)) = answer else { return };
        for to in &self.to {
            let mut link = LinkBuilder::new().operation_id(words(to));
            for (parameter, place) in &self.with {
                link = link.parameter(parameter.as_str(), place.clone());
            }
            let link = link.request_body(self.body.clone()).build();
            answer.links.insert(words(to), RefOr::T(link));
        }
    }
}

/// As `links.json` names an operation.
pub(super) fn title(method: &HttpMethod, path: &str) -> String {
    let method = serde_json::to_value(method).unwrap_or_default();
    format!("{} {path}", method.as_str().unwrap_or_default().to_uppercase())
}

fn name(method: &HttpMethod, path: &str) -> String {
    words(&title(method, path))
}

/// `post_bookings_code_confirm` of `POST /v1/bookings/{code}/confirm`.
fn words(title: &str) -> String {
    let title = title.replacen("/v1", "", 1).to_lowercase();
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn document() -> Value {
        serde_json::from_str(&crate::openapi::document().unwrap()).unwrap()
    }

    /// An operation of the document as `links.json` names it.
    fn operation<'a>(document: &'a Value, title: &str) -> &'a Value {
        let (method, path) = title.split_once(' ').unwrap();
        let operation = &document["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "there is no {title}");
        operation
    }

    /// What a schema says of a place in what it describes.
    fn at<'a>(document: &'a Value, schema: &'a Value, place: &[&str]) -> Option<&'a Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            return at(document, document.pointer(&reference[1..]).unwrap(), place);
        }
        for all in ["allOf", "oneOf"] {
            let parts = schema[all].as_array().into_iter().flatten();
            if let Some(found) = parts.into_iter().find_map(|part| at(document, part, place)) {
                return Some(found);
            }
        }
        let Some((first, rest)) = place.split_first() else {
            return (schema["type"] != "null").then_some(schema);
        };
        let inner = if *first == "0" { &schema["items"] } else { &schema["properties"][*first] };
        if inner.is_null() { None } else { at(document, inner, rest) }
    }

    /// Whether there can be what a link takes from an answer.
    fn is_there(document: &Value, from: &str, place: &str) -> bool {
        let (title, status) = from.rsplit_once(' ').unwrap();
        let source = operation(document, title);
        if let Some(name) = place.strip_prefix("$request.path.") {
            return title.contains(&format!("{{{name}}}"));
        }
        let place = place.strip_prefix("$response.body#/").unwrap();
        let content = source["responses"][status]["content"].as_object().unwrap();
        let schema = &content.values().next().unwrap()["schema"];
        at(document, schema, &place.split('/').collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn what_a_link_takes_is_in_the_answer_and_what_it_gives_is_asked_for() {
        let document = document();
        let all: Vec<Links> = serde_json::from_str(include_str!("links.json")).unwrap();
        for links in &all {
            let body = links.body.as_ref().and_then(Value::as_object);
            let fields = || body.into_iter().flatten();
            for from in &links.from {
                for place in links.with.values().chain(fields().map(|(_, place)| place)) {
                    assert!(is_there(&document, from, place.as_str().unwrap()), "{from}: {place}");
                }
            }
            for to in &links.to {
                let target = operation(&document, to);
                let asked = target["parameters"].as_array().unwrap_or(&Vec::new()).clone();
                for name in links.with.keys() {
                    assert!(
                        asked.iter().any(|one| one["name"] == *name),
                        "{to} asks for no {name}"
                    );
                }
                let body = &target["requestBody"]["content"]["application/json"]["schema"];
                for (name, _) in fields() {
                    assert!(at(&document, body, &[name]).is_some(), "{to} has no {name}");
                }
            }
        }
    }

    #[test]
    fn every_link_of_the_list_is_in_the_document_once() {
        let document = document();
        let all: Vec<Links> = serde_json::from_str(include_str!("links.json")).unwrap();
        let mut seen = HashSet::new();
        for (links, from) in
            all.iter().flat_map(|links| links.from.iter().map(move |it| (links, it)))
        {
            let (title, status) = from.rsplit_once(' ').unwrap();
            for to in &links.to {
                assert!(seen.insert((from, to)), "{from} leads to {to} twice");
                let link = &operation(&document, title)["responses"][status]["links"][words(to)];
                assert_eq!(link["operationId"], operation(&document, to)["operationId"], "{from}");
            }
        }
        assert!(seen.len() > 40, "{}", seen.len());
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = document();
        let paths = document["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|methods| methods.as_object().unwrap().values());
        let names: Vec<_> = operations.map(|it| it["operationId"].as_str().unwrap()).collect();
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        assert_eq!(words("POST /v1/bookings/{code}/confirm"), "post_bookings_code_confirm");
    }
}
