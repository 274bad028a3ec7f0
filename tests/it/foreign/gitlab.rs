//! Foreign clients as judges of the simulated GitLab: one suite of calls by python-gitlab and by @gitbeaker/rest.
//!
//! What always holds: both understand every answer and get the same; what they get has at least the keys and JSON types
//! of what real servers sent, except where those are of another tier or kind of thing: each such key is listed with its
//! reason, and one that is no longer lacking fails the test, so that the list stays true.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use hotwash::{
    clock::{Clock, SystemClock},
    domain::snapshot::Visibility,
    drill::{
        faults::{Effect, Faults, How, Switch, Which},
        gitlab::{self, Simulated},
        model::{Access, Token, World},
    },
};
use serde_json::Value;

use super::{Played, peers, play, token};
use crate::support::settings::say;

const SUITE: &str = include_str!("gitlab.json");

/// What captured bodies have that ours need not: which body, the key, why.
const BEYOND: &[(&str, &str, &str)] = &[
    ("issue", "epic", "Premium"),
    ("issue", "iteration", "Premium"),
    ("issue", "health_status", "Ultimate"),
    ("issue", "task_status", "only where there are tasks"),
    ("note", "author.email", "old servers said it"),
    ("note", "author.created_at", "old servers said it"),
    ("note", "resolved", "only of what can be resolved"),
    ("note", "resolved_at", "only of what can be resolved"),
    ("note", "upvote", "old servers said it"),
    ("note", "downvote", "old servers said it"),
    ("labels", "open_issues_count", "only where counts are asked for"),
    ("labels", "closed_issues_count", "only where counts are asked for"),
    ("labels", "open_merge_requests_count", "only where counts are asked for"),
    ("hook", "push_events_branch_filter", "pushes are not played"),
    ("hook", "deployment_events", "deployments are not played"),
    ("hook", "releases_events", "releases are not played"),
    ("hook", "job_events", "jobs are not played"),
    ("hook", "pipeline_events", "pipelines are not played"),
    ("hook", "wiki_page_events", "wikis are not played"),
    ("hook", "description", "hooks have no names here"),
    ("personal-access-token", "token", "told once, when it is made or rotated"),
    ("personal-access-token", "description", "tokens have no description here"),
];

/// Captured bodies, and the steps whose answers are of their kind.
const CAPTURED: &[(&str, &[&str])] = &[
    ("issue", &["file an incident", "read", "edit", "list incidents"]),
    ("note", &["comment", "edit a comment", "read a comment", "list comments"]),
    ("label-events", &["label events"]),
    ("labels", &["labels of the project", "define a label"]),
    ("members", &["members"]),
    ("hook", &["add a hook", "list hooks", "change a hook"]),
    ("issue-link", &["link"]),
    ("issue-discussions", &["begin a discussion", "list discussions"]),
    ("personal-access-token", &["my token"]),
];

/// alice runs acme/incidents, gus is a guest there.
async fn simulated() -> Simulated {
    let clock = Arc::new(SystemClock::real());
    let mut world = World::new();
    world.caps = gitlab::caps();
    let acme = world.add_organisation("acme", &[]);
    let project = world.add_project(acme, "incidents", Visibility::Private, clock.now());
    for (login, access) in [("alice", Access::Admin), ("gus", Access::Read)] {
        let user = world.add_person(login);
        world.give(project, user, access);
        let scopes = vec!["api".to_owned()];
        world.add_token(&token(login), Token::Personal { user, scopes, expires_at: None });
    }
    Simulated::start(world, clock, Faults::default()).await.unwrap()
}

fn steps() -> Vec<Value> {
    serde_json::from_str(SUITE).unwrap()
}

/// Every step happened as the suite says: it failed with the status that it names, or not at all.
fn check_outcomes(who: &str, played: &[Played]) {
    let steps = steps();
    assert_eq!(played.len(), steps.len(), "{who}");
    let mut complaints = Vec::new();
    for (step, one) in steps.iter().zip(played) {
        assert_eq!(step["step"], one.step.as_str());
        let wanted = step["fails"].as_u64().and_then(|status| u16::try_from(status).ok());
        if one.status != wanted {
            complaints.push(format!("{}: {:?}, not {wanted:?}", one.step, one.status));
        }
    }
    assert!(complaints.is_empty(), "{who}:\n{}", complaints.join("\n"));
}

