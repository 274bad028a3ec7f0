//! The whole program as a process of its own beside the drill's simulated GitLab, as the machine's clock goes.
//!
//! What always holds: what is due is delivered within a few milliseconds; a comment of the bot that stands twice in a
//! thread stops the test, whenever it is seen.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hotwash::{
    clock::{SharedClock, SystemClock},
    domain::snapshot::Visibility,
    drill::{
        faults::Faults,
        gitlab::{self, Options, Simulated},
        model::{Access, At, Close, Deed, HookConfig, HookId, Outcome, Token, World},
    },
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::support::{bot::hotwash, child::Process, settings::seed, story::REPORT, thread::marker};

pub(super) const PATH: &str = "acme/incidents";
pub(super) const TOKEN: &str = "glpat-the-first";
/// The webhook's secret token. (The simulator takes two secrets with a blank between them, as a secret and a signing token.)
pub(super) const SECRET: &str = "a-secret-that-both-sides-know-32";
const BOT: &str = "hotwash-bot";
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(30);
/// How often the program asks what changed.
pub(super) const SWEEP: Duration = Duration::from_secs(2);
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9/webhooks/gitlab";

/// The site, the program and its folder.
pub(super) struct Site {
    pub(super) forge: Arc<Simulated>,
    hook: HookId,
    folder: TempDir,
    program: Option<(Process, String)>,
    pump: JoinHandle<()>,
}

/// A comment of the bot: the kind in its marker, and what it says.
pub(super) type Said = (String, String);

impl Site {
    /// alice runs the project, robin reports; the bot is a Developer by its token.
    pub(super) async fn open() -> Self {
        Self::of(Options::default()).await
    }

    /// The same, of a GitLab with these options.
    pub(super) async fn of(options: Options) -> Self {
        let clock: SharedClock = Arc::new(SystemClock::real());
        let mut world = World::new();
        world.caps = gitlab::caps();
        let now = clock.machine_now();
        let owner = world.add_organisation("acme", &[]);
        let project = world.add_project(owner, "incidents", Visibility::Private, now);
        let other = world.add_project(owner, "other", Visibility::Private, now);
        world.add_organisation("umbrella", &[("alice", true)]);
        for (login, access) in [("alice", Access::Admin), ("robin", Access::Triage), (BOT, Access::Write)] {
            let user = world.add_person(login);
            world.give(project, user, access);
            world.give(other, user, access);
        }
        let forge = Simulated::start_with(world, Arc::clone(&clock), Faults::new(seed()), options).await.unwrap();
        let hook = HookConfig { url: NOWHERE.to_owned(), secret: Some(SECRET.to_owned()), ..hook_config() };
        let Outcome::Hook(hook) = forge.act("acme", Deed::AddHook { project: PATH.to_owned(), config: hook }).unwrap()
        else {
            panic!("no webhook was added")
        };
        let forge = Arc::new(forge);
        let pump = tokio::spawn(pump(Arc::clone(&forge), clock));
        let site = Self { forge, hook, folder: TempDir::new().unwrap(), program: None, pump };
        site.gives(TOKEN, None);
        site
    }

    /// The same, with the program running.
    pub(super) async fn running() -> Self {
        let mut site = Self::open().await;
        site.start(TOKEN);
        site
    }

    /// Makes a token of the bot's, until this many seconds from now, or for good.
    pub(super) fn gives(&self, secret: &str, seconds: Option<i64>) {
        self.gives_to(BOT, secret, seconds);
    }

    /// Makes a token of somebody's.
    pub(super) fn gives_to(&self, login: &str, secret: &str, seconds: Option<i64>) {
        let now = SystemClock::real();
        let expires_at = seconds.map(|it| hotwash::clock::Clock::machine_now(&now) + chrono::TimeDelta::seconds(it));
        self.forge.look(|world| {
            let user = world.user(login).unwrap().id;
            world.add_token(secret, Token::Personal { user, scopes: vec!["api".to_owned()], expires_at });
        });
    }

