//! A door to knock at: the real server, a store that can be told to fail or wait, a receiver, and a raw client.

use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use hotwash::{
    clock::SystemClock,
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, Store, StoreError},
    telemetry,
    web::{self, App, Limits, Readiness, Received, Receiver, Signal},
};
use http::HeaderMap;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{oneshot, watch},
    task::JoinHandle,
};

pub(super) const SECRET: &str = "It's a Secret to Everybody";
pub(super) const OLD_SECRET: &str = "the one before";
pub(super) const PROJECT: &str = "acme/incidents";

/// Nothing on loopback takes this long; a test that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

/// The outcome, or a failed test.
pub(super) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(TOO_LONG, what).await.expect("it should have happened by now")
}

/// True if it does not happen within a moment long enough for anything on loopback.
pub(super) async fn not_yet<T>(what: impl Future<Output = T>) -> bool {
    tokio::time::timeout(Duration::from_millis(150), what).await.is_err()
}

/// Deliveries in memory, with switches.
pub(super) struct MemoryStore {
    pub(super) failing: AtomicBool,
    rows: watch::Sender<Vec<Delivery>>,
    entered: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

impl MemoryStore {
    fn new() -> Self {
        Self {
            failing: AtomicBool::new(false),
            rows: watch::Sender::new(Vec::new()),
            entered: watch::Sender::new(0),
            open: watch::Sender::new(true),
        }
    }

    pub(super) fn rows(&self) -> Vec<Delivery> {
        self.rows.borrow().clone()
    }

    /// From now on `accept` waits inside.
    pub(super) fn hold(&self) {
        self.open.send_replace(false);
    }

    pub(super) fn release(&self) {
        self.open.send_replace(true);
    }

    /// Waits until `accept` was called this often.
    pub(super) async fn entered(&self, times: usize) {
        soon(self.entered.subscribe().wait_for(|entered| *entered >= times)).await.unwrap();
    }

    /// Waits until this many rows are stored.
    pub(super) async fn stored(&self, rows: usize) {
        soon(self.rows.subscribe().wait_for(|stored| stored.len() >= rows)).await.unwrap();
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failing.load(Ordering::SeqCst) { unavailable() } else { Ok(()) }
    }
}

fn unavailable<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable { what: "writing".into(), source: "disk full, says the test".into() })
}

#[async_trait]
impl Store for MemoryStore {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        self.entered.send_modify(|entered| *entered += 1);
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
        self.check()?;
        let mut accepted = Accepted::Duplicate;
        self.rows.send_modify(|rows| {
            if !rows.iter().any(|row| row.id == delivery.id || row.digest == delivery.digest) {
                rows.push(delivery);
                accepted = Accepted::New;
            }
        });
        Ok(accepted)
    }
    async fn counts(&self) -> Result<Counts, StoreError> {
        self.check()?;
        let rows = self.rows();
        let parked = rows.iter().filter(|row| row.unreadable).count();
        Ok(Counts { pending: (rows.len() - parked) as u64, parked: parked as u64, scheduled: 7 })
    }
    async fn probe(&self) -> Result<(), StoreError> {
        self.check()
    }
    async fn nudge(&self, _: Vec<IssueRef>, _: Moment, _: bool) -> Result<(), StoreError> {
        unavailable()
    }
    async fn claim(&self, _: Moment, _: usize, _: chrono::Duration) -> Result<Vec<Claim>, StoreError> {
        unavailable()
    }
    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        unavailable()
    }
    async fn extend(&self, _: &Claim, _: Moment) -> Result<(), StoreError> {
        unavailable()
    }
    async fn conclude(
        &self,
        _: &Claim,
        _: Vec<Event>,
        _: Vec<EffectRow>,
        _: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        unavailable()
    }
    async fn fail(&self, _: &Claim, _: Moment, _: u32) -> Result<Failed, StoreError> {
        unavailable()
    }
    async fn journal(&self, _: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        unavailable()
    }
    async fn record(&self, _: &Claim, _: Vec<Event>, _: Vec<EffectRow>) -> Result<(), StoreError> {
        unavailable()
    }
    async fn ledger(&self, _: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
        unavailable()
    }
    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        unavailable()
    }
    async fn value(&self, _: &str) -> Result<Option<String>, StoreError> {
        unavailable()
    }
    async fn set_value(&self, _: &str, _: &str) -> Result<(), StoreError> {
        unavailable()
    }
    async fn forget_bodies(&self, _: Moment) -> Result<u64, StoreError> {
        unavailable()
    }
}

