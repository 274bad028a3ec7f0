//! What the benchmarks share: the adapter's own door, deliveries as GitHub sends them, and this process's CPU time.
#![allow(dead_code, reason = "each benchmark uses its part")]
#![allow(clippy::allow_attributes, reason = "an expectation would fail in the benchmark that uses everything")]

use std::fs;

use hmac::{Hmac, KeyInit};
use hotwash::{
    domain::ids::IssueRef,
    forge::github::webhook::{self, Decoded},
    web::{Received, Receiver},
};
use http::{HeaderMap, HeaderValue};
use secrecy::SecretString;
use sha2::Sha256;

pub(crate) mod github;

pub(crate) const SECRET: &str = "a secret for measuring";
pub(crate) const PROJECT: &str = "acme/incidents";

/// The adapter's own verifying and decoding, for one configured repository.
pub(crate) struct Hub {
    secrets: Vec<SecretString>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { secrets: vec![SecretString::from(SECRET)] }
    }
}

impl Receiver for Hub {
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 16]> {
        let signatures = headers.get_all(webhook::SIGNATURE_HEADER).iter().map(HeaderValue::as_bytes);
        webhook::verify(&self.secrets, signatures, body)
    }

    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Received {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (id, event) = (text("x-github-delivery"), text("x-github-event"));
        match webhook::decode(&event, body) {
            Decoded::Issue { project, number, hint, .. } if project.full_name == PROJECT => Received {
                issue: Some(IssueRef::new("github", project.full_name, number)),
                hints: vec![hint],
                id,
                event,
                ..Received::default()
            },
            _ => Received { id, event, unreadable: true, ..Received::default() },
        }
    }
}

/// The start of a signature under [`SECRET`].
pub(crate) fn mac() -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// CPU milliseconds that the living threads of a process have used; `self` is this one.
pub(crate) fn cpu_ms(process: &str) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let nanoseconds: f64 = tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .filter_map(|line| line.split(' ').next()?.parse::<f64>().ok())
        .sum();
    nanoseconds / 1e6
}

/// Links that make up the bulk of whatever GitHub sends, no easier to squeeze than real ones: LZ4 makes about a quarter
/// of a whole delivery.
pub(crate) fn links(bytes: usize) -> String {
    let mut links = String::new();
    let mut noise = 0x5eed_u64;
    for number in 0.. {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let link = format!(
            r#""link_{number}_url":"https://api.github.example/repos/acme/incidents/{noise:016x}{{/sha,name}}","#
        );
        if links.len() + link.len() > bytes {
            break;
        }
        links += &link;
    }
    links
}

/// The header of a signed delivery.
pub(crate) fn head(event: &str, number: u64, signature: &str, length: usize) -> String {
    format!(
        "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         User-Agent: GitHub-Hookshot/bench\r\nX-GitHub-Event: {event}\r\nX-GitHub-Hook-ID: 292430182\r\n\
         X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-{number:012x}\r\nX-Hub-Signature-256: sha256={signature}\r\n\
         Content-Length: {length}\r\n\r\n"
    )
}
