//! Durable facts: inbox, work queue, journal, effect ledger, cursors. One port, written for several databases.
//!
//! What always holds: a call that returned `Ok` is on disk; every write about an incident carries the lease it was
//! made under and is refused once that lease is lost; nothing is dropped silently. What is deliberately not here:
//! what events mean (`plan`), and when to write (`engine`).

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::Duration;

use crate::domain::{
    event::Event,
    ids::{CommentId, IssueRef},
    time::Moment,
};

pub mod chain;
pub mod sqlite;

/// Shared handle.
pub type SharedStore = Arc<dyn Store>;

/// The port. All moments that steer leases and back-off are machine time and given by the caller; due moments of the
/// schedule are machine time as well (the engine converts).
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Puts a delivery on disk and marks its issue as wanting a look. Concurrent calls share one flush.
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError>;
    /// Marks issues as wanting a look at `at` (machine time), or earlier if they already do. `full` asks the engine
    /// to read everything again, comments included.
    async fn nudge(&self, issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError>;
    /// Takes up to `limit` issues whose moment has come and that nobody holds, the longest waiting first, for `lease`.
    async fn claim(&self, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError>;
    /// The earliest moment at which a claim could succeed; `None` when nothing is scheduled.
    async fn next_due(&self) -> Result<Option<Moment>, StoreError>;
    /// Lengthens the lease. `StoreError::LeaseLost` if somebody else has it.
    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError>;
    /// Appends events, changes ledger rows and hands the issue back, in one transaction: the deliveries that the claim
    /// saw are done; next look at `next` (machine time), if any. Deliveries and nudges that came meanwhile stay and are
    /// due at once. Says when the issue is due now (machine time).
    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError>;
    /// Hands the issue back with nothing to record.
    async fn finish(&self, claim: &Claim, next: Option<Moment>) -> Result<(), StoreError> {
        self.conclude(claim, Vec::new(), Vec::new(), next).await.map(drop)
    }
    /// Hands the issue back after a failure: deliveries stay, next look not before `not_before`, attempts + 1.
    /// After `park_after` attempts the claim's deliveries are parked instead (kept, counted, never lost).
    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError>;

    /// The incident's journal, oldest first.
    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError>;
    /// Appends events and changes ledger rows in one transaction, under the claim's lease.
    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError>;
    /// The incident's ledger, by key.
    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError>;

    /// Issues that have a journal, for export and listing; ordered.
    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError>;
    /// A named value, such as a sweep's cursor or the exercise's epoch.
    async fn value(&self, name: &str) -> Result<Option<String>, StoreError>;
    /// Sets a named value.
    async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError>;
    /// Deliveries by state, for metrics and readiness.
    async fn counts(&self) -> Result<Counts, StoreError>;
    /// Removes stored bodies of finished deliveries received before `before`; their ids stay for deduplication.
    async fn forget_bodies(&self, before: Moment) -> Result<u64, StoreError>;
    /// Fails if the database cannot be written.
    async fn probe(&self) -> Result<(), StoreError>;
}

/// A verified delivery. The body is confidential.
#[derive(Clone)]
pub struct Delivery {
    /// Configured forge name.
    pub forge: String,
    /// The forge's id of the delivery; stable when it is delivered again.
    pub id: String,
    /// Digest of the body, to recognise the same content under another id.
    pub digest: [u8; 16],
    /// Event name from the header, cut to 64 characters.
    pub event: String,
    /// When it came (machine time).
    pub received_at: Moment,
    /// The issue to look at; `None` for a delivery of no interest or one that cannot be read.
    pub issue: Option<IssueRef>,
    /// What it hints at, as JSON: who did what when. The engine reads it; the store does not.
    pub hint: Option<String>,
    /// An authentic delivery that could not be read: kept and counted as parked.
    pub unreadable: bool,
    /// The raw body.
    pub body: bytes::Bytes,
}

/// What became of an accepted delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// New: on disk, and its issue is marked.
    New,
    /// The same id or the same content is on disk already. A parked one is opened again; one whose first copy was
    /// already worked on marks its issue once more.
    Duplicate,
}

/// The right to work on one issue for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which issue.
    pub issue: IssueRef,
    /// Grows with every claim of this issue; stale holders are refused by it. The very first is 1.
    pub token: i64,
    /// When the lease ends (machine time).
    pub until: Moment,
    /// Hints of the deliveries that wait, in order of arrival.
    pub hints: Vec<String>,
    /// The highest inbox row this claim saw: `finish` closes those up to it.
    pub seen: i64,
    /// Something asked to read everything again.
    pub full: bool,
    /// Failed attempts since the last success.
    pub attempts: u32,
}

/// What became of a failed claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// It will be tried again.
    Retry,
    /// Its deliveries were parked.
    Parked,
}

/// One journal entry as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3, ... within the incident.
    pub seq: u64,
    /// The fact.
    pub event: Event,
    /// The event as stored, byte for byte: what the hash is made of.
    pub json: String,
    /// Hex SHA-256 over the previous entry's hash (64 zeros for the first), a newline, and `json`.
    pub hash: String,
}

/// One journal entry byte for byte, whether or not this program understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// 1, 2, 3, ... within the incident, unless somebody changed it.
    pub seq: u64,
    /// What the hash is made of; what is not UTF-8 in it is replaced, so that the hash cannot fit.
    pub json: String,
    /// As in [`Entry`].
    pub hash: String,
}

/// One effect in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectRow {
    /// The effect's identity within the incident.
    pub key: String,
    /// Where it stands.
    pub state: EffectState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was last sent (machine time).
    pub sent_at: Option<Moment>,
    /// Not to be looked at before (machine time).
    pub not_before: Option<Moment>,
    /// How often a look-up found nothing since it was last sent.
    pub absences: u32,
    /// The comment it became.
    pub remote: Option<CommentId>,
    /// Digest of the text last written.
    pub digest: Option<String>,
}

/// Where an effect stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectState {
    /// Certainly not done.
    Planned,
    /// About to be sent, or sent with the outcome not recorded.
    Sending,
    /// Sent, outcome unknown.
    Uncertain,
    /// Done.
    Done,
    /// Given up: the forge will never accept it.
    GivenUp,
}

impl EffectState {
    /// Every state with the name used in storage.
    pub const ALL: [(&'static str, Self); 5] = [
        ("planned", Self::Planned),
        ("sending", Self::Sending),
        ("uncertain", Self::Uncertain),
        ("done", Self::Done),
        ("given-up", Self::GivenUp),
    ];
}

/// Deliveries and issues by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Deliveries waiting.
    pub pending: u64,
    /// Deliveries parked.
    pub parked: u64,
    /// Issues with a wake-up.
    pub scheduled: u64,
}

/// Why a store call failed. Holds no confidential text.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another worker holds the issue now; whatever this one planned is void.
    #[error("the lease on {0} is lost")]
    LeaseLost(IssueRef),
    /// Another process holds the database.
    #[error("{path} is in use by another process; stop it first (one process per SQLite file)")]
    InUse {
        /// Which file.
        path: String,
    },
    /// The database library is too old to be trusted with WAL files.
    #[error("SQLite {found} has a known corruption bug; 3.51.3 or newer is needed")]
    TooOld {
        /// The version found.
        found: String,
    },
    /// What is stored cannot be understood.
    #[error("the database holds something unreadable: {what}")]
    Corrupt {
        /// What and where, without content.
        what: String,
    },
    /// The disk is full, read-only, or failing; the caller must not acknowledge anything.
    #[error("the database cannot be used: {what}")]
    Unavailable {
        /// What was attempted.
        what: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
