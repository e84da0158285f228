//! A person with a phone, as a test plays them: writes, taps, reads.

use antrian::domain::code::BookingCode;
use antrian::messaging::{ReplyOption, ReplyOptions};
use antrian_local::simulator::{SentMessage, sign};
use serde_json::{Value, json};

use crate::app::TestApp;

/// A phone. What is said and answered is kept as a text that reads like a chat.
#[derive(Debug)]
pub struct Phone<'a> {
    app: &'a TestApp,
    number: String,
    said: u32,
    read: usize,
    /// The chat so far.
    pub chat: String,
}

impl<'a> Phone<'a> {
    /// A phone with this number.
    #[must_use]
    pub fn new(app: &'a TestApp, number: &str) -> Self {
        let phone = Self { app, number: number.to_owned(), said: 0, read: 0, chat: String::new() };
        Self { read: phone.received().len(), ..phone }
    }

    /// Writes a text and reads the answers.
    pub async fn say(&mut self, text: &str) -> Vec<SentMessage> {
        self.chat.push_str(&format!("> {}\n", text.replace('\n', "\n> ")));
        self.deliver(json!({"type": "text", "text": {"body": text}})).await
    }

    /// Taps the button or row with this title, in the newest message that has any.
    ///
    /// # Panics
    /// If there is none.
    pub async fn tap(&mut self, title: &str) -> Vec<SentMessage> {
        let (choice, is_list) = self.find(title);
        self.chat.push_str(&format!("> [{}]\n", choice.title));
        let kind = if is_list { "list_reply" } else { "button_reply" };
        let reply = json!({"id": choice.id, "title": choice.title});
        let interactive = json!({"type": kind, kind: reply});
        self.deliver(json!({"type": "interactive", "interactive": interactive})).await
    }

    #[expect(clippy::panic, reason = "a test that taps what is not there fails")]
    fn find(&self, title: &str) -> (ReplyOption, bool) {
        let received = self.received();
        let offered = received.iter().rev().find_map(|kept| kept.choices.as_ref());
        let (all, is_list): (Vec<&ReplyOption>, _) = match offered {
            Some(ReplyOptions::Buttons(buttons)) => (buttons.iter().collect(), false),
            Some(ReplyOptions::List { sections, .. }) => {
                (sections.iter().flat_map(|section| &section.rows).collect(), true)
            }
            None => (vec![], false),
        };
        let found = all.iter().find(|choice| choice.title.starts_with(title));
        let titles: Vec<_> = all.iter().map(|choice| &choice.title).collect();
        let found = found.unwrap_or_else(|| panic!("{title} is none of {titles:?}"));
        ((*found).clone(), is_list)
    }

    /// Sends a message of any kind and reads the answers.
    ///
    /// # Panics
    /// If the webhook does not take it.
    #[expect(clippy::unwrap_used, reason = "a test without an answer fails")]
    pub async fn deliver(&mut self, content: Value) -> Vec<SentMessage> {
        self.said += 1;
        let id = format!("wamid.{}.{}", self.number, self.said);
        let mut message = json!({"id": id, "from": self.number,
            "timestamp": self.app.now().timestamp().to_string()});
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [
            {"field": "messages", "value": {"messaging_product": "whatsapp",
                "contacts": [{"wa_id": self.number}], "messages": [message]}}]}]})
        .to_string();
        let url = format!("{}/webhooks/whatsapp", self.app.stack.base_url);
        let signature = sign("local-app-secret", body.as_bytes());
        let request = self.app.http.post(url).header("x-hub-signature-256", signature);
        let status = request.body(body).send().await.unwrap().status();
        assert_eq!(status, 200);
        self.app.listen().await;
        self.read().await
    }

    /// Reads what has come since.
    pub async fn read(&mut self) -> Vec<SentMessage> {
        self.app.drain().await;
        let all = self.received();
        let new = all.get(self.read..).unwrap_or_default().to_vec();
        for kept in &new {
            self.chat.push_str(&shown(kept));
        }
        self.read = all.len();
        new
    }

    /// Everything that this phone has received.
    fn received(&self) -> Vec<SentMessage> {
        let kept = self.app.stack.graph.sent();
        kept.into_iter().filter(|kept| kept.to.as_deref() == Some(&self.number)).collect()
    }

    /// The chat, with what differs from run to run replaced: codes, the time until which a seat is
    /// held, the stack's address.
    #[must_use]
    pub fn transcript(&self) -> String {
        let chat = self.chat.replace(&self.app.stack.base_url, "https://antrian.example");
        chat.lines().map(masked).collect::<Vec<_>>().join("\n")
    }
}

fn masked(line: &str) -> String {
    let is_code = |text: &str| text.parse::<BookingCode>().is_ok();
    if let Some(said) = line.strip_prefix("> ").filter(|said| is_code(said)) {
        return line.replace(said, "KODE");
    }
    let mut words: Vec<&str> = line.split(' ').collect();
    for at in 0..words.len() {
        if words[at].starts_with("https://antrian.example/t/") {
            words[at] = "https://antrian.example/t/…";
        }
        let is_held_until = at >= 2 && matches!(words[at - 2], "sebelum" | "*Confirm");
        let bare = words[at].trim_matches(|c: char| !c.is_alphanumeric());
        if bare.len() == 11 && is_code(bare) || is_held_until {
            words[at] = if is_held_until { "JAM" } else { "*KODE*" };
        }
    }
    words.join(" ")
}

/// A message as a person sees it.
fn shown(kept: &SentMessage) -> String {
    let mut text = kept.text.clone();
    if let Some(template) = &kept.template {
        text = format!("(template {})\n{text}", template.name);
    }
    if kept.picture.is_some() {
        text = format!("(QR)\n{text}");
    }
    if let Some(choices) = &kept.choices {
        let rows: Vec<_> = match choices {
            ReplyOptions::Buttons(buttons) => buttons.iter().collect(),
            ReplyOptions::List { sections, .. } => {
                sections.iter().flat_map(|section| &section.rows).collect()
            }
        };
        for row in rows {
            let description = row.description.as_deref().map(|d| format!(" – {d}"));
            text.push_str(&format!("\n[{}]{}", row.title, description.unwrap_or_default()));
        }
    }
    text.lines().map(|line| format!("  {line}\n")).collect()
}