/// Every leaf by its path; of what differs from run to run (moments, made-up keys), that it is one.
fn leaves(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| leaves(&format!("{path}.{name}"), value, out));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(at, value)| leaves(&format!("{path}.{at}"), value, out));
        }
        Value::String(text) if path.ends_with("_at") && text.parse::<chrono::DateTime<chrono::Utc>>().is_ok() => {
            out.insert(path.to_owned(), "a moment".to_owned());
        }
        leaf => {
            out.insert(path.to_owned(), leaf.to_string());
        }
    }
}

/// What python-gitlab keeps to itself: step, path. Of a link it gives the two issues alone.
const UNSAID: [(&str, &str); 2] = [("link", ".id"), ("link", ".link_type")];

/// Both got the same, field by field; the number of fields compared.
fn agree(one: &[Played], other: &[Played]) -> usize {
    let (mut compared, mut complaints) = (0, Vec::new());
    for (one, other) in one.iter().zip(other) {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        leaves("", &one.data, &mut a);
        leaves("", &other.data, &mut b);
        let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        compared += paths.len();
        let unsaid = |path: &str| UNSAID.contains(&(one.step.as_str(), path));
        let differ = paths.into_iter().filter(|path| a.get(*path) != b.get(*path) && !unsaid(path));
        complaints.extend(differ.map(|path| format!("{}: {path}: {:?}, {:?}", one.step, a.get(path), b.get(path))));
    }
    assert!(complaints.is_empty(), "{} differences\n{}", complaints.len(), complaints.join("\n"));
    compared
}

/// What the captured body has and the answer lacks, or has as something else; by path.
fn lacking(captured: &Value, found: &Value, path: &str, out: &mut BTreeSet<String>) {
    match (captured, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (key, value) in wanted {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match found.get(key) {
                    Some(other) => lacking(value, other, &path, out),
                    None => drop(out.insert(path)),
                }
            }
        }
        (Value::Array(wanted), Value::Array(found)) => {
            if let (Some(wanted), Some(found)) = (wanted.first(), found.first()) {
                lacking(wanted, found, path, out);
            }
        }
        (wanted, found) => {
            let same = std::mem::discriminant(wanted) == std::mem::discriminant(found);
            if !same && !wanted.is_null() && !found.is_null() {
                out.insert(format!("{path}: {found} instead of {wanted}"));
            }
        }
    }
}

fn captured(name: &str) -> Option<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/gitlab/api");
    let bytes = std::fs::read(folder.join(format!("gitlab4j__{name}.json"))).ok()?;
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    Some(match body {
        Value::Array(list) => list.into_iter().next().unwrap(),
        one => one,
    })
}

