//! The examples of the API's description are what a system was asked and answered: one visit from the first look
//! to the counter, and what staff do beside it. They are written anew after a change of an answer:
//! `ANTRIAN_WRITE_EXAMPLES=1 cargo test -p antrian-tests --test blackbox examples`, then the description.

mod visit;

use std::collections::BTreeMap;

use antrian_local::demo;
use antrian_tests::{Answer, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../local/src/openapi/examples.json");

/// A system, and what was asked of it.
pub(crate) struct Asked {
    app: TestApp,
    /// By method and path of the description.
    taken: BTreeMap<String, Value>,
}

impl Asked {
    async fn begin() -> Self {
        let mut offices = demo::offices().unwrap();
        offices.retain(|office| office.id.as_str() == visit::OFFICE);
        let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
        Self { app, taken: BTreeMap::new() }
    }

    /// Asks, and keeps both as the example of the operation.
    async fn take(
        &mut self,
        operation: &str,
        named: &[&str],
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let (method, template) = operation.split_once(' ').unwrap();
        let path = filled(template, named);
        let method: Method = method.parse().unwrap();
        let answer = self.app.call(method, &path, token, body.clone()).await;
        assert!((200..300).contains(&answer.status), "{operation}: {answer:?}");
        let mut example = serde_json::Map::new();
        let answered = Some(answer.body.clone()).filter(|body| !body.is_null());
        example.extend(body.map(|body| ("body".to_owned(), body)));
        example.extend(answered.map(|body| ("answer".to_owned(), body)));
        self.taken.insert(operation.to_owned(), example.into());
        answer
    }

    /// Fetches a file that is text.
    async fn take_file(&mut self, operation: &str, code: &str, token: &str) {
        let path = filled(operation.strip_prefix("GET ").unwrap(), &[code]);
        let address = format!("{}{path}", self.app.stack.base_url);
        let answer = self.app.http.get(address).bearer_auth(token).send().await.unwrap();
        let text = answer.error_for_status().unwrap().text().await.unwrap();
        self.taken.insert(operation.to_owned(), json!({"answer": text}));
    }
}

/// A path of the description with what stands for its `{…}`, in their order, and what follows it.
fn filled(template: &str, named: &[&str]) -> String {
    let mut names = named.iter();
    let mut path = String::new();
    for part in template.split_inclusive(['{', '}']) {
        match part.strip_suffix('}') {
            Some(_) => path.push_str(names.next().unwrap()),
            None => path.push_str(part.trim_end_matches('{')),
        }
    }
    path.extend(names.copied());
    path
}

/// What is in a value, without what it says.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect()
        }
        // In no order: what is sorted by a code is sorted by chance.
        Value::Array(all) => {
            let kinds: BTreeMap<_, _> =
                all.iter().map(shape).map(|kind| (kind.to_string(), kind)).collect();
            kinds.into_values().collect()
        }
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        Value::Bool(_) => "yes or no".into(),
        Value::Null => Value::Null,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_description_are_what_the_api_takes_and_answers() {
    let mut asked = Asked::begin().await;
    visit::take_all(&mut asked).await;
    if std::env::var_os("ANTRIAN_WRITE_EXAMPLES").is_some() {
        let text = serde_json::to_string_pretty(&asked.taken).unwrap() + "\n";
        std::fs::write(FILE, text).unwrap();
    }
    let kept: BTreeMap<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert!(kept.keys().eq(asked.taken.keys()), "{:?}", kept.keys());
    for (operation, example) in &kept {
        assert_eq!(shape(example), shape(&asked.taken[operation]), "{operation}");
    }
}