    /// Starts the program with a token, on the database that is there.
    pub(super) fn start(&mut self, token: &str) {
        let folder = self.folder.path();
        std::fs::write(folder.join("hotwash.toml"), configuration(self.forge.base_url(), folder)).unwrap();
        std::fs::write(folder.join("two-duties.toml"), include_str!("../../plan/two-duties.toml")).unwrap();
        let mut command = hotwash(folder);
        command.env("HOTWASH_GITLAB_TOKEN", token).env("HOTWASH_GITLAB_SECRET", SECRET).arg("serve");
        let mut process = Process::start(&mut command);
        let address = process.wait_for("`listening on` from hotwash", Duration::from_secs(30), |line| {
            let (_, after) = line.split_once("listening on ")?;
            Some(after.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect::<String>())
        });
        let url = format!("http://{address}");
        self.point(&format!("{url}/webhooks/gitlab"));
        self.program = Some((process, url));
    }

    /// Ends the program as an operator does.
    pub(super) fn stop(&mut self) {
        let (mut process, _) = self.program.take().expect("a program that runs");
        assert_eq!(process.stop(Duration::from_secs(25)), Some(0), "a graceful stop");
        self.point(NOWHERE);
    }

    /// What it said so far.
    pub(super) fn said(&self) -> String {
        self.program.as_ref().map(|(process, _)| process.said()).unwrap_or_default()
    }

    fn point(&self, url: &str) {
        let config = HookConfig { url: url.to_owned(), secret: Some(SECRET.to_owned()), ..hook_config() };
        self.forge.act("alice", Deed::ChangeHook { id: self.hook, config }).unwrap();
    }

    pub(super) fn act(&self, by: &str, deed: Deed) -> Outcome {
        self.forge.act(by, deed).unwrap()
    }

    /// robin files an incident; its number.
    pub(super) fn files(&self, body: &str) -> u64 {
        let deed = Deed::File {
            project: PATH.to_owned(),
            title: "Strange logins".to_owned(),
            body: Some(body.to_owned()),
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential: true,
        };
        let Outcome::Issue(id) = self.act("robin", deed) else { panic!("not filed") };
        self.forge.look(|world| world.issue_by_id(id).unwrap().number)
    }

    /// robin files one, and it is taken up.
    pub(super) async fn incident(&self) -> u64 {
        let issue = self.files(REPORT);
        self.until("board", issue, |site| site.board(issue)).await;
        issue
    }

    pub(super) fn comments(&self, by: &str, issue: u64, body: &str) {
        self.act(by, Deed::Comment { at: At::new(PATH, issue), body: body.to_owned() });
    }

    /// The same by GitLab's API, where quick actions are carried out. Takes a token of theirs.
    pub(super) async fn posts(&self, token: &str, issue: u64, body: &str) {
        let url =
            format!("{}/api/v4/projects/{}/issues/{issue}/notes", self.forge.base_url(), PATH.replace('/', "%2F"));
        let post = client().post(url).header("private-token", token).json(&serde_json::json!({ "body": body }));
        assert_eq!(post.send().await.unwrap().status().as_u16(), 201);
    }

    pub(super) fn closes(&self, issue: u64) {
        self.act("alice", Deed::Close { at: At::new(PATH, issue), reason: Close::Completed });
    }

    pub(super) fn labels(&self, issue: u64) -> Vec<String> {
        self.forge.look(|world| world.issue(PATH, issue).unwrap().labels.clone())
    }

    /// The bot's comments, oldest first, each once.
    pub(super) fn thread(&self, issue: u64) -> Vec<Said> {
        let bodies: Vec<String> = self.forge.look(|world| {
            let (bot, id) = (world.user(BOT).unwrap().id, world.issue(PATH, issue).unwrap().id);
            world.comments(id).filter(|it| it.author == bot).map(|it| it.body.clone()).collect()
        });
        let marked = bodies.into_iter().map(|body| (marker(&body).expect("a marker"), body));
        let mut seen = std::collections::BTreeSet::new();
        let once = marked.inspect(|(marker, _)| assert!(seen.insert(marker.clone()), "said twice: {marker:?}"));
        once.map(|(marker, body)| (marker.kind, body)).collect()
    }

    pub(super) fn of_kind(&self, issue: u64, kind: &str) -> Option<String> {
        self.thread(issue).into_iter().rev().find(|(is, _)| is == kind).map(|(_, body)| body)
    }

