//! A simulated forge with people in it, and what the stories need to look at it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use hotwash::{
    clock::{Clock, SharedClock},
    domain::{
        ids::{CommentId, IssueRef},
        snapshot::Visibility,
        time::Moment,
    },
    drill::{
        faults::Faults,
        github::{AppKeys, Options, Simulated},
        model::{Access, AppId, At, Deed, Grants, HookConfig, InstallationId, Level, Outcome, Selection, World},
    },
    forge::{
        Forge,
        github::{Auth, Github, GithubConfig, Timeouts},
    },
};
use http::HeaderMap;
use serde_json::Value;

use super::super::support::http::{Answer, Server, json};

pub(super) const PATH: &str = "acme/incidents";
pub(super) const SECRET: &str = "whsec";

/// A clock that stands still until it is moved.
pub(crate) struct Hand(Mutex<Moment>);

impl Hand {
    pub(crate) fn pass(&self, seconds: i64) {
        *self.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> Moment {
        self.machine_now()
    }

    fn machine_now(&self) -> Moment {
        *self.0.lock().unwrap()
    }

    fn incident_time(&self, stated: Moment) -> Moment {
        stated
    }

    fn machine_time(&self, at: Moment) -> Moment {
        at
    }

    async fn sleep_until(&self, at: Moment) {
        let mut now = self.0.lock().unwrap();
        *now = at.max(*now);
    }

    async fn pause(&self, span: Duration) {
        *self.0.lock().unwrap() += TimeDelta::from_std(span).unwrap();
    }
}

/// A delivery as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    pub(crate) body: Value,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(super) fn spoken(&self) -> String {
        format!("{}.{}", self.header("x-github-event"), self.body["action"].as_str().unwrap_or_default())
    }
}

/// A receiver of deliveries that answers as told.
pub(crate) struct Ear {
    server: Server,
    got: Arc<Mutex<Vec<Got>>>,
    status: Arc<Mutex<u16>>,
}

impl Ear {
    pub(crate) async fn open() -> Self {
        let (got, status) = (Arc::<Mutex<Vec<Got>>>::default(), Arc::new(Mutex::new(202)));
        let (keeping, answering) = (Arc::clone(&got), Arc::clone(&status));
        let server = Server::start(move |request| {
            let (head, bytes) = request.into_parts();
            let body = serde_json::from_slice(&bytes).unwrap_or_default();
            keeping.lock().unwrap().push(Got { headers: head.headers, bytes, body });
            let status = *answering.lock().unwrap();
            async move { if status == 0 { Answer::Reset } else { Answer::Send(json(status, "{}")) } }
        })
        .await;
        Self { server, got, status }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/webhooks/github", self.server.url())
    }

    /// What it answers from now on; 0 breaks the connection.
    pub(crate) fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    pub(crate) fn heard(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub(super) fn spoken(&self) -> Vec<String> {
        self.heard().iter().map(Got::spoken).collect()
    }
}

pub(crate) fn hand() -> Arc<Hand> {
    Arc::new(Hand(Mutex::new("2026-11-20T10:00:00Z".parse().unwrap())))
}

pub(super) fn hook(url: &str) -> HookConfig {
    HookConfig { url: url.to_owned(), secret: Some(SECRET.to_owned()), events: vec!["*".to_owned()], active: true }
}

/// A forge with an organisation, a private project, and people: alice runs it, bob writes, rita reads, mallory is nobody.
pub(super) struct Bench {
    pub(super) hand: Arc<Hand>,
    pub(super) forge: Simulated,
    pub(super) keys: AppKeys,
    pub(super) app: AppId,
    pub(super) installation: InstallationId,
    client: reqwest::Client,
}

impl Bench {
    pub(crate) async fn open() -> Self {
        Self::with(Faults::new(7), Options::default()).await
    }

    pub(super) async fn with(faults: Faults, options: Options) -> Self {
        Self::by(hand(), faults, options).await
    }

    /// Apps' signatures are dated by the hand, too.
    pub(super) async fn dated_by_hand() -> Self {
        let hand = hand();
        let options = Options { signed_by: Arc::<Hand>::clone(&hand), ..Options::default() };
        Self::by(hand, Faults::new(7), options).await
    }

