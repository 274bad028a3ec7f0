//! Which path leads where, and what all handlers share.
//!
//! What always holds: every answer, errors included, forbids caching and guessing of types. What is deliberately not
//! here: any handling.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::Response,
    routing::{get, post},
};

use super::{App, Receiver, Signal, body::Room, health, intake, meters::Meters, writes::Pending};

/// What a stored delivery makes known: about its issue, about its project.
pub(super) type Signals = [Option<Signal>; 2];

/// One configured forge at the door.
pub(super) struct Gate {
    /// Its configured name.
    pub(super) name: String,
    /// Its adapter.
    pub(super) receiver: Arc<dyn Receiver>,
    /// Its counters.
    pub(super) meters: Meters,
}

/// What all handlers share.
pub(super) struct Web {
    /// What the composition root gave.
    pub(super) app: App,
    /// Forges by name.
    pub(super) gates: HashMap<String, Arc<Gate>>,
    /// Room for bodies.
    pub(super) room: Room,
    /// The last answers of the store about itself.
    pub(super) checks: health::Checks,
    draining: AtomicBool,
    troubled: AtomicBool,
    /// Handlers and writes hold this value, and so tell when the last of them is gone.
    _pending: Pending,
}

impl Web {
    /// Readies the handlers.
    pub(super) fn new(app: App, pending: Pending) -> Self {
        let gate = |(name, receiver): (&String, &Arc<dyn Receiver>)| {
            let gate = Gate { name: name.clone(), receiver: Arc::clone(receiver), meters: Meters::of(name) };
            (name.clone(), Arc::new(gate))
        };
        Self {
            gates: app.receivers.iter().map(gate).collect(),
            room: Room::new(&app.limits),
            checks: health::Checks::default(),
            draining: AtomicBool::new(false),
            troubled: AtomicBool::new(false),
            _pending: pending,
            app,
        }
    }

    /// From now on `/readyz` says no.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the end has begun.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// The store failed. Said once until it works again: a full disk must not be filled with log lines as well.
    pub(super) fn trouble(&self, what: &dyn Display) {
        if !self.troubled.swap(true, Ordering::Relaxed) {
            tracing::error!(%what, "deliveries are refused with 503 until the store works; check disk and database");
        }
    }

    /// The store worked.
    pub(super) fn well(&self) {
        if self.troubled.load(Ordering::Relaxed) && self.troubled.swap(false, Ordering::Relaxed) {
            tracing::info!("the store works again; refused deliveries come back by redelivery and by the sweep");
        }
    }
}

/// All routes.
pub(super) fn router(web: Arc<Web>) -> Router {
    Router::new()
        .route("/webhooks/{forge}", post(intake::receive))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(nothing_here)
        .layer(middleware::map_response(guarded))
        .with_state(web)
}

async fn nothing_here() -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
