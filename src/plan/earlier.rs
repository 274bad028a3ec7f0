//! What came of duties before a reopening, where the journal does not tell: because it was lost and written anew, or
//! because nobody looked between a closing and the reopening.
//!
//! What always holds: what the journal tells already is not told again, so this can be asked at any time.

use crate::domain::{
    event::{Event, What},
    incident::Incident,
    project::Project,
};

use super::{Circumstances, duties::standings, fold::fold, transitions::transitions, view::View};

/// Transitions that are missing from the journal, oldest first. `events` is the whole journal of `incident`.
#[must_use]
pub fn earlier(incident: &Incident, events: &[Event], project: &Project) -> Vec<Event> {
    if incident.reopened_at.is_none() {
        return Vec::new();
    }
    let mut missing: Vec<Event> = Vec::new();
    for reopened in events.iter().filter(|event| event.what == What::Reopened) {
        let known = events.iter().chain(&missing);
        let before: Vec<Event> = known.filter(|event| event.at <= reopened.at && *event != reopened).cloned().collect();
        let past = fold(&incident.issue, &before, project);
        let standings = standings(&past, project, reopened.at);
        let (incident, now) = (&past, reopened.at);
        let view = View {
            incident,
            project,
            now,
            standings: &standings,
            findings: &[],
            circumstances: &Circumstances::default(),
        };
        missing.extend(transitions(&view));
    }
    missing
}
