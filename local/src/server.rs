//! The stack's own HTTP server. A connection whose head does not come is closed: a half-open one would
//! stay for ever. In the cloud API Gateway does this.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// A head comes within this time after a connection was opened or its last answer given; as long as API
/// Gateway keeps an idle connection, and longer than a person waits.
pub(crate) const HEAD_WITHIN: Duration = Duration::from_secs(60);

/// Serves until `stopped`, then until the open requests have been answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    head_within: Duration,
    stopped: impl Future<Output = ()>,
) -> io::Result<()> {
    let open = GracefulShutdown::new();
    let mut stopped = pin!(stopped);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => break,
        };
        match stream {
            Ok((stream, _)) => answer(stream, router.clone(), head_within, &open),
            // One that was gone before it was accepted, or too many files: the next may be better.
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                tokio::task::yield_now().await;
            }
        }
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}

fn answer(stream: TcpStream, router: Router, head_within: Duration, open: &GracefulShutdown) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|no| match no {}))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SOON: Duration = Duration::from_millis(300);

    /// A server, and a connection to it.
    async fn connected(head_within: Duration) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async || "hello"));
        tokio::spawn(serve(listener, router, head_within, std::future::pending()));
        TcpStream::connect(address).await.unwrap()
    }

    /// What comes until the server closes; absent: it does not close.
    async fn until_closed(connection: &mut TcpStream) -> Option<String> {
        let mut text = Vec::new();
        let read = connection.read_to_end(&mut text);
        let closed = tokio::time::timeout(20 * SOON, read).await.is_ok();
        closed.then(|| String::from_utf8_lossy(&text).into_owned())
    }

    #[tokio::test]
    async fn a_connection_whose_head_does_not_come_is_closed() {
        for sent in ["", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            let mut connection = connected(SOON).await;
            connection.write_all(sent.as_bytes()).await.unwrap();
            assert!(until_closed(&mut connection).await.is_some(), "{sent:?}");
            let mut patient = connected(1_000 * SOON).await;
            patient.write_all(sent.as_bytes()).await.unwrap();
            assert!(until_closed(&mut patient).await.is_none(), "without the bound it stays");
        }
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_after_its_answers() {
        let mut connection = connected(SOON).await;
        let request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        connection.write_all(format!("{request}{request}").as_bytes()).await.unwrap();
        let answers = until_closed(&mut connection).await.unwrap();
        assert_eq!(answers.matches("hello").count(), 2, "{answers}");
    }
}
