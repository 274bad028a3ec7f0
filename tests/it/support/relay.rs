//! Between the simulated GitHub and the bot: gives deliveries what the real GitHub gives them and the simulation does
//! not (proper ids, headers, `changes`, whole labels), signs them, and can lose, double, shuffle and delay them by a seed.
//!
//! Nothing is hidden: every delivery and what became of it is in `log`, in the order of sending.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout_at};

use super::{
    dice::Dice,
    http::{Answer, Server, json as answer},
};

/// The number that GitHub would give the hook.
pub(crate) const HOOK: u64 = 4_711;
/// How long GitHub waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How badly the network treats deliveries.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    /// Percent of deliveries that are lost.
    pub(crate) drop: u8,
    /// Percent that come a second time under the same id, some of them later than others that came after them.
    pub(crate) double: u8,
    /// Deliveries are held back up to this long, and those held together are shuffled.
    pub(crate) hold: Duration,
}

/// One attempt to deliver.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    /// `issues.opened`, `issue_comment.created`, ...
    pub(crate) what: String,
    pub(crate) body: Bytes,
    pub(crate) outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 202: from now on it is the bot's.
    Acknowledged,
    Answered(u16),
    /// No connection, or broken off without an answer.
    Failed,
    /// Lost on purpose.
    Dropped,
}

/// The running relay.
pub(crate) struct Relay {
    server: Server,
    shared: Arc<Shared>,
    pump: JoinHandle<()>,
}

struct Shared {
    secret: String,
    target: Mutex<Option<String>>,
    weather: Mutex<Weather>,
    log: Mutex<Vec<Sent>>,
    under_way: AtomicUsize,
    mender: Mutex<Mender>,
    client: reqwest::Client,
}

#[derive(Clone)]
struct Delivery {
    id: String,
    event: String,
    what: String,
    body: Bytes,
}

