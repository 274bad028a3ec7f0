//! The shell's heart: the only place that combines forge, store, clock, text, plan, report and rendering.
//!
//! One incident at a time: read the issue, interpret, plan, apply what the ledger does not hold yet, journal, set the
//! next wake-up. What always holds: every write about an incident happens under its lease; nothing is sent before its
//! intent is on disk; an unknown outcome is looked up before anything is sent again. What is deliberately not here:
//! deciding (`plan`), wording (`render`), HTTP (`web`, `forge`).

mod apply;
mod aside;
mod audience;
mod board;
mod cache;
mod collapse;
mod comments;
mod desk;
mod enter;
mod file;
mod gaps;
mod hear;
mod hooks;
mod internal;
mod lease;
mod look;
mod numbers;
mod preview;
mod reconcile;
mod report;
mod review;
mod settle;
mod sweep;
mod worker;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    clock::SharedClock,
    domain::{ids::IssueRef, project::Project, reading::Vocabulary, setup::Intake},
    forge::{Forge, ForgeError},
    render::{RenderError, Renderer},
    store::{SharedStore, StoreError},
    text::marker::MarkerKey,
};

use cache::Cache;

/// What the engine is made of.
pub struct Ports {
    /// Durable facts.
    pub store: SharedStore,
    /// The configured forges by name.
    pub forges: BTreeMap<String, Forge>,
    /// Time.
    pub clock: SharedClock,
    /// Keys that markers are made with (the first) and read with (all), by forge name.
    pub marker_keys: BTreeMap<String, Vec<MarkerKey>>,
    /// The watched projects.
    pub projects: Vec<Watched>,
}

/// A watched project and the wording of its comments.
#[derive(Clone)]
pub struct Watched {
    project: Arc<Project>,
    renderer: Arc<Renderer>,
    /// What the body parser must know of the project, made once.
    vocabulary: Arc<Vocabulary>,
    /// Where its deliveries arrive, for who looks after its webhook.
    intake: Option<Intake>,
}

impl Watched {
    /// The project with its templates.
    #[must_use]
    pub fn new(project: Project, renderer: Arc<Renderer>) -> Self {
        let vocabulary = Arc::new(project.vocabulary());
        Self { project: Arc::new(project), renderer, vocabulary, intake: None }
    }

    /// The same, with its webhook looked after.
    #[must_use]
    pub fn heard_at(self, intake: Intake) -> Self {
        Self { intake: Some(intake), ..self }
    }
}

/// How patient the engine is. All spans are machine time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long an unknown outcome is left alone before it is looked up.
    pub settle: Duration,
    /// Between two look-ups that must both find nothing before anything is sent again.
    pub recheck: Duration,
    /// How long one worker may hold an incident without a sign of life.
    pub lease: Duration,
    /// Between two sweeps.
    pub sweep_every: Duration,
    /// Failed attempts after which deliveries are parked.
    pub park_after: u32,
    /// Stored bodies of finished deliveries are removed after this long.
    pub forget_bodies_after: Duration,
    /// Incidents worked on at the same time.
    pub workers: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(30),
            recheck: Duration::from_secs(10),
            lease: Duration::from_mins(1),
            sweep_every: Duration::from_mins(5),
            park_after: 20,
            forget_bodies_after: Duration::from_hours(30 * 24),
            workers: 16,
        }
    }
}

/// The engine. Share it; run `run` once.
pub struct Engine {
    ports: Ports,
    patience: Patience,
    cache: Cache,
    wake: Arc<Notify>,
    troubles: Mutex<BTreeMap<String, String>>,
    swept: sweep::Remembered,
    doubted: audience::Doubted,
    unseen: hooks::Unseen,
    numbers: numbers::Numbers,
    nap: worker::Nap,
    hands: Arc<()>,
}

/// Something is in hand for as long as this lives.
struct InHand {
    _hand: Arc<()>,
}

