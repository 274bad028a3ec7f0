//! Rule: a closed incident gets one report; after reopening, the earlier one is marked and a new one is due at the next
//! closing.

use crate::domain::{
    action::{Action, Effect},
    message::{Message, MessageKind, Superseded},
    people::Actor,
};

use super::{Notes, keys, view::View};

pub(super) fn report(view: &View<'_>, notes: &mut Notes) {
    let incident = view.incident;
    supersede(view, notes);
    if incident.open || incident.closings == 0 || incident.exposed {
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
    let (Some(reopened_at), reports) = (incident.reopened_at, incident.written.iter()) else { return };
    for report in reports.filter(|written| written.kind == MessageKind::Retrospective && !written.gone) {
        let holds = !incident.open && report.key.split('#').next() == Some(current.as_str());
        let marked = report.digest.as_deref() == Some("superseded");
        if holds || marked || report.key.contains('#') {
            continue;
        }
        let message = Superseded {
            exercise: view.project.exercise,
            reopened_at: view.when(reopened_at),
            by: reopener(view).spoken(),
        };
        notes.act(Action {
            key: format!("superseded/{}", report.key),
            what: Effect::Supersede { comment: report.comment, message: Box::new(Message::Superseded(message)) },
        });
    }
}

fn reopener(view: &View<'_>) -> Actor {
    view.incident.reopened_by.clone().unwrap_or(Actor::Somebody)
}
