//! Logs and metrics: how they look, and the one list of what is measured.
//!
//! What always holds: logs go to standard error; libraries are heard from `warn` on, and their spans, which carry URLs,
//! never; every metric has its name and description here. What is deliberately not here: the measuring.

use std::{
    io::{self, IsTerminal, Write as _},
    sync::OnceLock,
};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, LevelFilter, Targets, filter_fn},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    registry::LookupSpan,
};

/// Deliveries by `forge` and `outcome`: accepted, duplicate, unauthentic, unreadable, refused.
pub const DELIVERIES: &str = "hotwash_deliveries_total";
/// Histogram of seconds from the end of a delivery's header to its answer, by `forge`.
pub const INTAKE_SECONDS: &str = "hotwash_intake_seconds";
/// Deliveries waiting.
pub const DELIVERIES_PENDING: &str = "hotwash_deliveries_pending";
/// Deliveries parked.
pub const DELIVERIES_PARKED: &str = "hotwash_deliveries_parked";
/// Issues with a wake-up.
pub const ISSUES_SCHEDULED: &str = "hotwash_issues_scheduled";
/// Things that keep the engine from doing all its work, as `/readyz` lists them.
pub const ATTENTION: &str = "hotwash_attention";
/// Connections open.
pub const CONNECTIONS: &str = "hotwash_connections";
/// Connections ended, by `why`: done, broken, silent, header, busy, idle (deadlines), room.
pub const CONNECTIONS_ENDED: &str = "hotwash_connections_ended_total";
/// Looks at one issue, by `outcome`.
pub const RECONCILES: &str = "hotwash_reconciles_total";
/// Effects by `kind` and `outcome`.
pub const EFFECTS: &str = "hotwash_effects_total";
/// Calls to a forge, by `forge` and `class` of the answer.
pub const FORGE_CALLS: &str = "hotwash_forge_calls_total";
/// Sweeps of one project, by `outcome`.
pub const SWEEPS: &str = "hotwash_sweeps_total";
/// What is wrong with the webhook of a project, by `forge` and `project`; 0 is well, absent is unseen.
pub const WEBHOOK_FAULTS: &str = "hotwash_webhook_faults";
/// Comments found twice in a thread.
pub const VISIBLE_DUPLICATES: &str = "hotwash_visible_duplicates_total";
/// See [`thread_gap`].
pub const THREAD_GAPS: &str = "hotwash_thread_gaps_total";

/// From here on a panic says where it was and nothing else: its own words can quote what people wrote.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(thread, "broken at {place}: a mistake in this program, please report it");
        // Before the log is set up, or without one, somebody should hear of it all the same.
        if !tracing::enabled!(Level::ERROR) {
            let _ = writeln!(io::stderr(), "hotwash: broken at {place}: a mistake in this program, please report it");
        }
    }));
}

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A distribution.
    Histogram,
}

/// Every metric: kind, name, what it tells an operator.
pub const METRICS: [(Kind, &str, &str); 15] = [
    (
        Kind::Counter,
        DELIVERIES,
        "Webhook deliveries by forge and outcome (accepted, duplicate, unauthentic, unreadable, refused)",
    ),
    (Kind::Histogram, INTAKE_SECONDS, "Seconds from a delivery's header to its answer"),
    (Kind::Gauge, DELIVERIES_PENDING, "Stored deliveries that wait for work; NaN while the store cannot say"),
    (Kind::Gauge, DELIVERIES_PARKED, "Deliveries set aside because they could not be worked on"),
    (Kind::Gauge, ISSUES_SCHEDULED, "Issues with a wake-up"),
    (Kind::Gauge, ATTENTION, "Things that keep the engine from doing all its work; /readyz lists them"),
    (Kind::Gauge, CONNECTIONS, "Open connections"),
    (Kind::Counter, CONNECTIONS_ENDED, "Ended connections by why (done, broken, silent, header, busy, idle, room)"),
    (Kind::Counter, RECONCILES, "Looks at one issue by outcome"),
    (Kind::Counter, EFFECTS, "Effects by kind and outcome"),
    (Kind::Counter, FORGE_CALLS, "Calls to a forge by class of the answer"),
    (Kind::Counter, SWEEPS, "Sweeps of one project by outcome"),
    (Kind::Gauge, WEBHOOK_FAULTS, "What is wrong with the webhook of a project; absent where the token may not see it"),
    (Kind::Counter, VISIBLE_DUPLICATES, "Comments that were found twice in a thread; anything but 0 is a defect"),
    (Kind::Counter, THREAD_GAPS, "Threads found not to be readable whole, by what: comments missing or only cut"),
];