/// What is listed as beyond ours, but is not lacking any more, fails as well.
fn check_against_captured(played: &[Played]) {
    let (mut complaints, mut used) = (Vec::new(), BTreeSet::new());
    for (name, steps) in CAPTURED {
        let Some(body) = captured(name) else {
            say("NOT RUN: the captured bodies of a real GitLab are not at hand");
            return;
        };
        for step in *steps {
            let one = played.iter().find(|one| one.step == *step).unwrap();
            let data = one.data.as_array().map_or(&one.data, |list| &list[0]);
            let mut missing = BTreeSet::new();
            lacking(&body, data, "", &mut missing);
            for path in missing {
                match BEYOND.iter().position(|(of, key, _)| of == name && *key == path) {
                    Some(at) => drop(used.insert(at)),
                    None => complaints.push(format!("{step}: {path}")),
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{} lack what captured ones have\n{}", complaints.len(), complaints.join("\n"));
    let idle: Vec<_> = BEYOND.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, one)| one).collect();
    assert!(idle.is_empty(), "no longer lacking: {idle:?}");
}

/// What the suite did shows in what it read.
fn check_facts(played: &[Played]) {
    let of = |step: &str| &played.iter().find(|one| one.step == step).unwrap().data;
    let count = |step: &str| of(step).as_array().unwrap().len();
    let texts = |step: &str, field: &str| -> Vec<String> {
        of(step).as_array().unwrap().iter().map(|one| one[field].to_string().replace('"', "")).collect()
    };
    assert_eq!(of("file an incident")["issue_type"], "incident");
    assert_eq!(
        (&of("file an incident")["confidential"], &of("file an issue")["confidential"]),
        (&true.into(), &false.into())
    );
    assert_eq!(of("close")["state"], "closed");
    assert_eq!((count("list closed issues"), count("list confidential issues"), count("list by label")), (1, 1, 1));
    assert_eq!((count("list incidents"), count("list one a page")), (1, 2), "every page was fetched");
    assert_eq!(of("comment for the team")["internal"], true);
    assert_eq!(texts("a guest sees what is for all", "body").iter().filter(|body| body.starts_with("For")).count(), 1);
    assert!(of("say nothing but commands")["id"].is_null() && of("say nothing but commands")["summary"].is_array());
    assert!(of("see what the commands did")["labels"].as_array().unwrap().contains(&"urgent".into()));
    assert_eq!(count("list comments one a page"), count("list comments"));
    let (mut backwards, forwards) = (texts("list comments one a page", "id"), texts("list comments", "id"));
    backwards.reverse();
    assert_eq!(backwards, forwards, "each page in the order that was asked for");
    assert_eq!(texts("label events", "action").iter().filter(|action| *action == "remove").count(), 2);
    assert_eq!(texts("state events", "state"), ["closed", "reopened"]);
    assert_eq!((count("list links"), count("list hooks"), count("what a hook sent")), (1, 1, 0));
    assert_eq!(of("add a hook")["token_present"], true);
    assert_eq!(of("see the severity")["severity"], "HIGH");
    let refused = &of("set the severity of nothing")["errors"];
    assert!(!refused.as_array().unwrap().is_empty(), "{refused}");
}

/// The first answer about labels is a limit, as the proxy in front of GitLab sets it.
fn limited(forge: &Simulated) {
    let which = Which { method: Some("GET".to_owned()), path: Some("/labels".to_owned()) };
    let how = How::TooMany(Some(1));
    forge.faults().switch_on(Switch { which, how, effect: Effect::Nothing, percent: 100, at_most: Some(1) });
}

async fn played(program: &Path, script: &str, peers: &Path) -> Vec<Played> {
    let forge = simulated().await;
    limited(&forge);
    let played = play(program, script, peers, forge.base_url(), "gitlab.json").await;
    check_outcomes(script, &played);
    assert_eq!(forge.faults().count("limit"), 1, "{script} waited, and asked again");
    played
}

#[tokio::test(flavor = "multi_thread")]
async fn python_gitlab_and_gitbeaker_understand_every_answer_and_get_the_same() {
    let (Some(peers), Some(_)) = (peers("python/gitlab"), peers("node_modules/@gitbeaker/rest")) else { return };
    let node = peers.join("node_modules/node/bin/node");
    let python = played(Path::new("python3"), "pythongitlab.py", &peers).await;
    let beaker = played(&node, "gitbeaker.mjs", &peers).await;
    let compared = agree(&python, &beaker);
    assert!(compared > 1_000, "only {compared} fields were compared");
    check_facts(&python);
    check_against_captured(&beaker);
}

#[test]
fn what_is_missing_or_of_another_type_is_found() {
    let (wanted, found) = (
        serde_json::json!({ "a": 1, "b": { "c": "x" }, "d": [{ "e": true }], "f": null }),
        serde_json::json!({ "a": "1", "b": {}, "d": [{ "e": 1 }] }),
    );
    let mut out = BTreeSet::new();
    lacking(&wanted, &found, "", &mut out);
    assert_eq!(out.into_iter().collect::<Vec<_>>(), ["a: \"1\" instead of 1", "b.c", "d.e: 1 instead of true", "f"]);
}
