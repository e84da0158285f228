//! The forms of the repository and those that Meta knows.

use std::io::Write;

use antrian::config::CloudApiConfig;
use antrian::messaging::templates::{TemplateForm, all};
use anyhow::Context;
use serde_json::{Value, json};

use super::answer::text;
use super::graph::Graph;

/// Compares the forms, and with `submit` hands in those that are missing.
pub(super) async fn run(
    config: &CloudApiConfig,
    submit: bool,
    out: &mut (impl Write + Send),
) -> anyhow::Result<()> {
    let account = config.business_account_id.as_ref();
    let account = account.context("WHATSAPP_BUSINESS_ACCOUNT_ID is not set")?;
    let graph = Graph::new(config)?;
    let edge = format!("{account}/message_templates");
    let known = known(&graph, &edge).await.context("the templates cannot be read")?;
    for form in all() {
        let state = state(form, &known);
        writeln!(out, "{} {}: {state}", form.name, form.language)?;
        if submit && state == MISSING {
            let body = handed_in(&graph, form).await?;
            let made = graph.post(&edge, &body).await;
            let made = made.with_context(|| format!("{} {}", form.name, form.language))?;
            writeln!(out, "  handed in: {}", text(&made["status"]))?;
        }
    }
    Ok(())
}

/// Limit of pages that are read; a page has a hundred templates.
const MAX_PAGES: usize = 20;

async fn known(graph: &Graph<'_>, edge: &str) -> anyhow::Result<Vec<Value>> {
    let first = format!("{edge}?fields=name,language,status,category,components&limit=100");
    let mut known = Vec::new();
    let mut path = first.clone();
    for _ in 0..MAX_PAGES {
        let page = graph.get(&path).await?;
        known.extend(page["data"].as_array().cloned().unwrap_or_default());
        match page["paging"]["cursors"]["after"].as_str() {
            Some(after) if page["paging"].get("next").is_some() => {
                path = format!("{first}&after={after}");
            }
            _ => break,
        }
    }
    Ok(known)
}

const MISSING: &str = "missing";

/// Where a form stands: missing, or its status and what differs.
fn state(form: &TemplateForm, known: &[Value]) -> String {
    let is_it =
        |k: &&Value| k["name"] == form.name.as_str() && k["language"] == form.language.as_str();
    let Some(found) = known.iter().find(is_it) else { return MISSING.to_owned() };
    let mut state = text(&found["status"]).to_lowercase();
    if found["category"] != form.category.as_str() {
        state.push_str(&format!(", but in the category {}", text(&found["category"])));
    }
    let components = found["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    // Meta writes the words of an authentication template itself.
    if form.category == "UTILITY" && words(components) != words(&form.components) {
        state.push_str(", but with other words");
    }
    state
}

fn words(components: &[Value]) -> Option<&str> {
    components.iter().find(|component| component["type"] == "BODY")?["text"].as_str()
}

/// The form as it is handed in: one with a picture shows an example of it.
async fn handed_in(graph: &Graph<'_>, form: &TemplateForm) -> anyhow::Result<Value> {
    let mut form = form.clone();
    let header = form.components.iter_mut().find(|component| component["type"] == "HEADER");
    if let Some(header) = header {
        let handle = graph.upload(antrian::rendering::png("CONTOH")?).await;
        let handle = handle.context("the example picture cannot be uploaded")?;
        header["example"] = json!({"header_handle": [handle]});
    }
    Ok(serde_json::to_value(form)?)
}
