//! The work on one incident under one lease: its journal, its ledger, and what is still to be written to disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    domain::{
        event::{Event, What},
        forge_severity::ForgeSeverity,
        incident::Incident,
        project::Project,
        reading::Vocabulary,
        time::Moment,
    },
    forge::Gaps,
    plan::fold::fold,
    render::Renderer,
    store::{Claim, EffectRow, EffectState},
};

use super::{
    Engine, Trouble, Watched,
    cache::{LastRead, Left},
    look::is_early,
};

pub(super) struct Desk<'e> {
    pub(super) engine: &'e Engine,
    pub(super) claim: Claim,
    pub(super) project: Arc<Project>,
    pub(super) renderer: Arc<Renderer>,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) incident: Incident,
    pub(super) events: Vec<Event>,
    pub(super) ledger: BTreeMap<String, EffectRow>,
    pub(super) foreign: u64,
    /// What could not be read of the thread, as far as it was looked at.
    pub(super) gaps: Gaps,
    /// The whole thread was read, by this look or one whose memory it has. Where not, as after a start, it is read whole.
    pub(super) surveyed: bool,
    pub(super) read: Option<LastRead>,
    pub(super) stumbles: u32,
    pub(super) searches: u32,
    pub(super) unjudged: u32,
    /// Something could not be learned now: everything is to be read again at this moment (machine time).
    pub(super) again_at: Option<Moment>,
    pub(super) next: Option<Moment>,
    pub(super) looked: bool,
    /// What is done now is done without having read the issue.
    pub(super) unread: bool,
    pub(super) title: String,
    /// The forge's own timeline could not be read in this look.
    pub(super) unreadable_timeline: bool,
    /// The forge's own severity, as read in this look; `None` where there is none.
    pub(super) forge_severity: Option<ForgeSeverity>,
    /// The forge keeps links between issues, as asked in this look.
    pub(super) links: bool,
    /// Keys of the bot's entries in the forge's own timeline, as read in this look.
    pub(super) entries: Option<BTreeSet<String>>,
    unwritten: Vec<Event>,
    unwritten_rows: Vec<EffectRow>,
}

impl<'e> Desk<'e> {
    /// Opens the desk: from the cache, else from disk.
    pub(super) async fn open(engine: &'e Engine, claim: &Claim) -> Result<Self, Trouble> {
        let watched = engine.watched(&claim.issue)?;
        let left = match engine.cache.take(claim) {
            Some(left) if !claim.full && !left.failed => left,
            // Nobody ever held it, so nothing was ever written about it.
            None if claim.token == 1 => Left::default(),
            left => {
                let Left { searches, unjudged, gaps, surveyed, .. } = left.unwrap_or_default();
                let store = &engine.ports.store;
                let entries = store.journal(&claim.issue).await?;
                let events = entries.into_iter().map(|entry| entry.event).collect();
                let ledger = store.ledger(&claim.issue).await?;
                Left { events, ledger, gaps, surveyed, searches, unjudged, ..Left::default() }
            }
        };
        Ok(Self::with(engine, claim.clone(), watched, left))
    }

    pub(super) fn with(engine: &'e Engine, claim: Claim, watched: &Watched, left: Left) -> Self {
        let project = Arc::clone(&watched.project);
        let incident = fold(&claim.issue, &left.events, &project);
        // An incident that nobody knows yet is read whole anyway.
        let surveyed = left.surveyed || left.events.is_empty();
        let full = claim.full || (!surveyed && is_early(&claim));
        Self {
            engine,
            claim: Claim { full, ..claim },
            project,
            renderer: Arc::clone(&watched.renderer),
            vocabulary: Arc::clone(&watched.vocabulary),
            incident,
            events: left.events,
            ledger: left.ledger,
            foreign: left.foreign,
            gaps: left.gaps,
            surveyed,
            read: left.read,
            stumbles: left.stumbles,
            searches: left.searches,
            unjudged: left.unjudged,
            again_at: None,
            next: left.next,
            looked: left.looked,
            unread: false,
            title: String::new(),
            unreadable_timeline: false,
            forge_severity: None,
            links: false,
            entries: None,
            unwritten: Vec::new(),
            unwritten_rows: Vec::new(),
        }
    }

    /// Incident time.
    pub(super) fn now(&self) -> Moment {
        self.engine.ports.clock.now()
    }

    /// Machine time.
    pub(super) fn machine_now(&self) -> Moment {
        self.engine.ports.clock.machine_now()
    }

    /// Takes facts in; they reach the disk with the next `flush`.
    ///
    /// What was noticed in one look is kept in the order in which it happened; a closing comes after what was said with
    /// it, because the report ends there.
    pub(super) fn take(&mut self, mut events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        events.sort_by_key(|event| (event.at, event.what == What::Closed));
        self.events.extend(events.iter().cloned());
        self.unwritten.extend(events);
        self.incident = fold(&self.claim.issue, &self.events, &self.project);
    }

    /// Changes a ledger row; it reaches the disk with the next `flush`.
    pub(super) fn put(&mut self, row: EffectRow) {
        self.ledger.insert(row.key.clone(), row.clone());
        self.unwritten_rows.push(row);
    }

    /// The ledger's row of a key, or a fresh one.
    pub(super) fn row(&self, key: &str) -> EffectRow {
        self.ledger.get(key).cloned().unwrap_or_else(|| EffectRow {
            key: key.to_owned(),
            state: EffectState::Planned,
            attempts: 0,
            sent_at: None,
            not_before: None,
            absences: 0,
            remote: None,
            digest: None,
        })
    }

    /// Puts everything taken in on disk, in one transaction, under the lease.
    pub(super) async fn flush(&mut self) -> Result<(), Trouble> {
        if self.unwritten.is_empty() && self.unwritten_rows.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(&mut self.unwritten);
        let rows = std::mem::take(&mut self.unwritten_rows);
        self.engine.ports.store.record(&self.claim, events, rows).await?;
        Ok(())
    }

    /// Puts everything taken in on disk and hands the issue back, in one transaction; leaves the work for the next
    /// claim. Says when the issue is due (machine time).
    pub(super) async fn conclude(mut self, next: Option<Moment>) -> Result<Option<Moment>, Trouble> {
        let events = std::mem::take(&mut self.unwritten);
        let rows = std::mem::take(&mut self.unwritten_rows);
        let due = self.engine.ports.store.conclude(&self.claim, events, rows, next).await?;
        self.leave(next);
        Ok(due)
    }

    /// Leaves what stays true of work that failed.
    pub(super) fn fail(self) {
        let (token, gaps, surveyed) = (self.claim.token, self.gaps, self.surveyed);
        self.engine.cache.put(&self.claim, Left { token, gaps, surveyed, failed: true, ..Left::default() });
    }

    fn leave(self, next: Option<Moment>) {
        let left = Left {
            token: self.claim.token,
            events: self.events,
            ledger: self.ledger,
            foreign: self.foreign,
            gaps: self.gaps,
            surveyed: self.surveyed,
            failed: false,
            read: self.read,
            stumbles: self.stumbles,
            searches: self.searches,
            unjudged: self.unjudged,
            next,
            looked: true,
        };
        self.engine.cache.put(&self.claim, left);
    }
}
