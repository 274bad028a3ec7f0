//! Every change of a duty's state becomes a journal entry, once.

use crate::domain::{
    event::{DutyState, Event, Occurrence, What},
    people::Actor,
    process::EvidenceKind,
    time::Moment,
};

use super::view::View;

/// The transitions that the journal does not hold yet, oldest first.
pub(super) fn transitions(view: &View<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    for standing in view.standings {
        let mut occurrence = standing.occurrence(view.now);
        for judged in &standing.past {
            occurrence.due = judged.due;
            note(view, &occurrence, judged.state, judged.at, judged.evidence.as_ref(), &mut events);
        }
        if let Some(open) = standing.open.as_ref().filter(|open| open.due <= view.now) {
            occurrence.due = open.due;
            note(view, &occurrence, DutyState::Due, open.due, None, &mut events);
        }
    }
    let clocks = view.incident.reopened_at.or(view.incident.opened);
    let vanished = view.incident.duties.iter().filter(|(occurrence, state)| {
        // Facts that came late can show that an occurrence never was.
        **state == DutyState::Due && clocks.is_some_and(|start| occurrence.due >= start) && !stands(view, occurrence)
    });
    for (occurrence, _) in vanished {
        let skipped = view.standings.iter().any(|standing| standing.skipped && standing.spec.id == occurrence.duty);
        let state = if skipped { DutyState::Missed } else { DutyState::Cancelled };
        note(view, occurrence, state, view.now, None, &mut events);
    }
    events.sort_by_key(|event| event.at);
    events
}

/// Whether the duty has this occurrence, as things are known now.
fn stands(view: &View<'_>, occurrence: &Occurrence) -> bool {
    let of_it = view.standings.iter().filter(|standing| standing.spec.id == occurrence.duty);
    of_it.into_iter().any(|standing| {
        let open = standing.open.as_ref().map(|open| open.due);
        open.into_iter().chain(standing.past.iter().map(|judged| judged.due)).any(|due| due == occurrence.due)
    })
}

fn note(
    view: &View<'_>,
    occurrence: &Occurrence,
    state: DutyState,
    at: Moment,
    evidence: Option<&EvidenceKind>,
    events: &mut Vec<Event>,
) {
    if view.incident.duties.get(occurrence) == Some(&state) {
        return;
    }
    let what = What::Duty { occurrence: occurrence.clone(), state, evidence: evidence.cloned() };
    events.push(Event { at, by: Actor::Bot, url: None, what });
}
