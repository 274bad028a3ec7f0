//! The database of a life that may end: it dies at a write, and the dead get no answer.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::Duration;
use hotwash::{
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{Accepted, Claim, Counts, Delivery, EffectRow, Entry, Failed, SharedStore, Store, StoreError},
};

use super::life::{Life, Side};

pub(super) struct MortalStore {
    inner: SharedStore,
    life: Arc<Life>,
}

impl MortalStore {
    pub(super) fn new(inner: SharedStore, life: Arc<Life>) -> Self {
        Self { inner, life }
    }

    async fn write<T>(&self, call: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
        if self.life.is_over() {
            return self.nothing().await;
        }
        match self.life.before_a_write() {
            Some(Side::Before) => {
                self.life.strike();
                self.nothing().await
            }
            Some(Side::After | Side::Later) => {
                let _ = call.await;
                self.life.strike();
                self.nothing().await
            }
            None => self.heard(call.await).await,
        }
    }

    async fn read<T>(&self, call: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
        if self.life.is_over() {
            return self.nothing().await;
        }
        self.heard(call.await).await
    }

    /// Who died meanwhile does not hear the answer.
    async fn heard<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        if self.life.is_over() { self.nothing().await } else { answer }
    }

    async fn nothing<T>(&self) -> Result<T, StoreError> {
        self.life.rest().await;
        Err(StoreError::Unavailable { what: "the process is dead".to_owned(), source: "killed".into() })
    }
}

#[async_trait]
impl Store for MortalStore {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        self.write(self.inner.accept(delivery)).await
    }

    async fn nudge(&self, issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError> {
        self.write(self.inner.nudge(issues, at, full)).await
    }

    async fn claim(&self, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
        self.write(self.inner.claim(now, limit, lease)).await
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.read(self.inner.next_due()).await
    }

    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError> {
        self.write(self.inner.extend(claim, until)).await
    }

    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        self.write(self.inner.conclude(claim, events, effects, next)).await
    }

    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
        self.write(self.inner.fail(claim, not_before, park_after)).await
    }

    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        self.read(self.inner.journal(issue)).await
    }

    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError> {
        self.write(self.inner.record(claim, events, effects)).await
    }

    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
        self.read(self.inner.ledger(issue)).await
    }

    async fn incidents(&self) -> Result<Vec<IssueRef>, StoreError> {
        self.read(self.inner.incidents()).await
    }

    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.read(self.inner.value(name)).await
    }

    async fn set_value(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.write(self.inner.set_value(name, value)).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read(self.inner.counts()).await
    }

    async fn forget_bodies(&self, before: Moment) -> Result<u64, StoreError> {
        self.write(self.inner.forget_bodies(before)).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.write(self.inner.probe()).await
    }
}
