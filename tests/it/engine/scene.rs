//! A scene: the model forge, the engine and the database, with verbs for people and for time.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use chrono::{TimeDelta, TimeZone, Utc};
use hotwash::{
    domain::{
        hint::Hint,
        ids::{CommentId, IssueRef},
        people::Account,
        time::Moment,
    },
    engine::{Engine, Patience, Ports, Watched},
    render::Renderer,
    store::{Delivery, SharedStore, sqlite::SqliteStore},
    text::{marker, neutral},
};

use super::{clock::HeldClock, model::Model};
use crate::plan::story::project;

pub(crate) const BODY: &str = "\
The chickens have escaped.

- **Status**: investigating
- **Severity**: unknown
- **Reporter**: @alice
- **IC**: Your Name
- **Responders**: Any other responders
";

pub(crate) fn alice() -> Account {
    Account::new(11, "alice")
}

pub(crate) fn bob() -> Account {
    Account::new(12, "bob")
}

pub(crate) fn key() -> marker::MarkerKey {
    marker::MarkerKey::derive(b"a key of the tests")
}

pub(crate) struct Scene {
    pub(crate) clock: Arc<HeldClock>,
    pub(crate) model: Model,
    pub(crate) engine: Arc<Engine>,
    pub(crate) store: SharedStore,
    pub(crate) path: PathBuf,
    commanders: Vec<String>,
    _folder: tempfile::TempDir,
    deliveries: u64,
}

