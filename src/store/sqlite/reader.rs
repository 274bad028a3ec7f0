//! The database as others may look at it while the server runs: journals and ledgers, nothing else.
//!
//! What always holds: nothing is written, locked or migrated; where there is no file there is nothing to read. What is
//! deliberately not here: work. Every call that would change something is refused.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use chrono::Duration;
use rusqlite::Connection;

use super::{failure, file, journal, migrate, value};
use crate::{
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, Store, StoreError, Stored},
};

/// A database file that is only looked at, beside a server that may be at work.
pub struct SqliteReader {
    path: Option<PathBuf>,
}

impl SqliteReader {
    /// Looks at a file; one that does not exist, or holds nothing yet, reads as empty. Another program's is an error.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Ok(Self { path: None });
        }
        let path = file::resolve(path)?;
        let version = migrate::recognise(&file::reader(&path)?, &path)?;
        Ok(Self { path: (version > 0).then_some(path) })
    }

    /// The incident's journal as it is stored, oldest entry first, whether or not its entries can be understood.
    pub fn stored(&self, issue: &IssueRef) -> Result<Vec<Stored>, StoreError> {
        self.read("reading a journal", |db| journal::stored(db, issue))
    }

    /// Issues of which the ledger knows and the journal does not, which no work of this program leaves behind; ordered.
    pub fn bereft(&self) -> Result<Vec<IssueRef>, StoreError> {
        self.read("comparing ledger and journal", journal::bereft)
    }

    fn read<T: Default>(
        &self,
        doing: &str,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(path) = &self.path else { return Ok(T::default()) };
        let db = file::reader(path)?;
        work(&db).map_err(|error| failure::while_doing(error, doing, path))
    }
}

fn refused<T>() -> Result<T, StoreError> {
    Err(failure::unavailable("writing".to_owned(), "the database was opened to be looked at only"))
}

#[async_trait]
impl Store for SqliteReader {
    async fn accept(&self, _: Delivery) -> Result<Accepted, StoreError> {
        refused()
    }

    async fn nudge(&self, _: Vec<IssueRef>, _: Moment, _: bool) -> Result<(), StoreError> {
        refused()
    }

    async fn claim(&self, _: Moment, _: usize, _: Duration) -> Result<Vec<Claim>, StoreError> {
        refused()
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        Ok(None)
    }

    async fn extend(&self, _: &Claim, _: Moment) -> Result<(), StoreError> {
        refused()
    }

    async fn conclude(
        &self,
        _: &Claim,
        _: Vec<Event>,
        _: Vec<EffectRow>,
        _: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        refused()
    }

    async fn fail(&self, _: &Claim, _: Moment, _: u32) -> Result<Failed, StoreError> {
        refused()
    }

    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        self.read("reading a journal", |db| journal::journal(db, issue))
    }

    async fn record(&self, _: &Claim, _: Vec<Event>, _: Vec<EffectRow>) -> Result<(), StoreError> {
        refused()
    }

    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
        self.read("reading a ledger", |db| journal::ledger(db, issue))
    }

    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        self.read("listing incidents", journal::incidents)
    }

    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.read("reading a value", |db| value::get(db, name))
    }

    async fn set_value(&self, _: &str, _: &str) -> Result<(), StoreError> {
        refused()
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read("counting", super::inbox::counts)
    }

    async fn forget_bodies(&self, _: Moment) -> Result<u64, StoreError> {
        refused()
    }

    async fn probe(&self) -> Result<(), StoreError> {
        refused()
    }
}
