//! Signing in by a WhatsApp message, with the number that only this page shows; a one-time code is the
//! fallback. The registration's secret stays in a cookie that no script reads.

use antrian::domain::device::Device;
use antrian::domain::language::Locale;
use antrian::domain::normal::digits;
use antrian::domain::personal::PhoneNumber;
use antrian::http::AppState;
use antrian::http::Routes;
use antrian::http::body::Params;
use antrian::http::caller::CallerAddress;
use antrian::http::problem::{Problem, internal};
use antrian::http::refusals::registration_refused;
use antrian::rendering;
use antrian::storage::Registration;
use antrian::use_cases::one_time_codes::send_otp;
use antrian::use_cases::owner::OwnerProof;
use antrian::use_cases::registration::{
    self, Opened, RegistrationRefusal, open_session, verify_otp, whatsapp_link,
};
use antrian_pages::errors::form_again;
use antrian_pages::forms::{Faults, Posted, To, address, onward};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;

use crate::booking::Choice;
use crate::cookies::{self, Began};
use crate::paths::OWN;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/masuk", get(why).post(begin))
        .route("/masuk/kode", get(code))
        .route("/masuk/status", get(status))
        .route("/masuk/selesai", post(finish))
        .route("/masuk/nomor", get(number).post(send_code))
        .route("/masuk/otp", get(otp).post(check_code))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Why<'a> {
    page: Page,
    to: &'a str,
    back: String,
    /// The browser kept no cookie, or the time was over.
    again: bool,
}

impl<'a> Why<'a> {
    fn new(page: Page, to: &'a str, again: bool) -> Self {
        Self { page, to, back: before(to), again }
    }
}

/// The last page that asks nobody to sign in: the hours of the day that was chosen, or the start page.
fn before(to: &str) -> String {
    let query = to.strip_prefix("/pesan?");
    let choice = query.and_then(|query| serde_html_form::from_str::<Choice>(query).ok());
    choice.map_or_else(|| "/".to_owned(), |choice| choice.hours())
}

async fn why(page: Page, Params(to): Params<To>) -> Response {
    own(&Why::new(page, to.path(OWN), false))
}

/// Begins a registration for this browser.
async fn begin(
    State(app): State<AppState>,
    page: Page,
    jar: CookieJar,
    headers: HeaderMap,
    Posted(to): Posted<To>,
) -> Shown {
    let jar = begun(&app, &page, jar, &headers).await?;
    Ok((jar, go(&address("/masuk/kode", &[("ke", to.path(OWN))]))).into_response())
}

async fn begun(
    app: &AppState,
    page: &Page,
    jar: CookieJar,
    headers: &HeaderMap,
) -> Result<CookieJar, Problem> {
    let claim = headers.get(header::USER_AGENT).and_then(|claim| claim.to_str().ok());
    let device = claim.map(Device::of).unwrap_or_default();
    let begun = registration::begin(app, page.locale, device).await?;
    Ok(cookies::with_began(jar, app, &begun))
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    page: Page,
    to: &'a str,
    number: u8,
    /// What is sent.
    text: String,
    link: String,
    qr: String,
    business: String,
    /// Somebody pressed the button, and no answer has come.
    waits: bool,
}

/// The registration of this browser, while it lasts.
async fn current(
    app: &AppState,
    jar: &CookieJar,
) -> Result<Option<(Began, Registration)>, Problem> {
    let Some(began) = cookies::began(jar, app) else { return Ok(None) };
    let found = registration::own(app, &began.id, &began.secret).await?;
    Ok(found.ok().map(|registration| (began, registration)))
}

/// What to send, and the number to choose.
async fn code(
    State(app): State<AppState>,
    page: Page,
    jar: CookieJar,
    Params(to): Params<To>,
) -> Shown {
    let current = current(&app, &jar).await?;
    code_page(&app, page, current, to.path(OWN), StatusCode::OK)
}

fn code_page(
    app: &AppState,
    page: Page,
    current: Option<(Began, Registration)>,
    to: &str,
    status: StatusCode,
) -> Shown {
    let number = current
        .as_ref()
        .and_then(|(_, registration)| registration.page.as_ref())
        .map(|page| page.number);
    let (Some((began, _)), Some(number)) = (current, number) else {
        return Ok(own(&Why::new(page, to, true)));
    };
    let link = whatsapp_link(app, &began.text);
    let qr = rendering::svg(&link).map_err(|error| internal(&error))?;
    let waits = status != StatusCode::OK;
    let business = format!("+{}", app.whatsapp_number);
    let template = CodePage { page, to, number, text: began.text, link, qr, business, waits };
    Ok(shown(status, Keep::Never, &template))
}

/// How it stands, in a word, for the page's script.
async fn status(State(app): State<AppState>, jar: CookieJar) -> Shown {
    let word = match current(&app, &jar).await? {
        None => "over",
        Some((_, registration)) if registration.account.is_some() => "verified",
        Some(_) => "waiting",
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], word).into_response())
}

