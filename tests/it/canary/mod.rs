//! Nothing confidential leaves the program where operators, scrapers and strangers look.
//!
//! The real program lives through a whole incident at log level `debug`, with a canary (a word that stands nowhere
//! else) in every place that holds something confidential, through good and bad times, on GitHub and on GitLab. Then
//! everything that it printed and answered is searched. That the canaries got through the program is shown by the
//! comments, the forge's timeline and the journal, which hold them; that the bad times came, by the requests that met
//! each fault.

mod own;
mod passage;
mod stranger;
mod weather;
mod words;

use std::path::Path;

use hotwash::drill::face::Kind;
use serde_json::Value;

use self::{
    own::every_feature_of_gitlab,
    passage::went_through,
    stranger::Stranger,
    weather::{Weather, requests},
    words::{assert_silent, body, canary, commands},
};
use crate::support::{
    bot::{Settings, configure_on},
    forge::PROJECT,
    proxy::Fault,
    settings::seed,
    stage::Stage,
};

/// One hour takes six seconds, so that reminders come; deliveries are parked at the second failure.
const SETTINGS: Settings = Settings { speed: 600, sweep_every: "2s" };

/// The incident, with a fault of every kind on its way. Refusals quote what was sent.
async fn bad_times(stage: &Stage, stranger: &mut Stranger) -> u64 {
    let asks = requests(stage.forge.kind());
    let weather = Weather::comes(
        stage,
        &[
            (asks.issue, Fault::Truncated),
            (asks.put_on, Fault::Refused(422)),
            (asks.put_on, Fault::Truncated),
            (asks.comment, Fault::BadGatewayAfter),
            ("GET /user", Fault::Refused(403)),
        ],
    );
    let issue = stage.reporter.files(&canary("title"), &body(), &["incident"]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    stage.responder.labels(issue, &format!("severity::{}", canary("label")));
    let comment = stage.responder.comments(issue, &canary("comment"));
    stage.responder.rewords(comment, &canary("edited"));
    weather.passes().await;
    let weather = Weather::comes(
        stage,
        &[
            (asks.rewrite, Fault::Refused(422)),
            (asks.comments, Fault::Truncated),
            (asks.take_off, Fault::Refused(403)),
            (asks.comment, Fault::Truncated),
            (asks.permission, Fault::ErrorBefore),
        ],
    );
    let commands = format!("@hotwash {}\n@hotwash status {}\n@hotwash ack", canary("verb"), canary("argument"));
    stage.responder.labels(issue, &format!("severity::{}again", canary("label")));
    stage.responder.comments(issue, &commands);
    stage.until("an answer to the command", issue, |it| it.of_kind("reply").pop()).await;
    weather.passes().await;
    for fault in [Fault::ResetAfter, Fault::TooMany(Some(1))] {
        let weather = Weather::comes(stage, &[(asks.comment, fault)]);
        stage.responder.comments(issue, &format!("@hotwash {} {fault:?}", canary("verb")));
        weather.passes().await;
    }
    stranger.asks().await;
    // Several comments may be waiting, and each is given up at its own third refusal.
    let weather = Weather::comes(stage, &[(asks.comment, Fault::Refused(422)); 40]);
    stage.responder.comments(issue, &format!("@hotwash sitrep {}", canary("sitrep")));
    stage.until("a comment given up", issue, |_| stage.bot_said().contains("refused for good").then_some(())).await;
    weather.passes().await;
    issue
}

/// Everything that people can tell the program, with a refusal of each kind of write on the way.
async fn every_feature(stage: &Stage, stranger: &mut Stranger, issue: u64) {
    let asks = requests(stage.forge.kind());
    let weather = Weather::comes(
        stage,
        &[
            (asks.comment, Fault::ErrorBefore),
            (asks.rewrite, Fault::Truncated),
            ("POST /issues", Fault::Refused(422)),
            ("POST /issues", Fault::Truncated),
        ],
    );
    stage.responder.comments(issue, &commands());
    let holds = |body: &str| ["lead", "step", "joined", "successor"].iter().all(|place| body.contains(&canary(place)));
    stage.until("it all on the board", issue, |it| it.of_kind("board").pop().filter(|(_, it)| holds(&it.body))).await;
    weather.passes().await;
    stage.reporter.edits(issue, &body().replace(&canary("impact"), &canary("rewritten")));
    stranger.asks().await;
}

/// An issue that cannot be read, until its deliveries are parked.
async fn parked(stage: &Stage, stranger: &mut Stranger) {
    let refused = (requests(stage.forge.kind()).issue, Fault::Refused(422));
    let weather = Weather::comes(stage, &[refused; 40]);
    let issue = stage.reporter.files(&canary("title"), &body(), &["incident"]);
    let start = std::time::Instant::now();
    while gauge(&stranger.asks().await, "hotwash_deliveries_parked") < 2.0 {
        assert!(start.elapsed().as_secs() < 60, "issue {issue} is not parked:\n{}", stage.bot_said());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    weather.passes().await;
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

/// A reminder comes, and is taken back when it has done its work, at the second attempt.
async fn reminded(stage: &Stage, issue: u64) {
    stage.responder.labels(issue, "severity::high");
    stage.until("a reminder", issue, |it| it.reminder("sitrep")).await;
    let weather = Weather::comes(stage, &[(requests(stage.forge.kind()).fold, Fault::Refused(422))]);
    stage.responder.comments(issue, "@hotwash sitrep All is said");
    weather.passes().await;
}

async fn silent_in(on: Kind, log_format: &'static str, seed: u64) {
    let stage = Stage::without_bot_on(on, seed).await;
    configure_on(on, stage.folder(), &stage.proxy.url(), &SETTINGS);
    talkative(on, stage.folder(), log_format);
    stage.start_bot();
    let mut stranger = Stranger::new(&stage);
    stranger.knocks().await;
    let issue = bad_times(&stage, &mut stranger).await;
    every_feature(&stage, &mut stranger, issue).await;
    if on == Kind::Gitlab {
        every_feature_of_gitlab(&stage, &mut stranger, issue).await;
    }
    exposed(&stage, &mut stranger, issue).await;
    // Where folding was refused, it is not tried again for an hour.
    reminded(&stage, issue).await;
    parked(&stage, &mut stranger).await;
    stage.responder.closes(issue);
    let end = stage.until("report", issue, |it| it.of_kind("retrospective").pop().map(|_| it.clone())).await;
    stranger.asks().await;

    let said = stage.stop_bot_and_hear();
    went_through(&stage, &end.thread);
    searched(&said, &stranger, log_format);
}

/// Nothing shows in what was printed and answered.
fn searched(said: &str, stranger: &Stranger, log_format: &str) {
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
    assert_silent(&format!("the {log_format} log"), said);
    assert_silent("an answer", &stranger.heard.join("\n"));
    assert!(said.contains(PROJECT), "what an operator needs is there");
}

/// Everything is logged, in this format; deliveries are parked at the second failure; where the forge has a timeline, it
/// is written.
fn talkative(on: Kind, folder: &Path, log_format: &str) {
    let path = folder.join("hotwash.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let server = format!("[server]\nlog_level = \"debug\"\nlog_format = \"{log_format}\"");
    let text =
        text.replacen("[server]", &server, 1).replacen("[project.limits]", "[project.limits]\npark_after = 2", 1);
    let timeline = if on == Kind::Gitlab { "timeline_events = \"on\"\n\n" } else { "" };
    let text = text.replacen("[project.limits]", &format!("{timeline}[project.limits]"), 1);
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
