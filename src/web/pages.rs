//! Pages for a browser, behind the same accept loop and deadlines as the intake.
//!
//! What always holds: whoever makes the pages gets whole requests of a bounded size. What is deliberately not here: the
//! pages, and who may ask for them.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use tokio::net::TcpListener;

use super::{
    body::{Room, Unread},
    limits::Limits,
    listen::listen,
};

/// Somebody who answers a browser.
#[async_trait]
pub trait Pages: Send + Sync + 'static {
    /// The answer to a request.
    async fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes>;
}

/// Serves pages until `shutdown` completes, then drains like the intake. An answer may take as long as
/// [`Limits::acknowledge`].
pub async fn serve_pages(
    listener: TcpListener,
    pages: Arc<dyn Pages>,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) {
    let room = Room::new(&limits);
    let router = Router::new().fallback(answer).with_state(Counter { pages, room });
    listen(listener, router, limits, shutdown).await;
}

#[derive(Clone)]
struct Counter {
    pages: Arc<dyn Pages>,
    room: Room,
}

async fn answer(State(counter): State<Counter>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match counter.room.read(body).await {
        Ok(held) => counter.pages.answer(Request::from_parts(parts, held.bytes.clone())).await.map(Body::from),
        Err(unread) => refusal(unread),
    }
}

fn refusal(unread: Unread) -> Response {
    let (status, words) = match unread {
        Unread::TooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, "What was sent is too large; go back and shorten the text.")
        }
        Unread::Slow => (StatusCode::REQUEST_TIMEOUT, "What was sent did not arrive in time; go back and try again."),
        Unread::Broken => (StatusCode::BAD_REQUEST, "What was sent is broken off; go back and try again."),
        Unread::NoRoom => (StatusCode::SERVICE_UNAVAILABLE, "Too much is being sent at once; try again."),
    };
    (status, words).into_response()
}