/// Opens a session, if the message has come.
async fn finish(
    State(app): State<AppState>,
    page: Page,
    jar: CookieJar,
    Posted(to): Posted<To>,
) -> Shown {
    let Some((began, registration)) = current(&app, &jar).await? else {
        return Ok(own(&Why::new(page, to.path(OWN), true)));
    };
    match open_session(&app, &registration, &began.secret).await? {
        Ok(opened) => Ok(signed_in(&app, jar, &opened, to.path(OWN))),
        Err(RegistrationRefusal::NotVerified) => {
            let current = Some((began, registration));
            code_page(&app, page, current, to.path(OWN), StatusCode::CONFLICT)
        }
        Err(_) => Ok(own(&Why::new(page, to.path(OWN), true))),
    }
}

fn signed_in(app: &AppState, jar: CookieJar, opened: &Opened, to: &str) -> Response {
    (cookies::with_session(jar, app, opened), go(to)).into_response()
}

#[derive(Template)]
#[template(path = "sign_in_number.html")]
struct NumberPage<'a> {
    page: Page,
    to: &'a str,
    faults: Faults,
    phone: &'a str,
}

async fn number(page: Page, Params(to): Params<To>) -> Response {
    own(&NumberPage { page, to: to.path(OWN), faults: Faults::default(), phone: "" })
}

#[derive(Deserialize)]
struct Phone {
    phone: String,
    ke: Option<String>,
}

/// Sends a one-time code to a number.
async fn send_code(
    State(app): State<AppState>,
    CallerAddress(caller): CallerAddress,
    page: Page,
    jar: CookieJar,
    headers: HeaderMap,
    Posted(form): Posted<Phone>,
) -> Shown {
    let to = onward(form.ke.as_deref(), OWN).to_owned();
    let refused = |page: Page, faults: Faults| {
        let template = NumberPage { page, to: &to, faults, phone: &form.phone };
        Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &template))
    };
    let Ok(phone) = PhoneNumber::typed(&form.phone) else {
        let faults = bad_number(page.locale);
        return refused(page, faults);
    };
    let jar = match current(&app, &jar).await? {
        Some(_) => jar,
        None => begun(&app, &page, jar, &headers).await?,
    };
    let Some(began) = cookies::began(&jar, &app) else { return refused(page, Faults::default()) };
    match send_otp(&app, &began.id, &phone, caller).await? {
        Ok(_) => Ok((jar, go(&address("/masuk/otp", &[("ke", &to)]))).into_response()),
        Err(refusal) => {
            let problem = registration_refused(refusal, app.clock.now());
            let sentence = problem.sentence(page.locale);
            let faults = Faults::one(page.locale, "phone", sentence, sentence);
            let form = NumberPage { page, to: &to, faults, phone: &form.phone };
            Ok((jar, form_again(&problem, &form)).into_response())
        }
    }
}

fn bad_number(locale: Locale) -> Faults {
    Faults::one(
        locale,
        "phone",
        "Tulis nomor ponsel, misalnya 0812 0000 0000.",
        "Write a mobile number, for example +62 812 0000 0000.",
    )
}

#[derive(Template)]
#[template(path = "sign_in_otp.html")]
struct OtpPage<'a> {
    page: Page,
    to: &'a str,
    faults: Faults,
    /// The code was right, but whose the account is has to be shown as well: the code stays.
    right_code: Option<&'a str>,
}

async fn otp(page: Page, Params(to): Params<To>) -> Response {
    own(&OtpPage { page, to: to.path(OWN), faults: Faults::default(), right_code: None })
}

#[derive(Deserialize)]
struct Otp {
    otp: String,
    /// Where the number may be another person's by now.
    #[serde(default)]
    nik_last_digits: String,
    /// It is: an account of one's own.
    #[serde(default)]
    new_account: bool,
    ke: Option<String>,
}

impl Otp {
    /// What shows whose the account is. Digits that are none are as good as wrong ones, and not counted.
    fn proof(&self) -> Option<OwnerProof> {
        match self.nik_last_digits.trim() {
            _ if self.new_account => Some(OwnerProof::NewAccount),
            "" => Some(OwnerProof::None),
            typed => digits(typed).parse().ok().map(OwnerProof::Digits),
        }
    }
}

/// Verifies a one-time code and opens a session. Spaces in it do not matter.
async fn check_code(
    State(app): State<AppState>,
    page: Page,
    jar: CookieJar,
    Posted(form): Posted<Otp>,
) -> Shown {
    let to = onward(form.ke.as_deref(), OWN);
    let Some((began, registration)) = current(&app, &jar).await? else {
        return Ok(own(&Why::new(page, to, true)));
    };
    let otp = digits(&form.otp);
    let Some(proof) = form.proof() else {
        let faults = Faults::one(
            page.locale,
            "nik_last_digits",
            "Isi 8 angka terakhir NIK.",
            "Give the last 8 digits of the NIK.",
        );
        let template = OtpPage { page, to, faults, right_code: Some(&otp) };
        return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &template));
    };
    match verify_otp(&app, &registration, &began.secret, &otp, &proof).await? {
        Ok(opened) => Ok(signed_in(&app, jar, &opened, to)),
        Err(refusal) => {
            let asks_owner = matches!(refusal, RegistrationRefusal::OwnerProofNeeded(_));
            let field = if asks_owner { "nik_last_digits" } else { "otp" };
            let problem = registration_refused(refusal, app.clock.now());
            let sentence = problem.sentence(page.locale);
            let faults = Faults::one(page.locale, field, sentence, sentence);
            let right_code = asks_owner.then_some(&*otp);
            Ok(form_again(&problem, &OtpPage { page, to, faults, right_code }))
        }
    }
}
