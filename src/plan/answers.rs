//! Rule: every command gets one answer: a reaction where it was obeyed, a short comment where it was not, and the
//! comment it asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    action::{Action, Effect},
    command::{Command, FORMS},
    event::Outcome,
    incident::Given,
    message::{Handoff, Message, Reply, Sitrep, Wild},
    process::EvidenceKind,
    reading::Field,
};

use super::{
    Notes, keys,
    view::{View, mention_of, plain, state_word},
};

pub(super) fn answer(view: &View<'_>, notes: &mut Notes) {
    let mut nth = BTreeMap::new();
    let mut told = BTreeSet::new();
    for given in &view.incident.given {
        let count = nth.entry(given.comment).or_insert(0_usize);
        *count += 1;
        // Whoever may not command is told so once, however often they try.
        let first = given.outcome != Outcome::NotAllowed || told.insert(given.by.account().map(|account| account.id));
        if first {
            one(view, given, *count, notes);
        }
    }
}

fn one(view: &View<'_>, given: &Given, nth: usize, notes: &mut Notes) {
    match (&given.outcome, &given.command) {
        (Outcome::Obeyed, Some(command)) => obeyed(view, given, command, nth, notes),
        (Outcome::NotAllowed, _) => {
            let lines = vec![format!(
                "I only take commands from people with write access to this project; {} has none.",
                plain(&given.by.spoken())
            )];
            reply(view, given, nth, lines, Vec::new(), notes);
        }
        (Outcome::Refused { why }, _) => reply(view, given, nth, vec![why.clone()], forms(), notes),
        (Outcome::Obeyed, None) => {}
    }
}

fn obeyed(view: &View<'_>, given: &Given, command: &Command, nth: usize, notes: &mut Notes) {
    match command {
        Command::Why { duty } => reply(view, given, nth, explain(view, duty), Vec::new(), notes),
        Command::Help => {
            reply(
                view,
                given,
                nth,
                vec!["These are the forms I understand, at the start of a line:".to_owned()],
                forms(),
                notes,
            );
        }
        Command::Sitrep { text } => post(view, given, nth, "sitrep", sitrep(view, given, text.as_deref()), notes),
        Command::Handoff { .. } => post(view, given, nth, "handoff", handoff(view, given), notes),
        Command::Ack
        | Command::Ic { .. }
        | Command::Status { .. }
        | Command::Severity { .. }
        | Command::Phase { .. }
        | Command::Snooze { .. }
        | Command::Waive { .. }
        | Command::Done { .. }
        | Command::Notified { .. }
        | Command::Responders { .. }
        | Command::Shift { .. }
        | Command::Lead { .. }
        | Command::Step { .. }
        | Command::Disrupt { .. }
        | Command::Approve
        | Command::Decline
        | Command::Timeline { .. }
        | Command::Playbook { .. }
        | Command::Flag { .. }
        | Command::Followup { .. } => {}
    }
    notes.act(Action { key: keys::react(given.comment), what: Effect::React { comment: given.comment } });
}

fn post(view: &View<'_>, given: &Given, nth: usize, kind: &str, message: Message, notes: &mut Notes) {
    let key = keys::answer(kind, given.comment, nth);
    if !view.incident.written.iter().any(|written| written.key == key) {
        notes.act(Action { key, what: Effect::Comment { message: Box::new(message), covers: Vec::new() } });
    }
}

fn reply(
    view: &View<'_>,
    given: &Given,
    nth: usize,
    lines: Vec<String>,
    forms: Vec<(String, String)>,
    notes: &mut Notes,
) {
    let message = Reply {
        exercise: view.project.exercise,
        to: given.by.spoken(),
        lines,
        quoted: Wild(given.text.clone()),
        bot: view.bot(),
        forms,
        why: view.because("command", format!("a comment by {}", plain(&given.by.spoken())), Some(given.at)),
    };
    post(view, given, nth, "reply", Message::Reply(message), notes);
}

fn forms() -> Vec<(String, String)> {
    FORMS.iter().map(|(form, effect)| ((*form).to_owned(), (*effect).to_owned())).collect()
}

/// Where a duty's clock comes from, in a few sentences.
fn explain(view: &View<'_>, duty: &str) -> Vec<String> {
    let Some(standing) = view.standings.iter().find(|standing| standing.spec.id == duty) else {
        return vec![format!("The process {} has no duty of that name.", view.project.process.name)];
    };
    let mut lines = vec![format!("{} ({}), from {}.", standing.spec.title, standing.spec.id, standing.spec.source)];
    match &standing.open {
        Some(open) => {
            let why = view.why(standing, open);
            lines.push(format!("The rule is {}.", why.rule));
            lines.push(format!(
                "The clock started at {} because {}; it is due at {}.",
                view.when(open.from).spoken,
                why.started_by,
                view.when(open.due).spoken
            ));
        }
        None => lines.push("Nothing of it is open now.".to_owned()),
    }
    let recent: Vec<String> = standing
        .past
        .iter()
        .rev()
        .take(3)
        .map(|judged| format!("{}: {}", view.when(judged.due).spoken, state_word(judged.state)))
        .collect();
    if !recent.is_empty() {
        lines.push(format!("Before that: {}.", recent.join("; ")));
    }
    lines
}

fn sitrep(view: &View<'_>, given: &Given, text: Option<&str>) -> Message {
    let incident = view.incident;
    let draft = text.is_none();
    let text = match text {
        Some(text) => text.lines().map(Wild::from).collect(),
        None => vec![Wild(format!(
            "The {} is {} at severity {}, in phase {}.",
            view.noun(),
            incident.status.value,
            incident.severity.value,
            incident.phase.value
        ))],
    };
    Message::Sitrep(Sitrep {
        exercise: view.project.exercise,
        draft,
        title: Wild::from(view.title),
        url: incident.url.clone().unwrap_or_default(),
        severity: incident.severity.value.clone(),
        status: incident.status.value.clone(),
        ic: Wild(incident.ic.as_ref().map(|command| command.who.written()).unwrap_or_default()),
        responders: view.people(Field::Responders),
        text,
        by: given.by.spoken(),
        why: view.because("sitrep", format!("a command by {}", plain(&given.by.spoken())), Some(given.at)),
    })
}

fn handoff(view: &View<'_>, given: &Given) -> Message {
    let incident = view.incident;
    let mut turns = incident.turns.iter().filter(|turn| turn.dimension == "IC" && turn.to.at <= given.at).rev();
    let taken = turns.next();
    let before = turns.next();
    let last_sitrep = incident
        .evidence
        .iter()
        .rev()
        .find(|evidence| evidence.kind == EvidenceKind::Sitrep && evidence.at <= given.at);
    let mention = incident.ic.as_ref().map(|command| mention_of(&command.who)).unwrap_or_default();
    Message::Handoff(Handoff {
        exercise: view.project.exercise,
        mention,
        to: Wild(taken.map(|turn| turn.to.value.clone()).unwrap_or_default()),
        from: Wild(before.map(|turn| turn.to.value.clone()).unwrap_or_default()),
        status: view.shown(&incident.status),
        severity: view.shown(&incident.severity),
        phase: view.shown(&incident.phase),
        responders: view.people(Field::Responders),
        last_sitrep_url: last_sitrep.and_then(|evidence| evidence.url.clone()).unwrap_or_default(),
        last_sitrep_at: last_sitrep.map(|evidence| view.when(evidence.at)),
        duties: view.open_duty_lines(),
        findings: view.finding_lines(),
        why: view.because("handoff", format!("a command by {}", plain(&given.by.spoken())), Some(given.at)),
    })
}
