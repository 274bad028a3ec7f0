//! A shipped story on both simulated forges, and foreign readers who walk the threads: python-gitlab on GitLab, `PyGithub` on
//! GitHub. Both find the same story.
//!
//! Where the forges differ, and why: on GitLab a reminder that has done its work is deleted (GitHub folds it away, which
//! its REST API does not show); addresses, markers and the journal's digest name the forge, and comments have numbers of
//! their own; that an issue is filed without the confidential flag, and gets it, are events on GitLab alone.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use hotwash::{
    cli::Program,
    domain::time::Moment,
    drill::{
        face,
        play::{Audience, Pace, Told, play},
        script::Script,
        service::{Broken, Identity, Running, Service, Surroundings, Watch},
    },
    store::SharedStore,
};
use serde::Deserialize;

use super::peers;
use crate::{
    drill::{program, read_script},
    support::thread::marker,
};

const STORY: &str = include_str!("../../../drills/cloud-gov.toml");

/// An issue as a foreign reader finds it.
#[derive(Debug, Clone, Deserialize)]
struct Found {
    number: u64,
    title: String,
    open: bool,
    labels: Vec<String>,
    comments: Vec<Comment>,
}

#[derive(Debug, Clone, Deserialize)]
struct Comment {
    by: String,
    body: String,
}

/// The program; before it is ended, a foreign reader walks the project.
struct Visited {
    program: Program,
    reader: Reader,
}

/// Who reads, and what was found.
#[derive(Clone)]
struct Reader {
    peers: PathBuf,
    forge: face::Kind,
    path: String,
    found: Arc<Mutex<Vec<Found>>>,
}

impl Reader {
    async fn walks(&self, surroundings: &Surroundings) {
        let (Identity::Token(token) | Identity::GitlabToken(token)) = &surroundings.identity else {
            panic!("a token to read with")
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/foreign/walk.py");
        let mut command = Command::new("python3");
        command.arg(script).arg(&self.peers).args([self.forge.name(), &surroundings.forge_url, token, &self.path]);
        command.env("NO_PROXY", "*").env("PYTHONDONTWRITEBYTECODE", "1");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        *self.found.lock().unwrap() = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    }
}

#[async_trait]
impl Service for Visited {
    async fn start(&self, surroundings: &Surroundings) -> Result<Box<dyn Running>, Broken> {
        let running = self.program.start(surroundings).await?;
        Ok(Box::new(Visit { running, reader: self.reader.clone(), surroundings: surroundings.clone() }))
    }
}

struct Visit {
    running: Box<dyn Running>,
    reader: Reader,
    surroundings: Surroundings,
}

#[async_trait]
impl Running for Visit {
    fn address(&self) -> SocketAddr {
        self.running.address()
    }

    fn webhook(&self) -> String {
        self.running.webhook()
    }

    fn watch(&self) -> Arc<dyn Watch> {
        self.running.watch()
    }

    async fn next_due(&self) -> Result<Option<Moment>, Broken> {
        self.running.next_due().await
    }

    fn store(&self) -> SharedStore {
        self.running.store()
    }

    async fn stop(self: Box<Self>) -> Result<(), Broken> {
        self.reader.walks(&self.surroundings).await;
        self.running.stop().await
    }

