//! Programs that have forgotten how to do their work, by way of a database that lies: the campaign has to catch them.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::Duration;
use hotwash::{
    cli::Disk,
    domain::{event::Event, ids::IssueRef, time::Moment},
    store::{Accepted, Claim, Counts, Delivery, EffectRow, EffectState, Entry, Failed, SharedStore, Store, StoreError},
};

/// How a database lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    /// That a comment is about to be sent, or perhaps sent, is not written down.
    ForgetsIntents,
    /// What is about to be sent is written down as done.
    CountsIntents,
    /// What came of duties is not written down.
    ForgetsDuties,
    /// An issue that is handed back never comes due by itself.
    ForgetsMoments,
}

impl Lie {
    /// What puts the lie between a program and its database.
    pub(super) fn disk(self) -> Disk {
        Arc::new(move |store| Arc::new(Liar { inner: store, lie: self }))
    }

    fn rows(self, rows: Vec<EffectRow>) -> Vec<EffectRow> {
        let open = |row: &EffectRow| matches!(row.state, EffectState::Sending | EffectState::Uncertain);
        match self {
            Self::ForgetsIntents => rows.into_iter().filter(|row| !open(row)).collect(),
            Self::CountsIntents => {
                let counted =
                    |row: EffectRow| if open(&row) { EffectRow { state: EffectState::Done, ..row } } else { row };
                rows.into_iter().map(counted).collect()
            }
            Self::ForgetsDuties | Self::ForgetsMoments => rows,
        }
    }

    fn events(self, events: Vec<Event>) -> Vec<Event> {
        let forgotten = |event: &Event| {
            self == Self::ForgetsDuties && matches!(event.what, hotwash::domain::event::What::Duty { .. })
        };
        events.into_iter().filter(|event| !forgotten(event)).collect()
    }
}

struct Liar {
    inner: SharedStore,
    lie: Lie,
}

#[async_trait]
impl Store for Liar {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        self.inner.accept(delivery).await
    }

    async fn nudge(&self, issues: Vec<IssueRef>, at: Moment, full: bool) -> Result<(), StoreError> {
        self.inner.nudge(issues, at, full).await
    }

    async fn claim(&self, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
        self.inner.claim(now, limit, lease).await
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.inner.next_due().await
    }

    async fn extend(&self, claim: &Claim, until: Moment) -> Result<(), StoreError> {
        self.inner.extend(claim, until).await
    }

    async fn conclude(
        &self,
        claim: &Claim,
        events: Vec<Event>,
        effects: Vec<EffectRow>,
        next: Option<Moment>,
    ) -> Result<Option<Moment>, StoreError> {
        let next = next.filter(|_| self.lie != Lie::ForgetsMoments);
        self.inner.conclude(claim, self.lie.events(events), self.lie.rows(effects), next).await
    }

    async fn fail(&self, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
        self.inner.fail(claim, not_before, park_after).await
    }

    async fn journal(&self, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
        self.inner.journal(issue).await
    }

    async fn record(&self, claim: &Claim, events: Vec<Event>, effects: Vec<EffectRow>) -> Result<(), StoreError> {
        self.inner.record(claim, self.lie.events(events), self.lie.rows(effects)).await
    }

    async fn ledger(&self, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
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
