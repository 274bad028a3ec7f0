//! What GitHub said of each project, remembered for at most five minutes. Deliveries tell when a repository is opened to
//! others, so remembering is safe here; GitLab tells nobody, and its adapter remembers no such thing.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use super::super::ProjectFacts;
use crate::domain::time::Moment;

const REMEMBERED: TimeDelta = TimeDelta::minutes(5);

/// What GitHub said of each project, and when.
#[derive(Default)]
pub(super) struct FactsCache {
    known: Mutex<HashMap<String, (ProjectFacts, Moment)>>,
}

impl FactsCache {
    pub(super) fn forget(&self, project: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(project);
    }

    pub(super) fn keep(&self, project: &str, facts: &ProjectFacts, now: Moment) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(project.to_owned(), (facts.clone(), now));
    }

    pub(super) fn lately(&self, project: &str, now: Moment) -> Option<ProjectFacts> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (facts, at) = known.get(project)?;
        // A clock that was set back ends the memory as well.
        (TimeDelta::zero()..REMEMBERED).contains(&(now - *at)).then(|| facts.clone())
    }
}
