//! Label definitions known to exist, so that each is made once.
//!
//! What always holds: what is known is read again every hour. What is deliberately not here: whether two spellings are one
//! label, which each forge sees differently.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use crate::domain::time::Moment;

const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// Known names, per project, and when they were read.
#[derive(Default)]
pub(super) struct Definitions {
    known: Mutex<HashMap<String, (BTreeSet<String>, Moment)>>,
}

impl Definitions {
    pub(super) fn keep(&self, project: &str, names: &BTreeSet<String>, now: Moment) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(project.to_owned(), (names.clone(), now));
    }

    pub(super) fn add(&self, project: &str, name: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((names, _)) = known.get_mut(project) {
            names.insert(name.to_owned());
        }
    }

    pub(super) fn lately(&self, project: &str, now: Moment) -> Option<BTreeSet<String>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (names, at) = known.get(project)?;
        (TimeDelta::zero()..REMEMBERED).contains(&(now - *at)).then(|| names.clone())
    }
}
