//! What every route of a kind can answer besides its own: problems, in their media type.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{HttpMethod, Ref, RefOr, Response, ResponseBuilder};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const DETAILS: &str = "ProblemDetails";

/// A status, what it says, and which operations answer it.
type Rule = (&'static str, &'static str, fn(&Asked) -> bool);

/// What an operation is asked with.
struct Asked {
    body: bool,
    token: bool,
    staff: bool,
    path: bool,
    fields: bool,
}

const RULES: [Rule; 9] = [
    ("400", "`malformed_json`", |asked| asked.body),
    ("401", "`unauthenticated`", |asked| asked.token),
    ("403", "`forbidden`: another scope or office; `staff_denied`", |asked| asked.staff),
    ("404", "`not_found`", |asked| asked.path),
    ("413", "`body_too_large`", |asked| asked.body),
    ("415", "`unsupported_media_type`", |asked| asked.body),
    ("422", "`invalid_request`, with `errors`", |asked| asked.body || asked.fields),
    ("500", "`internal_error`, with `incident`", |_| true),
    ("503", "`busy`, `outcome_unknown` or `not_ready`: try again, with the same key", |_| true),
];

/// Adds what the kind of an operation can answer, and names the media type of problems.
pub(super) fn apply(method: &HttpMethod, operation: &mut Operation) {
    let asked = asked(method, operation);
    let responses = &mut operation.responses.responses;
    for (status, says, applies) in RULES {
        if applies(&asked) && !responses.contains_key(status) {
            responses.insert(status.to_owned(), RefOr::T(problem(says)));
        }
    }
    for response in responses.values_mut() {
        if let RefOr::T(response) = response
            && is_problem(response)
            && let Some(content) = response.content.shift_remove(JSON)
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
}

fn asked(method: &HttpMethod, operation: &Operation) -> Asked {
    let parameters = || {
        operation.parameters.iter().flatten().filter_map(|one| match one {
            RefOr::T(parameter) => Some(&parameter.parameter_in),
            RefOr::Ref(_) => None,
        })
    };
    let security = serde_json::to_value(&operation.security).unwrap_or_default();
    let needs = |name: &str| security[0].get(name).is_some();
    Asked {
        // Those that have nothing to say take an empty body and read any other.
        body: operation.request_body.is_some() || *method == HttpMethod::Post,
        token: needs("session") || needs("staff"),
        staff: needs("staff"),
        path: parameters().any(|place| *place == ParameterIn::Path),
        fields: parameters().any(|place| matches!(place, ParameterIn::Query | ParameterIn::Header)),
    }
}

fn problem(says: &str) -> Response {
    let schema = Some(Ref::from_schema_name(DETAILS));
    let content = ContentBuilder::new().schema(schema).build();
    ResponseBuilder::new().description(says).content(PROBLEM, content).build()
}

fn is_problem(response: &Response) -> bool {
    let text = serde_json::to_string(&response.content).unwrap_or_default();
    text.contains(&format!("/{DETAILS}\""))
}
