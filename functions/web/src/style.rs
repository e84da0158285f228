//! Every part of the pages in each of its states, to be looked at side by side. Only the local program
//! serves it.

use antrian::domain::language::Text;
use antrian::domain::requirements::Warning;
use antrian::http::AppState;
use antrian::rendering;
use antrian_pages::forms::Faults;
use antrian_pages::page::{Page, own};
use askama::Template;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use crate::line::LineWords;

#[derive(Template)]
#[template(path = "style.html")]
struct StylePage {
    page: Page,
    faults: Faults,
    warnings: Vec<Warning>,
    lines: [LineWords; 2],
    qr: String,
}

/// The page of all parts.
pub fn style() -> MethodRouter<AppState> {
    get(show)
}

async fn show(page: Page) -> Response {
    let message = Text {
        id: "KTP dari luar wilayah kantor ini: bawa surat domisili.".to_owned(),
        en: "The KTP is from outside this office's region: bring a letter of domicile.".to_owned(),
    };
    let line = |number: &str, now: &str, is_called| LineWords {
        number: number.to_owned(),
        now: now.to_owned(),
        is_called,
        minutes: (!is_called).then(|| "Perkiraan 20–35 menit lagi.".to_owned()),
        tell: (!is_called).then(|| "#".to_owned()),
    };
    let faults =
        Faults::one(page.locale, "nik", "NIK terdiri dari 16 angka.", "A NIK has 16 digits.");
    own(&StylePage {
        faults,
        warnings: vec![Warning { code: "outside_region".to_owned(), message }],
        lines: [
            line("A-017", "4 orang sebelum Anda.", false),
            line("A-017", "Dipanggil: ke loket 3 sekarang.", true),
        ],
        qr: rendering::svg("CONTOH").unwrap_or_default(),
        page,
    })
}
