//! What leaves for the providers, and what is made of their answers: against a fake on loopback.

mod cloud_api;
mod fake;
mod setup;
mod twilio;

use antrian::domain::language::Locale;
use antrian::domain::person::Contacts;
use antrian::messaging::{
    Body, Outgoing, ReplyOption, ReplyOptions, Section, SendError, TemplateCall,
};

const PHONE: &str = "6280000000001";

fn outgoing(body: Body) -> Outgoing {
    let to = Contacts { phone: Some(PHONE.parse().unwrap()), scoped: None };
    Outgoing { id: "7kq4mm2xab-2-confirmed".parse().unwrap(), to, body, attempt: 1 }
}

fn text(words: &str) -> Outgoing {
    outgoing(Body::Text(words.to_owned()))
}

fn picture() -> Body {
    Body::Picture { png: b"a picture".to_vec(), caption: "Tiket".to_owned() }
}

fn option(id: &str, title: &str, description: Option<&str>) -> ReplyOption {
    let description = description.map(str::to_owned);
    ReplyOption { id: id.to_owned(), title: title.to_owned(), description }
}

fn buttons() -> Body {
    let all = vec![option("confirm:1", "Konfirmasi", None), option("cancel:1", "Batalkan", None)];
    Body::Options { text: "Jadi?".to_owned(), options: ReplyOptions::Buttons(all) }
}

fn list() -> Body {
    let rows = vec![option("a", "Pagi", Some("09.00")), option("b", "Siang", None)];
    let sections = vec![Section { title: "Rabu".to_owned(), rows }];
    let options = ReplyOptions::List { button: "Pilih jam".to_owned(), sections };
    Body::Options { text: "Jam berapa?".to_owned(), options }
}

fn template(png: Option<Vec<u8>>) -> TemplateCall {
    TemplateCall {
        name: "antrian_hold",
        locale: Locale::Id,
        parameters: vec!["Paspor baru".to_owned(), "Senin".to_owned()],
        png,
        payloads: vec!["confirm:1".to_owned(), "cancel:1".to_owned()],
        copies: None,
    }
}

fn one_time_code() -> TemplateCall {
    TemplateCall {
        name: "antrian_one_time_code",
        locale: Locale::En,
        parameters: vec!["123456".to_owned()],
        png: None,
        payloads: vec![],
        copies: Some("123456".to_owned()),
    }
}

/// What an error comes to, in a word.
fn outcome(error: &SendError) -> &'static str {
    match error {
        SendError::Later { after: None, .. } => "later",
        SendError::Later { after: Some(_), .. } => "slower",
        SendError::Limited { .. } => "limited",
        SendError::WindowClosed => "window",
        SendError::Stopped { .. } => "stopped",
        SendError::Undeliverable { .. } => "undeliverable",
        SendError::Defect { .. } => "defect",
        SendError::Unknown => "unknown",
    }
}
