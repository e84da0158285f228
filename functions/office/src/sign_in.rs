//! Signing in at the issuer and out again. What has begun stands in a sealed cookie: nobody but this browser
//! finishes it, and nothing is written for whoever only begins.

use antrian::app::App;
use antrian::http::body::Params;
use antrian::http::problem::{Problem, internal};
use antrian::http::{AppState, Routes};
use antrian::security::tokens::same;
use antrian::staff::sign_in::Attempt;
use antrian::use_cases::staff_sessions::{self, NotSignedIn};
use antrian_pages::cookies::{gone, own as own_cookie, value};
use antrian_pages::forms::{Nothing, Posted, To, address, onward};
use antrian_pages::page::{Page, Shown, go, own};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::paths::{SIGN_IN, SIGNED_OUT, START};
use crate::session::{refused, token, with_session, without_session};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/masuk", get(why))
        .route("/petugas/masuk/mulai", get(begin))
        .route("/petugas/masuk/kembali", get(back))
        .route("/petugas/keluar", get(signed_out).post(sign_out))
}

/// The cookie of a sign-in that has begun, and what it is sealed for.
const BEGUN: &str = "petugas-masuk";
/// Whoever takes longer begins anew.
const BEGUN_LIFE: TimeDelta = TimeDelta::minutes(15);

/// A sign-in that has begun, as the browser keeps it, sealed.
#[derive(Serialize, Deserialize)]
struct Begun {
    attempt: Attempt,
    /// Where it goes on.
    to: String,
    #[serde(with = "chrono::serde::ts_seconds")]
    expires_at: DateTime<Utc>,
}

/// What somebody is told who is to sign in.
enum Before {
    /// Nothing yet.
    Nothing,
    /// The session was over.
    Over,
    /// It was not finished, or not in this browser.
    Unfinished,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Why {
    page: Page,
    begin: String,
    before: Before,
}

fn why_page(page: Page, to: &str, before: Before) -> Response {
    own(&Why { page, begin: address("/petugas/masuk/mulai", &[("ke", to)]), before })
}

async fn why(
    State(app): State<AppState>,
    page: Page,
    jar: CookieJar,
    Params(to): Params<To>,
) -> Response {
    let before = if token(&jar, &app).is_some() { Before::Over } else { Before::Nothing };
    why_page(page, to.path(START), before)
}

/// On to the issuer's page.
async fn begin(State(app): State<AppState>, jar: CookieJar, Params(to): Params<To>) -> Shown {
    let (attempt, expires_at) = (Attempt::begin(), app.clock.now() + BEGUN_LIFE);
    let to_issuer = app.sign_in()?.address(&attempt);
    let begun = Begun { attempt, to: to.path(START).to_owned(), expires_at };
    let json = serde_json::to_vec(&begun).map_err(|error| internal(&error))?;
    let sealed = app.keyring.seal(&json, BEGUN).map_err(|error| internal(&error))?;
    Ok((jar.add(own_cookie(&app, BEGUN, sealed, expires_at)), go(&to_issuer)).into_response())
}

fn begun(jar: &CookieJar, app: &App) -> Option<Begun> {
    let json = app.keyring.open(value(jar, app, BEGUN)?, BEGUN).ok()?;
    let begun: Begun = serde_json::from_slice(&json).ok()?;
    (begun.expires_at > app.clock.now()).then_some(begun)
}

/// What the issuer sends somebody back with.
#[derive(Deserialize)]
struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// Back from the issuer: with a code after a sign-in, without one after a sign-out.
async fn back(
    State(app): State<AppState>,
    page: Page,
    jar: CookieJar,
    Params(returned): Params<Returned>,
) -> Shown {
    let begun = begun(&jar, &app);
    let before = token(&jar, &app);
    let jar = jar.add(gone(&app, BEGUN));
    let (Some(code), Some(state)) = (&returned.code, &returned.state) else {
        let is_sign_out = returned.error.is_none() && begun.is_none();
        let to = if is_sign_out { SIGNED_OUT } else { SIGN_IN };
        return Ok((jar, go(to)).into_response());
    };
    let Some(begun) = begun.filter(|begun| same(&begun.attempt.state, state)) else {
        return Ok((jar, why_page(page, START, Before::Unfinished)).into_response());
    };
    let issuer = app.sign_in()?;
    match staff_sessions::open(&app, issuer, code, &begun.attempt).await? {
        Ok(signed_in) => {
            // Whoever had this browser before has left it.
            if let Some(before) = before {
                staff_sessions::end(&app, issuer, &before).await?;
            }
            let to = onward(Some(&begun.to), START).to_owned();
            Ok((with_session(jar, &app, &signed_in), go(&to)).into_response())
        }
        Err(NotSignedIn::Over) => {
            Ok((jar, why_page(page, &begun.to, Before::Unfinished)).into_response())
        }
        Err(why) => Err(refused(why)),
    }
}

/// Ends the session here and at the issuer.
async fn sign_out(
    State(app): State<AppState>,
    jar: CookieJar,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response, Problem> {
    if let Some(token) = token(&jar, &app) {
        staff_sessions::end(&app, app.sign_in()?, &token).await?;
    }
    // The issuer's page is another site's, where no form of ours may lead: the next page goes there.
    let to = address(SIGNED_OUT, &[("juga", "penerbit")]);
    Ok((without_session(jar, &app), go(&to)).into_response())
}

#[derive(Deserialize)]
struct Also {
    /// The issuer is still to be told.
    juga: Option<String>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut {
    page: Page,
    /// Where one signs out at the issuer.
    onward: Option<String>,
}

async fn signed_out(State(app): State<AppState>, page: Page, Params(also): Params<Also>) -> Shown {
    let onward = match also.juga {
        Some(_) => Some(app.sign_in()?.sign_out_address()),
        None => None,
    };
    Ok(own(&SignedOut { page, onward }))
}
