//! The process dies at every possible point of the story: nothing is lost, nothing is doubled.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use async_trait::async_trait;
use chrono::Duration;
use hotwash::{
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{
        Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, SharedStore, Store, StoreError,
        sqlite::SqliteStore,
    },
};

use super::scene::{BODY, Scene, alice, bob};
use crate::support::settings::setting;

/// A store whose process dies: after so many writes, everything fails.
struct Dying {
    inner: SqliteStore,
    left: Arc<AtomicI64>,
    /// Another worker has taken every lease.
    robbed: Arc<AtomicBool>,
    /// How often a lease was lengthened.
    extended: Arc<AtomicI64>,
}

impl Dying {
    fn over(path: &std::path::Path, left: &Arc<AtomicI64>) -> Self {
        let inner = SqliteStore::open(path).unwrap();
        Self { inner, left: Arc::clone(left), robbed: Arc::default(), extended: Arc::default() }
    }

    fn write(&self) -> Result<(), StoreError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) > 0 { Ok(()) } else { self.read() }
    }

    fn read(&self) -> Result<(), StoreError> {
        if self.left.load(Ordering::SeqCst) >= 0 {
            return Ok(());
        }
        Err(StoreError::Unavailable { what: "the process is dead".to_owned(), source: "killed".into() })
    }
}

#[async_trait]
impl Store for Dying {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        self.inner.accept(delivery).await
    }
    async fn nudge(&self, issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError> {
        self.inner.nudge(issues, at, full).await
    }
    async fn claim(&self, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
        self.write()?;
        self.inner.claim(now, limit, lease).await
    }
    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.read()?;
        self.inner.next_due().await
    }
    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError> {
        self.write()?;
        self.extended.fetch_add(1, Ordering::SeqCst);
        self.inner.extend(claim, until).await
    }
    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        self.write()?;
        if self.robbed.load(Ordering::SeqCst) {
            return Err(StoreError::LeaseLost(claim.issue.clone()));
        }
        self.inner.conclude(claim, events, effects, next).await
    }
    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
        self.write()?;
        self.inner.fail(claim, not_before, park_after).await
    }
    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        self.read()?;
        self.inner.journal(issue).await
    }
    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError> {
        self.write()?;
        if self.robbed.load(Ordering::SeqCst) {
            return Err(StoreError::LeaseLost(claim.issue.clone()));
        }
        self.inner.record(claim, events, effects).await
    }
    async fn ledger(&self, issue: &IssueRef) -> Result<std::collections::BTreeMap<String, EffectRow>, StoreError> {
        self.read()?;
        self.inner.ledger(issue).await
    }
    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        self.inner.incidents().await
    }
    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.inner.value(name).await
    }
    async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.inner.set_value(name, value).await
    }
    async fn counts(&self) -> Result<Counts, StoreError> {
        self.inner.counts().await
    }
    async fn forget_bodies(&self, before: Moment) -> Result<u64, StoreError> {
        self.inner.forget_bodies(before).await
    }
    async fn probe(&self) -> Result<(), StoreError> {
        self.inner.probe().await
    }
}

/// What is visible in the end.
#[derive(Debug, PartialEq, Eq)]
struct End {
    labels: Vec<String>,
    comments: Vec<String>,
    collapsed: usize,
}