/// `09:05` on Monday 2026-11-16, UTC.
pub(crate) fn at(text: &str) -> Moment {
    let (hours, minutes) = text.split_once(':').unwrap();
    Utc.with_ymd_and_hms(2026, 11, 16, hours.parse().unwrap(), minutes.parse().unwrap(), 0).unwrap()
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::commanded_by(&[])
    }

    pub(crate) fn commanded_by(logins: &[&str]) -> Self {
        let commanders: Vec<String> = logins.iter().map(|login| (*login).to_owned()).collect();
        let clock = Arc::new(HeldClock::at(at("09:00")));
        // Kills here are of the engine, not of the machine: a file system in memory will do, and is fast.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let path = folder.path().join("hotwash.db");
        let store: SharedStore = Arc::new(SqliteStore::open(&path).unwrap());
        let model = Model::new(Arc::clone(&clock));
        let engine = engine(&model, &clock, &store, &commanders);
        Self { clock, model, engine, store, path, commanders, _folder: folder, deliveries: 0 }
    }

    /// The process ends and starts again on the same file, or on another store over it.
    pub(crate) fn restart_with(&mut self, store: SharedStore) {
        self.engine = engine(&self.model, &self.clock, &store, &self.commanders);
        self.store = store;
    }

    /// The process ends without a word and starts again.
    pub(crate) fn restart(&mut self) {
        let empty: SharedStore =
            Arc::new(hotwash::store::sqlite::SqliteReader::open(&self.path.with_extension("none")).unwrap());
        self.restart_with(empty);
        let store: SharedStore = Arc::new(SqliteStore::open(&self.path).unwrap());
        self.restart_with(store);
    }

    /// Puts one delivery into the inbox.
    pub(crate) async fn deliver(&mut self, number: u64, hint: &Hint) {
        self.deliveries += 1;
        let mut digest = [0; 16];
        digest[..8].copy_from_slice(&self.deliveries.to_be_bytes());
        let delivery = Delivery {
            forge: "github".to_owned(),
            id: format!("delivery-{}", self.deliveries),
            digest,
            event: "issues".to_owned(),
            received_at: *[self.clock.as_ref()].map(hotwash::clock::Clock::machine_now).first().unwrap(),
            issue: Some(IssueRef::new("github", "acme/incidents", number)),
            hint: Some(serde_json::to_string(hint).unwrap()),
            unreadable: false,
            body: bytes::Bytes::from_static(b"{}"),
        };
        self.store.accept(delivery).await.unwrap();
    }

    /// Everything the forge wants to deliver is delivered and worked off, echoes included.
    pub(crate) async fn settle(&mut self) {
        for _ in 0..50 {
            let waiting = std::mem::take(&mut self.model.open().outbox);
            if waiting.is_empty() && self.engine.work_off().await.unwrap() == 0 {
                return;
            }
            for (number, hint) in waiting {
                self.deliver(number, &hint).await;
            }
            self.engine.work_off().await.unwrap();
        }
        panic!("the engine and the forge keep each other busy");
    }

    /// Time passes; the engine wakes whenever something is due.
    pub(crate) async fn until(&mut self, text: &str) {
        self.until_moment(at(text)).await;
    }

    pub(crate) async fn later(&mut self, span: TimeDelta) {
        let now = hotwash::clock::Clock::now(self.clock.as_ref());
        self.until_moment(now + span).await;
    }

    async fn until_moment(&mut self, end: Moment) {
        for _ in 0..5_000 {
            self.settle().await;
            let due = self.store.next_due().await.unwrap();
            match due.filter(|due| *due <= end) {
                Some(due) => self.clock.set(due.max(hotwash::clock::Clock::now(self.clock.as_ref()))),
                None => break,
            }
        }
        self.clock.set(end);
        self.settle().await;
    }

    pub(crate) fn labels(&self, number: u64) -> Vec<String> {
        self.model.open().issues.get(&number).unwrap().labels.iter().cloned().collect()
    }

    /// The bot's comments as (key, comment), in the order of the thread.
    pub(crate) fn bots(&self, number: u64) -> Vec<(String, CommentId)> {
        let issue = IssueRef::new("github", "acme/incidents", number);
        let inner = self.model.open();
        let of_issue = inner.comments.iter().filter(|(of, comment)| {
            *of == number && comment.author.as_ref().is_some_and(|author| author.id == super::model::BOT)
        });
        of_issue
            .map(|(_, comment)| {
                let marker = marker::read(&comment.body, &issue, &[key()]).expect("the bot marks every comment");
                (marker.key, comment.id)
            })
            .collect()
    }

    pub(crate) fn keys(&self, number: u64) -> Vec<String> {
        self.bots(number).into_iter().map(|(key, _)| key).collect()
    }

    /// The text of the bot's comment under a key that begins so.
    #[track_caller]
    pub(crate) fn text(&self, number: u64, prefix: &str) -> String {
        let found = self.bots(number).into_iter().find(|(key, _)| key.starts_with(prefix));
        let (_, id) = found.unwrap_or_else(|| panic!("no comment {prefix}: {:?}", self.keys(number)));
        let inner = self.model.open();
        inner.comments.iter().find(|(_, comment)| comment.id == id).unwrap().1.body.clone()
    }
}

static RENDERER: OnceLock<Arc<Renderer>> = OnceLock::new();

fn engine(model: &Model, clock: &Arc<HeldClock>, store: &SharedStore, commanders: &[String]) -> Arc<Engine> {
    // Where the forge keeps no timeline of its own, that it is wanted changes nothing.
    let (commanders, timeline_events) = (commanders.to_vec(), true);
    let project = hotwash::domain::project::Project { commanders, timeline_events, ..project(chrono_tz::UTC) };
    let renderer = RENDERER.get_or_init(|| Arc::new(Renderer::new(None, neutral::inline).unwrap()));
    let watched = Watched::new(project, Arc::clone(renderer));
    let ports = Ports {
        store: Arc::clone(store),
        forges: BTreeMap::from([("github".to_owned(), model.forge())]),
        clock: Arc::clone(clock) as hotwash::clock::SharedClock,
        marker_keys: BTreeMap::from([("github".to_owned(), vec![key()])]),
        projects: vec![watched],
    };
    Arc::new(Engine::new(ports, Patience::default()))
}