    async fn by(hand: Arc<Hand>, faults: Faults, options: Options) -> Self {
        let (now, keys) = (hand.now(), AppKeys::fresh().unwrap());
        let mut world = World::new();
        let acme = world.add_organisation("acme", &[("alice", true), ("rita", false)]);
        let (bob, rita) = (world.add_person("bob"), world.user("rita").unwrap().id);
        let project = world.add_project(acme, "incidents", Visibility::Private, now);
        world.add_project(acme, "other", Visibility::Private, now);
        world.give(project, bob, Access::Write);
        world.give(project, rita, Access::Read);
        world.add_person("mallory");
        for person in ["alice", "bob", "rita", "mallory"] {
            let id = world.user(person).unwrap().id;
            world.add_personal_token(&format!("ghp_{person}"), id);
        }
        let grants = Grants::from([("issues".to_owned(), Level::Write), ("metadata".to_owned(), Level::Read)]);
        let app = world.add_app(acme, "hotwash", keys.public_der.clone(), grants, None, now);
        let installation = world.install(app, acme, Selection::All, now);
        let clock: SharedClock = Arc::<Hand>::clone(&hand);
        let forge = Simulated::start_with(world, clock, faults, options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { hand, forge, keys, app, installation, client }
    }

    /// Hotwash's own adapter, with somebody's token.
    pub(super) fn as_person(&self, who: &str) -> Forge {
        self.adapter(Auth::Token(format!("ghp_{who}").into()))
    }

    /// Hotwash's own adapter, as the App.
    pub(super) fn as_app(&self) -> Forge {
        self.adapter(Auth::App { id: self.app.0, private_key_pem: self.keys.private_pem.clone().into() })
    }

    fn adapter(&self, auth: Auth) -> Forge {
        let timeouts = Timeouts { connect: Duration::from_secs(2), total: Duration::from_millis(1_500) };
        let config = GithubConfig::new("github", self.forge.base_url(), auth);
        let config = GithubConfig { write_interval: Duration::ZERO, timeouts, ..config };
        Github::new(config, Arc::<Hand>::clone(&self.hand)).unwrap().forge()
    }

    pub(super) fn now(&self) -> Moment {
        self.hand.now()
    }

    pub(super) fn later(&self) -> Moment {
        self.now() + TimeDelta::hours(1)
    }

    /// Files an issue as bob.
    pub(super) fn file(&self, title: &str, labels: &[&str]) -> u64 {
        let deed = Deed::File {
            project: PATH.to_owned(),
            title: title.to_owned(),
            body: Some("- **Status**: investigating\n".to_owned()),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            assignees: Vec::new(),
            confidential: false,
        };
        let Outcome::Issue(id) = self.forge.act("bob", deed).unwrap() else { panic!("no issue was filed") };
        self.forge.look(|world| world.issue_by_id(id).unwrap().number)
    }

    pub(super) fn comment(&self, by: &str, number: u64, body: &str) -> CommentId {
        let deed = Deed::Comment { at: At::new(PATH, number), body: body.to_owned() };
        let Outcome::Comment(id) = self.forge.act(by, deed).unwrap() else { panic!("no comment was posted") };
        id
    }

    /// Adds a webhook that hears everything.
    pub(super) fn listen(&self, ear: &Ear) {
        self.forge.act("alice", Deed::AddHook { project: PATH.to_owned(), config: hook(&ear.url()) }).unwrap();
    }

    /// Sends everything that is due, and everything that becomes due within the next hour.
    pub(super) async fn deliver(&self) -> usize {
        self.forge.deliver_due(self.later()).await
    }

    pub(super) async fn ask(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Said {
        self.ask_with(Some(&format!("ghp_{who}")), method, path, body, &[]).await
    }

    pub(super) async fn ask_with(
        &self,
        secret: Option<&str>,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Said {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.forge.base_url()) };
        let mut request = self.client.request(method.parse().unwrap(), url);
        if let Some(secret) = secret {
            request = request.bearer_auth(secret);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        Said { status, headers, body }
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Said {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(super) fn at(number: u64) -> IssueRef {
    IssueRef::new("github", PATH, number)
}