/// The story, with a process that dies after `lives[0]` writes, its successor after `lives[1]`, and so on.
async fn story(lives: &[i64]) -> (End, i64) {
    let mut scene = Scene::new();
    let mut lives = lives.iter().copied();
    let mut left = Arc::new(AtomicI64::new(i64::MAX));
    let total = Arc::new(AtomicI64::new(0));
    let mut born = i64::MAX;
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    let steps: [(&str, &str); 9] = [
        ("09:00", ""),
        ("09:05", "ack"),
        ("09:06", "high"),
        ("10:20", "sitrep"),
        ("10:40", "remediate"),
        ("12:10", "status"),
        ("12:20", "resolve"),
        ("12:30", "close"),
        ("13:30", ""),
    ];
    let revive = |scene: &mut Scene, life: i64, left: &mut Arc<AtomicI64>, born: &mut i64| {
        total.fetch_add(*born - left.load(Ordering::SeqCst), Ordering::SeqCst);
        scene.restart();
        *left = Arc::new(AtomicI64::new(life));
        *born = life;
        let none: SharedStore =
            Arc::new(hotwash::store::sqlite::SqliteReader::open(&scene.path.with_extension("none")).unwrap());
        scene.restart_with(none);
        let dying = Dying::over(&scene.path, left);
        scene.restart_with(Arc::new(dying));
    };
    revive(&mut scene, lives.next().unwrap_or(i64::MAX), &mut left, &mut born);
    for (moment, what) in steps {
        until(&mut scene, moment, &mut left, &mut lives, &mut born, &revive).await;
        match what {
            "ack" => drop(scene.model.say(&bob(), issue, "@hotwash ack")),
            "high" => scene.model.label(&alice(), issue, "severity::high"),
            "sitrep" => drop(scene.model.say(&bob(), issue, "Sitrep: still looking")),
            "remediate" => scene.model.label(&alice(), issue, "phase::remediate"),
            "status" => drop(scene.model.say(&bob(), issue, "@hotwash sitrep all found")),
            "resolve" => scene.model.edit(&alice(), issue, "investigating", "resolved"),
            "close" => scene.model.close(&alice(), issue),
            _ => {}
        }
    }
    until(&mut scene, "14:30", &mut left, &mut lives, &mut born, &revive).await;
    total.fetch_add(born - left.load(Ordering::SeqCst), Ordering::SeqCst);
    let mut comments = scene.keys(issue);
    comments.sort();
    let collapsed = scene.model.open().collapsed.len();
    (End { labels: scene.labels(issue), comments, collapsed }, total.load(Ordering::SeqCst))
}

type Revive<'a> = dyn Fn(&mut Scene, i64, &mut Arc<AtomicI64>, &mut i64) + 'a;

/// Time passes. Whenever the process is found dead, another one is started half a minute later.
async fn until(
    scene: &mut Scene,
    moment: &str,
    left: &mut Arc<AtomicI64>,
    lives: &mut impl Iterator<Item = i64>,
    born: &mut i64,
    revive: &Revive<'_>,
) {
    let end = super::scene::at(moment);
    for _ in 0..10_000 {
        let waiting = std::mem::take(&mut scene.model.open().outbox);
        for (number, hint) in waiting {
            scene.deliver(number, &hint).await;
        }
        let worked = scene.engine.work_off().await;
        let now = hotwash::clock::Clock::now(scene.clock.as_ref());
        if worked.is_err() || left.load(Ordering::SeqCst) < 0 {
            scene.clock.set((now + Duration::seconds(30)).min(end.max(now)));
            revive(scene, lives.next().unwrap_or(i64::MAX), left, born);
            continue;
        }
        if !scene.model.open().outbox.is_empty() {
            continue;
        }
        match scene.store.next_due().await.unwrap().filter(|due| *due <= end) {
            Some(due) => scene.clock.set(due.max(now)),
            None if now < end => scene.clock.set(end),
            None => return,
        }
    }
    panic!("the story does not come to an end");
}

#[tokio::test]
async fn a_death_at_every_single_write_loses_nothing_and_doubles_nothing() {
    let (undisturbed, writes) = story(&[]).await;
    assert!(writes > 40, "the story is long enough to be killed in many places: {writes}");
    assert_eq!(undisturbed.comments.iter().filter(|key| key.starts_with("reminder/")).count(), 2, "{undisturbed:?}");
    for life in 0..writes {
        let (end, _) = story(&[life]).await;
        assert_eq!(end, undisturbed, "killed after {life} writes");
    }
}

