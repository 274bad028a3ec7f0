//! Rule: one sticky comment shows where the incident stands; it is edited in place, and only when its text changes.
//!
//! What always holds: every list is bounded, so that the board fits into one comment whatever was typed.

use crate::domain::{
    action::{Action, Effect},
    command::FORMS,
    incident::Disruption,
    message::{
        Board, Checklist, DisruptionLine, FollowUpLine, Holder, Message, MessageKind, ShiftLine, TaskLine, WaivedLine,
        Wild,
    },
    process::{Item, Playbook},
    reading::{Field, Value},
};

use super::{
    Notes, keys,
    view::{View, mention_of},
};

/// Leads, steps and so on beyond so many are not on the board; what is open goes first.
const MOST_LINES: usize = 25;

/// Texts from people are cut to so many characters.
const LONGEST: usize = 200;

pub(super) fn board(view: &View<'_>, notes: &mut Notes) {
    let message = Box::new(Message::Board(Box::new(compose(view, notes))));
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
        responders: view.responders(),
        shift: incident.shifts.last().map(|shift| ShiftLine::of(shift, view.project.zone)),
        disruptions: disruptions(view),
        duties: view.duty_lines(),
        checklists: checklists(view),
        leads: bounded(task_lines(view, true)),
        steps: bounded(task_lines(view, false)),
        follow_ups: follow_ups(view),
        waived: waived(view),
        findings: view.finding_lines(),
        held_back: notes.held_back.clone(),
        mention: view.bot(),
        commands: FORMS.iter().map(|(form, effect)| ((*form).to_owned(), (*effect).to_owned())).collect(),
        exposed: incident.is_exposed(),
        why: view.because("board", "the issue was opened".to_owned(), incident.opened),
    }
}

/// Leads, or steps, in the order in which they were named.
pub(super) fn task_lines(view: &View<'_>, leads: bool) -> Vec<TaskLine> {
    let wanted = view.incident.tasks.iter().filter(|task| task.lead == leads);
    wanted.map(|task| TaskLine { text: short(&task.text), ..TaskLine::of(task) }).collect()
}

/// At most so many lines, the open ones first where some must go.
fn bounded(mut lines: Vec<TaskLine>) -> Vec<TaskLine> {
    if lines.len() > MOST_LINES {
        lines.sort_by_key(|line| line.done);
        lines.truncate(MOST_LINES);
    }
    lines
}

fn short(text: &str) -> Wild {
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    Wild(cut)
}

/// What the phase asks for, then what raised flags and playbooks in use ask for.
fn checklists(view: &View<'_>) -> Vec<Checklist> {
    let (incident, process) = (view.incident, &view.project.process);
    let of = |title: String, items: &[Item]| Checklist {
        title,
        place: Wild::default(),
        items: items.iter().map(|item| view.item_line(item)).collect(),
    };
    let phase = process.phase(&incident.phase.value);
    let phase = phase.map(|phase| of(format!("To do in {}", phase.name), &phase.entry));
    let flags = process.flags.iter().filter(|flag| incident.flags.contains_key(&flag.id));
    let flags = flags.map(|flag| Checklist {
        place: view.place(flag.route.as_deref()),
        ..of(format!("Flag {}: {}", flag.id, flag.title), &flag.checklist)
    });
    let playbooks = playbooks(view);
    let playbooks =
        playbooks.into_iter().map(|playbook| of(format!("Playbook: {}", playbook.title), &playbook.checklist));
    phase.into_iter().chain(flags).chain(playbooks).filter(|list| !list.items.is_empty()).collect()
}

/// The playbook that the kind names, and those started by command.
fn playbooks<'v>(view: &View<'v>) -> Vec<&'v Playbook> {
    let process = &view.project.process;
    let kind = match view.incident.fields.get(&Field::Kind) {
        Some(Value::Text(kind)) => {
            process.playbook(kind).or_else(|| process.playbook(&kind.trim().to_lowercase().replace(' ', "-")))
        }
        _ => None,
    };
    let mut all: Vec<&Playbook> = kind.into_iter().collect();
    for playbook in view.incident.playbooks.iter().filter_map(|id| process.playbook(id)) {
        if !all.iter().any(|known| known.id == playbook.id) {
            all.push(playbook);
        }
    }
    all
}

fn disruptions(view: &View<'_>) -> Vec<DisruptionLine> {
    let line = |asked: &Disruption| DisruptionLine {
        text: short(&asked.text),
        by: asked.by.spoken(),
        at: view.when(asked.at),
        url: asked.url.clone().unwrap_or_default(),
    };
    let open = view.incident.disruptions.iter().filter(|asked| asked.decided.is_none());
    open.take(MOST_LINES).map(line).collect()
}

fn follow_ups(view: &View<'_>) -> Vec<FollowUpLine> {
    let noted = view.incident.follow_ups.iter().take(MOST_LINES);
    noted.map(|noted| FollowUpLine { text: short(&noted.text), ..FollowUpLine::of(noted) }).collect()
}

fn waived(view: &View<'_>) -> Vec<WaivedLine> {
    let line = |(id, waiver): (&String, &crate::domain::incident::Waiver)| WaivedLine {
        id: id.clone(),
        by: waiver.by.spoken(),
        at: view.when(waiver.at),
        reason: short(&waiver.reason),
    };
    view.incident.waived.iter().take(MOST_LINES).map(line).collect()
}
