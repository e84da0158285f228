//! A browser without script, as a test plays it: it keeps cookies and posts the pages' own forms.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::json;

use crate::app::TestApp;
use crate::person::nik;

/// A browser.
#[derive(Debug)]
pub struct Browser {
    base_url: String,
    http: Client,
    /// By name.
    pub cookies: BTreeMap<String, String>,
}

/// What a browser was answered.
#[derive(Debug)]
pub struct Shown {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Shown {
    /// Where a redirect leads to, or nothing.
    #[must_use]
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What stands between two texts, the first time.
    ///
    /// # Panics
    /// If they are not there.
    #[must_use]
    pub fn between(&self, before: &str, after: &str) -> &str {
        let rest = self.html.split_once(before).map(|(_, rest)| rest);
        let found = rest.and_then(|rest| rest.split_once(after)).map(|(found, _)| found);
        found.unwrap_or_else(|| panic!("{before}…{after} is not on the page: {}", self.html))
    }

    /// The value of a hidden field in the page's own part.
    #[must_use]
    pub fn hidden(&self, name: &str) -> &str {
        let (before, after) = (format!("<input type=\"hidden\" name=\"{name}\" value=\""), '"');
        let main = self.html.split_once("<main").map_or("", |(_, main)| main);
        let found = main.split_once(&before).and_then(|(_, rest)| rest.split_once(after));
        found.map_or_else(|| panic!("{name} is not on the page: {main}"), |(found, _)| found)
    }
}

impl Browser {
    /// A new one, without cookies.
    ///
    /// # Panics
    /// If there can be no client.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "a test that cannot start fails")]
    pub fn new(app: &TestApp) -> Self {
        let http = antrian::net::client::builder().no_proxy().redirect(Policy::none());
        let base_url = app.stack.base_url.clone();
        Self { base_url, http: http.build().unwrap(), cookies: BTreeMap::new() }
    }

    /// Looks at a page.
    pub async fn get(&mut self, path: &str) -> Shown {
        let request = self.http.get(format!("{}{path}", self.base_url));
        self.send(request).await
    }

    /// Looks at a page and goes on wherever it leads.
    pub async fn follow(&mut self, path: &str) -> Shown {
        let mut shown = self.get(path).await;
        for _ in 0..5 {
            if shown.status != 303 {
                break;
            }
            let to = shown.location().to_owned();
            shown = self.get(&to).await;
        }
        shown
    }

    /// Posts a form of one of our pages.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Shown {
        self.post_from(path, form, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Posts a file, the one field of a form of one of our pages.
    ///
    /// # Panics
    /// Never: the kind of the file is fixed.
    #[expect(clippy::unwrap_used, reason = "the kind of the file is fixed")]
    pub async fn upload(&mut self, path: &str, field: &'static str, content: String) -> Shown {
        let file = Part::text(content).file_name("berkas.json");
        let form = Form::new().part(field, file.mime_str("application/json").unwrap());
        let request = self.http.post(format!("{}{path}", self.base_url)).multipart(form);
        self.send(request.header("sec-fetch-site", "same-origin")).await
    }

    /// Posts a form with these headers.
    pub async fn post_from(
        &mut self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Shown {
        let mut request = self.http.post(format!("{}{path}", self.base_url)).form(form);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    #[expect(clippy::unwrap_used, reason = "a test without an answer fails")]
    async fn send(&mut self, request: RequestBuilder) -> Shown {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request
            .header("accept", "text/html,*/*;q=0.8")
            .header("cookie", cookies.join("; "))
            .send()
            .await
            .unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Shown { status, headers, html: answer.text().await.unwrap() }
    }

    /// Signs in by the message of this phone, and goes on to `to`.
    pub async fn sign_in(&mut self, app: &TestApp, phone: &str, to: &str) -> Shown {
        let begun = self.post("/masuk", &[("ke", to)]).await;
        let page = self.get(begun.location()).await;
        let code = page.between("<code>", "</code>").to_owned();
        let number = page.between("</span><b>", "</b>").to_owned();
        for text in [code, number] {
            app.post("/local/whatsapp", json!({"from": phone, "text": text})).await;
        }
        app.listen().await;
        self.post("/masuk/selesai", &[("ke", to)]).await
    }

    /// Signs in to the staff's pages as one of the made-up clerks, and goes on to `to`.
    ///
    /// # Panics
    /// If it is not the issuer that they lead to.
    pub async fn sign_in_as(&mut self, clerk: &str, to: &str) -> Shown {
        let returned = self.returned_as(clerk, to).await;
        self.get(&returned).await
    }

    /// The same up to the issuer's answer: where it sends the browser, without going there.
    ///
    /// # Panics
    /// If it is not the issuer that they lead to.
    pub async fn returned_as(&mut self, clerk: &str, to: &str) -> String {
        let begin = form_urlencoded::Serializer::new(String::new()).append_pair("ke", to).finish();
        let begun = self.get(&format!("/petugas/masuk/mulai?{begin}")).await;
        let issuer = self.own_path(begun.location());
        let (path, query) = issuer.split_once('?').unwrap_or_default();
        assert!(path.ends_with("/oauth2/authorize"), "{begun:?}");
        let mut form: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        form.push(("clerk".to_owned(), clerk.to_owned()));
        let form: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
        let chosen = self.post(path, &form).await;
        self.own_path(chosen.location())
    }

    /// An address of this system without its beginning.
    #[must_use]
    pub fn own_path(&self, address: &str) -> String {
        address.strip_prefix(&self.base_url).unwrap_or(address).to_owned()
    }

    /// Adds a person with NIK `number`, and goes on to `to`.
    pub async fn add(&mut self, number: u32, to: &str) -> Shown {
        let (name, nik) = (format!("Contoh {number}"), nik(number));
        let form = [
            ("name", name.as_str()),
            ("nik", &nik),
            ("day", "1"),
            ("month", "1"),
            ("year", "1990"),
            ("ktp_regency", "Kota Makassar"),
            ("category", "general"),
            ("ke", to),
        ];
        self.post("/orang/baru", &form).await
    }

    /// Presses the button of the page on which everything is checked.
    pub async fn hold(&mut self, check: &Shown) -> Shown {
        let fields = ["kantor", "layanan", "tanggal", "jam", "kunci"];
        let mut form: Vec<_> = fields.iter().map(|name| (*name, check.hidden(name))).collect();
        let people = check.html.split("<input type=\"hidden\" name=\"orang\" value=\"").skip(1);
        form.extend(people.filter_map(|rest| Some(("orang", rest.split_once('"')?.0))));
        self.post("/pesan", &form).await
    }
}
