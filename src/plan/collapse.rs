//! Rule: a reminder that has done its work is folded away; at most one live reminder per duty remains.

use crate::domain::{
    action::{Action, Effect},
    event::{DutyState, Occurrence},
    incident::Reminded,
    message::{Collapsed, Message},
};

use super::{
    Notes,
    view::{View, state_word},
};

pub(super) fn collapse(view: &View<'_>, notes: &mut Notes) {
    for reminder in view.incident.reminders.iter().filter(|reminder| !reminder.collapsed) {
        let still_wanted = reminder.covers.iter().any(|covered| {
            is_open(view, covered) && !spoken_again(view, reminder, covered) && !about_to_be(notes, covered)
        });
        if !still_wanted {
            notes.act(fold_away(view, reminder));
        }
    }
}

/// The occurrence still waits for evidence.
fn is_open(view: &View<'_>, covered: &Occurrence) -> bool {
    view.standings
        .iter()
        .filter(|standing| standing.spec.id == covered.duty)
        .any(|standing| standing.open.as_ref().is_some_and(|open| open.due == covered.due))
}

/// A newer reminder speaks of the same duty.
fn spoken_again(view: &View<'_>, reminder: &Reminded, covered: &Occurrence) -> bool {
    view.incident
        .reminders
        .iter()
        .filter(|other| other.key != reminder.key && other.at > reminder.at)
        .flat_map(|other| &other.covers)
        .any(|other| other.duty == covered.duty)
}

/// What is planned now speaks of the same duty.
fn about_to_be(notes: &Notes, covered: &Occurrence) -> bool {
    notes.actions.iter().any(|action| match &action.what {
        Effect::Comment { covers, .. } => covers.iter().any(|other| other.duty == covered.duty),
        _ => false,
    })
}

fn fold_away(view: &View<'_>, reminder: &Reminded) -> Action {
    let titles: Vec<&str> = reminder
        .covers
        .iter()
        .filter_map(|covered| view.project.process.duty(&covered.duty))
        .map(|spec| spec.title.as_str())
        .collect();
    let last = reminder.covers.last();
    let message = Collapsed {
        exercise: view.project.exercise,
        title: titles.join(", "),
        outcome: last.map_or_else(|| "done".to_owned(), |covered| outcome(view, covered)),
        due: view.when(last.map_or(reminder.at, |covered| covered.due)),
    };
    Action {
        key: format!("collapse/{}", reminder.key),
        what: Effect::Collapse {
            comment: reminder.comment,
            of: reminder.key.clone(),
            message: Box::new(Message::Collapsed(message)),
        },
    }
}

fn outcome(view: &View<'_>, covered: &Occurrence) -> String {
    let judged = view
        .standings
        .iter()
        .filter(|standing| standing.spec.id == covered.duty)
        .flat_map(|standing| &standing.past)
        .find(|judged| judged.due == covered.due);
    match judged.map(|judged| judged.state) {
        Some(DutyState::Missed) => "not met; the next one is due".to_owned(),
        None if is_open(view, covered) => "not met yet; said again below".to_owned(),
        Some(DutyState::Cancelled) | None => "no longer applies".to_owned(),
        Some(state) => state_word(state).to_owned(),
    }
}
