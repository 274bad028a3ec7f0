//! Nothing confidential leaves the program where operators, scrapers and strangers look.
//!
//! The real program lives through a whole incident at log level `debug`, with a canary (a word that stands nowhere
//! else) in every place that holds something confidential, through good and bad times. Then everything that it printed
//! and answered is searched. That the canaries got through the program is shown by the comments that repeat them.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::support::{
    bot::{MARKER_KEY, SECRET, Settings, configure},
    forge::{BOT_TOKEN, PROJECT, signature},
    proxy::{Fault, Faults},
    settings::seed,
    stage::Stage,
};

/// One hour takes six seconds, so that reminders come; deliveries are parked at the second failure.
const SETTINGS: Settings = Settings { speed: 600, sweep_every: "2s" };

/// Where a canary sits: title, fields, values that cannot be read, labels, comments, commands, deliveries that fail.
const PLACES: [&str; 16] = [
    "title",
    "prose",
    "severity",
    "reporter",
    "commander",
    "responder",
    "started",
    "impact",
    "label",
    "comment",
    "sitrep",
    "verb",
    "argument",
    "edited",
    "unreadable",
    "forged",
];

/// The canary of a place: letters and digits alone, so that no encoding but a deliberate one hides it.
fn canary(place: &str) -> String {
    format!("kanari{place}q7")
}

/// Everything that must show nowhere, by what it is.
fn secrets() -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = PLACES.iter().map(|place| ((*place).to_owned(), canary(place))).collect();
    for (name, secret) in [("webhook secret", SECRET), ("token", BOT_TOKEN), ("marker key", MARKER_KEY)] {
        all.insert(name.to_owned(), secret.to_owned());
    }
    all
}

#[track_caller]
fn assert_silent(about: &str, text: &str) {
    let lower = text.to_lowercase();
    for (what, secret) in secrets() {
        let at = lower.find(&secret.to_lowercase());
        let line = at.map(|at| &text[text[..at].rfind('\n').map_or(0, |it| it + 1)..]);
        assert!(
            at.is_none(),
            "{about} shows the {what}: {}",
            line.unwrap_or_default().lines().next().unwrap_or_default()
        );
    }
}

fn body() -> String {
    let c = canary;
    format!(
        "<!-- hotwash:incident -->\n{}\n\n- **Status**: investigating\n- **Severity**: {}\n- **Reporter**: {}\n\
         - **IC**: {}\n- **Responders**: {}\n- **Started**: {}\n- **Impact**: {}\n",
        c("prose"),
        c("severity"),
        c("reporter"),
        c("commander"),
        c("responder"),
        c("started"),
        c("impact")
    )
}

/// Answers of the program to anybody who asks, collected.
struct Stranger {
    client: reqwest::Client,
    url: String,
    heard: Vec<String>,
}

impl Stranger {
    fn new(stage: &Stage) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, url: stage.bot_url(), heard: Vec::new() }
    }

    async fn hear(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let head = format!("{:?}", response.headers());
        let body = response.text().await.unwrap();
        self.heard.push(format!("{status} {head} {body}"));
        (status, body)
    }

    /// What machines ask; the text of `/metrics`.
    async fn asks(&mut self) -> String {
        for path in ["healthz", "readyz"] {
            self.hear(self.client.get(format!("{}/{path}", self.url))).await;
        }
        self.hear(self.client.get(format!("{}/metrics", self.url))).await.1
    }

    async fn delivers(&mut self, to: &str, event: &str, body: String, signed: bool) -> u16 {
        let signature = if signed { signature(SECRET, body.as_bytes()) } else { signature("guess", body.as_bytes()) };
        let post = self.client.post(format!("{}{to}", self.url)).header("x-github-event", event);
        let post = post.header("x-github-delivery", format!("72d3162e-cc78-11e3-81ab-{:012}", self.heard.len()));
        self.hear(post.header("x-hub-signature-256", signature).body(body)).await.0
    }

    /// Deliveries that are refused or cannot be read.
    async fn knocks(&mut self) {
        let hook = "/webhooks/github";
        let forged = json!({ "issue": { "title": canary("forged") } }).to_string();
        assert_eq!(self.delivers(hook, "issues", forged.clone(), false).await, 401);
        assert_eq!(self.delivers(hook, "issues", format!("{} is no JSON", canary("unreadable")), true).await, 202);
        let to_nobody = format!("/webhooks/{}", canary("forged"));
        assert_eq!(self.delivers(&to_nobody, "issues", forged.clone(), true).await, 404);
        assert_eq!(self.delivers(&format!("/{}", canary("forged")), "issues", forged, true).await, 404);
        let odd = json!({ "issue": { "number": canary("unreadable"), "title": canary("title") } }).to_string();
        assert_eq!(self.delivers(hook, "issues", odd, true).await, 202);
    }
}

/// These requests fail so, each as often as it is named.
fn script(faults: &[(&str, Fault)]) -> Faults {
    Faults { script: faults.iter().map(|(class, fault)| ((*class).to_owned(), *fault)).collect(), chance: None }
}

const COMMENT: &str = "POST /issues/{n}/comments";

