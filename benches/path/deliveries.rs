//! The whole path: a delivery says that an incident was filed; labels and one comment follow.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc, time::Instant};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    github::{self, Hub},
    median,
    product::{Product, SECRET},
};

const WARMING: u64 = 500;
const A_ROUND: u64 = 1_000;
const ROUNDS: u64 = 5;
/// Deliveries whose comment is still to come. Four workers and a queue.
const UNDER_WAY: u64 = 16;
/// GitHub's payloads are full of links; this many bytes are usual.
const BODY_BYTES: usize = 12_600;

/// Measures and prints.
pub(crate) async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, stub) = Hub::start().await;
    let product = Product::start(folder.path(), stub, "5m");
    let mut sender = Sender::new(product.address).await;
    sender.send(&hub, WARMING).await;
    hub.take_calls();
    let (mut costs, mut rates) = (Vec::new(), Vec::new());
    let whole = product.ticks();
    for _ in 0..ROUNDS {
        let (before, began) = (product.cpu(), Instant::now());
        sender.send(&hub, A_ROUND).await;
        let deliveries = f64::from(u32::try_from(A_ROUND).unwrap());
        costs.push(product.cpu().saturating_sub(before).as_secs_f64() * 1e3 / deliveries);
        rates.push(deliveries / began.elapsed().as_secs_f64());
    }
    let deliveries = f64::from(u32::try_from(A_ROUND * ROUNDS).unwrap());
    let counted = product.ticks().saturating_sub(whole).as_secs_f64() * 1e3 / deliveries;
    println!("{ROUNDS} rounds of {A_ROUND} deliveries of {BODY_BYTES} bytes, {UNDER_WAY} under way");
    for (call, count) in hub.take_calls() {
        println!("calls per delivery: {:.3} {call}", f64::from(u32::try_from(count).unwrap()) / deliveries);
    }
    println!("deliveries/s = {:.0} (median; stub and sender share the machine)", median(&rates));
    println!("resident = {:.1} MB, at most {:.1} MB", product.resident().0, product.resident().1);
    println!("cpu ms per delivery by ticks, all rounds = {counted:.3}");
    println!("cpu ms per delivery = {:.3} (median; limit 0.30, goal 0.17) of {costs:.3?}", median(&costs));
}

struct Sender {
    stream: TcpStream,
    number: u64,
}

impl Sender {
    async fn new(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, number: 0 }
    }

    /// Sends so many, and returns when the last one's comment was posted.
    async fn send(&mut self, hub: &Arc<Hub>, count: u64) {
        for nth in 0..count + UNDER_WAY {
            if nth >= UNDER_WAY {
                hub.comments.acquire().await.unwrap().forget();
            }
            if nth < count {
                self.one().await;
            }
        }
    }

    async fn one(&mut self) {
        self.number += 1;
        let body = payload(self.number);
        let digest = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&body).finalize();
        let signature = digest.into_bytes().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        let head = format!(
            "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             User-Agent: GitHub-Hookshot/bench\r\nX-GitHub-Event: issues\r\nX-GitHub-Hook-ID: 292430182\r\n\
             X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-{:012x}\r\nX-Hub-Signature-256: sha256={signature}\r\n\
             Content-Length: {}\r\n\r\n",
            self.number,
            body.len()
        );
        self.stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
        let (mut answer, mut have) = ([0; 1024], 0);
        // A 202 has no body: it ends with its header.
        while !answer[..have].ends_with(b"\r\n\r\n") {
            let count = self.stream.read(&mut answer[have..]).await.unwrap();
            assert!(count > 0, "the server hung up");
            have += count;
        }
        assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer[..have]));
    }
}

/// `issues.opened` as GitHub would tell it.
fn payload(number: u64) -> Vec<u8> {
    let mut repository = json!({ "id": 7, "full_name": "acme/incidents", "private": true });
    let at = github::filed();
    let mut links = 0;
    let mut whole = json!({
        "action": "opened",
        "issue": {
            "number": number, "title": github::title(number), "body": github::body(), "state": "open",
            "user": github::user("alice", 11), "created_at": at, "updated_at": at, "comments": 0
        },
        "sender": github::user("alice", 11)
    });
    let mut length = whole.to_string().len();
    while length < BODY_BYTES {
        links += 1;
        let (name, link) = (
            format!("link_{links}_url"),
            format!("https://api.github.example/repos/acme/incidents/{:016x}", links * 0x9e37_79b9_u64 * 0x85eb_ca6b),
        );
        length += name.len() + link.len() + 6;
        repository[name.as_str()] = Value::String(link);
    }
    whole["repository"] = repository;
    whole.to_string().into_bytes()
}
