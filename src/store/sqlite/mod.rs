//! The store in one SQLite file: for one process, with nothing to set up.
//!
//! Three threads, each with a connection of its own: one writes (`writer`), one reads, one keeps the WAL short
//! (`checkpoint`). Calls put work into a queue and wait for the answer, so a caller that goes away in the middle leaves
//! no transaction behind. A read sees every write that was answered before it was asked for.
//!
//! What always holds: the promises of [`Store`]; one process per file; leases of a process that ended are free as soon
//! as the next one opens the file. A nudge for a later moment that comes while an issue is held keeps its moment.
//! What is deliberately not here: what the stored things mean.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
};

use async_trait::async_trait;
use chrono::Duration;
use rusqlite::{Connection, InterruptHandle};
use tokio::sync::mpsc;

use super::{Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, Store, StoreError};
use crate::domain::{event::Event, ids::IssueRef, time::Moment};

mod backup;
mod checkpoint;
mod failure;
mod file;
mod inbox;
mod job;
mod journal;
mod look;
mod migrate;
mod reader;
mod row;
mod schedule;
mod value;
mod writer;

pub use backup::backup;
pub use file::trust_version;
pub use look::{Look, look, obstacle, peek};
pub use reader::SqliteReader;

/// So many callers may wait in one queue; further ones wait for a place.
const QUEUE: usize = 1_024;
/// So many rows change in one piece of work, so that a sweep of everything does not hold up deliveries.
const CHUNK: usize = 256;

/// An open database file.
pub struct SqliteStore {
    path: PathBuf,
    writes: Option<job::Queue>,
    reads: Option<job::Queue>,
    health: Arc<checkpoint::Health>,
    check: InterruptHandle,
    reader: Option<JoinHandle<()>>,
    writer: Option<JoinHandle<Connection>>,
    checkpointer: Option<JoinHandle<()>>,
    /// Held until everything above is gone.
    _lock: File,
}

impl SqliteStore {
    /// Opens or creates the file, brings its schema up to date, frees abandoned leases, and starts the threads.
    ///
    /// Blocks for some milliseconds, also for a large file: the check for damage goes on behind it. Fails with
    /// [`StoreError::InUse`] at once if another process has the file, [`StoreError::TooOld`] for an SQLite that is not
    /// to be trusted, [`StoreError::Corrupt`] for a file that is not ours, too new or damaged, and
    /// [`StoreError::Unavailable`] for everything that the machine refuses.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        trust_version(rusqlite::version())?;
        let path = file::resolve(path)?;
        let lock = file::occupy(&path)?;
        file::create(&path)?;
        let mut writing = file::writer(&path)?;
        migrate::run(&mut writing, &path)?;
        schedule::release_all(&writing).map_err(|error| failure::while_doing(error, "opening", &path))?;
        let (reading, copying) = (file::reader(&path)?, file::checkpointer(&path)?);

        let health = Arc::default();
        let (pressure, checkpointer) = checkpoint::pair(&health);
        let check = copying.get_interrupt_handle();
        let (writes, to_write) = mpsc::channel(QUEUE);
        let (reads, to_read) = mpsc::channel(QUEUE);
        Ok(Self {
            path,
            writes: Some(writes),
            reads: Some(reads),
            health,
            check,
            reader: Some(start("store-read", move || writer::read(&reading, to_read))?),
            writer: Some(start("store-write", move || writer::run(writing, to_write, pressure))?),
            checkpointer: Some(start("store-copy", move || checkpointer.run(&copying))?),
            _lock: lock,
        })
    }

    /// Writes a copy to a new file while work goes on.
    pub async fn backup_to(&self, to: &Path) -> Result<(), StoreError> {
        let (from, to) = (self.path.clone(), to.to_owned());
        let (reply, answer) = tokio::sync::oneshot::channel();
        start("store-backup", move || drop(reply.send(backup(&from, &to))))?;
        answer.await.map_err(|_| failure::stopped())?
    }

    async fn write<T, W>(&self, doing: &str, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.ask(self.writes.as_ref(), doing, work).await
    }

    async fn read<T, W>(&self, doing: &str, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.ask(self.reads.as_ref(), doing, work).await
    }

    async fn ask<T, W>(&self, queue: Option<&job::Queue>, doing: &str, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        if let Some(damage) = self.health.damage() {
            let what = format!("the file is damaged ({damage}); stop, keep a copy of it, then restore a backup");
            return Err(failure::while_doing(StoreError::Corrupt { what }, doing, &self.path));
        }
        let outcome = match queue {
            Some(queue) => job::ask(queue, work).await,
            None => Err(failure::stopped()),
        };
        outcome.map_err(|error| failure::while_doing(error, doing, &self.path))
    }
}

