//! What durability costs at the door: 32 connections in a closed loop over loopback, 12.6 KB a delivery, each with an id
//! and a content of its own.
//!
//! Three servers in one process take turns: one that only verifies, the real intake over the real store, and the same
//! with one transaction a delivery. Only the ratios carry to another machine. `--quick` takes about 5 s instead of 20.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should stop the benchmark")]

mod support;

use std::{
    collections::BTreeMap,
    env,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use axum::{Router, body::Bytes, extract::State, routing::post};
use hmac::{Hmac, Mac};
use hotwash::{
    clock::SystemClock,
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{
        Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, SharedStore, Store, StoreError,
        sqlite::SqliteStore,
    },
    telemetry::{self, LogFormat},
    web::{self, App, Limits, Readiness, Receiver},
};
use http::{HeaderMap, StatusCode};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    sync::Mutex,
};

use support::{Hub, head, hex, links, mac, median};

const CONNECTIONS: usize = 32;
const BODY_BYTES: usize = 12_600;

fn main() {
    // Cargo's own switches (`--bench`) are passed over.
    let quick = env::args().any(|argument| argument == "--quick");
    let (rounds, span) = if quick { (3, Duration::from_millis(450)) } else { (5, Duration::from_millis(1_200)) };
    telemetry::init(LogFormat::Text, tracing::Level::INFO);
    let folder = tempfile::tempdir().unwrap();
    let server = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let verify = verifying(&server);
    let durable = intake(&server, open(&folder.path().join("grouped.db")));
    let single = intake(&server, Arc::new(OneByOne::new(open(&folder.path().join("single.db")))));
    let client = Builder::new_current_thread().enable_all().build().unwrap();
    let template = Arc::new(Template::new());
    let squeezed = lz4_flex::compress(template.before.as_bytes()).len();
    println!(
        "{CONNECTIONS} connections, {} bytes a delivery (about {squeezed} after LZ4), {rounds} rounds of {span:?}",
        template.len()
    );

    let mut tallies: [Vec<Tally>; 3] = Default::default();
    for round in 0..=rounds {
        // There and back, so that a drift of the machine hits all alike.
        let order = if round % 2 == 0 { [0, 1, 2] } else { [2, 1, 0] };
        for mode in order {
            let warming = round == 0;
            let span = if warming { span / 4 } else { span };
            let tally = client.block_on(load([verify, durable, single][mode], span, &template));
            if !warming {
                tallies[mode].push(tally);
            }
        }
    }
    report(tallies);
    server.shutdown_background();
}

/// The store under measurement; the one place that knows which.
fn open(path: &Path) -> SharedStore {
    Arc::new(SqliteStore::open(path).unwrap())
}

/// What one round measured.
struct Tally {
    per_second: f64,
    latencies: Vec<Duration>,
}

fn report(tallies: [Vec<Tally>; 3]) {
    let [verify, durable, single] = &tallies;
    for (what, rounds) in [("verify only", verify), ("durable, grouped", durable), ("durable, single", single)] {
        let rates = rounds.iter().map(|round| round.per_second);
        println!("{what:<18} {:>8.0} deliveries/s (median)", median(rates));
    }
    // Round by round: what disturbs the machine disturbs both sides of a ratio.
    let ratio = |a: &[Tally], b: &[Tally]| median(a.iter().zip(b).map(|(a, b)| a.per_second / b.per_second));
    println!("ratio durable/verify = {:.2} (floor 0.20, goal 0.30)", ratio(durable, verify));
    println!("ratio grouped/single = {:.2} (floor 2, goal 3)", ratio(durable, single));
    let [_, durable, _] = tallies;
    let mut latencies: Vec<_> = durable.into_iter().flat_map(|round| round.latencies).collect();
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("durable p50 = {:.2} ms, p99 = {:.2} ms (floor 20, goal 5)", at(50), at(99));
}

/// A server that verifies, answers 202 and forgets.
fn verifying(server: &Runtime) -> SocketAddr {
    async fn verify(State(hub): State<Arc<Hub>>, headers: HeaderMap, body: Bytes) -> StatusCode {
        if hub.verify(&headers, &body).is_some() { StatusCode::ACCEPTED } else { StatusCode::UNAUTHORIZED }
    }
    let router = Router::new().route("/webhooks/{forge}", post(verify)).with_state(Arc::new(Hub::new()));
    let (listener, address) = bind(server);
    server.spawn(web::listen(listener, router, Limits::default(), std::future::pending()));
    address
}

/// The real intake over a store.
fn intake(server: &Runtime, store: SharedStore) -> SocketAddr {
    let hub: Arc<dyn Receiver> = Arc::new(Hub::new());
    let app = App {
        receivers: BTreeMap::from([("github".to_owned(), hub)]),
        store,
        clock: Arc::new(SystemClock::real()),
        readiness: Arc::new(Fit),
        wake: Arc::new(|_| ()),
        metrics: telemetry::metrics(),
        limits: Limits::default(),
    };
    let (listener, address) = bind(server);
    server.spawn(web::serve(listener, app, std::future::pending()));
    address
}

