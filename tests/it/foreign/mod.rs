//! Foreign clients as judges of the simulated GitHub: one suite of calls, by octocrab, Octokit and `PyGithub`, against the
//! simulator and against `emulate`, compared field by field.
//!
//! The simulated GitLab has judges of its own (`gitlab`), and a story is read by strangers on both (`walk`).
//!
//! What always holds: whatever `emulate` says, the simulator says too, except where `emulate` is known to be wrong: each
//! such place is listed with its reason, and a place that no longer differs fails the test, so that the list stays true.

mod compare;
mod contract;
pub(crate) mod emulate;
mod gitlab;
mod octocrab;
mod walk;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use hotwash::{
    clock::{Clock, SystemClock},
    domain::snapshot::Visibility,
    drill::{
        faults::Faults,
        github::{Budget, Options, Simulated},
        model::World,
    },
};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use self::emulate::{Emulate, installed, token};
use super::support::settings::{say, setting};

const SUITE: &str = include_str!("suite.json");

/// What a client made of one step.
#[derive(Debug, Clone, Deserialize)]
struct Played {
    step: String,
    /// Where the client says it, or where it failed. 0: the answer was not understood.
    status: Option<u16>,
    data: Value,
}

/// The same people and project as `emulate` is seeded with.
async fn simulated() -> Simulated {
    let clock = Arc::new(SystemClock::real());
    let mut world = World::new();
    let acme = world.add_organisation("acme", &[("alice", true)]);
    world.add_project(acme, "incidents", Visibility::Private, clock.now());
    let alice = world.user("alice").unwrap().id;
    world.add_personal_token(&token("alice"), alice);
    let options = Options { budget: Budget::boundless(), ..Options::default() };
    Simulated::start_with(world, clock, Faults::default(), options).await.unwrap()
}

/// Where the peers are, if `needed` is among them. Where it is not and somebody insists, the test stops.
fn peers(needed: &str) -> Option<PathBuf> {
    let folder = installed()?;
    if folder.join(needed).exists() {
        return Some(folder);
    }
    assert!(setting("HOTWASH_PEERS").as_deref() != Some("required"), "{needed} is missing; scripts/setup installs it");
    say(&format!("NOT RUN: {needed} is not in {}", folder.display()));
    None
}

fn steps() -> Vec<Value> {
    serde_json::from_str(SUITE).unwrap()
}

/// Plays GitHub's suite with a client that is a program of its own.
async fn run(program: &Path, script: &str, peers: &Path, base: &str) -> Vec<Played> {
    play(program, script, peers, base, "suite.json").await
}

/// Runs a client that is a program of its own.
async fn play(program: &Path, script: &str, peers: &Path, base: &str, suite: &str) -> Vec<Played> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/foreign");
    let mut command = Command::new(program);
    command.arg(folder.join(script)).arg(peers).arg(base).arg(token("alice")).arg(folder.join(suite));
    command.env("NO_PROXY", "*").env("PYTHONDONTWRITEBYTECODE", "1");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {}\n{}", said, String::from_utf8_lossy(&output.stderr));
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every step happened as the suite says: it failed where it should, and nowhere else.
fn check_outcomes(who: &str, played: &[Played]) {
    let steps = steps();
    assert_eq!(played.len(), steps.len(), "{who}");
    for (step, one) in steps.iter().zip(played) {
        assert_eq!(step["step"], one.step.as_str());
        let failed = one.status.is_some_and(|status| !(200..300).contains(&status));
        assert_eq!(failed, step["fails"] == true, "{who}: {}: {:?} {}", one.step, one.status, one.data);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn octokit_gets_the_same_from_both() {
    let Some(peers) = peers("node_modules/octokit") else { return };
    let (ours, folder) = (simulated().await, TempDir::new().unwrap());
    let theirs = Emulate::start(folder.path(), &["alice"]).unwrap();
    let node = peers.join("node_modules/node/bin/node");
    let mine = run(&node, "octokit.mjs", &peers, ours.base_url()).await;
    check_outcomes("octokit", &mine);
    compare::same("octokit", &mine, &run(&node, "octokit.mjs", &peers, theirs.url()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pygithub_gets_the_same_from_both() {
    let Some(peers) = peers("python/github") else { return };
    let (ours, folder) = (simulated().await, TempDir::new().unwrap());
    let theirs = Emulate::start(folder.path(), &["alice"]).unwrap();
    let python = Path::new("python3");
    // PyGithub goes to no host but the one it was given, and `emulate` calls itself so.
    let named = theirs.url().replace("127.0.0.1", "localhost");
    let mine = run(python, "pygithub.py", &peers, ours.base_url()).await;
    check_outcomes("pygithub", &mine);
    compare::same("pygithub", &mine, &run(python, "pygithub.py", &peers, &named).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn octocrab_understands_every_answer_and_gets_the_same() {
    let ours = simulated().await;
    let mine = Box::pin(octocrab::play(ours.base_url(), &token("alice"), &steps())).await;
    check_outcomes("octocrab", &mine);
    let Some(_) = installed() else { return };
    let folder = TempDir::new().unwrap();
    let theirs = Emulate::start(folder.path(), &["alice"]).unwrap();
    compare::same("octocrab", &mine, &Box::pin(octocrab::play(theirs.url(), &token("alice"), &steps())).await);
}
