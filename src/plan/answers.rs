//! Rule: every command gets one answer: a reaction where it was obeyed, a short comment where it was not, and the
//! comment it asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    action::{Action, Effect},
    command::{Command, FORMS},
    event::Outcome,
    incident::Given,
    message::{Handoff, ItemLine, Message, Reply, Sitrep, Wild},
    process::EvidenceKind,
};

use super::{
    Notes, authority,
    board::task_lines,
    follow_ups, keys,
    view::{View, mention_of, plain, state_word},
};

pub(super) fn answer(view: &View<'_>, notes: &mut Notes) {
    let mut nth = BTreeMap::new();
    let (mut told, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for given in &view.incident.given {
        let count = nth.entry(given.comment).or_insert(0_usize);
        *count += 1;
        let first = match given.outcome {
            // Whoever may not command is told so once, however often they try.
            Outcome::NotAllowed => told.insert(given.by.account().map(|account| account.id)),
            // What is wrong in one version of a comment is said in one answer.
            Outcome::Refused { .. } => refused.insert((given.comment, given.at)),
            Outcome::Obeyed => true,
        };
        if first {
            one(view, given, *count, notes);
        }
    }
}

/// What is wrong with this command and the others of its comment that were written with it, each reason once.
fn reasons(view: &View<'_>, of: &Given) -> Vec<String> {
    let together = view.incident.given.iter().filter(|given| (given.comment, given.at) == (of.comment, of.at));
    let mut reasons: Vec<String> = Vec::new();
    for given in together {
        if let Outcome::Refused { why } = &given.outcome
            && !reasons.contains(why)
        {
            reasons.push(why.clone());
        }
    }
    reasons
}

fn one(view: &View<'_>, given: &Given, nth: usize, notes: &mut Notes) {
    match (&given.outcome, &given.command) {
        (Outcome::Obeyed, Some(command)) => obeyed(view, given, command, nth, notes),
        (Outcome::NotAllowed, _) => {
            let lines = vec![format!(
                "I only take commands from people with write access to this project; {} has none.",
                plain(&given.by.spoken())
            )];
            reply(view, given, nth, Answer::of(lines), notes);
        }
        (Outcome::Refused { .. }, _) => {
            reply(view, given, nth, Answer { forms: forms(), ..Answer::of(reasons(view, given)) }, notes);
        }
        (Outcome::Obeyed, None) => {}
    }
}

fn obeyed(view: &View<'_>, given: &Given, command: &Command, nth: usize, notes: &mut Notes) {
    if let Some(why) = in_vain(view, given, command) {
        reply(view, given, nth, Answer::of(vec![why]), notes);
        return;
    }
    match command {
        Command::Why { duty } => reply(view, given, nth, Answer::of(explain(view, duty)), notes),
        Command::Help => {
            let lines = vec!["These are the forms I understand, at the start of a line:".to_owned()];
            reply(view, given, nth, Answer { forms: forms(), ..Answer::of(lines) }, notes);
        }
        Command::Disrupt { text } => post(view, given, nth, "authority", authority::card(view, given, text), notes),
        Command::Flag { name } => reply(view, given, nth, raised(view, name), notes),
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
        | Command::Approve
        | Command::Decline
        | Command::Timeline { .. }
        | Command::Playbook { .. }
        | Command::NoFollowup => {}
        Command::Followup { .. } => {
            if let Some(line) = follow_ups::not_assigned(view, given) {
                reply(view, given, nth, Answer::of(vec![line]), notes);
            }
        }
    }
    notes.act(Action { key: keys::react(given.comment), what: Effect::React { comment: given.comment } });
}

fn post(view: &View<'_>, given: &Given, nth: usize, kind: &str, message: Message, notes: &mut Notes) {
    let key = keys::answer(kind, given.comment, nth);
    let written = view.incident.written.iter().any(|written| written.key == key);
    if !written || view.circumstances.owed.contains(&key) {
        notes.act(Action { key, what: Effect::Comment { message: Box::new(message), covers: Vec::new() } });
    }
}

/// What a reply says.
struct Answer {
    lines: Vec<String>,
    items: Vec<ItemLine>,
    forms: Vec<(String, String)>,
}

impl Answer {
    fn of(lines: Vec<String>) -> Self {
        Self { lines, items: Vec::new(), forms: Vec::new() }
    }
}

fn reply(view: &View<'_>, given: &Given, nth: usize, answer: Answer, notes: &mut Notes) {
    let message = Reply {
        exercise: view.project.exercise,
        to: given.by.spoken(),
        lines: answer.lines,
        items: answer.items,
        quoted: Wild(given.text.clone()),
        bot: view.bot(),
        forms: answer.forms,
        why: view.because("command", format!("a comment by {}", plain(&given.by.spoken())), Some(given.at)),
    };
    post(view, given, nth, "reply", Message::Reply(message), notes);
}

fn forms() -> Vec<(String, String)> {
    FORMS.iter().map(|(form, effect)| ((*form).to_owned(), (*effect).to_owned())).collect()
}

/// Why a command that was understood changed nothing.
fn in_vain(view: &View<'_>, given: &Given, command: &Command) -> Option<String> {
    let incident = view.incident;
    match command {
        Command::Approve | Command::Decline => {
            let decided = incident.disruptions.iter().filter_map(|asked| asked.decided.as_ref());
            let mut here = decided.filter(|(at, by, _)| *at == given.at && *by == given.by);
            let nothing = "There is nothing to decide: nobody asked to disrupt service, or it is decided already.";
            if here.next().is_some() {
                return None;
            }
            let oneself = if *command == Command::Approve { authority::not_oneself(view, given) } else { None };
            Some(oneself.unwrap_or_else(|| nothing.to_owned()))
        }
        Command::Done { what } => {
            let number: usize = what.parse().ok()?;
            let known = incident.tasks.iter().any(|task| task.number == number && task.at <= given.at);
            (!known).then(|| "There is no lead or step of that number; the board shows them all.".to_owned())
        }
        _ => None,
    }
}

/// What follows from a flag.
fn raised(view: &View<'_>, id: &str) -> Answer {
    let Some(flag) = view.project.process.flag(id) else { return Answer::of(Vec::new()) };
    let items: Vec<ItemLine> = flag.checklist.iter().map(|item| view.item_line(item)).collect();
    let what = if items.is_empty() {
        "Nothing further is to be done."
    } else {
        "This is to be done; tick it off on the board:"
    };
    Answer {
        items,
        ..Answer::of(vec![format!("The flag {} is raised: {}. {what}", flag.id, flag.title.trim_end_matches('.'))])
    }
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
        title: Wild::from(view.circumstances.title.as_str()),
        url: incident.url.clone().unwrap_or_default(),
        severity: incident.severity.value.clone(),
        status: incident.status.value.clone(),
        ic: Wild(incident.ic.as_ref().map(|command| command.who.written()).unwrap_or_default()),
        responders: view.responders(),
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
    Message::Handoff(Box::new(Handoff {
        exercise: view.project.exercise,
        mention,
        to: Wild(taken.map(|turn| turn.to.value.clone()).unwrap_or_default()),
        from: Wild(before.map(|turn| turn.to.value.clone()).unwrap_or_default()),
        status: view.shown(&incident.status),
        severity: view.shown(&incident.severity),
        phase: view.shown(&incident.phase),
        responders: view.responders(),
        last_sitrep_url: last_sitrep.and_then(|evidence| evidence.url.clone()).unwrap_or_default(),
        last_sitrep_at: last_sitrep.map(|evidence| view.when(evidence.at)),
        duties: view.open_duty_lines(),
        leads: task_lines(view, true).into_iter().filter(|lead| !lead.done).collect(),
        steps: task_lines(view, false).into_iter().filter(|step| !step.done).collect(),
        findings: view.finding_lines(),
        why: view.because("handoff", format!("a command by {}", plain(&given.by.spoken())), Some(given.at)),
    }))
}
