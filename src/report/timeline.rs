//! The timeline: what a stranger must read to follow the incident, each line with its proof.
//!
//! What always holds: lines are in the order of their moments, then of the journal; text from people stands in `detail`
//! alone; no link leads to a comment that is gone. Left out: own label moves, board edits and answers, ordinary comments,
//! reports themselves, commands whose effect has a line already, and the deleting of reminders, which is how they are
//! taken back where nothing can be folded away.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::Source;
use crate::domain::{
    command::Command,
    event::{DutyState, Event, Exposure, Occurrence, Outcome, What},
    ids::CommentId,
    incident::{Disruption, Turn, Via},
    message::{MessageKind, TimelineLine, Wild},
    people::{Actor, Person},
    reading::{Field, Value},
    time::{Moment, lasting, spoken},
};

/// What a line says: our words, and what people wrote.
type Said = (String, String);

/// The whole timeline.
pub(super) fn lines(source: &Source<'_>) -> Vec<TimelineLine> {
    let comments = Comments::of(source.events);
    let events = source.events.iter().enumerate().filter_map(|(place, event)| {
        let (what, detail) = said(source, event, &comments)?;
        let gone = matches!(event.what, What::Wrote { comment, .. } if comments.gone.contains(&comment));
        let url = if gone { &source.incident.url } else { &event.url }.clone().unwrap_or_default();
        let at = happened(event);
        Some(((at, place, 0), TimelineLine { at: source.when(at), ..line(source, event, what, detail, url) }))
    });
    let turns = source.incident.turns.iter().filter(|turn| turn.to.via != Via::Start).map(|turn| {
        let place = cause(source.events, turn);
        ((turn.to.at, place, 1), turned(source, turn))
    });
    let mut placed: Vec<_> = events.chain(turns).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, line)| line).collect()
}

fn line(source: &Source<'_>, event: &Event, what: String, detail: String, url: String) -> TimelineLine {
    TimelineLine { at: source.when(event.at), by: event.by.spoken(), what, detail: Wild(detail), url }
}

/// What somebody tells later stands where it happened.
fn happened(event: &Event) -> Moment {
    match &event.what {
        What::Commanded {
            command: Some(Command::Timeline { at: Some(at), .. } | Command::Notified { at: Some(at), .. }),
            outcome: Outcome::Obeyed,
            ..
        } => *at,
        _ => event.at,
    }
}

fn turned(source: &Source<'_>, turn: &Turn) -> TimelineLine {
    let to = &turn.to;
    let value = if to.value.is_empty() { "nobody".to_owned() } else { to.value.clone() };
    TimelineLine {
        at: source.when(to.at),
        by: to.by.spoken(),
        what: format!("set the {} through {}", turn.dimension, to.via.spoken()),
        detail: Wild(value),
        url: to.url.clone().unwrap_or_default(),
    }
}

/// The place of the event that a turn follows from, so that a change stands next to its cause.
fn cause(events: &[Event], turn: &Turn) -> usize {
    let same_moment = |event: &Event| event.at == turn.to.at;
    events
        .iter()
        .position(|event| same_moment(event) && event.by == turn.to.by)
        .or_else(|| events.iter().position(same_moment))
        .unwrap_or(usize::MAX)
}

/// What lies so close together is one deed.
const NEARLY: TimeDelta = TimeDelta::minutes(1);

/// What became of comments.
#[derive(Default)]
struct Comments {
    /// Reports by people.
    sitreps: BTreeSet<CommentId>,
    /// What the bot took back itself, because it had done its work.
    taken_back: BTreeSet<CommentId>,
    /// What stands in the thread no more.
    gone: BTreeSet<CommentId>,
}

impl Comments {
    fn of(events: &[Event]) -> Self {
        let mut comments = Self::default();
        for event in events {
            match &event.what {
                What::Commented { comment, sitrep: true } => drop(comments.sitreps.insert(*comment)),
                What::CommentGone { comment } => {
                    comments.gone.insert(*comment);
                    if event.by == Actor::Bot || had_done_its_work(events, *comment, event.at) {
                        comments.taken_back.insert(*comment);
                    }
                }
                // What turns up again was never gone.
                What::Wrote { comment, .. } => drop(comments.gone.remove(comment)),
                _ => {}
            }
        }
        comments
    }
}

