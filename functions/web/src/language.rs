//! The switch of the language: a choice that stays.

use antrian::http::{AppState, Routes};
use antrian_pages::cookies::with_locale;
use antrian_pages::forms::{Posted, onward};
use antrian_pages::page::go;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;

use crate::paths::OWN;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/bahasa", post(switch))
}

#[derive(Deserialize)]
struct Switch {
    bahasa: String,
    ke: Option<String>,
}

async fn switch(
    State(app): State<AppState>,
    jar: CookieJar,
    Posted(form): Posted<Switch>,
) -> Response {
    let lang = if form.bahasa == "en" { "en" } else { "id" };
    (with_locale(jar, &app, lang), go(onward(form.ke.as_deref(), OWN))).into_response()
}