    pub(super) fn board(&self, issue: u64) -> Option<String> {
        self.of_kind(issue, "board")
    }

    /// alice answers a report; the board says so.
    pub(super) async fn acknowledged(&self, issue: u64) {
        self.comments("alice", issue, "@hotwash ack");
        self.board_says(issue, "alice").await;
    }

    pub(super) async fn board_says(&self, issue: u64, what: &str) {
        self.until(what, issue, |site| site.board(issue).filter(|board| board.contains(what))).await;
    }

    /// Waits until `check` finds something.
    pub(super) async fn until<T>(&self, what: &str, issue: u64, check: impl Fn(&Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = check(self) {
                return found;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no {what} within {PATIENCE:?}\n{:?}\n{:#?}\nhotwash said:\n{}",
                self.labels(issue),
                self.thread(issue),
                self.said()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What `/readyz` says: ready or not, and what needs attention.
    pub(super) async fn readyz(&self) -> (bool, Vec<String>) {
        let said: Value = serde_json::from_str(&self.asks("readyz").await).unwrap();
        let attention = said["attention"].as_array().cloned().unwrap_or_default();
        (said["ready"] == true, attention.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Waits until what needs attention is as `check` has it; the program is ready all the while.
    pub(super) async fn attention(&self, what: &str, check: impl Fn(&[String]) -> bool) -> Vec<String> {
        let start = Instant::now();
        loop {
            let (ready, attention) = self.readyz().await;
            assert!(ready, "deliveries are always taken");
            if check(&attention) {
                return attention;
            }
            assert!(start.elapsed() < PATIENCE, "not {what}: {attention:?}\nhotwash said:\n{}", self.said());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(super) async fn asks(&self, path: &str) -> String {
        let (_, url) = self.program.as_ref().expect("a program that runs");
        client().get(format!("{url}/{path}")).send().await.unwrap().text().await.unwrap()
    }

    /// The sum of the numbers in `/metrics` behind lines that hold all of this.
    pub(super) async fn measured(&self, parts: &[&str]) -> f64 {
        let all = self.asks("metrics").await;
        let lines = all.lines().filter(|line| !line.starts_with('#') && parts.iter().all(|part| line.contains(part)));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Delivers something with the right secret; the answer's status.
    pub(super) async fn delivers(&self, event: &str, key: &str, body: impl Into<reqwest::Body>) -> u16 {
        let (_, url) = self.program.as_ref().expect("a program that runs");
        let post = client().post(format!("{url}/webhooks/gitlab")).header("x-gitlab-event", event);
        let post = post.header("x-gitlab-token", SECRET).header("idempotency-key", key).body(body);
        post.send().await.unwrap().status().as_u16()
    }

    /// How many requests the forge answers in this time.
    pub(super) async fn requests_in(&self, span: Duration) -> u64 {
        let before = self.forge.served();
        tokio::time::sleep(span).await;
        self.forge.served() - before
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn hook_config() -> HookConfig {
    HookConfig { url: String::new(), secret: None, events: vec!["*".to_owned()], active: true }
}

/// Sends what is due when it is due.
async fn pump(forge: Arc<Simulated>, clock: SharedClock) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    loop {
        ticks.tick().await;
        forge.deliver_due(clock.machine_now()).await;
    }
}

/// The configuration for a GitLab at this address.
pub(super) fn configuration(url: &str, folder: &std::path::Path) -> String {
    format!(
        r#"[server]
listen = "127.0.0.1:0"
public_url = "http://127.0.0.1"
marker_key = {{ env = "HOTWASH_MARKER_KEY" }}

[store]
url = "sqlite:{}"

[[gitlab]]
name = "gitlab"
url = "{url}"
token = {{ env = "HOTWASH_GITLAB_TOKEN" }}
webhook_secret = {{ env = "HOTWASH_GITLAB_SECRET" }}
write_interval = "0s"

[[project]]
forge = "gitlab"
path = "{PATH}"
process = "two-duties.toml"
timezone = "UTC"
mention = "hotwash"

[project.limits]
settle = "1s"
recheck = "300ms"
sweep_every = "{}s"
lease = "5s"
board_every = "1s"
"#,
        folder.join("hotwash.db").display(),
        SWEEP.as_secs(),
    )
}