impl Relay {
    /// Starts a relay that signs with `secret`. It delivers nothing until it is pointed somewhere.
    pub(crate) async fn start(secret: &str, seed: u64) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let shared = Arc::new(Shared {
            secret: secret.to_owned(),
            target: Mutex::default(),
            weather: Mutex::default(),
            log: Mutex::default(),
            under_way: AtomicUsize::new(0),
            mender: Mutex::new(Mender { dice: Dice::new(seed), bodies: HashMap::new() }),
            client,
        });
        let (queue, waiting) = mpsc::unbounded_channel();
        let taking = Arc::clone(&shared);
        let server = Server::start(move |request| {
            let event = request.headers().get("x-github-event").and_then(|it| it.to_str().ok()).unwrap_or_default();
            let delivery = taking.mender.lock().unwrap().mend(event, request.body());
            taking.under_way.fetch_add(1, Ordering::SeqCst);
            let taken = queue.send(delivery).is_ok();
            async move { Answer::Send(answer(if taken { 200 } else { 503 }, "{}")) }
        })
        .await;
        let pump = tokio::spawn(pump(Arc::clone(&shared), waiting, Dice::new(seed ^ 0xABCD)));
        Self { server, shared, pump }
    }

    /// Where the simulated GitHub is to send its deliveries.
    pub(crate) fn url(&self) -> String {
        format!("{}/hook", self.server.url())
    }

    /// Points it at the bot, or (`None`) at nothing: what comes then has failed, as with a bot that is down.
    pub(crate) fn point(&self, target: Option<String>) {
        *self.shared.target.lock().unwrap() = target;
    }

    pub(crate) fn weather(&self, weather: Weather) {
        *self.shared.weather.lock().unwrap() = weather;
    }

    pub(crate) fn log(&self) -> Vec<Sent> {
        self.shared.log.lock().unwrap().clone()
    }

    /// Deliveries taken and not yet dealt with.
    pub(crate) fn under_way(&self) -> usize {
        self.shared.under_way.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

/// Takes deliveries in batches as long as the weather holds them, shuffles each batch and sends it.
async fn pump(shared: Arc<Shared>, mut waiting: mpsc::UnboundedReceiver<Delivery>, mut dice: Dice) {
    let mut again: Vec<Delivery> = Vec::new();
    while let Some(first) = waiting.recv().await {
        let weather = *shared.weather.lock().unwrap();
        let mut batch = vec![first];
        batch.append(&mut again);
        if !weather.hold.is_zero() {
            let most = i64::try_from(weather.hold.as_millis()).unwrap();
            let hold = u64::try_from(dice.within(1..most + 1)).unwrap();
            let until = tokio::time::Instant::now() + Duration::from_millis(hold);
            while let Ok(Some(next)) = timeout_at(until, waiting.recv()).await {
                batch.push(next);
            }
            dice.shuffle(&mut batch);
        }
        for delivery in batch {
            shared.send(&delivery, dice.chance(weather.drop)).await;
            if dice.chance(weather.double) {
                shared.under_way.fetch_add(1, Ordering::SeqCst);
                // A copy that is held back comes with the next batch; with nothing to follow, at once.
                if dice.chance(50) && !waiting.is_empty() {
                    again.push(delivery);
                } else {
                    shared.send(&delivery, false).await;
                }
            }
        }
    }
}

impl Shared {
    async fn send(&self, delivery: &Delivery, dropped: bool) {
        let target = self.target.lock().unwrap().clone();
        let outcome = match target {
            _ if dropped => Outcome::Dropped,
            None => Outcome::Failed,
            Some(target) => match self.request(&target, delivery).send().await {
                Ok(response) if response.status().as_u16() == 202 => Outcome::Acknowledged,
                Ok(response) => Outcome::Answered(response.status().as_u16()),
                Err(_) => Outcome::Failed,
            },
        };
        let (id, what, body) = (delivery.id.clone(), delivery.what.clone(), delivery.body.clone());
        self.log.lock().unwrap().push(Sent { id, what, body, outcome });
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    fn request(&self, target: &str, delivery: &Delivery) -> reqwest::RequestBuilder {
        self.client
            .post(target)
            .header("content-type", "application/json")
            .header("user-agent", "GitHub-Hookshot/e2e0001")
            .header("x-github-event", &delivery.event)
            .header("x-github-delivery", &delivery.id)
            .header("x-github-hook-id", HOOK)
            .header("x-github-hook-installation-target-type", "repository")
            .header("x-hub-signature-256", signature(&self.secret, &delivery.body))
            .body(delivery.body.clone())
    }
}

/// `sha256=` and the hexadecimal MAC of the bytes.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={}", hex.concat())
}

/// Makes of a simulated delivery what GitHub would have sent. Remembers the last text of each issue and comment, because
/// `changes` must say what it was before.
struct Mender {
    dice: Dice,
    bodies: HashMap<String, Value>,
}

impl Mender {
    fn mend(&mut self, event: &str, body: &Bytes) -> Delivery {
        let mut payload: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let action = payload["action"].as_str().unwrap_or_default().to_owned();
        self.say_what_changed(event, &action, &mut payload);
        complete(&mut payload);
        let id = self.uuid();
        let body = if payload.is_null() { body.clone() } else { Bytes::from(payload.to_string()) };
        Delivery { id, event: event.to_owned(), what: format!("{event}.{action}"), body }
    }

    fn say_what_changed(&mut self, event: &str, action: &str, payload: &mut Value) {
        let subject = if event == "issue_comment" { "comment" } else { "issue" };
        let (Some(id), now) = (payload[subject]["id"].as_u64(), payload[subject]["body"].clone()) else { return };
        let before = self.bodies.insert(format!("{subject} {id}"), now.clone());
        if action == "edited" {
            let before = before.filter(|before| *before != now);
            payload["changes"] = before.map_or_else(|| json!({}), |before| json!({ "body": { "from": before } }));
        }
    }

    fn uuid(&mut self) -> String {
        let (high, low) = (self.dice.throw(), self.dice.throw());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            low >> 52,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

/// Fields that GitHub always sends and the simulation leaves out.
fn complete(payload: &mut Value) {
    if let Some(label) = payload.get_mut("label").and_then(Value::as_object_mut) {
        let name = label.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = name.bytes().fold(7, |id: u64, byte| (id * 31 + u64::from(byte)) % 1_000_000_007);
        label.entry("id").or_insert_with(|| json!(id));
        label.entry("node_id").or_insert_with(|| json!(format!("LA_{id}")));
        label.entry("default").or_insert(json!(false));
        label.entry("description").or_insert(Value::Null);
        label.entry("url").or_insert_with(|| json!(format!("https://forge.invalid/labels/{id}")));
    }
    if let Some(owner) = payload.pointer_mut("/repository/owner").and_then(Value::as_object_mut) {
        owner.entry("gravatar_id").or_insert(json!(""));
        owner.entry("type").or_insert(json!("Organization"));
        owner.entry("site_admin").or_insert(json!(false));
    }
    if payload.pointer("/comment/user/type").and_then(Value::as_str) == Some("Bot") {
        payload["comment"]["performed_via_github_app"] = json!({ "id": 4242, "slug": "hotwash" });
    }
    if let Some(payload) = payload.as_object_mut() {
        payload.entry("installation").or_insert(json!({ "id": 7001, "node_id": "MDIzOkluc3RhbGxhdGlvbjcwMDE=" }));
    }
}
