//! Bodies and answers as they really were (`tests/blackbox/examples.rs`), put to their operations.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{HttpMethod, RefOr};

const JSON: &str = "application/json";
/// Answers that can be read.
const READABLE: [&str; 2] = [JSON, "text/calendar"];

/// What an operation was asked and answered.
#[derive(Deserialize)]
struct Example {
    body: Option<Value>,
    answer: Option<Value>,
}

pub(super) fn apply<'a>(
    operations: impl Iterator<Item = (&'a str, HttpMethod, &'a mut Operation)>,
) -> serde_json::Result<()> {
    let all: BTreeMap<String, Example> = serde_json::from_str(include_str!("examples.json"))?;
    for (path, method, operation) in operations {
        let Some(example) = all.get(&super::links::title(&method, path)) else { continue };
        if let Some(RefOr::T(asked)) = &mut operation.request_body
            && let Some(RefOr::T(content)) = asked.content.get_mut(JSON)
        {
            content.example.clone_from(&example.body);
        }
        let answers = operation.responses.responses.iter_mut();
        for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
            let RefOr::T(answer) = answer else { continue };
            for (kind, content) in &mut answer.content {
                if let RefOr::T(content) = content
                    && READABLE.contains(&kind.as_str())
                {
                    content.example.clone_from(&example.answer);
                }
            }
        }
    }
    Ok(())
}
