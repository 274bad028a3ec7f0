//! `/healthz`, `/readyz`, `/metrics`: what machines ask about this one.
//!
//! What always holds: asking often costs the store little (answers are kept for a second, one question at a time), and
//! an unresponsive store makes the answer late by two seconds, not for ever. What is deliberately not here: when the
//! engine is fit ([`super::Readiness`]), and what the metrics mean (`telemetry`).

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use tokio::{
    sync::Mutex,
    time::{Instant, interval, timeout},
};

use super::router::Web;
use crate::telemetry;

/// How long an answer about the store is good.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// How long the store and the engine may take to say how they are.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often samples are folded together when nobody asks for `/metrics`; they would pile up otherwise.
const UPKEEP: Duration = Duration::from_secs(5);

/// The last answers, with their moments.
#[derive(Default)]
pub(super) struct Checks {
    ready: Mutex<Option<(Instant, Option<String>)>>,
    attention: Mutex<Option<(Instant, Vec<String>)>>,
    counted: Mutex<Option<Instant>>,
}

#[derive(Serialize)]
struct Readyz {
    ready: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attention: Vec<String>,
}

/// 200 while the process serves.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 while deliveries can be stored, else 503 with the reasons. What keeps the engine from its work is listed either
/// way and makes nobody turn deliveries away: they are safest here.
pub(super) async fn ready(State(web): State<Arc<Web>>) -> Response {
    let (store, attention) = tokio::join!(checked(&web), attention(&web));
    let mut reasons: Vec<String> = store.into_iter().collect();
    if web.is_draining() {
        reasons.push("draining: shutting down".to_owned());
    }
    let ready = reasons.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readyz { ready, reasons, attention })).into_response()
}

/// What is wrong with the store.
async fn checked(web: &Web) -> Option<String> {
    let mut last = web.checks.ready.lock().await;
    if let Some((_, reason)) = last.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR) {
        return reason.clone();
    }
    let reason = match timeout(PATIENCE, web.app.store.probe()).await {
        Ok(Ok(())) => None,
        Ok(Err(_)) => Some("store: the database cannot be written".to_owned()),
        Err(_) => Some("store: the database does not answer".to_owned()),
    };
    *last = Some((Instant::now(), reason.clone()));
    reason
}

/// What keeps the engine from its work; the gauge follows.
async fn attention(web: &Web) -> Vec<String> {
    let mut last = web.checks.attention.lock().await;
    if let Some((_, known)) = last.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR) {
        return known.clone();
    }
    let told = timeout(PATIENCE, web.app.readiness.reasons()).await;
    let told = told.unwrap_or_else(|_| vec!["engine: does not answer".to_owned()]);
    metrics::gauge!(telemetry::ATTENTION).set(gauge(u64::try_from(told.len()).unwrap_or(u64::MAX)));
    *last = Some((Instant::now(), told.clone()));
    told
}

/// Prometheus text.
pub(super) async fn metrics(State(web): State<Arc<Web>>) -> Response {
    tokio::join!(measure_queues(&web), attention(&web));
    let text = web.app.metrics.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Brings the queue gauges up to date; a store that cannot say makes them NaN rather than old.
async fn measure_queues(web: &Web) {
    let mut last = web.checks.counted.lock().await;
    if last.is_some_and(|at| at.elapsed() < GOOD_FOR) {
        return;
    }
    let counts = timeout(PATIENCE, web.app.store.counts()).await.ok().and_then(Result::ok);
    let [pending, parked, scheduled] =
        counts.map_or([f64::NAN; 3], |counts| [counts.pending, counts.parked, counts.scheduled].map(gauge));
    metrics::gauge!(telemetry::DELIVERIES_PENDING).set(pending);
    metrics::gauge!(telemetry::DELIVERIES_PARKED).set(parked);
    metrics::gauge!(telemetry::ISSUES_SCHEDULED).set(scheduled);
    *last = Some(Instant::now());
}

/// As a gauge shows it; exact as far as any queue reaches.
fn gauge(count: u64) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

/// Folds samples together for as long as it runs.
pub(super) async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = interval(UPKEEP);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
