//! `POST /webhooks/<forge>`: verify, decode, store, acknowledge; in this order and nothing else.
//!
//! What always holds: 202 is said only after the store's `Ok`; a client that hangs up never interrupts a write; a body
//! is not parsed before it is verified. What is deliberately not here: what the delivery leads to (the engine).

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    body::{Held, Unread},
    delivery,
    receiver::Received,
    router::{Gate, Web},
};
use crate::store::{Accepted, Delivery, StoreError};

/// Seconds after which a forge may try again.
const RETRY_AFTER: &str = "30";

/// What is said to the forge, and shown to whoever reads its delivery log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Stored,
    NoSuchForge,
    Unauthentic,
    Unread(Unread),
    NotStored,
}

/// Takes one delivery.
pub(super) async fn receive(State(web): State<Arc<Web>>, request: Request) -> Response {
    let name = request.uri().path().strip_prefix("/webhooks/").unwrap_or_default();
    let Some(gate) = web.gates.get(name).cloned() else {
        return Answer::NoSuchForge.into_response();
    };
    let started = Instant::now();
    let answer = take(&web, &gate, request).await;
    match answer {
        Answer::Unauthentic => gate.meters.unauthentic.increment(1),
        Answer::Unread(_) | Answer::NotStored => gate.meters.refused.increment(1),
        Answer::Stored | Answer::NoSuchForge => {}
    }
    gate.meters.seconds.record(started.elapsed().as_secs_f64());
    answer.into_response()
}

async fn take(web: &Arc<Web>, gate: &Arc<Gate>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let held = match web.room.read(body).await {
        Ok(held) => held,
        Err(unread) => return Answer::Unread(unread),
    };
    let Some(digest) = gate.receiver.verify(&parts.headers, &held.bytes) else {
        return Answer::Unauthentic;
    };
    store(web, gate, &parts.headers, digest, held).await
}

/// Stores an authentic delivery, in a task of its own: this future may be dropped at any await.
async fn store(web: &Arc<Web>, gate: &Arc<Gate>, headers: &HeaderMap, digest: [u8; 16], held: Held) -> Answer {
    let received = gate.receiver.decode(headers, &held.bytes);
    let row = delivery::row(&gate.name, &received, digest, web.app.clock.machine_now(), held.bytes.clone());
    let span = tracing::info_span!(
        "delivery",
        forge = %gate.name,
        event = delivery::shown_event(&row.event),
        id = delivery::shown_id(&row.id),
    );
    let write = write(Arc::clone(web), Arc::clone(gate), row, received, held).instrument(span);
    match timeout(web.app.limits.acknowledge, tokio::spawn(write)).await {
        Ok(Ok(true)) => Answer::Stored,
        Ok(Ok(false) | Err(_)) => Answer::NotStored,
        Err(_) => {
            web.trouble(&"the store takes longer than a forge waits");
            Answer::NotStored
        }
    }
}

/// The write and what follows from it. True once it is on disk.
async fn write(web: Arc<Web>, gate: Arc<Gate>, row: Delivery, received: Received, held: Held) -> bool {
    let stored = web.app.store.accept(row).await;
    // The room is free once the store has the body or does not want it.
    drop(held);
    settle(&web, &gate, received, stored)
}

fn settle(web: &Web, gate: &Gate, received: Received, stored: Result<Accepted, StoreError>) -> bool {
    let accepted = match stored {
        Ok(accepted) => accepted,
        Err(error) => {
            web.trouble(&error);
            return false;
        }
    };
    web.well();
    count(gate, &received, accepted);
    for signal in delivery::signals(&gate.name, received).into_iter().flatten() {
        (web.app.wake)(signal);
    }
    true
}

fn count(gate: &Gate, received: &Received, accepted: Accepted) {
    match (accepted, received.unreadable) {
        (Accepted::Duplicate, _) => gate.meters.duplicate.increment(1),
        (Accepted::New, false) => gate.meters.accepted.increment(1),
        (Accepted::New, true) => {
            gate.meters.unreadable.increment(1);
            tracing::warn!(
                "an authentic delivery cannot be read and was parked; compare its id with the forge's delivery log; on \
                 GitLab, a custom_webhook_template makes such bodies: remove it from the webhook"
            );
        }
    }
}

impl Answer {
    fn status(self) -> StatusCode {
        match self {
            Self::Stored => StatusCode::ACCEPTED,
            Self::NoSuchForge => StatusCode::NOT_FOUND,
            Self::Unauthentic => StatusCode::UNAUTHORIZED,
            Self::Unread(Unread::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unread(Unread::Slow) => StatusCode::REQUEST_TIMEOUT,
            Self::Unread(Unread::Broken) => StatusCode::BAD_REQUEST,
            Self::Unread(Unread::NoRoom) | Self::NotStored => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Stored => "",
            Self::NoSuchForge => "No forge of this name is configured; compare the webhook's URL.\n",
            Self::Unauthentic => "The signature is missing or wrong; compare the webhook's secret.\n",
            Self::Unread(Unread::TooLarge) => "The delivery is larger than 25 MiB.\n",
            Self::Unread(Unread::Slow) => "The body did not arrive in time.\n",
            Self::Unread(Unread::Broken) => "The body is broken off.\n",
            Self::Unread(Unread::NoRoom) | Self::NotStored => "Not stored; deliver it again later.\n",
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.words()).into_response();
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER));
        }
        response
    }
}
