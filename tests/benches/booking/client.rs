//! The least HTTP/1.1 client that does: one connection, kept alive, one request at a time. A full
//! one costs about as much as an empty answer and would hide what is measured.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::net::TcpStream;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// The bytes of a request: with a body, POST.
pub(crate) fn request(path: &str, token: Option<&str>, body: Option<&Value>) -> Vec<u8> {
    request_with(path, token, "", body)
}

/// The same under an idempotency key.
pub(crate) fn keyed(path: &str, token: &str, key: &str, body: &Value) -> Vec<u8> {
    request_with(path, Some(token), &format!("idempotency-key: {key}\r\n"), Some(body))
}

fn request_with(path: &str, token: Option<&str>, header: &str, body: Option<&Value>) -> Vec<u8> {
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.map(Value::to_string).unwrap_or_default();
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{token}{header}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A connection that is kept alive.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// What was read and not yet answered.
    read: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 * 1024) })
    }

    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.write(request).await?;
        let body_at = loop {
            if let Some(at) = self.read.windows(4).position(|part| part == b"\r\n\r\n") {
                break at + 4;
            }
            self.fill().await?;
        };
        let (status, length) = head(&self.read[..body_at])?;
        while self.read.len() < body_at + length {
            self.fill().await?;
        }
        let body = self.read[body_at..body_at + length].to_vec();
        self.read.drain(..body_at + length);
        Ok(Answer { status, body })
    }

    async fn write(&mut self, mut bytes: &[u8]) -> anyhow::Result<()> {
        while !bytes.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        loop {
            self.stream.readable().await?;
            match self.stream.try_read_buf(&mut self.read) {
                Ok(0) => bail!("the connection was closed"),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Status and length of the body.
fn head(bytes: &[u8]) -> anyhow::Result<(u16, usize)> {
    let text = std::str::from_utf8(bytes).context("headers are not text")?;
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).context("no status")?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status, length.context("an answer without a length")?))
}
