//! What is under way between the program and its database, so that nobody takes a program that waits for its disk for
//! one that has nothing to do.
//!
//! What always holds: a call counts from before it is made until its caller has the answer in hand.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use chrono::Duration;

use crate::{
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, SharedStore, Store, StoreError},
};

/// Counts calls. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    counts: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    made: AtomicU64,
    answered: AtomicU64,
}

/// A call that is under way.
struct Call(Arc<Tally>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }
}

impl Traffic {
    /// Calls under way.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        let answered = self.counts.answered.load(Ordering::Relaxed);
        self.made().saturating_sub(answered)
    }

    /// Calls made so far.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.counts.made.load(Ordering::Relaxed)
    }

    fn call(&self) -> Call {
        self.counts.made.fetch_add(1, Ordering::Relaxed);
        Call(Arc::clone(&self.counts))
    }
}

/// A store whose calls are counted.
pub struct Counted {
    store: SharedStore,
    traffic: Traffic,
}

impl Counted {
    /// Counts every call to this store.
    #[must_use]
    pub fn new(store: SharedStore, traffic: Traffic) -> Self {
        Self { store, traffic }
    }
}

#[async_trait]
impl Store for Counted {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        let _call = self.traffic.call();
        self.store.accept(delivery).await
    }

    async fn nudge(&self, issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError> {
        let _call = self.traffic.call();
        self.store.nudge(issues, at, full).await
    }

    async fn claim(&self, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
        let _call = self.traffic.call();
        self.store.claim(now, limit, lease).await
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        let _call = self.traffic.call();
        self.store.next_due().await
    }

    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError> {
        let _call = self.traffic.call();
        self.store.extend(claim, until).await
    }

    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        let _call = self.traffic.call();
        self.store.conclude(claim, events, effects, next).await
    }

    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
        let _call = self.traffic.call();
        self.store.fail(claim, not_before, park_after).await
    }

    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        let _call = self.traffic.call();
        self.store.journal(issue).await
    }

    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError> {
        let _call = self.traffic.call();
        self.store.record(claim, events, effects).await
    }

    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
        let _call = self.traffic.call();
        self.store.ledger(issue).await
    }

    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        let _call = self.traffic.call();
        self.store.incidents().await
    }

    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        let _call = self.traffic.call();
        self.store.value(name).await
    }

    async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let _call = self.traffic.call();
        self.store.set_value(name, value).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let _call = self.traffic.call();
        self.store.counts().await
    }

    async fn forget_bodies(&self, before: Moment) -> Result<u64, StoreError> {
        let _call = self.traffic.call();
        self.store.forget_bodies(before).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        let _call = self.traffic.call();
        self.store.probe().await
    }
}
