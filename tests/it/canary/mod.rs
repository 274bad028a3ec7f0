//! Nothing confidential leaves the program where operators, scrapers and strangers look.
//!
//! The real program lives through a whole incident at log level `debug`, with a canary (a word that stands nowhere
//! else) in every place that holds something confidential, through good and bad times, on GitHub and on GitLab. Then
//! everything that it printed and answered is searched. That the canaries got through the program is shown by the
//! comments that repeat them.

mod stranger;

use std::{collections::BTreeMap, path::Path};

use hotwash::drill::face::Kind;
use serde_json::Value;

use self::stranger::Stranger;
use crate::support::{
    bot::{MARKER_KEY, SECRET, SIGNING, Settings, configure_on},
    forge::{BOT_TOKEN, PROJECT},
    proxy::{Fault, Faults},
    settings::seed,
    stage::Stage,
};

/// One hour takes six seconds, so that reminders come; deliveries are parked at the second failure.
const SETTINGS: Settings = Settings { speed: 600, sweep_every: "2s" };

/// Where a canary sits: title, fields, values that cannot be read, labels, comments, commands, deliveries that fail.
const PLACES: [&str; 37] = [
    "title",
    "prose",
    "severity",
    "reporter",
    "commander",
    "responder",
    "started",
    "discovered",
    "contained",
    "method",
    "actions",
    "kind",
    "classification",
    "systems",
    "impact",
    "dependency",
    "label",
    "comment",
    "sitrep",
    "verb",
    "argument",
    "edited",
    "unreadable",
    "forged",
    "lead",
    "step",
    "entry",
    "disruption",
    "reason",
    "told",
    "joined",
    "followup",
    "flag",
    "playbook",
    "task",
    "successor",
    "rewritten",
];

/// The canary of a place: letters and digits alone, so that no encoding but a deliberate one hides it.
fn canary(place: &str) -> String {
    format!("kanari{place}q7")
}

/// Everything that must show nowhere, by what it is.
fn secrets() -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = PLACES.iter().map(|place| ((*place).to_owned(), canary(place))).collect();
    let known =
        [("webhook secret", SECRET), ("signing token", SIGNING), ("token", BOT_TOKEN), ("marker key", MARKER_KEY)];
    for (name, secret) in known {
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

/// Every field there is.
fn body() -> String {
    let fields = [
        ("Status", "investigating".to_owned()),
        ("Severity", canary("severity")),
        ("Reporter", canary("reporter")),
        ("IC", canary("commander")),
        ("Responders", canary("responder")),
        ("Started", canary("started")),
        ("Discovered", canary("discovered")),
        ("Contained", canary("contained")),
        ("Discovery method", canary("method")),
        ("Threat actions", canary("actions")),
        ("Kind", canary("kind")),
        ("Data classification", canary("classification")),
        ("Systems", canary("systems")),
        ("Impact", canary("impact")),
        ("External dependency", canary("dependency")),
    ];
    let fields: String = fields.iter().flat_map(|(name, value)| ["- **", name, "**: ", value, "\n"]).collect();
    format!("<!-- hotwash:incident -->\n{}\n\n{fields}", canary("prose"))
}

/// Every command that takes a text or a name.
fn commands() -> String {
    let c = canary;
    [
        format!("lead {}", c("lead")),
        format!("step {} deferred", c("step")),
        format!("timeline {}", c("entry")),
        format!("disrupt {}", c("disruption")),
        format!("waive acknowledge {}", c("reason")),
        format!("notified {}", c("told")),
        format!("responders +{}", c("joined")),
        format!("shift {}", c("joined")),
        format!("followup {}", c("followup")),
        format!("flag {}", c("flag")),
        format!("playbook {}", c("playbook")),
        format!("done {}", c("task")),
        format!("handoff {}", c("successor")),
    ]
    .map(|command| format!("@hotwash {command}\n"))
    .concat()
}

/// Kinds of requests, as a forge has them.
struct Requests {
    issue: &'static str,
    put_on: &'static str,
    take_off: &'static str,
    comment: &'static str,
    rewrite: &'static str,
    comments: &'static str,
    permission: &'static str,
}

const OF_GITHUB: Requests = Requests {
    issue: "GET /issues/{n}",
    put_on: "POST /issues/{n}/labels",
    take_off: "DELETE /issues/{n}/labels/{name}",
    comment: "POST /issues/{n}/comments",
    rewrite: "PATCH /issues/comments/{n}",
    comments: "GET /issues/{n}/comments",
    permission: "GET /collaborators/{login}/permission",
};
const OF_GITLAB: Requests = Requests {
    issue: "GET /issues/{n}",
    put_on: "PUT /issues/{n}",
    take_off: "PUT /issues/{n}",
    comment: "POST /issues/{n}/notes",
    rewrite: "PUT /issues/{n}/notes/{n}",
    comments: "GET /issues/{n}/notes",
    permission: "GET /members/all/{n}",
};

fn requests(on: Kind) -> &'static Requests {
    match on {
        Kind::Github => &OF_GITHUB,
        Kind::Gitlab => &OF_GITLAB,
    }
}

