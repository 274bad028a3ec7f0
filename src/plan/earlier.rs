//! What came of duties before a reopening, where the journal does not tell: because it was lost and written anew, or
//! because nobody looked between a closing and the reopening.
//!
//! What always holds: what the journal tells already is not told again, so this can be asked at any time.

use crate::domain::{
    event::{DutyState, Event, What},
    incident::Incident,
    people::Actor,
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
        let told = |event: &Event| {
            matches!(&event.what, What::Duty { occurrence, state: DutyState::Due, .. }
            if past.duties.get(occurrence) == Some(&DutyState::Missed))
        };
        missing.extend(transitions(&view).into_iter().filter(|event| !told(event)));
        missing.extend(never_met(&view));
    }
    missing
}

/// What was due when the clocks started anew will not be met any more.
fn never_met(view: &View<'_>) -> Vec<Event> {
    let due = view.standings.iter().filter_map(|standing| {
        let open = standing.open.as_ref().filter(|open| open.due <= view.now)?;
        Some(standing.occurrence(open.due))
    });
    let unmet = due.filter(|occurrence| view.incident.duties.get(occurrence) != Some(&DutyState::Missed));
    let event = |occurrence| Event {
        at: view.now,
        by: Actor::Bot,
        url: None,
        what: What::Duty { occurrence, state: DutyState::Missed, evidence: None },
    };
    unmet.map(event).collect()
}