impl Engine {
    /// Puts the engine together. Nothing runs yet.
    #[must_use]
    pub fn new(ports: Ports, patience: Patience) -> Self {
        Self {
            ports,
            patience,
            cache: Cache::new(512),
            wake: Arc::new(Notify::new()),
            troubles: Mutex::default(),
            swept: sweep::Remembered::default(),
            doubted: audience::Doubted::default(),
            unseen: hooks::Unseen::default(),
            numbers: numbers::Numbers::default(),
            nap: worker::Nap::default(),
            hands: Arc::new(()),
        }
    }

    /// Nothing is in hand: no claim asked for or held, no sweep under way. Whether something is due, the store knows.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        Arc::strong_count(&self.hands) == 1
    }

    /// How many requests to forges are under way.
    #[must_use]
    pub fn requests_under_way(&self) -> usize {
        self.ports.forges.values().map(|forge| forge.read.under_way()).sum()
    }

    fn in_hand(&self) -> InHand {
        InHand { _hand: Arc::clone(&self.hands) }
    }

    /// Wakes the workers: something was stored.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// The project itself changed: what is remembered of it is asked for anew before the next write, and its incidents
    /// are looked at if others can read it now.
    pub fn project_changed(&self, name: &str, path: &str) {
        if let Some(forge) = self.forge(name) {
            forge.read.forget(path);
            self.doubted.add(name, path);
        }
        self.wake();
    }

    /// Why the engine cannot do all its work, one sentence each, for `/readyz`.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Notes (or, with `None`, clears) what is wrong with one thing.
    fn trouble(&self, about: &str, what: Option<String>) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        match what {
            Some(what) => troubles.insert(about.to_owned(), what),
            None => troubles.remove(about),
        };
    }

    /// Says in `/readyz` that the forge refuses work on an issue; `None` where a round of it went without a stumble.
    fn refused(&self, issue: &IssueRef, error: Option<&ForgeError>) {
        let about = format!("refused {issue}");
        match error {
            Some(error @ ForgeError::Denied { .. }) => {
                let of = issue.is_project().then(|| format!("the review of {}:{}", issue.forge, issue.project));
                let what = of.unwrap_or_else(|| issue.to_string());
                self.trouble(&about, Some(format!("{what} is not worked on: {}", told(error))));
            }
            Some(_) => {}
            None => self.trouble(&about, None),
        }
    }

    /// The project that an issue belongs to.
    fn watched(&self, issue: &IssueRef) -> Result<&Watched, Trouble> {
        let mut watched = self.ports.projects.iter();
        watched
            .find(|watched| watched.project.forge == issue.forge && watched.project.path == issue.project)
            .ok_or_else(|| Trouble::NoProject(issue.clone()))
    }

    fn forge(&self, name: &str) -> Option<&Forge> {
        self.ports.forges.get(name)
    }

    fn keys(&self, forge: &str) -> &[MarkerKey] {
        self.ports.marker_keys.get(forge).map_or(&[], Vec::as_slice)
    }
}

/// Why work on one incident stopped. Holds no confidential text.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The forge.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The forge's record of who did what does not tell yet what is seen on the issue.
    #[error("the forge's history of {0} lags behind the issue; it is read again soon")]
    Lagging(IssueRef),
    /// The issue belongs to no configured project.
    #[error("{0} belongs to no project of the configuration")]
    NoProject(IssueRef),
}

/// A forge's error with its causes, for the log: that an outcome is unknown tells nobody what to mend.
fn told(error: &ForgeError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

impl Trouble {
    /// For the log: with the causes of a forge's error, which quote nothing; a database's could quote what it holds.
    fn told(&self) -> String {
        match self {
            Self::Forge(error) => told(error),
            other => other.to_string(),
        }
    }

    /// A short, stable word for metrics and logs.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Forge(error) => error.class(),
            Self::Store(StoreError::LeaseLost(_)) => "lease-lost",
            Self::Store(_) => "store",
            Self::Render(_) => "render",
            Self::Lagging(_) => "lagging",
            Self::NoProject(_) => "no-project",
        }
    }
}