/// These requests fail so, each as often as it is named.
fn script(faults: &[(&str, Fault)]) -> Faults {
    Faults { script: faults.iter().map(|(class, fault)| ((*class).to_owned(), *fault)).collect(), chance: None }
}

/// The incident, with a fault of every kind on its way. Refusals quote what was sent.
async fn bad_times(stage: &Stage, stranger: &mut Stranger) -> u64 {
    let asks = requests(stage.forge.kind());
    stage.proxy.misbehave(script(&[
        (asks.issue, Fault::Truncated),
        (asks.put_on, Fault::Refused(422)),
        (asks.put_on, Fault::Truncated),
        (asks.comment, Fault::BadGatewayAfter),
        ("GET /user", Fault::Refused(403)),
    ]));
    let issue = stage.reporter.files(&canary("title"), &body(), &["incident"]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    stage.responder.labels(issue, &format!("severity::{}", canary("label")));
    let comment = stage.responder.comments(issue, &canary("comment"));
    stage.responder.rewords(comment, &canary("edited"));
    stage.proxy.misbehave(script(&[
        (asks.rewrite, Fault::Refused(422)),
        (asks.comments, Fault::Truncated),
        (asks.take_off, Fault::Refused(403)),
        (asks.comment, Fault::Truncated),
        (asks.comment, Fault::ResetAfter),
        (asks.comment, Fault::TooMany(Some(1))),
        (asks.permission, Fault::ErrorBefore),
    ]));
    let commands = format!("@hotwash {}\n@hotwash status {}\n@hotwash ack", canary("verb"), canary("argument"));
    stage.responder.comments(issue, &commands);
    stage.until("an answer to the command", issue, |it| it.of_kind("reply").pop()).await;
    stranger.asks().await;
    // Several comments may be waiting, and each is given up at its own third refusal.
    stage.proxy.misbehave(script(&[(asks.comment, Fault::Refused(422)); 40]));
    stage.responder.comments(issue, &format!("@hotwash sitrep {}", canary("sitrep")));
    stage.until("a comment given up", issue, |_| stage.bot_said().contains("refused for good").then_some(())).await;
    stage.proxy.misbehave(Faults::default());
    issue
}

/// Everything that people can tell the program, with a refusal of each kind of write on the way.
async fn every_feature(stage: &Stage, stranger: &mut Stranger, issue: u64) {
    let asks = requests(stage.forge.kind());
    stage.proxy.misbehave(script(&[
        (asks.comment, Fault::ErrorBefore),
        (asks.rewrite, Fault::Truncated),
        ("POST /issues", Fault::Refused(422)),
        ("POST /issues", Fault::Truncated),
        ("POST /graphql", Fault::Refused(422)),
        ("POST /api/graphql", Fault::Refused(422)),
    ]));
    stage.responder.comments(issue, &commands());
    let holds = |body: &str| ["lead", "step", "joined", "successor"].iter().all(|place| body.contains(&canary(place)));
    stage.until("it all on the board", issue, |it| it.of_kind("board").pop().filter(|(_, it)| holds(&it.body))).await;
    stage.proxy.misbehave(Faults::default());
    stage.reporter.edits(issue, &body().replace(&canary("impact"), &canary("rewritten")));
    stranger.asks().await;
}

/// An issue that cannot be read, until its deliveries are parked.
async fn parked(stage: &Stage, stranger: &mut Stranger) {
    let refused = (requests(stage.forge.kind()).issue, Fault::Refused(422));
    stage.proxy.misbehave(script(&[refused; 40]));
    let issue = stage.reporter.files(&canary("title"), &body(), &["incident"]);
    let start = std::time::Instant::now();
    while gauge(&stranger.asks().await, "hotwash_deliveries_parked") < 2.0 {
        assert!(start.elapsed().as_secs() < 60, "issue {issue} is not parked:\n{}", stage.bot_said());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    stage.proxy.misbehave(Faults::default());
}

/// Others can read the issue for a while: the alarm tells them nothing.
async fn exposed(stage: &Stage, stranger: &mut Stranger, issue: u64) {
    stage.reporter.publishes(issue, true);
    let (_, alarm) = stage.until("the alarm", issue, |it| it.of_kind("alarm").pop()).await;
    assert_silent("the alarm", &alarm.body);
    stranger.asks().await;
    stage.reporter.publishes(issue, false);
    stage.until("the end of the alarm", issue, |it| it.of_kind("alarm").pop().filter(|(_, said)| said.folded)).await;
}

fn gauge(metrics: &str, name: &str) -> f64 {
    let mut lines = metrics.lines().filter_map(|line| line.strip_prefix(name));
    lines.next().map(|value| value.trim().parse().unwrap()).unwrap_or_default()
}

async fn silent_in(on: Kind, log_format: &'static str, seed: u64) {
    let stage = Stage::without_bot_on(on, seed).await;
    configure_on(on, stage.folder(), &stage.proxy.url(), &SETTINGS);
    talkative(stage.folder(), log_format);
    stage.start_bot();
    let mut stranger = Stranger::new(&stage);
    stranger.knocks().await;
    let issue = bad_times(&stage, &mut stranger).await;
    every_feature(&stage, &mut stranger, issue).await;
    stage.responder.labels(issue, "severity::high");
    stage.until("a reminder", issue, |it| it.reminder("sitrep")).await;
    exposed(&stage, &mut stranger, issue).await;
    parked(&stage, &mut stranger).await;
    stage.responder.closes(issue);
    let end = stage.until("report", issue, |it| it.of_kind("retrospective").pop().map(|_| it.clone())).await;
    stranger.asks().await;

    let written: String = end.thread.iter().filter(|said| said.by != "alice").map(|said| said.body.as_str()).collect();
    for place in ["severity", "reporter", "started", "lead", "step", "entry", "followup", "successor"] {
        assert!(written.contains(&canary(place)), "the {place} went through the program:\n{written}");
    }
    let said = stage.stop_bot_and_hear();
    assert!(said.contains("listening on") && said.contains("stopped"), "the whole log is here");
    for sign in [
        "refused for good",
        "nothing is written but an alarm",
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
    tokio::join!(silent_in(Kind::Github, "text", seed), silent_in(Kind::Github, "json", seed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_confidential_shows_in_logs_metrics_or_answers_on_gitlab() {
    let seed = seed();
    tokio::join!(silent_in(Kind::Gitlab, "text", seed), silent_in(Kind::Gitlab, "json", seed));
}