fn bind(server: &Runtime) -> (TcpListener, SocketAddr) {
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

struct Fit;

#[async_trait]
impl Readiness for Fit {
    async fn reasons(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A delivery whose last bytes differ each time, so that the client need not digest all of it each time.
struct Template {
    before: String,
    digested: Hmac<Sha256>,
    next: AtomicU64,
}

impl Template {
    fn new() -> Self {
        let before = payload();
        let digested = mac().chain_update(before.as_bytes());
        Self { before, digested, next: AtomicU64::new(1) }
    }

    fn len(&self) -> usize {
        self.before.len() + tail(0).len()
    }

    /// The next request.
    fn write(&self, request: &mut Vec<u8>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let tail = tail(number);
        let signature = hex(&self.digested.clone().chain_update(tail.as_bytes()).finalize().into_bytes());
        request.clear();
        request.extend_from_slice(head("issues", number, &signature, self.len()).as_bytes());
        request.extend_from_slice(self.before.as_bytes());
        request.extend_from_slice(tail.as_bytes());
    }
}

/// What makes a delivery unique.
fn tail(number: u64) -> String {
    format!(r#","installation":{{"id":{number:020},"node_id":"{number:016x}"}}}}"#).replace(":0", ":1")
}

/// An edited incident as GitHub would tell it, up to the last field, padded to size with the links it is full of.
fn payload() -> String {
    let incident = "Somebody signs in to the jump host with a key that left the company.\\n\\n\
        - **Status**: investigating\\n- **Severity**: high\\n- **Reporter**: Alice\\n- **IC**: @bob\\n\
        - **Responders**: @carol, @dave\\n\\nSee the access log of the night before.";
    let links = links(BODY_BYTES - 1_000);
    format!(
        r#"{{"action":"edited","issue":{{"url":"https://api.github.example/repos/acme/incidents/issues/7",
        "number":7,"title":"A key that should be gone","user":{{"login":"alice","id":21031067}},"state":"open",
        "body":"{incident}","updated_at":"2026-11-20T14:05:00Z"}},"changes":{{"body":{{"from":"{incident}"}}}},
        "repository":{{"id":186853002,{links}"full_name":"acme/incidents","private":true}},
        "sender":{{"login":"alice","id":21031067,"type":"User"}}"#
    )
}

/// All connections in a closed loop for a while.
async fn load(server: SocketAddr, span: Duration, template: &Arc<Template>) -> Tally {
    let began = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(tokio::spawn(deliver(server, began + span, Arc::clone(template))));
    }
    let mut latencies = Vec::new();
    for client in clients {
        latencies.extend(client.await.unwrap());
    }
    let count = f64::from(u32::try_from(latencies.len()).unwrap());
    Tally { per_second: count / began.elapsed().as_secs_f64(), latencies }
}

async fn deliver(server: SocketAddr, until: Instant, template: Arc<Template>) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut request, mut answer, mut latencies) = (Vec::new(), [0; 1024], Vec::new());
    while Instant::now() < until {
        template.write(&mut request);
        let began = Instant::now();
        stream.write_all(&request).await.unwrap();
        let mut have = 0;
        // A 202 has no body: it ends with its header.
        while !answer[..have].ends_with(b"\r\n\r\n") {
            let count = stream.read(&mut answer[have..]).await.unwrap();
            assert!(count > 0, "the server hung up");
            have += count;
        }
        assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer[..have]));
        latencies.push(began.elapsed());
    }
    latencies
}

/// A store that takes one delivery at a time, so that no two share a flush.
struct OneByOne {
    inner: SharedStore,
    turn: Mutex<()>,
}

impl OneByOne {
    fn new(inner: SharedStore) -> Self {
        Self { inner, turn: Mutex::new(()) }
    }
}

#[async_trait]
impl Store for OneByOne {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        let _turn = self.turn.lock().await;
        self.inner.accept(delivery).await
    }
    async fn nudge(&self, issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError> {
        self.inner.nudge(issues, at, full).await
    }
    async fn claim(&self, now: Moment, limit: usize, lease: chrono::Duration) -> Result<Vec<Claim>, StoreError> {
        self.inner.claim(now, limit, lease).await
    }
    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.inner.next_due().await
    }
    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError> {
        self.inner.extend(claim, until).await
    }
    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        self.inner.conclude(claim, events, effects, next).await
    }
    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
        self.inner.fail(claim, not_before, park_after).await
    }
    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        self.inner.journal(issue).await
    }
    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError> {
        self.inner.record(claim, events, effects).await
    }
    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
        self.inner.ledger(issue).await
    }
    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        self.inner.incidents().await
    }
    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.inner.value(name).await
    }
    async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.inner.set_value(name, value).await
    }
    async fn counts(&self) -> Result<Counts, StoreError> {
        self.inner.counts().await
    }
    async fn forget_bodies(&self, before: Moment) -> Result<u64, StoreError> {
        self.inner.forget_bodies(before).await
    }
    async fn probe(&self) -> Result<(), StoreError> {
        self.inner.probe().await
    }
}
