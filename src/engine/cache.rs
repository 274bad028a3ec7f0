//! Incidents lately worked on, so that a burst about one issue reads its journal once.
//!
//! What always holds: an entry is only used by the claim that follows directly on the one that left it (the lease
//! token grew by one), so another replica's work is never overlooked; of work that failed, nothing is kept but what is
//! missing of the thread.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{event::Event, finding::Finding, forge_severity::ForgeSeverity, ids::IssueRef, time::Moment},
    forge::Gaps,
    store::{Claim, EffectRow},
};

/// What one incident's work leaves for the next.
#[derive(Clone, Default)]
pub(super) struct Left {
    pub(super) token: i64,
    pub(super) events: Vec<Event>,
    pub(super) ledger: BTreeMap<String, EffectRow>,
    /// Comments that are neither a person's nor this bot's with a marker: counted by the forge, unknown to the journal.
    pub(super) foreign: u64,
    /// What could not be read of the thread.
    pub(super) gaps: Gaps,
    /// `gaps` tells of the whole thread.
    pub(super) surveyed: bool,
    /// The work failed: what is on disk is to be read again.
    pub(super) failed: bool,
    /// What the issue said when it was last read.
    pub(super) read: Option<LastRead>,
    /// When the next look was wanted (machine time).
    pub(super) next: Option<Moment>,
    /// Somebody looked: `next` means something.
    pub(super) looked: bool,
    /// Writes that failed one after another.
    pub(super) stumbles: u32,
    /// Looks that did not find the issue, one after another.
    pub(super) searches: u32,
    /// Looks that could not learn somebody's permission, one after another.
    pub(super) unjudged: u32,
}

/// What planning needs of an issue that was read.
#[derive(Clone)]
pub(super) struct LastRead {
    /// When (machine time).
    pub(super) at: Moment,
    pub(super) title: String,
    pub(super) findings: Vec<Finding>,
    /// The forge's own severity of it.
    pub(super) forge_severity: Option<ForgeSeverity>,
    /// The forge keeps links between issues.
    pub(super) links: bool,
}

pub(super) struct Cache {
    room: usize,
    entries: Mutex<HashMap<IssueRef, Left>>,
}

impl Cache {
    pub(super) fn new(room: usize) -> Self {
        Self { room, entries: Mutex::new(HashMap::new()) }
    }

    /// Takes what the claim before this one left, if nobody worked in between.
    pub(super) fn take(&self, claim: &Claim) -> Option<Left> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(&claim.issue).filter(|left| left.token + 1 == claim.token)
    }

    pub(super) fn put(&self, claim: &Claim, left: Left) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.room {
            // Which one goes matters little: the journal is on disk.
            let any = entries.keys().next().cloned();
            if let Some(any) = any {
                entries.remove(&any);
            }
        }
        entries.insert(claim.issue.clone(), Left { token: claim.token, ..left });
    }
}