/// The incident, with a fault of every kind on its way. Refusals quote what was sent.
async fn bad_times(stage: &Stage, stranger: &mut Stranger) -> u64 {
    stage.proxy.misbehave(script(&[
        ("GET /issues/{n}", Fault::Truncated),
        ("POST /issues/{n}/labels", Fault::Refused(422)),
        ("POST /issues/{n}/labels", Fault::Truncated),
        (COMMENT, Fault::BadGatewayAfter),
        ("GET /user", Fault::Refused(403)),
    ]));
    let issue = stage.reporter.files(&canary("title"), &body(), &["incident"]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    stage.responder.labels(issue, &format!("severity::{}", canary("label")));
    let comment = stage.responder.comments(issue, &canary("comment"));
    stage.responder.rewords(comment, &canary("edited"));
    stage.proxy.misbehave(script(&[
        ("PATCH /issues/comments/{n}", Fault::Refused(422)),
        ("GET /issues/{n}/comments", Fault::Truncated),
        ("DELETE /issues/{n}/labels/{name}", Fault::Refused(403)),
        (COMMENT, Fault::Truncated),
        (COMMENT, Fault::ResetAfter),
        (COMMENT, Fault::TooMany(Some(1))),
        ("GET /collaborators/{login}/permission", Fault::ErrorBefore),
    ]));
    let commands = format!("@hotwash {}\n@hotwash status {}\n@hotwash ack", canary("verb"), canary("argument"));
    stage.responder.comments(issue, &commands);
    stage.until("an answer to the command", issue, |it| it.of_kind("reply").pop()).await;
    stranger.asks().await;
    // Several comments may be waiting, and each is given up at its own third refusal.
    stage.proxy.misbehave(script(&[(COMMENT, Fault::Refused(422)); 40]));
    stage.responder.comments(issue, &format!("@hotwash sitrep {}", canary("sitrep")));
    stage.until("a comment given up", issue, |_| stage.bot_said().contains("refused for good").then_some(())).await;
    stage.proxy.misbehave(Faults::default());
    issue
}

/// An issue that cannot be read, until its deliveries are parked.
async fn parked(stage: &Stage, stranger: &mut Stranger) {
    let refused = ("GET /issues/{n}", Fault::Refused(422));
    stage.proxy.misbehave(script(&[refused; 40]));
    let issue = stage.reporter.files(&canary("title"), &body(), &["incident"]);
    let start = std::time::Instant::now();
    while gauge(&stranger.asks().await, "hotwash_deliveries_parked") < 2.0 {
        assert!(start.elapsed().as_secs() < 60, "issue {issue} is not parked:\n{}", stage.bot_said());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    stage.proxy.misbehave(Faults::default());
}

/// Everybody can read the project for a while: the alarm tells them nothing.
async fn exposed(stage: &Stage, stranger: &mut Stranger, issue: u64) {
    stage.reporter.publishes(true);
    let (_, alarm) = stage.until("the alarm", issue, |it| it.of_kind("alarm").pop()).await;
    assert_silent("the alarm", &alarm.body);
    stranger.asks().await;
    stage.reporter.publishes(false);
    stage.until("the end of the alarm", issue, |it| it.of_kind("alarm").pop().filter(|(_, said)| said.folded)).await;
}

fn gauge(metrics: &str, name: &str) -> f64 {
    let mut lines = metrics.lines().filter_map(|line| line.strip_prefix(name));
    lines.next().map(|value| value.trim().parse().unwrap()).unwrap_or_default()
}

async fn silent_in(log_format: &'static str, seed: u64) {
    let stage = Stage::without_bot(seed).await;
    configure(stage.folder(), &stage.proxy.url(), &SETTINGS);
    talkative(stage.folder(), log_format);
    stage.start_bot();
    let mut stranger = Stranger::new(&stage);
    stranger.knocks().await;
    let issue = bad_times(&stage, &mut stranger).await;
    stage.responder.labels(issue, "severity::high");
    stage.until("a reminder", issue, |it| it.reminder("sitrep")).await;
    exposed(&stage, &mut stranger, issue).await;
    parked(&stage, &mut stranger).await;
    stage.responder.closes(issue);
    let end = stage.until("report", issue, |it| it.of_kind("retrospective").pop().map(|_| it.clone())).await;
    stranger.asks().await;

    let written: String = end.thread.iter().filter(|said| said.by != "alice").map(|said| said.body.as_str()).collect();
    for place in ["severity", "reporter", "started"] {
        assert!(written.contains(&canary(place)), "the {place} went through the program:\n{written}");
    }
    let said = stage.stop_bot_and_hear();
    assert!(said.contains("listening on") && said.contains("stopped"), "the whole log is here");
    for sign in [
        "refused for good",
        "its project is not private",
        "cannot be read and was parked",
        "the outcome of",
        "did not accept",
    ] {
        assert!(said.contains(sign), "the log was on and the fault was met ({sign}):\n{said}");
    }
    if log_format == "json" {
        let lines = said.lines().filter(|line| !line.starts_with("listening on"));
        lines.for_each(|line| drop(serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("not JSON: {line}"))));
    }
    assert_silent(&format!("the {log_format} log"), &said);
    assert_silent("an answer", &stranger.heard.join("\n"));
    assert!(said.contains(PROJECT), "what an operator needs is there");
}

/// Everything is logged, in this format; deliveries are parked at the second failure.
fn talkative(folder: &Path, log_format: &str) {
    let path = folder.join("hotwash.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let server = format!("[server]\nlog_level = \"debug\"\nlog_format = \"{log_format}\"");
    let text =
        text.replacen("[server]", &server, 1).replacen("[project.limits]", "[project.limits]\npark_after = 2", 1);
    std::fs::write(&path, text).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_confidential_shows_in_logs_metrics_or_answers() {
    let seed = seed();
    tokio::join!(silent_in("text", seed), silent_in("json", seed));
}
