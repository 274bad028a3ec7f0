//! The door: webhook intake, health and metrics over HTTP/1.1.
//!
//! What always holds: nothing is acknowledged before the store said it is on disk; a delivery is verified over its raw
//! bytes before anything reads it; every connection is under a deadline at every moment; no answer, log line or metric
//! carries text from a request beyond a sanitised delivery id. What is deliberately not here: what a delivery means
//! (the adapter behind [`Receiver`]), and work on an issue (the engine, woken through [`App::wake`]).

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, OnceLock},
    time::Instant,
};

use async_trait::async_trait;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::{clock::SharedClock, store::SharedStore};

mod body;
mod connection;
mod delivery;
mod health;
mod intake;
mod limits;
mod listen;
mod meters;
mod pages;
mod pulse;
mod receiver;
mod router;
mod writes;

pub use self::{
    limits::Limits,
    listen::listen,
    pages::{Pages, serve_pages},
    receiver::{Received, Receiver},
};

/// Everything the door needs; put together by the composition root.
#[derive(Clone)]
pub struct App {
    /// One receiver per configured forge name, as in `POST /webhooks/<forge>`.
    pub receivers: BTreeMap<String, Arc<dyn Receiver>>,
    /// Where deliveries are put before they are acknowledged.
    pub store: SharedStore,
    /// Machine time, for the moment of arrival.
    pub clock: SharedClock,
    /// Whether the rest of the program can do its work.
    pub readiness: Arc<dyn Readiness>,
    /// Called after a delivery is on disk. Must not block.
    pub wake: Arc<dyn Fn(Signal) + Send + Sync>,
    /// Where `/metrics` comes from; see [`crate::telemetry::metrics`], which is to be called first.
    pub metrics: PrometheusHandle,
    /// Deadlines and sizes.
    pub limits: Limits,
}

/// What the intake tells the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// An issue was marked as wanting a look.
    Issue,
    /// A project itself changed (made public, moved, renamed).
    Project {
        /// Configured forge name.
        forge: String,
        /// Configured project path.
        path: String,
    },
}

/// Whether the engine is fit to work.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// Why it is not, one short sentence each, without confidential text (they are shown to anybody who asks
    /// `/readyz`); empty when all is well.
    async fn reasons(&self) -> Vec<String>;
}

/// Serves until `shutdown` completes, then drains: `/readyz` turns false, and after [`Limits::notice`] no connection is
/// accepted, idle ones are closed, and what is in flight is finished. Returns after at most `notice` plus
/// [`Limits::drain`]; whatever is unfinished then is cut off.
pub async fn serve(listener: TcpListener, app: App, shutdown: impl Future<Output = ()> + Send) {
    let limits = app.limits.clone();
    let upkeep = tokio::spawn(health::upkeep(app.metrics.clone()));
    let (pending, writes) = writes::tracked();
    let web = Arc::new(router::Web::new(app, pending));
    let began = OnceLock::new();
    let noticed = {
        let web = Arc::clone(&web);
        let (began, notice) = (&began, limits.notice);
        async move {
            shutdown.await;
            tracing::info!("shutting down: finishing what is in flight");
            web.drain();
            tokio::time::sleep(notice).await;
            began.get_or_init(Instant::now);
        }
    };
    listen(listener, router::router(web), limits.clone(), noticed).await;
    // A client that hung up does not take the write of its delivery along.
    let left = limits.drain.saturating_sub(began.get_or_init(Instant::now).elapsed());
    if tokio::time::timeout(left, writes.finished()).await.is_err() {
        tracing::warn!("stopped while deliveries were still being written; none of them was acknowledged");
    }
    upkeep.abort();
}
