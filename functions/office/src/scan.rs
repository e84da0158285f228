//! The scan page: a ticket is read, or a code is typed, and the verdict stands there.

use antrian::domain::ids::{OfficeId, ScanKey};
use antrian::domain::office::Office;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::desk::{self, Scanned};
use antrian::use_cases::scans;
use antrian_pages::forms::Posted;
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::card::{Card, Verdict};
use crate::errors::said;
use crate::fragment::{Part, part};
use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/pindai", get(page_of).post(scan))
}

/// The scan page with a verdict, if there is one.
#[derive(Template)]
#[template(path = "scan.html")]
struct ScanPage<'a> {
    page: Page,
    office: &'a Office,
    path: String,
    gate: &'a str,
    card: Option<&'a Card>,
    refusal: Option<&'a Refusal>,
}

/// A verdict alone, for the script.
#[derive(Template)]
#[template(path = "verdict.html")]
struct CardPart<'a> {
    page: &'a Page,
    card: &'a Card,
}

/// A refusal alone, for the script.
#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPart<'a> {
    page: &'a Page,
    refusal: &'a Refusal,
}

/// Why nobody goes in.
pub(crate) struct Refusal {
    verdict: Verdict,
    sentence: String,
    status: StatusCode,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Gate {
    /// Where the scanner stands.
    #[serde(default)]
    gerbang: String,
}

async fn page_of(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Params(gate): Params<Gate>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    let path = paths::scan(&id);
    let gate = &gate.gerbang;
    Ok(own(&ScanPage { page, office: &office, path, gate, card: None, refusal: None }))
}

/// What a scanner or a person has typed.
#[derive(Deserialize)]
struct Scan {
    /// As the keys stand on an English keyboard: what a scanner means.
    isi: String,
    /// As this computer's keyboard has them.
    #[serde(default)]
    tertulis: String,
    #[serde(default)]
    gerbang: String,
    /// What the device calls itself, and the scan: for when it is handed in once more.
    #[serde(default)]
    pemindai: String,
    #[serde(default)]
    kunci: String,
}

async fn scan(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    asks: Part,
    Segments(id): Segments<OfficeId>,
    Posted(form): Posted<Scan>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    match scanned(&app, &clerk, &id, &form).await? {
        Ok(scanned) if asks.0 => {
            let card = Card::of_scan(&page, &scanned, app.clock.now());
            Ok(part(StatusCode::OK, &CardPart { page: &page, card: &card }))
        }
        Ok(scanned) => {
            let again = scanned.checked_in.duplicate;
            let code = scanned.checked_in.booking.code;
            Ok(go(&paths::shown(&id, code, again, form.gerbang.trim())))
        }
        Err(problem) => Ok(refused(page, &office, &form, &problem, asks)),
    }
}

/// Checks in whoever has the ticket. What is refused is a verdict; what failed is an error.
async fn scanned(
    app: &AppState,
    clerk: &Clerk,
    id: &OfficeId,
    form: &Scan,
) -> Result<Result<Scanned, Problem>, Problem> {
    let code = match scans::of_text(app, &form.isi, &form.tertulis) {
        Ok(code) => code,
        Err(why) => return Ok(Err(why.into())),
    };
    let gate = Some(form.gerbang.trim()).filter(|gate| scans::is_gate(gate));
    let key = ScanKey::new(&form.pemindai, &form.kunci).ok();
    let scanned = desk::scan(app, clerk.staff(), Some(id), code, (gate, key.as_ref())).await?;
    Ok(scanned.map_err(Problem::from))
}

fn refused(page: Page, office: &Office, form: &Scan, problem: &Problem, asks: Part) -> Response {
    let refusal = Refusal {
        verdict: Verdict::Bad,
        sentence: said(&page, problem).to_owned(),
        status: problem.status(),
    };
    show_refusal(page, office, (form.gerbang.trim(), None), &refusal, asks)
}

fn show_refusal(
    page: Page,
    office: &Office,
    (gate, card): (&str, Option<&Card>),
    refusal: &Refusal,
    asks: Part,
) -> Response {
    if asks.0 {
        return part(refusal.status, &RefusalPart { page: &page, refusal });
    }
    let path = paths::scan(&office.id);
    let template = ScanPage { page, office, path, gate, card, refusal: Some(refusal) };
    shown(refusal.status, Keep::Never, &template)
}

/// The verdict about a visit: alone, or on its page.
pub(crate) fn show_card(
    page: Page,
    office: &Office,
    gate: &str,
    card: &Card,
    asks: Part,
) -> Response {
    if asks.0 {
        return part(StatusCode::OK, &CardPart { page: &page, card });
    }
    let path = paths::scan(&office.id);
    own(&ScanPage { page, office, path, gate, card: Some(card), refusal: None })
}

/// A refusal to change a visit, which stays as it was: alone, or before it on its page.
pub(crate) fn show_refused(
    page: Page,
    office: &Office,
    card: &Card,
    problem: &Problem,
    asks: Part,
) -> Response {
    let refusal = Refusal {
        verdict: Verdict::Wait,
        sentence: said(&page, problem).to_owned(),
        status: problem.status(),
    };
    show_refusal(page, office, ("", Some(card)), &refusal, asks)
}
