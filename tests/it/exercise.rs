//! An exercise and real incidents never share a database, and what is planned beside an exercise follows its clock.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use hotwash::{
    domain::{
        event::{Event, What},
        ids::IssueRef,
        people::Actor,
        time::Moment,
    },
    store::{SharedStore, sqlite::SqliteStore},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{
    bot::{Settings, command, configure},
    child::Process,
};

const PATIENCE: Duration = Duration::from_mins(1);

/// A configured folder without a database. Nobody answers at its forge.
fn folder(api_url: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), api_url, &Settings { speed: 60, sweep_every: "1h" });
    folder
}

fn database(folder: &Path) -> SharedStore {
    Arc::new(SqliteStore::open(&folder.join("hotwash.db")).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "the program under test runs on the machine's clock")]
fn machine_now() -> Moment {
    Utc::now()
}

/// Serves until it listens, then ends it.
fn serves(folder: &Path, flags: &[&str]) {
    let mut process = Process::start(command(folder, "serve").args(flags));
    process.wait_for("`listening on` from hotwash", PATIENCE, |line| line.contains("listening on").then_some(()));
    process.kill();
}

/// What it says when it refuses to serve.
#[track_caller]
fn refuses(folder: &Path, flags: &[&str]) -> String {
    let mut process = Process::start(command(folder, "serve").args(flags));
    assert_eq!(process.end(PATIENCE), Some(2), "{}", process.said());
    let said = process.said();
    assert!(said.contains("a database of its own"), "the way out is named: {said}");
    said
}

#[test]
fn an_exercise_goes_on_at_its_own_speed_only() {
    let folder = folder("http://127.0.0.1:9");
    serves(folder.path(), &["--exercise-speed", "60"]);
    serves(folder.path(), &["--exercise-speed", "60"]);
    let said = refuses(folder.path(), &["--exercise-speed", "61"]);
    assert!(said.contains("--exercise-speed 60"), "{said}");
    let said = refuses(folder.path(), &[]);
    assert!(said.contains("holds an exercise"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_exercise_begins_among_real_incidents() {
    let folder = folder("http://127.0.0.1:9");
    let store = database(folder.path());
    let (now, issue) = (machine_now(), IssueRef::new("github", "acme/incidents", 5));
    store.nudge(vec![issue], now, false).await.unwrap();
    let claim = store.claim(now, 1, TimeDelta::minutes(1)).await.unwrap().remove(0);
    let opened = Event { at: now, by: Actor::Somebody, url: None, what: What::Opened };
    store.record(&claim, vec![opened], Vec::new()).await.unwrap();
    store.finish(&claim, None).await.unwrap();
    drop(store);
    let said = refuses(folder.path(), &["--exercise-speed", "60"]);
    assert!(said.contains("holds real incidents"), "{said}");
    serves(folder.path(), &[]);
}

/// A GitHub that holds one incident of high severity, filed a minute ago.
async fn github(filed: Moment) -> MockServer {
    let server = MockServer::start().await;
    let repository = json!({ "id": 77, "full_name": "acme/incidents", "private": true, "visibility": "private" });
    let filed = filed.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let issue = json!({
        "number": 5, "title": "Leaked key", "body": "- **Status**: investigating", "state": "open", "comments": 0,
        "user": { "id": 1, "login": "alice" }, "labels": [{ "name": "incident" }, { "name": "severity::high" }],
        "assignees": [], "created_at": filed, "updated_at": filed, "closed_at": null,
        "html_url": "https://example.test/acme/incidents/issues/5",
    });
    let answers = [
        ("/user", json!({ "id": 9, "login": "ir-bot" })),
        ("/repos/acme/incidents", repository),
        ("/repos/acme/incidents/issues/5", issue),
        ("/repos/acme/incidents/issues/5/comments", json!([])),
        ("/repos/acme/incidents/issues/5/timeline", json!([])),
    ];
    for (at, body) in answers {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(&server).await;
    }
    server
}

/// The keys of what `hotwash plan` would do about the incident.
async fn planned(folder: &Path) -> Vec<String> {
    let mut command = command(folder, "plan");
    let output = tokio::task::spawn_blocking(move || command.args(["5", "--json"]).output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    plan["actions"].as_array().unwrap().iter().map(|action| action["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_beside_an_exercise_follows_its_clock() {
    let filed = machine_now() - TimeDelta::minutes(1);
    let server = github(filed).await;
    let folder = folder(&server.uri());
    let overdue = |keys: &[String]| keys.iter().any(|key| key.starts_with("reminder/") || key.starts_with("catch-up/"));
    let keys = planned(folder.path()).await;
    assert!(!keys.is_empty() && !overdue(&keys), "after a minute nothing is overdue: {keys:?}");
    let epoch = format!("{} 600", filed.to_rfc3339());
    database(folder.path()).set_value("exercise/epoch", &epoch).await.unwrap();
    let keys = planned(folder.path()).await;
    assert!(overdue(&keys), "after ten hours of the exercise something is: {keys:?}");
}