/// Whether the bot would have taken the comment back by then: a death may come between the deed and its record.
fn had_done_its_work(events: &[Event], of: CommentId, by: Moment) -> bool {
    let wrote = |event: &Event| match &event.what {
        What::Wrote { key, kind, comment, covers } if *comment == of => Some((key.clone(), *kind, covers.clone())),
        _ => None,
    };
    let Some((written, kind, covers)) = events.iter().find_map(wrote) else { return false };
    if events.iter().any(|event| matches!(&event.what, What::Collapsed { key } if *key == written)) {
        return true;
    }
    // A forge says when an issue was touched last to the second, and not of every deletion.
    let before = || events.iter().filter(|event| event.at <= by + NEARLY);
    let over = |about: &Occurrence| {
        before().any(|event| match &event.what {
            What::Duty { occurrence, state, .. } => {
                occurrence == about && !matches!(state, DutyState::Due | DutyState::Waiting)
            }
            // What asks again takes the place of what asked before.
            What::Wrote { comment, covers, .. } => *comment > of && covers.contains(about),
            _ => false,
        })
    };
    match kind {
        MessageKind::Alarm => before().any(|event| event.what == What::Hidden),
        MessageKind::Reminder | MessageKind::CatchUp | MessageKind::Escalation => {
            !covers.is_empty() && covers.iter().all(over)
        }
        _ => false,
    }
}

fn said(source: &Source<'_>, event: &Event, comments: &Comments) -> Option<Said> {
    let ours = |what: &str| Some((what.to_owned(), String::new()));
    match &event.what {
        What::Opened => ours("filed the incident"),
        What::Closed => ours("closed the issue"),
        What::Reopened => ours("reopened the issue; the clocks start again"),
        What::Exposed { how: Exposure::Project } => {
            ours("the project is not private: nothing is written from here on but an alarm")
        }
        What::Exposed { how: Exposure::Flag } => {
            ours("took the confidential flag off: nothing is written from here on but an alarm")
        }
        What::Exposed { how: Exposure::Filed } => ours("filed it without the confidential flag"),
        What::Exposed { how: Exposure::Mailed } => {
            ours("what is written there is mailed to an address outside: nothing is written from here on but an alarm")
        }
        What::Hidden => ours("only the trusted can read it again"),
        What::Lost => ours("the issue was gone from its place"),
        What::Found => ours("the issue was at its place again"),
        What::Commented { sitrep: true, .. } => ours("posted a situation report"),
        What::CommentGone { comment } if !comments.taken_back.contains(comment) => ours("a comment was deleted"),
        What::FieldSet { field, value } => field_set(source, *field, value),
        What::Commanded { comment, command: Some(command), outcome: Outcome::Obeyed, .. } => {
            commanded(source, event, command, comments.sitreps.contains(comment))
        }
        What::Ticked { item, on } => {
            let what = if *on { "ticked on the board" } else { "took the tick away from" };
            Some((what.to_owned(), work_named(source, item)))
        }
        What::Wrote { kind, covers, .. } => wrote(source, *kind, covers),
        What::Duty { occurrence, state, .. } => duty(source, occurrence, *state),
        What::GaveUp { why, .. } => Some((format!("could not write to the issue: {why}"), String::new())),
        _ => None,
    }
}

/// Statuses, severities and commanders have their own lines; people come and go too often for one each.
fn field_set(source: &Source<'_>, field: Field, value: &Value) -> Option<Said> {
    let detail = match value {
        Value::Text(text) if !text.trim().is_empty() => text.trim().to_owned(),
        Value::Moment(at) => spoken(*at, source.project.zone),
        _ => return None,
    };
    Some((format!("stated {} in the description", field.title().to_lowercase()), detail))
}

fn commanded(source: &Source<'_>, event: &Event, command: &Command, told: bool) -> Option<Said> {
    let said = |what: &str, detail: String| Some((what.to_owned(), detail));
    let shown = |dimension: &str| {
        let turns = &source.incident.turns;
        turns.iter().any(|turn| {
            turn.dimension == dimension
                && turn.to.via == Via::Command
                && turn.to.at == event.at
                && turn.to.by == event.by
        })
    };
    match command {
        Command::Ack => said("acknowledged the report", String::new()),
        Command::Sitrep { text: Some(_) } if !told => said("posted a situation report by command", String::new()),
        Command::Handoff { who } => said("handed the command over to", who.written()),
        Command::Ic { who } if !shown("IC") => said("confirmed the IC", who.written()),
        Command::Status { to } if !shown("status") => said("confirmed the status", to.clone()),
        Command::Severity { to } if !shown("severity") => said("confirmed the severity", to.clone()),
        Command::Phase { to } if !shown("phase") => said("confirmed the phase", to.clone()),
        Command::Snooze { duty, span } => {
            said(&format!("held reminders back for {}", lasting(*span)), title(source, duty))
        }
        _ => worked(source, event, command),
    }
}