#[tokio::test]
async fn many_deaths_in_one_story_lose_nothing_and_double_nothing() {
    let (undisturbed, _) = story(&[]).await;
    let cases: u64 = setting("HOTWASH_CASES").and_then(|text| text.parse().ok()).unwrap_or(40);
    let seed: u64 = setting("HOTWASH_SEED").and_then(|text| text.parse().ok()).unwrap_or(20_261_116);
    for case in 0..cases {
        let mut state = seed.wrapping_add(case).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let lives: Vec<i64> = (0..6).map(|_| i64::try_from(random() % 12).unwrap()).collect();
        let (end, _) = story(&lives).await;
        assert_eq!(end, undisturbed, "seed {seed} case {case}: lives {lives:?}");
    }
}

#[tokio::test]
async fn losing_the_database_loses_nothing_that_the_issue_still_holds() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    scene.model.say(&bob(), issue, "@hotwash ack");
    scene.until("09:06").await;
    scene.model.label(&alice(), issue, "severity::high");
    scene.until("10:10").await;
    scene.model.say(&bob(), issue, "Sitrep: still looking");
    scene.until("10:40").await;
    let (labels, keys, board) = (scene.labels(issue), scene.keys(issue), scene.text(issue, "board"));

    let fresh: SharedStore = Arc::new(SqliteStore::open(&scene.path.with_extension("fresh")).unwrap());
    scene.restart_with(fresh);
    scene.engine.sweep_once().await;
    scene.until("10:50").await;
    assert_eq!((scene.labels(issue), scene.keys(issue)), (labels, keys));
    assert_eq!(scene.text(issue, "board"), board);
    scene.until("11:11").await;
    assert_eq!(scene.keys(issue).last().map(String::as_str), Some("reminder/sitrep@2026-11-16T11:10:00Z"));
}

/// A scene on a store that counts how leases are lengthened, and can lose them.
fn leased() -> (Scene, Arc<AtomicBool>, Arc<AtomicI64>) {
    let mut scene = Scene::new();
    let none: SharedStore =
        Arc::new(hotwash::store::sqlite::SqliteReader::open(&scene.path.with_extension("none")).unwrap());
    scene.restart_with(none);
    let store = Dying::over(&scene.path, &Arc::new(AtomicI64::new(i64::MAX)));
    let (robbed, extended) = (Arc::clone(&store.robbed), Arc::clone(&store.extended));
    scene.restart_with(Arc::new(store));
    (scene, robbed, extended)
}

#[tokio::test]
async fn a_slow_forge_is_read_under_a_lease_that_lasts() {
    let (mut scene, _, extended) = leased();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    let (before, writes) = (extended.load(Ordering::SeqCst), scene.model.open().writes.clone());
    scene.model.open().slow = 40;
    let now = hotwash::clock::Clock::machine_now(scene.clock.as_ref());
    let reference = IssueRef::new("github", "acme/incidents", issue);
    scene.store.nudge(vec![reference], now, true).await.unwrap();
    scene.engine.work_off().await.unwrap();
    assert_eq!(scene.model.open().writes, writes, "nothing was to be written");
    let why = "before the comments, before the history, and before the board is compared";
    assert_eq!(extended.load(Ordering::SeqCst), before + 3, "{why}");
}

#[tokio::test]
async fn a_worker_whose_lease_was_lost_rests_before_it_takes_the_next() {
    let (mut scene, robbed, _) = leased();
    scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    robbed.store(true, Ordering::SeqCst);
    let waiting = std::mem::take(&mut scene.model.open().outbox);
    for (number, hint) in waiting {
        scene.deliver(number, &hint).await;
    }
    let before = hotwash::clock::Clock::now(scene.clock.as_ref());
    scene.engine.work_off().await.unwrap();
    assert_eq!(hotwash::clock::Clock::now(scene.clock.as_ref()) - before, Duration::seconds(1));
}
