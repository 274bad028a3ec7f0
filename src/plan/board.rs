//! Rule: one sticky comment shows where the incident stands; it is edited in place, and only when its text changes.

use crate::domain::{
    action::{Action, Effect},
    command::FORMS,
    message::{Board, Holder, Message, MessageKind, Wild},
    reading::Field,
};

use super::{
    Notes, keys,
    view::{View, mention_of},
};

pub(super) fn board(view: &View<'_>, notes: &mut Notes) {
    let message = Box::new(Message::Board(compose(view, notes)));
    let written = view.incident.written.iter().find(|written| written.kind == MessageKind::Board);
    let what = match written {
        // A board that a person deleted is not fought over.
        Some(written) if written.gone => return,
        Some(written) => Effect::Rewrite { comment: written.comment, message },
        None => Effect::Comment { message, covers: Vec::new() },
    };
    notes.act(Action { key: keys::BOARD.to_owned(), what });
}

fn compose(view: &View<'_>, notes: &Notes) -> Board {
    let incident = view.incident;
    let process = &view.project.process;
    let severity = process.severity(&incident.severity.value);
    Board {
        exercise: view.project.exercise,
        noun: view.noun(),
        process: process.title.clone(),
        open: incident.open,
        status: view.shown(&incident.status),
        severity: view.shown(&incident.severity),
        severity_definition: severity.map(|severity| severity.definition.clone()).unwrap_or_default(),
        phase: view.shown(&incident.phase),
        ic: incident
            .ic
            .as_ref()
            .map(|command| Holder { name: Wild(command.who.written()), mention: mention_of(&command.who) }),
        reporter: view.people(Field::Reporter),
        responders: view.people(Field::Responders),
        duties: view.duty_lines(),
        checklist: process
            .phase(&incident.phase.value)
            .map(|phase| phase.entry.iter().map(|item| item.text.clone()).collect())
            .unwrap_or_default(),
        findings: view.finding_lines(),
        held_back: notes.held_back.clone(),
        mention: view.bot(),
        commands: FORMS.iter().map(|(form, effect)| ((*form).to_owned(), (*effect).to_owned())).collect(),
        exposed: incident.exposed,
        why: view.because("board", "the issue was opened".to_owned(), incident.opened),
    }
}
