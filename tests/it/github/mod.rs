//! The GitHub adapter against a peer on loopback that answers as told and keeps what it was sent.

use std::{
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{
    clock::{Clock, SharedClock},
    domain::{ids::IssueRef, time::Moment},
    forge::{
        Forge,
        github::{Auth, Github, GithubConfig, Timeouts},
    },
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

mod app;
mod errors;
mod limits;
mod reading;
mod redelivery;
mod webhook;
mod writing;

/// A clock that stands still until it is moved; a pause moves it and is remembered.
struct HandClock {
    now: Mutex<Moment>,
    pauses: Mutex<Vec<Duration>>,
}

impl HandClock {
    fn at(text: &str) -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(moment(text)), pauses: Mutex::default() })
    }

    fn pass(&self, span: Duration) {
        *self.now.lock().unwrap() += TimeDelta::from_std(span).unwrap();
    }

    fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().unwrap().clone()
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Moment {
        self.machine_now()
    }

    fn machine_now(&self) -> Moment {
        *self.now.lock().unwrap()
    }

    fn incident_time(&self, stated: Moment) -> Moment {
        stated
    }

    fn machine_time(&self, at: Moment) -> Moment {
        at
    }

    async fn sleep_until(&self, at: Moment) {
        let mut now = self.now.lock().unwrap();
        *now = at.max(*now);
    }

    async fn pause(&self, span: Duration) {
        self.pauses.lock().unwrap().push(span);
        self.pass(span);
    }
}

/// The peer, the adapter that talks to it, and the clock of both.
struct Peer {
    server: MockServer,
    clock: Arc<HandClock>,
    github: Github,
    forge: Forge,
}

impl Peer {
    /// A token that may do everything; `acme/incidents` is private.
    async fn new() -> Self {
        let peer = Self::bare(Auth::Token("pat-secret".into()), "").await;
        peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
        peer
    }

    /// The App 4242, installed on `acme/incidents` as 7001. No token can be had yet.
    async fn app() -> Self {
        let auth = Auth::App { id: 4242, private_key_pem: app_key().into() };
        let peer = Self::bare(auth, "").await;
        peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
        peer.on("GET", "/repos/acme/incidents/installation", ok(json!({ "id": 7001 }))).await;
        peer
    }

    async fn bare(auth: Auth, base: &str) -> Self {
        Self::tuned(auth, base, |config| config).await
    }

    async fn tuned(auth: Auth, base: &str, tune: impl FnOnce(GithubConfig) -> GithubConfig) -> Self {
        let server = MockServer::start().await;
        let clock = HandClock::at("2026-11-20T15:00:00Z");
        let config = tune(GithubConfig::new("github", format!("{}{base}", server.uri()), auth));
        let github = Github::new(config, Arc::clone(&clock) as SharedClock).unwrap();
        let forge = github.forge();
        Self { server, clock, github, forge }
    }

    /// Answers this from now on. What was told first counts, until it is used up.
    async fn on(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    /// Answers this once, before anything told with `on` later.
    async fn once(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(answer).up_to_n_times(1).mount(&self.server).await;
    }

    /// What was sent with this verb to this path (or below it, where it ends in `*`).
    async fn sent(&self, verb: &str, at: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter()
            .filter(|request| request.method.as_str() == verb)
            .filter(|request| match at.strip_suffix('*') {
                Some(start) => request.url.path().starts_with(start),
                None => request.url.path() == at,
            })
            .collect()
    }

    /// A `Link` header to a page, spelled with another host than the one we talk to.
    fn link(rest: &str) -> String {
        format!("<https://elsewhere.example/prev>; rel=\"prev\", <https://elsewhere.example{rest}>; rel=\"next\"")
    }
}

const COMMENTS: &str = "/repos/acme/incidents/issues/5/comments";
const ISSUE: &str = "/repos/acme/incidents/issues/5";

fn five() -> IssueRef {
    IssueRef::new("github", "acme/incidents", 5)
}

/// No deadline to speak of.
fn far() -> Moment {
    moment("2099-01-01T00:00:00Z")
}

fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn created(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(body)
}

fn status(code: u16) -> ResponseTemplate {
    ResponseTemplate::new(code).set_body_json(json!({ "message": "no" }))
}

fn repository() -> Value {
    json!({ "id": 77, "full_name": "acme/incidents", "private": true, "visibility": "private", "archived": false })
}

fn issue(number: u64, updated_at: &str) -> Value {
    json!({
        "number": number, "title": "Leaked key", "body": "- **Status**: investigating", "state": "open",
        "user": { "id": 1, "login": "alice" }, "labels": [{ "name": "incident" }, "old-style"],
        "assignees": [{ "id": 2, "login": "bob" }], "comments": 3, "created_at": "2026-11-20T14:00:00Z",
        "updated_at": updated_at, "closed_at": null, "html_url": "https://example.test/acme/incidents/issues/5",
        "repository_url": "https://example.test/repos/acme/incidents", "a_new_part": { "deep": [1] }
    })
}

fn comment(id: u64, body: &str) -> Value {
    json!({
        "id": id, "node_id": format!("IC_{id}"), "body": body, "user": { "id": 9, "login": "ir-bot[bot]" },
        "created_at": "2026-11-20T15:00:00Z", "updated_at": "2026-11-20T15:00:00Z",
        "html_url": format!("https://example.test/acme/incidents/issues/5#issuecomment-{id}"),
        "issue_url": "https://example.test/repos/acme/incidents/issues/5"
    })
}

fn token() -> Auth {
    Auth::Token("pat-secret".into())
}

fn hasty(config: GithubConfig) -> GithubConfig {
    let timeouts = Timeouts { connect: Duration::from_millis(150), total: Duration::from_millis(300) };
    GithubConfig { timeouts, ..config }
}

fn bearer(request: &Request) -> &str {
    request.headers.get("authorization").map_or("none", |value| value.to_str().unwrap())
}

/// A key of its own for every test; none is kept anywhere.
fn app_key() -> String {
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output()
        .expect("these tests make the App's key with the openssl program; please install it");
    assert!(made.status.success(), "openssl could not make a key");
    String::from_utf8(made.stdout).unwrap()
}