/// What was done, told, asked for and decided.
fn worked(source: &Source<'_>, event: &Event, command: &Command) -> Option<Said> {
    let said = |what: &str, detail: String| Some((what.to_owned(), detail));
    let written = |people: &[Person]| people.iter().map(Person::written).collect::<Vec<_>>().join(", ");
    match command {
        Command::Waive { duty, reason } => said(&format!("waived {}, because", title(source, duty)), reason.clone()),
        Command::Done { what } => said("said that it is done", work_named(source, what)),
        Command::Notified { who, .. } => said("notified", who.clone()),
        Command::Responders { add, remove } => {
            let parts = [("joined", add), ("left", remove)].into_iter().filter(|(_, people)| !people.is_empty());
            let parts: Vec<String> = parts.map(|(word, people)| format!("{} {word}", written(people))).collect();
            said("changed who responds", parts.join("; "))
        }
        Command::Shift { who, span } => {
            let span = span.map_or_else(String::new, |span| format!(" of {}", lasting(span)));
            said(&format!("began a shift{span} for"), written(who))
        }
        Command::Lead { text, .. } => said("named a lead", text.clone()),
        Command::Step { text, deferred: false, .. } => said("named a step", text.clone()),
        Command::Step { text, deferred: true, .. } => said("named a step for afterwards", text.clone()),
        Command::Disrupt { text } => said("asked to disrupt service", text.clone()),
        Command::Approve | Command::Decline => {
            let decided = |asked: &&Disruption| {
                asked.decided.as_ref().is_some_and(|(at, by, _)| *at == event.at && *by == event.by)
            };
            let asked = source.incident.disruptions.iter().find(decided)?;
            let what = if *command == Command::Approve { "approved the disruption" } else { "declined the disruption" };
            said(what, asked.text.clone())
        }
        Command::Timeline { text, .. } => said("told", text.clone()),
        Command::Playbook { name } => said("started the playbook", name.clone()),
        Command::Flag { name } => said("raised the flag", name.clone()),
        Command::Followup { text, .. } => said("noted a follow-up", text.clone()),
        _ => None,
    }
}

/// A lead, step or item in its own words; a duty by its title.
fn work_named(source: &Source<'_>, what: &str) -> String {
    let (incident, process) = (source.incident, &source.project.process);
    let what = what.strip_prefix("item ").or_else(|| what.strip_prefix("duty ")).unwrap_or(what);
    let number = what.trim_start_matches("task-");
    let task = incident.tasks.iter().find(|task| task.number.to_string() == number).map(|task| task.text.clone());
    let item = || process.items().find(|item| item.id == what).map(|item| item.text.clone());
    task.or_else(item).unwrap_or_else(|| title(source, what))
}

fn wrote(source: &Source<'_>, kind: MessageKind, covers: &[Occurrence]) -> Option<Said> {
    let what = match kind {
        MessageKind::Reminder => "reminded of",
        MessageKind::CatchUp => "told at once what was overdue:",
        MessageKind::Escalation => "escalated",
        MessageKind::Alarm => "raised the confidentiality alarm",
        MessageKind::Handoff => "posted the hand-off packet",
        MessageKind::Gate => "asked for what the phase still lacks",
        MessageKind::Authority => "showed what this severity allows",
        MessageKind::Board
        | MessageKind::Sitrep
        | MessageKind::Reply
        | MessageKind::Retrospective
        | MessageKind::Review
        | MessageKind::FollowUp
        | MessageKind::Timeline => return None,
    };
    let named = |covered: &Occurrence| {
        format!("{} (due {})", title(source, &covered.duty), spoken(covered.due, source.project.zone))
    };
    let covered: Vec<String> = covers.iter().map(named).collect();
    Some((format!("{what} {}", covered.join(", ")).trim_end().to_owned(), String::new()))
}

fn duty(source: &Source<'_>, occurrence: &Occurrence, state: DutyState) -> Option<Said> {
    let outcome = match state {
        DutyState::Late => "met late",
        DutyState::Missed => "missed",
        DutyState::Waived => "waived",
        DutyState::Waiting | DutyState::Due | DutyState::Met | DutyState::Cancelled => return None,
    };
    let due = spoken(occurrence.due, source.project.zone);
    Some((format!("noted: {}, due {due}, was {outcome}", title(source, &occurrence.duty)), String::new()))
}

/// What people call a duty; its id where the process no longer names it, which then is text as old as the journal.
fn title(source: &Source<'_>, id: &str) -> String {
    source.project.process.duty(id).map_or_else(|| id.to_owned(), |duty| duty.title.clone())
}