/// Upper bounds of the intake histogram, in seconds; a forge gives up at 10.
const INTAKE_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging to standard error for the whole process. A second call changes nothing.
pub fn init(format: LogFormat, level: Level) {
    let colours = io::stderr().is_terminal();
    // Only the first subscriber of a process can be the global one.
    let _ = tracing::subscriber::set_global_default(subscriber(format, level, colours, io::stderr));
}

/// The same, to somewhere else.
pub fn init_to<W>(format: LogFormat, level: Level, writer: W)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let _ = tracing::subscriber::set_global_default(subscriber(format, level, false, writer));
}

/// What [`init`] installs, writing to `writer`.
pub fn subscriber<W>(format: LogFormat, level: Level, colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::registry().with(lines(format, colours, writer).with_filter(heard(level)))
}

fn lines<S, W>(format: LogFormat, colours: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let layer = fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => layer.with_ansi(colours).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
    }
}

/// This program at `level`; libraries at `warn` or less, and no spans of theirs.
fn heard<S: Subscriber + for<'span> LookupSpan<'span>>(level: Level) -> impl tracing_subscriber::layer::Filter<S> {
    let level = LevelFilter::from_level(level);
    let levels = Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("hotwash", level);
    levels.and(filter_fn(|meta| meta.is_event() || is_ours(meta)))
}

fn is_ours(meta: &Metadata<'_>) -> bool {
    meta.target() == "hotwash" || meta.target().starts_with("hotwash::")
}

/// Installs the recorder of the process, once, and returns the handle that renders it. Instruments made before the first
/// call record nothing.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(install).clone()
}

fn install() -> PrometheusHandle {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(INTAKE_SECONDS.to_owned()), &INTAKE_BUCKETS)
        .expect("the bucket list is not empty");
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    // Fails only if something else recorded first; then the handle stays empty, which `/metrics` shows.
    let _ = metrics::set_global_recorder(recorder);
    describe();
    handle
}

fn describe() {
    for (kind, name, about) in METRICS {
        match kind {
            Kind::Counter => metrics::describe_counter!(name, about),
            Kind::Gauge => metrics::describe_gauge!(name, about),
            Kind::Histogram => metrics::describe_histogram!(name, about),
        }
    }
    // Absent and zero are different things to an alert.
    metrics::counter!(VISIBLE_DUPLICATES).increment(0);
}

/// Counts what became of an effect: `kind` is a message kind or `labels`, `collapse`, `reaction`.
pub fn effect(kind: &'static str, outcome: &'static str) {
    metrics::counter!(EFFECTS, "kind" => kind, "outcome" => outcome).increment(1);
}

/// Counts one look at an issue.
pub fn reconcile(outcome: &'static str) {
    metrics::counter!(RECONCILES, "outcome" => outcome).increment(1);
}

/// Counts one request to a forge: `class` is `ok` or the class of the error that it ended in.
pub fn forge_call(forge: &str, class: &'static str) {
    metrics::counter!(FORGE_CALLS, "forge" => forge.to_owned(), "class" => class).increment(1);
}

/// Counts one sweep of one project.
pub fn sweep(outcome: &'static str) {
    metrics::counter!(SWEEPS, "outcome" => outcome).increment(1);
}

/// Says how many things are wrong with the webhook of a project.
pub fn webhook_faults(forge: &str, project: &str, faults: usize) {
    let faults = u32::try_from(faults).unwrap_or(u32::MAX);
    metrics::gauge!(WEBHOOK_FAULTS, "forge" => forge.to_owned(), "project" => project.to_owned())
        .set(f64::from(faults));
}

/// Counts threads found not to be readable whole: comments are `missing`, or only `cut`.
pub fn thread_gap(what: &'static str) {
    metrics::counter!(THREAD_GAPS, "what" => what).increment(1);
}

/// Counts copies of one comment that were found beside each other.
pub fn visible_duplicate() {
    metrics::counter!(VISIBLE_DUPLICATES).increment(1);
}