/// GitHub's signature and as much of its payload as a test needs.
struct Hub {
    forge: String,
}

#[derive(Deserialize)]
struct Payload {
    issue: Option<Numbered>,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
    pull_request: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

impl Receiver for Hub {
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 16]> {
        let mut given = headers.get_all("x-hub-signature-256").iter();
        let (Some(only), None) = (given.next(), given.next()) else { return None };
        let given = unhex(only.to_str().ok()?.strip_prefix("sha256=")?)?;
        let fits = |secret: &&str| mac(secret, body).verify_slice(&given).is_ok();
        [SECRET, OLD_SECRET].iter().any(fits).then(|| Sha256::digest(body)[..16].try_into().unwrap())
    }

    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Received {
        let text = |name: &str| {
            headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
        };
        let (id, event) = (text("x-github-delivery"), text("x-github-event"));
        let Ok(payload) = serde_json::from_slice::<Payload>(body) else {
            return Received { id, event, unreadable: true, ..Received::default() };
        };
        let ours = payload.repository.is_some_and(|repository| repository.full_name == PROJECT);
        let issue = payload.issue.filter(|issue| ours && issue.pull_request.is_none());
        Received {
            issue: issue.map(|issue| IssueRef::new(&self.forge, PROJECT, issue.number)),
            project_changed: (ours && event == "public").then(|| PROJECT.to_owned()),
            id,
            event,
            ..Received::default()
        }
    }
}

fn mac(secret: &str, body: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

pub(super) fn sign(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(&mac(secret, body).finalize().into_bytes()))
}

/// What the engine would say of itself.
pub(super) struct Engine {
    pub(super) reasons: Mutex<Vec<String>>,
}

#[async_trait]
impl Readiness for Engine {
    async fn reasons(&self) -> Vec<String> {
        self.reasons.lock().unwrap().clone()
    }
}

/// The server under test.
pub(super) struct Door {
    pub(super) addr: SocketAddr,
    pub(super) store: Arc<MemoryStore>,
    pub(super) engine: Arc<Engine>,
    pub(super) signals: Arc<Mutex<Vec<Signal>>>,
    pub(super) stop: Option<oneshot::Sender<()>>,
    pub(super) served: JoinHandle<()>,
}

impl Door {
    /// With the shipped limits and a forge named `github`.
    pub(super) async fn open() -> Self {
        Self::with("github", Limits::default()).await
    }

    pub(super) async fn with(forge: &str, limits: Limits) -> Self {
        let store = Arc::new(MemoryStore::new());
        let engine = Arc::new(Engine { reasons: Mutex::default() });
        let signals: Arc<Mutex<Vec<Signal>>> = Arc::default();
        let hub: Arc<dyn Receiver> = Arc::new(Hub { forge: forge.to_owned() });
        let heard = Arc::clone(&signals);
        let app = App {
            receivers: BTreeMap::from([(forge.to_owned(), hub)]),
            store: Arc::<MemoryStore>::clone(&store),
            clock: Arc::new(SystemClock::real()),
            readiness: Arc::<Engine>::clone(&engine),
            wake: Arc::new(move |signal| heard.lock().unwrap().push(signal)),
            metrics: telemetry::metrics(),
            limits,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            web::serve(listener, app, async move {
                let _ = stopped.await;
            })
            .await;
        });
        Self { addr, store, engine, signals, stop: Some(stop), served }
    }

    pub(super) fn shut(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(super) async fn connect(&self) -> Wire {
        Wire { stream: soon(TcpStream::connect(self.addr)).await.unwrap(), pending: Vec::new() }
    }

    /// One request on a connection of its own.
    pub(super) async fn send(&self, request: &[u8]) -> Reply {
        let mut wire = self.connect().await;
        wire.write(request).await;
        wire.reply().await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await
    }
}