    async fn kill(self: Box<Self>) -> Result<(), Broken> {
        self.running.kill().await
    }
}

/// Hears nothing.
struct Empty;

impl Audience for Empty {
    fn hears(&mut self, _: &Told) {}
}

/// The story on one forge, as a foreign reader finds it at its end.
async fn read_on(forge: face::Kind, peers: &Path) -> (Script, Vec<Found>) {
    let script = read_script(STORY).on(forge);
    let found = Arc::new(Mutex::default());
    let path = script.project.path.clone();
    let reader = Reader { peers: peers.to_owned(), forge, path, found: Arc::clone(&found) };
    let tally = play(&script, &Visited { program: program(STORY), reader }, &mut Empty, Pace::AtOnce).await.unwrap();
    assert_eq!(tally.failed, 0, "what the story expects holds on {forge:?}");
    let found = found.lock().unwrap().clone();
    (script, found)
}

/// A bot's comment: kind, key and words, without what names the forge.
fn told(comment: &Comment) -> (String, String, String) {
    let marker = marker(&comment.body).expect("the bot's comments have markers");
    let words = comment.body.rsplit_once("<!-- hotwash:").unwrap().0;
    (marker.kind, without_number(&marker.key), without_places(words))
}

/// `reply/1042.1` names a comment by its number, which each forge gives out by itself.
fn without_number(key: &str) -> String {
    let number = |text: &str| text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    match key.split_once('/') {
        Some((kind, rest)) if number(rest) => format!("{kind}/…"),
        _ => key.to_owned(),
    }
}

/// The words without addresses, without the journal's length and digest, and without what only GitLab has to tell.
fn without_places(words: &str) -> String {
    let only_there = ["without the confidential flag", "only the trusted can read it again"];
    let shared = |line: &&str| !line.starts_with("Journal: ") && !only_there.iter().any(|words| line.contains(words));
    let lines = words.trim().lines().filter(shared);
    let shortened = lines.map(|line| {
        if line.starts_with("https://") {
            return "…".to_owned();
        }
        let mut parts = line.split("](");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |whole, part| format!("{whole}](…){}", part.split_once(')').map_or("", |(_, rest)| rest)))
    });
    shortened.collect::<Vec<_>>().join("\n")
}

/// The bot's comments in the order of the thread.
fn story(issue: &Found, bot: &str) -> Vec<(String, String, String)> {
    issue.comments.iter().filter(|comment| comment.by == bot).map(told).collect()
}

/// Where two comments part.
fn parting(one: &(String, String, String), other: Option<&(String, String, String)>) -> String {
    let Some(other) = other else { return format!("{} {}, and nothing", one.0, one.1) };
    if (&one.0, &one.1) != (&other.0, &other.1) {
        return format!("{} {}, and {} {}", one.0, one.1, other.0, other.1);
    }
    let parts = one.2.lines().zip(other.2.lines()).find(|(a, b)| a != b);
    format!("{}: {parts:#?}", one.1)
}

#[tokio::test]
async fn foreign_readers_find_the_same_story_on_both_forges() {
    let (Some(peers), Some(_)) = (peers("python/gitlab"), peers("python/github")) else { return };
    let (script, github) = read_on(face::Kind::Github, &peers).await;
    let (_, gitlab) = read_on(face::Kind::Gitlab, &peers).await;
    let facts = |found: &[Found]| -> Vec<(u64, String, bool, Vec<String>)> {
        found.iter().map(|it| (it.number, it.title.clone(), it.open, it.labels.clone())).collect()
    };
    assert_eq!(facts(&github), facts(&gitlab));
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    for (on_github, on_gitlab) in github.iter().zip(&gitlab) {
        let people = |issue: &Found| -> Vec<String> {
            let by_people = issue.comments.iter().filter(|comment| comment.by != script.bot);
            by_people.map(|comment| format!("{}: {}", comment.by, comment.body)).collect()
        };
        assert_eq!(people(on_github), people(on_gitlab), "#{}", on_github.number);
        let (there, here) = (story(on_github, &script.bot), story(on_gitlab, &script.bot));
        let mut left = here.iter().peekable();
        for told in &there {
            if left.next_if_eq(&told).is_none() {
                let folded = told.0 == "reminder" || told.0 == "catch-up";
                assert!(
                    folded,
                    "#{}: on GitHub and on GitLab: {}",
                    on_github.number,
                    parting(told, left.peek().copied())
                );
            }
        }
        assert_eq!(left.next(), None, "#{}: GitHub does not have it", on_github.number);
        kinds.extend(here.into_iter().map(|(kind, ..)| kind));
    }
    for kind in ["authority", "board", "gate", "handoff", "reply", "retrospective", "sitrep"] {
        assert!(kinds.contains(kind), "no {kind} among {kinds:?}");
    }
}
