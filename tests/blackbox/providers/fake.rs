//! A provider on loopback that keeps what it is asked and answers what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;

/// What the fake was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: String,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

/// How the fake answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// With a status and a text.
    Text(u16, String),
    /// Never, although it has read everything.
    Nothing,
}

#[derive(Debug, Clone, Default)]
struct Shared {
    asked: Arc<Mutex<Vec<Asked>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

/// The fake; it ends with the test.
#[derive(Debug)]
pub(crate) struct Fake {
    shared: Shared,
    pub(crate) url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared::default();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, url, task }
    }

    /// Answers the next request so.
    pub(crate) fn reply(&self, status: u16, body: impl ToString) {
        self.push(Reply::Text(status, body.to_string()));
    }

    /// Never answers the next request.
    pub(crate) fn stay_silent(&self) {
        self.push(Reply::Nothing);
    }

    fn push(&self, reply: Reply) {
        self.shared.replies.lock().unwrap().push_back(reply);
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Asked {
        self.asked().pop().unwrap()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name| {
        let value = parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        value.unwrap_or_default()
    };
    let asked = Asked {
        path: parts.uri.to_string(),
        authorization: header(header::AUTHORIZATION),
        content_type: header(header::CONTENT_TYPE),
        body: to_bytes(body, usize::MAX).await.unwrap(),
    };
    shared.asked.lock().unwrap().push(asked);
    let reply = shared.replies.lock().unwrap().pop_front();
    // An answer has to be laid out for every request.
    match reply.unwrap() {
        Reply::Text(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Reply::Nothing => std::future::pending().await,
    }
}
