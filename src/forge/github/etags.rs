//! Issues read lately, so that GitHub need not send them again (and does not count the request).
//!
//! What always holds: at most 512 issues are kept, in memory only; the least recently read one makes room.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::{ids::IssueRef, snapshot::Issue};

const MOST: usize = 512;

/// Issues with the tag that GitHub gave them.
#[derive(Default)]
pub(super) struct Etags {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<IssueRef, Entry>,
    reads: u64,
}

struct Entry {
    etag: String,
    issue: Issue,
    last_read: u64,
}

impl Etags {
    /// The tag and the issue it stands for.
    pub(super) fn get(&self, issue: &IssueRef) -> Option<(String, Issue)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.reads += 1;
        let reads = kept.reads;
        let entry = kept.entries.get_mut(issue)?;
        entry.last_read = reads;
        Some((entry.etag.clone(), entry.issue.clone()))
    }

    /// Keeps an issue; without a tag, forgets it.
    pub(super) fn keep(&self, name: &IssueRef, etag: Option<String>, issue: &Issue) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(etag) = etag else {
            kept.entries.remove(name);
            return;
        };
        if kept.entries.len() >= MOST && !kept.entries.contains_key(name) {
            let oldest = kept.entries.iter().min_by_key(|(_, entry)| entry.last_read).map(|(name, _)| name.clone());
            if let Some(oldest) = oldest {
                kept.entries.remove(&oldest);
            }
        }
        kept.reads += 1;
        let last_read = kept.reads;
        kept.entries.insert(name.clone(), Entry { etag, issue: issue.clone(), last_read });
    }
}
