//! What every route of a kind can answer besides its own: problems, in their media type, and headers.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{HttpMethod, Ref, RefOr, Response, ResponseBuilder};

const JSON: &str = "application/json";
const PNG: &str = "image/png";
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

/// A header, which form its values have, what it says, and the statuses that come with it.
type HeaderRule = (&'static str, Form, &'static str, &'static [&'static str]);

enum Form {
    Pattern(&'static str),
    Number,
}

/// What a status says where the operation says nothing else.
const SAYS: [(&str, &str); 8] = [
    ("200", "Done, or what was asked for."),
    ("201", "Made."),
    ("202", "Taken; what follows comes later."),
    ("204", "Done. There is nothing to say."),
    ("304", "What the client has is still so."),
    ("404", "`not_found`"),
    ("409", "Refused as things stand; `code` says why."),
    ("429", "Too much or too soon; `code` says of what."),
];

/// What the description says of a status.
fn says(status: &str) -> &'static str {
    let rules = RULES.iter().map(|(of, says, _)| (of, says));
    let mut all = SAYS.iter().map(|(of, says)| (of, says)).chain(rules);
    all.find(|(of, _)| **of == status).map_or("As documented.", |(_, says)| says)
}

const HEADERS: [HeaderRule; 3] = [
    (
        "WWW-Authenticate",
        Form::Pattern("^Bearer$"),
        "A token is missing or no longer good.",
        &["401"],
    ),
    (
        "ETag",
        Form::Pattern("^(W/)?\"[0-9a-f]{16}\"$"),
        "To be sent back as `If-None-Match`.",
        &["304"],
    ),
    ("Retry-After", Form::Number, "In so many seconds; absent: nobody knows.", &["429", "503"]),
];

/// Adds what the kind of an operation can answer, and names the media type of problems.
pub(super) fn apply(method: &HttpMethod, operation: &mut Operation) {
    let asked = asked(method, operation);
    let is_public = operation.tags.iter().flatten().any(|tag| tag == "public");
    let responses = &mut operation.responses.responses;
    if is_public && *method == HttpMethod::Get {
        let unchanged = ResponseBuilder::new().description(says("304")).build();
        responses.insert("304".to_owned(), RefOr::T(unchanged));
    }
    for (status, says, applies) in RULES {
        if applies(&asked) && !responses.contains_key(status) {
            responses.insert(status.to_owned(), RefOr::T(problem(says)));
        }
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            says(status).clone_into(&mut response.description);
        }
        if is_problem(response)
            && let Some(content) = response.content.shift_remove(JSON)
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
        // Bytes have no schema.
        if let Some(RefOr::T(content)) = response.content.get_mut(PNG) {
            content.schema = None;
        }
        for (name, form, says, statuses) in &HEADERS {
            if statuses.contains(&status.as_str()) {
                response.headers.insert((*name).to_owned(), RefOr::T(header(form, says)));
            }
        }
    }
}

fn header(form: &Form, says: &str) -> Header {
    let schema = match form {
        Form::Pattern(pattern) => {
            ObjectBuilder::new().schema_type(Type::String).pattern(Some(*pattern))
        }
        Form::Number => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)),
    };
    let schema = Schema::Object(schema.build());
    HeaderBuilder::new().schema(Some(schema)).description(Some(says)).build()
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