impl Drop for SqliteStore {
    /// Lets the threads finish what was asked for, writes the WAL back, and only then gives up the file.
    fn drop(&mut self) {
        self.health.stop();
        self.check.interrupt();
        self.reads = None;
        join(self.reader.take());
        // Without the writer the checkpointer ends; the writer's connection is kept until then, to be the last.
        self.writes = None;
        let last = join(self.writer.take());
        join(self.checkpointer.take());
        drop(last);
    }
}

fn start<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, StoreError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|error| failure::unavailable(format!("starting the thread {name}"), error))
}

fn join<T>(thread: Option<JoinHandle<T>>) -> Option<T> {
    let ended = thread?.join();
    if ended.is_err() {
        tracing::error!("a database thread ended in a panic");
    }
    ended.ok()
}

#[async_trait]
impl Store for SqliteStore {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        let packed = inbox::Packed::new(delivery);
        self.write("keeping a delivery", move |db| inbox::accept(db, &packed)).await
    }

    async fn nudge(&self, mut issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError> {
        while !issues.is_empty() {
            let chunk = issues.split_off(issues.len().saturating_sub(CHUNK));
            let mark = move |db: &Connection| {
                chunk.iter().try_for_each(|issue| schedule::mark(db, issue, at.into(), full).map(drop))
            };
            self.write("marking issues", mark).await?;
        }
        Ok(())
    }

    async fn claim(&self, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
        self.write("taking work", move |db| schedule::claim(db, now, limit, lease)).await
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.read("looking for work", schedule::next_due).await
    }

    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError> {
        let claim = claim.clone();
        self.write("lengthening a lease", move |db| schedule::extend(db, &claim, until)).await
    }

    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        let (claim, events) = (claim.clone(), journal::written(&events)?);
        let work = move |db: &Connection| {
            let place = schedule::held(db, &claim)?;
            journal::record(db, place.id, &events, &effects)?;
            schedule::finish(db, &place, claim.seen, next)
        };
        self.write("finishing work", work).await
    }

    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
        let claim = claim.clone();
        self.write("putting work off", move |db| schedule::fail(db, &claim, not_before, park_after)).await
    }

    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        let issue = issue.clone();
        self.read("reading a journal", move |db| journal::journal(db, &issue)).await
    }

    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError> {
        let (claim, events) = (claim.clone(), journal::written(&events)?);
        let work = move |db: &Connection| journal::record(db, schedule::held(db, &claim)?.id, &events, &effects);
        self.write("recording", work).await
    }

    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
        let issue = issue.clone();
        self.read("reading a ledger", move |db| journal::ledger(db, &issue)).await
    }

    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        self.read("listing incidents", journal::incidents).await
    }

    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.read("reading a value", move |db| value::get(db, &name)).await
    }

    async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write("keeping a value", move |db| value::set(db, &name, &value)).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read("counting", inbox::counts).await
    }

    async fn forget_bodies(&self, before: Moment) -> Result<u64, StoreError> {
        let (mut from, mut forgotten) = (0, 0);
        loop {
            let found =
                self.read("looking for old bodies", move |db| inbox::forgettable(db, from, before, CHUNK)).await?;
            let Some(last) = found.last() else { return Ok(forgotten) };
            from = *last;
            forgotten += self.write("forgetting bodies", move |db| inbox::forget(db, &found)).await?;
        }
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.write("trying to write", value::beat).await
    }
}
