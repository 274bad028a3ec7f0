//! Every change of a duty's state becomes a journal entry, once.

use crate::domain::{
    event::{DutyState, Event, Occurrence, What},
    people::Actor,
    time::Moment,
};

use super::view::View;

/// The transitions that the journal does not hold yet, oldest first.
pub(super) fn transitions(view: &View<'_>) -> Vec<Event> {
    let mut seen: Vec<Occurrence> = Vec::new();
    let mut events = Vec::new();
    for standing in view.standings {
        for judged in &standing.past {
            let occurrence = standing.occurrence(judged.due);
            note(view, &occurrence, judged.state, judged.at, judged.evidence.clone(), &mut events);
            seen.push(occurrence);
        }
        if let Some(open) = &standing.open {
            let occurrence = standing.occurrence(open.due);
            if open.due <= view.now {
                note(view, &occurrence, DutyState::Due, open.due, None, &mut events);
            }
            seen.push(occurrence);
        }
    }
    let clocks = view.incident.reopened_at.or(view.incident.opened);
    let vanished = view.incident.duties.iter().filter(|(occurrence, state)| {
        // Facts that came late can show that an occurrence never was.
        **state == DutyState::Due && !seen.contains(occurrence) && clocks.is_some_and(|start| occurrence.due >= start)
    });
    for (occurrence, _) in vanished {
        let skipped = view.standings.iter().any(|standing| standing.skipped && standing.spec.id == occurrence.duty);
        let state = if skipped { DutyState::Missed } else { DutyState::Cancelled };
        note(view, occurrence, state, view.now, None, &mut events);
    }
    events.sort_by_key(|event| event.at);
    events
}

fn note(
    view: &View<'_>,
    occurrence: &Occurrence,
    state: DutyState,
    at: Moment,
    evidence: Option<crate::domain::process::EvidenceKind>,
    events: &mut Vec<Event>,
) {
    if view.incident.duties.get(occurrence) == Some(&state) {
        return;
    }
    let what = What::Duty { occurrence: occurrence.clone(), state, evidence };
    events.push(Event { at, by: Actor::Bot, url: None, what });
}
