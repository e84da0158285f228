//! Bodies of deliveries that others have seen, in a folder named by `WHATSAPP_CORPUS`. They are no
//! part of this project: without the folder these tests say that they were skipped.

use std::fs;
use std::path::PathBuf;

use antrian::domain::inbound::Content;
use antrian_tests::TestApp;
use antrian_whatsapp::cloud_api;

use super::post_signed;

/// Name and body of each file, in order.
#[expect(clippy::print_stderr, reason = "whoever reads the tests' output has to know")]
fn corpus() -> Option<Vec<(String, String)>> {
    let Some(folder) = std::env::var_os("WHATSAPP_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: WHATSAPP_CORPUS does not name a folder of deliveries");
        return None;
    };
    let paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let is_json = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let mut bodies: Vec<_> = paths
        .filter(is_json)
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    bodies.sort();
    assert!(!bodies.is_empty(), "WHATSAPP_CORPUS names a folder without deliveries");
    Some(bodies)
}

/// What files whose names begin so hold; the longest beginning counts. An empty text: nothing.
const EXPECTED: &[(&str, &str)] = &[
    ("pywa-account-update", ""),
    ("pywa-call-connect", ""),
    ("pywa-call-permission", "Unreadable"),
    ("pywa-callback", "Choice { .. }"),
    ("pywa-chat-opened", "Opened"),
    ("pywa-deleted", ""),
    ("pywa-edited", ""),
    ("pywa-flow-completion", "Unreadable"),
    ("pywa-message", "Unreadable"),
    ("pywa-message-document", "Text(…)"),
    ("pywa-message-forwarded", "Text(…)"),
    ("pywa-message-reaction", "Text(…)"),
    ("pywa-message-referral", "Text(…)"),
    ("pywa-message-reply", "Text(…)"),
    ("pywa-message-status", ""),
    ("pywa-message-text", "Text(…)"),
    ("pywa-message-unreaction", ""),
    ("pywa-message-video", "Text(…)"),
    ("pywa-outgoing", ""),
    ("pywa-system-identity", ""),
    ("pywa-system-phone-number", "Moved(…)"),
    ("pywa-template", ""),
    ("pywa-user-marketing", ""),
];

fn expected(name: &str) -> Option<&'static str> {
    let fits = EXPECTED.iter().filter(|(begin, _)| name.starts_with(begin));
    fits.max_by_key(|(begin, _)| begin.len()).map(|(_, expected)| *expected)
}

fn shown(content: &Content) -> String {
    match content {
        Content::Choice { .. } => "Choice { .. }".to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn deliveries_of_others_are_read_as_what_they_are() {
    let now = TestApp::start().await.now();
    for (name, body) in corpus().unwrap_or_default() {
        let updates = cloud_api::read(body.as_bytes(), None, now);
        assert!(updates.messages.len() <= 1 && updates.reports.is_empty(), "{name}: {updates:?}");
        let found = updates.messages.first().map(|message| shown(&message.content));
        if let Some(expected) = expected(&name) {
            assert_eq!(found.unwrap_or_default(), expected, "{name}");
        }
    }
}

#[tokio::test]
async fn deliveries_of_others_are_accepted() {
    let app = TestApp::start().await;
    for (name, body) in corpus().unwrap_or_default() {
        assert_eq!(post_signed(&app, body).await, 200, "{name}");
    }
    app.listen().await;
}
