//! How the duties went, counted from their last journalled states.
//!
//! What always holds: every occurrence is counted once, in the state it ended in; one that was still due when the
//! journal ends was never met and counts as missed.

use std::collections::BTreeMap;

use super::Source;
use crate::domain::{
    event::{DutyState, Event, Occurrence, What},
    message::DutySummary,
    process::EvidenceKind,
};

/// The last state of every occurrence.
pub(super) fn final_states(events: &[Event]) -> BTreeMap<&Occurrence, DutyState> {
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by_key(|event| event.at);
    sorted
        .into_iter()
        .filter_map(|event| match &event.what {
            What::Duty { occurrence, state, .. } => Some((occurrence, *state)),
            _ => None,
        })
        .collect()
}

/// One line per duty that came to an end at least once: in the order of the process, then those it no longer names.
pub(super) fn summaries(source: &Source<'_>, states: &BTreeMap<&Occurrence, DutyState>) -> Vec<DutySummary> {
    let known = source.project.process.duties.iter().map(|duty| (duty.id.as_str(), duty.title.as_str()));
    let mut duties: Vec<(&str, &str)> = known.collect();
    for id in states.keys().map(|occurrence| occurrence.duty.as_str()) {
        if duties.iter().all(|(known, _)| *known != id) {
            duties.push((id, id));
        }
    }
    duties.into_iter().map(|(id, title)| summary(id, title, states)).filter(ended).collect()
}

fn summary(id: &str, title: &str, states: &BTreeMap<&Occurrence, DutyState>) -> DutySummary {
    let mut summary = DutySummary { title: title.to_owned(), met: 0, late: 0, missed: 0, waived: 0 };
    for (_, state) in states.iter().filter(|(occurrence, _)| occurrence.duty == id) {
        match state {
            DutyState::Met => summary.met += 1,
            DutyState::Late => summary.late += 1,
            DutyState::Missed | DutyState::Due => summary.missed += 1,
            DutyState::Waived => summary.waived += 1,
            DutyState::Waiting | DutyState::Cancelled => {}
        }
    }
    summary
}

fn ended(summary: &DutySummary) -> bool {
    summary.met + summary.late + summary.missed + summary.waived > 0
}

/// Situation reports in time, late and missed, over all duties that a situation report meets.
pub(super) fn punctuality(source: &Source<'_>, states: &BTreeMap<&Occurrence, DutyState>) -> (u32, u32, u32) {
    let duties = source.project.process.duties.iter().filter(|duty| duty.met_by.contains(&EvidenceKind::Sitrep));
    duties
        .map(|duty| summary(&duty.id, &duty.title, states))
        .fold((0, 0, 0), |(met, late, missed), one| (met + one.met, late + one.late, missed + one.missed))
}