/// A raw connection.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    pending: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Wire {
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.unwrap();
    }

    /// Writes as far as the server listens, and reads the answer.
    pub(super) async fn exchange(self, bytes: Vec<u8>) -> Reply {
        let (read, mut write) = self.stream.into_split();
        let sent = tokio::spawn(async move {
            let _ = write.write_all(&bytes).await;
            write
        });
        let reply = Self::read_reply(read, Vec::new()).await.expect("an answer").0;
        drop(soon(sent).await.unwrap());
        reply
    }

    pub(super) async fn reply(&mut self) -> Reply {
        let pending = std::mem::take(&mut self.pending);
        let (reply, rest) = Self::read_reply(&mut self.stream, pending).await.expect("an answer");
        self.pending = rest;
        reply
    }

    /// Waits for the server to hang up; true if it said nothing before.
    pub(super) async fn closes_silently(&mut self) -> bool {
        !matches!(soon(self.stream.read(&mut [0; 1])).await, Ok(count) if count > 0)
    }

    async fn read_reply(mut from: impl AsyncReadExt + Unpin, mut have: Vec<u8>) -> Option<(Reply, Vec<u8>)> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            if let Some(end) = have.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(have[..end].to_vec()).unwrap().to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.unwrap_or("0").parse().unwrap();
                if have.len() >= end + 4 + length {
                    let rest = have.split_off(end + 4 + length);
                    let body = String::from_utf8(have.split_off(end + 4)).unwrap();
                    let status = head[9..12].parse().unwrap();
                    return Some((Reply { status, head, body }, rest));
                }
            }
            let count = soon(from.read(&mut buffer)).await.ok().filter(|count| *count > 0)?;
            have.extend_from_slice(&buffer[..count]);
        }
    }
}

/// A delivery to be posted.
#[derive(Clone)]
pub(super) struct Post {
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Post {
    /// Well signed.
    pub(super) fn new(id: &str, event: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let signature = sign(SECRET, &body);
        Self { path: "/webhooks/github".into(), headers: Vec::new(), body }
            .header("X-GitHub-Delivery", id)
            .header("X-GitHub-Event", event)
            .header("X-Hub-Signature-256", &signature)
    }

    /// An edited incident.
    pub(super) fn edited(id: &str, number: u64) -> Self {
        Self::new(id, "issues", issue(number, id))
    }

    pub(super) fn to(mut self, forge: &str) -> Self {
        self.path = format!("/webhooks/{forge}");
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(super) fn head(&self, framing: &str) -> String {
        let lines: Vec<_> = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = lines.concat();
        format!("POST {} HTTP/1.1\r\nHost: x\r\n{headers}{framing}\r\n\r\n", self.path)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        [self.head(&format!("Content-Length: {}", self.body.len())).as_bytes(), &self.body].concat()
    }

    /// The same without a length.
    pub(super) fn chunked(&self) -> Vec<u8> {
        let mut bytes = self.head("Transfer-Encoding: chunked").into_bytes();
        for chunk in self.body.chunks(1 << 20) {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        bytes
    }
}

/// The payload of an edited issue of the watched project.
pub(super) fn issue(number: u64, title: &str) -> String {
    serde_json::json!({
        "action": "edited",
        "issue": { "number": number, "title": title, "user": { "login": "alice" } },
        "repository": { "full_name": PROJECT },
    })
    .to_string()
}
