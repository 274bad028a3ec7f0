//! Rule: whoever was told of what turns out to be a false alarm is told that it was one, once each time.
//!
//! What is deliberately not here: closing the issue (`closing`).

use crate::domain::{
    action::{Action, Effect},
    message::{FalseAlarm, Message, Wild},
    process::{Ending, EvidenceKind},
};

use super::{
    Notes, keys, roles,
    view::{View, plain},
};

pub(super) fn tell(view: &View<'_>, notes: &mut Notes) {
    let status = &view.incident.status;
    let ending = view.project.process.status(&status.value).and_then(|status| status.ending);
    if ending != Some(Ending::FalseAlarm) {
        return;
    }
    let key = keys::false_alarm(status.at);
    if view.incident.written.iter().any(|written| written.key == key) {
        return;
    }
    if let Some(message) = compose(view) {
        let message = Box::new(Message::FalseAlarm(message));
        notes.act(Action { key, what: Effect::Comment { message, covers: Vec::new() } });
    }
}

/// Nothing where nobody was told but whoever set the status.
fn compose(view: &View<'_>) -> Option<FalseAlarm> {
    let status = &view.incident.status;
    let by = status.by.spoken();
    let mut handles = called(view);
    let (mut reached, mut others) = (Vec::new(), Vec::new());
    for (title, players) in notified(view) {
        let list = if players.is_empty() { &mut others } else { &mut reached };
        list.push(Wild(title));
        handles.extend(players);
    }
    handles.retain(|handle| !handle.eq_ignore_ascii_case(&by));
    let mention = roles::joined(handles);
    if mention.is_empty() && others.is_empty() {
        return None;
    }
    let set = format!("status {} set by {} through {}", status.value, plain(&by), status.via.spoken());
    Some(FalseAlarm {
        exercise: view.project.exercise,
        mention,
        status: status.value.clone(),
        by,
        reached,
        others,
        why: view.because("false alarm", set, Some(status.at)),
    })
}

/// Everybody of whom it was noted that they were notified, by what people call them, with the handles that reach them.
fn notified(view: &View<'_>) -> Vec<(String, Vec<String>)> {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for evidence in &view.incident.evidence {
        let EvidenceKind::Notified(who) = &evidence.kind else { continue };
        let players = match who.strip_prefix('@') {
            Some(_) => vec![who.clone()],
            None => roles::players(view, who),
        };
        let title = roles::title(view, who);
        if !told.iter().any(|(known, _)| *known == title) {
            told.push((title, players));
        }
    }
    told
}

/// Everybody who was called by a reminder or a step of an escalation.
fn called(view: &View<'_>) -> Vec<String> {
    let mut handles = Vec::new();
    for reminder in &view.incident.reminders {
        let steps = keys::steps(&reminder.key);
        for covered in &reminder.covers {
            let Some(spec) = view.project.process.duty(&covered.duty) else { continue };
            handles.extend(roles::called(view, &spec.owes));
            let taken = steps.iter().filter(|(about, _)| about == covered);
            let rungs = taken.filter_map(|(_, nth)| spec.ladder.get(nth.checked_sub(1)?));
            handles.extend(rungs.flat_map(|rung| &rung.to).flat_map(|role| roles::called(view, role)));
        }
    }
    handles
}
