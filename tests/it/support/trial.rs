//! The peers themselves on trial, with a small receiver in the bot's place: what the stories rely on must hold.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::TimeDelta;
use hotwash::drill::faults::Mail;
use hyper::HeaderMap;
use serde_json::{Value, json};

use super::{
    forge::{BOT, BOT_TOKEN, Outcome, PROJECT, Sent, signature},
    http::{Answer, Server, json as answer},
    kills::lost,
    person::Said,
    proxy::{Fault, Faults, class},
    settings::seed,
    stage::Stage,
    thread::{Marker, canonical, doubled, marker},
};

const PATIENCE: Duration = Duration::from_secs(20);
type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// Stands where the bot stands, and answers 202 to everything.
async fn receiver() -> (Server, Received) {
    let received = Received::default();
    let keep = Arc::clone(&received);
    let server = Server::start(move |request| {
        let (head, body) = request.into_parts();
        keep.lock().unwrap().push((head.headers, body));
        async { Answer::Send(answer(202, "")) }
    })
    .await;
    (server, received)
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "no {what} within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).unwrap().to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_is_delivered_signed_once_each() {
    let stage = Stage::without_bot(seed()).await;
    let (bot, received) = receiver().await;
    stage.forge.point(Some(bot.url()));
    let issue = stage.reporter.files("One", "before", &["incident"]);
    stage.responder.labels(issue, "severity::high");
    stage.responder.edits(issue, "after");
    stage.responder.comments(issue, "hello");
    eventually("end of the deliveries", || !stage.forge.under_way()).await;

    let received = received.lock().unwrap().clone();
    let mut ids = BTreeSet::new();
    for (headers, body) in &received {
        assert_eq!(header(headers, "x-hub-signature-256"), signature(super::bot::SECRET, body));
        assert!(header(headers, "user-agent").starts_with("GitHub-Hookshot/"));
        let id = header(headers, "x-github-delivery");
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
        assert!(ids.insert(id));
        let payload: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(payload["repository"]["full_name"], PROJECT);
    }
    let payload = |event: &str, action: &str| -> Value {
        let mut told = received.iter().filter(|(headers, _)| header(headers, "x-github-event") == event);
        let bodies = told.by_ref().map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap());
        bodies.into_iter().filter(|it| it["action"] == action).last().unwrap()
    };
    assert_eq!(payload("issues", "opened")["issue"]["number"], issue);
    assert_eq!(payload("issues", "edited")["changes"], json!({ "body": { "from": "before" } }));
    assert_eq!(payload("issues", "labeled")["label"]["name"], "severity::high");
    assert_eq!(payload("issue_comment", "created")["comment"]["body"], "hello");
    let log: Vec<Sent> = stage.forge.log().into_iter().filter(|it| it.what != "ping").collect();
    assert!(log.iter().all(|it| it.outcome == Outcome::Acknowledged), "{log:?}");
    assert!(log.iter().any(|it| it.what == "issues.opened"), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_weather_loses_doubles_and_shuffles_and_says_so() {
    let stage = Stage::without_bot(seed()).await;
    let issue = stage.reporter.files("One", "text", &[]);
    eventually("end of what came before", || !stage.forge.under_way()).await;
    let (before, (bot, received)) = (stage.forge.log().len(), receiver().await);
    stage.forge.point(Some(bot.url()));
    stage.forge.weather(Mail { drop: 30, double: 30, late: 60, delay: TimeDelta::seconds(1) });
    for number in 0..200 {
        stage.responder.comments(issue, &number.to_string());
    }
    eventually("end of the deliveries", || !stage.forge.under_way()).await;

    let log = stage.forge.log().split_off(before);
    assert!(log.iter().all(|it| it.outcome == Outcome::Acknowledged), "{log:?}");
    let acknowledged: Vec<String> = log.iter().map(|it| it.id.clone()).collect();
    let arrived: Vec<String> =
        received.lock().unwrap().iter().map(|(headers, _)| header(headers, "x-github-delivery")).collect();
    assert_eq!(acknowledged, arrived, "the log is what arrived, in order");
    let (dropped, doubled) = (stage.forge.met("drop"), stage.forge.met("double"));
    assert!(dropped > 20 && dropped < 100, "{dropped} dropped");
    assert!(doubled > 20, "{doubled} doubled");
    let distinct: BTreeSet<&String> = log.iter().map(|it| &it.id).collect();
    assert_eq!(distinct.len() + dropped, 200, "every delivery is accounted for");
    assert_eq!(log.len(), distinct.len() + doubled, "{} attempts", log.len());
    let numbers: Vec<u64> = log.iter().map(number).collect();
    assert!(numbers.windows(2).any(|pair| pair[0] > pair[1] + 1), "nothing was shuffled");
}

/// The number that a delivered comment consists of.
fn number(sent: &Sent) -> u64 {
    let payload: Value = serde_json::from_slice(&sent.body).unwrap();
    payload["comment"]["body"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_down_fails_deliveries() {
    let stage = Stage::without_bot(1).await;
    let issue = stage.reporter.files("One", "text", &[]);
    eventually("attempts without a bot", || !stage.forge.under_way()).await;
    let before = stage.forge.log().len();
    let (bot, _) = receiver().await;
    stage.forge.point(Some(bot.url()));
    drop(bot);
    stage.responder.comments(issue, "hello");
    eventually("attempt at a bot that is gone", || stage.forge.log().len() == before + 1).await;
    let log = stage.forge.log();
    assert!(before >= 1 && log.iter().all(|it| it.outcome == Outcome::Failed), "{log:?}");
}

/// A comment by the bot's account through the proxy: status and body, or what broke.
async fn write(stage: &Stage, issue: u64, text: &str) -> Result<(u16, Option<Value>), reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(1_500)).build().unwrap();
    let url = format!("{}/repos/{PROJECT}/issues/{issue}/comments", stage.proxy.url());
    let response = client.post(url).bearer_auth(BOT_TOKEN).json(&json!({ "body": text })).send().await?;
    let status = response.status().as_u16();
    Ok((status, serde_json::from_slice(&response.bytes().await?).ok()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_fails_as_forges_fail() {
    let stage = Stage::without_bot(seed()).await;
    let issue = stage.reporter.files("One", "text", &[]);
    let faults: [(Option<Fault>, Option<u16>, bool); 8] = [
        (None, Some(201), true),
        (Some(Fault::BadGatewayAfter), Some(502), true),
        (Some(Fault::ErrorBefore), Some(500), false),
        (Some(Fault::TooMany(Some(2))), Some(429), false),
        (Some(Fault::Truncated), Some(201), true),
        (Some(Fault::ResetBefore), None, false),
        (Some(Fault::ResetAfter), None, true),
        (Some(Fault::Hang), None, false),
    ];
    for (fault, status, applied) in faults {
        let before = stage.responder.reads(issue).len();
        let script = fault.map(|fault| ("POST /issues/{n}/comments".to_owned(), fault)).into_iter().collect();
        stage.proxy.misbehave(Faults { script, chance: None });
        let answered = write(&stage, issue, "x").await.ok();
        assert_eq!(answered.as_ref().map(|it| it.0), status, "{fault:?}");
        let after = stage.responder.reads(issue).len();
        assert_eq!(after - before, usize::from(applied), "{fault:?}");
        let readable = answered.is_some_and(|(_, body)| body.is_some());
        assert_eq!(readable, !matches!(status, None | Some(502)) && fault != Some(Fault::Truncated), "{fault:?}");
        assert_eq!(stage.proxy.calls().last().unwrap().fault, fault);
    }
    assert_eq!(stage.proxy.counts()["POST /issues/{n}/comments"], 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_keeps_every_page_to_itself() {
    let stage = Stage::without_bot(seed()).await;
    let issue = stage.reporter.files("One", "text", &[]);
    stage.responder.comments(issue, "first");
    stage.responder.comments(issue, "second");
    let url = format!("{}/repos/{PROJECT}/issues/{issue}/comments?per_page=1", stage.proxy.url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = client.get(url).bearer_auth(BOT_TOKEN).send().await.unwrap();
    let link = page.headers()["link"].to_str().unwrap().to_owned();
    assert!(link.contains(&stage.proxy.url()), "{link}");
    assert_eq!(stage.proxy.calls().last().unwrap().answered, Some(200));
}

#[test]
fn requests_are_counted_by_what_they_are() {
    assert_eq!(class("GET", "/repos/acme/incidents"), "GET /");
    assert_eq!(class("DELETE", "/repos/a/b/issues/7/labels/severity%3A%3Ahigh"), "DELETE /issues/{n}/labels/{name}");
    assert_eq!(class("PATCH", "/repos/a/b/issues/comments/12"), "PATCH /issues/comments/{n}");
    assert_eq!(class("GET", "/repos/a/b/collaborators/alice/permission"), "GET /collaborators/{login}/permission");
    assert_eq!(class("GET", "/user"), "GET /user");
    assert_eq!(class("GET", "/api/v4/projects/acme%2Fincidents"), "GET /");
    assert_eq!(class("PUT", "/api/v4/projects/5/issues/1/notes/12"), "PUT /issues/{n}/notes/{n}");
}

#[test]
fn only_what_was_acknowledged_and_is_nowhere_in_the_database_is_lost() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("hotwash.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("CREATE TABLE inbox (delivery TEXT); INSERT INTO inbox VALUES ('kept')").unwrap();
    let sent = |id: &str, body: &'static str, outcome| {
        let (id, what, body) = (id.to_owned(), "issues.edited".to_owned(), Bytes::from_static(body.as_bytes()));
        Sent { id, what, body, outcome }
    };
    let mut log = vec![
        sent("kept", "one", Outcome::Acknowledged),
        sent("the same content", "one", Outcome::Acknowledged),
        sent("never acknowledged", "two", Outcome::Failed),
    ];
    assert_eq!(lost(&log, &path), Vec::<String>::new());
    log.push(sent("gone", "three", Outcome::Acknowledged));
    assert_eq!(lost(&log, &path), ["issues.edited gone"]);
}

#[test]
fn runs_are_compared_without_their_moments() {
    let said =
        |id, body: &str| Said { id, by: BOT.to_owned(), at: String::new(), body: body.to_owned(), folded: false };
    let run = |hour: &str, report: &str| {
        let reminder = format!("<!-- hotwash:reminder reminder/sitrep@2026-11-20T{hour}:00:00Z aa -->");
        let report = format!("<!-- hotwash:retrospective retrospective/{report} bb -->");
        canonical(vec!["incident".to_owned()], &[said(1, &reminder), said(2, &report)])
    };
    assert_eq!(run("10", "1"), run("11", "12"));
    let end = run("10", "1");
    assert_eq!(end.comments.get("retrospective retrospective/…"), Some(&1));
    assert!(end.reminded.contains("sitrep") && !end.reminded.contains("acknowledge"));
    let twice = [said(1, "<!-- hotwash:board board aa -->"), said(2, "<!-- hotwash:board board aa -->")];
    assert_eq!(doubled(&twice).len(), 1);
}

#[test]
fn a_marker_is_read_from_the_end_of_a_comment() {
    let found = marker("text <!-- hotwash:board fake 00 -->\n<!-- hotwash:reminder reminder/sitrep@x 1a2b -->");
    assert_eq!(found, Some(Marker { kind: "reminder".to_owned(), key: "reminder/sitrep@x".to_owned() }));
    assert_eq!(marker("no marker <!-- hotwash: -->"), None);
}
