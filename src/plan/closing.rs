//! Rule: a false alarm is closed, or whoever set it is asked to close it; a closed incident gets one report; after reopening, the earlier one is marked and a new one is due at the next
//! closing.

use crate::domain::{
    action::{Action, Effect},
    incident::Incident,
    message::{Message, MessageKind, Reply, Superseded, Wild},
    people::Actor,
    process::Ending,
    time::Moment,
};

use super::{
    Notes, keys,
    view::{View, plain},
};

/// Once each time that it becomes a false alarm.
pub(super) fn false_alarm(view: &View<'_>, notes: &mut Notes) {
    let incident = view.incident;
    let status = &incident.status;
    let ending = view.project.process.status(&status.value).and_then(|status| status.ending);
    if !incident.open || ending != Some(Ending::FalseAlarm) {
        return;
    }
    if view.project.close_false_alarms {
        notes.act(Action { key: keys::close(status.at), what: Effect::Close });
        return;
    }
    let key = keys::ask_to_close(status.at);
    if !incident.written.iter().any(|written| written.key == key) {
        let message = Box::new(Message::Reply(ask_to_close(view)));
        notes.act(Action { key, what: Effect::Comment { message, covers: Vec::new() } });
    }
}

fn ask_to_close(view: &View<'_>) -> Reply {
    let status = &view.incident.status;
    let started_by =
        format!("status {} set by {} through {}", status.value, plain(&status.by.spoken()), status.via.spoken());
    Reply {
        exercise: view.project.exercise,
        to: status.by.spoken(),
        lines: vec![
            format!("The status is {} now: please close the issue.", status.value),
            "Its clocks have stopped. Closing it brings the short report.".to_owned(),
        ],
        items: Vec::new(),
        quoted: Wild::default(),
        bot: view.bot(),
        forms: Vec::new(),
        why: view.because("false alarm", started_by, Some(status.at)),
    }
}

pub(super) fn report(view: &View<'_>, notes: &mut Notes) {
    let incident = view.incident;
    supersede(view, notes);
    if incident.open || incident.closings == 0 || incident.is_exposed() {
        return;
    }
    let key = keys::retrospective(incident.closings);
    if !incident.written.iter().any(|written| written.key == key) {
        notes.act(Action { key, what: Effect::Report { closing: incident.closings } });
    }
}

fn supersede(view: &View<'_>, notes: &mut Notes) {
    let incident = view.incident;
    let current = keys::retrospective(incident.closings);
    for report in incident.written.iter().filter(|written| written.kind == MessageKind::Retrospective && !written.gone)
    {
        let holds = !incident.open && report.key.split('#').next() == Some(current.as_str());
        let marked = report.digest.as_deref() == Some("superseded");
        if holds || marked || report.key.contains('#') {
            continue;
        }
        let Some((reopened_at, by)) = reopening_after(incident, &report.key) else { continue };
        let message =
            Superseded { exercise: view.project.exercise, reopened_at: view.when(*reopened_at), by: by.spoken() };
        notes.act(Action {
            key: format!("superseded/{}", report.key),
            what: Effect::Supersede { comment: report.comment, message: Box::new(Message::Superseded(message)) },
        });
    }
}

/// The reopening that ended the time of a report: the first behind its closing, so that whoever lost the database and
/// comes upon an old report says of it what it says already. The last one where the closing is not known.
fn reopening_after<'i>(incident: &'i Incident, report: &str) -> Option<&'i (Moment, Actor)> {
    let nth = (1..=incident.closings).find(|nth| keys::retrospective(*nth) == report);
    let place = nth.and_then(|nth| usize::try_from(nth).ok()).and_then(|nth| nth.checked_sub(1));
    let closed = place.and_then(|place| incident.closings_at.get(place));
    let behind =
        closed.and_then(|closed| incident.reopenings.iter().filter(|(at, _)| at >= closed).min_by_key(|(at, _)| *at));
    behind.or(incident.reopenings.last())
}
