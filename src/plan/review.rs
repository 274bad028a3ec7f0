//! The agenda of the meeting about all incidents of a project: when it is filed, and what it says of each incident.
//!
//! What always holds: an agenda has one meeting's moment for its name, so it is filed once; what nobody filed while the
//! program was away is filed once, for the last meeting alone. Of an incident that others can read, it gives number
//! and dates only. What is deliberately not here: the titles of issues, which the forge shows beside the number by itself.

use chrono::Duration;

use crate::domain::{
    action::{Filing, LabelDefinition},
    incident::{Incident, Task},
    message::{self, Message, ReviewAnswer, ReviewLine, When, Why, Wild},
    people::Person,
    process::{Answer, Review, ReviewField},
    project::Project,
    reading::{Field, Value},
    time::Moment,
};

use super::duties::standings;

/// The label of agendas.
const LABEL: &str = "review";

/// The least that an agenda covers.
const A_WEEK: Duration = Duration::days(7);

/// Room for what an agenda says, as the least of its characters count; a comment's limit lies well above.
const ROOM: usize = 40_000;

/// Of a text from people, so much is shown.
const MOST_SHOWN: usize = 240;

/// Of a list, so many entries.
const MOST_ENTRIES: usize = 8;

/// A meeting that came up, and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meetings {
    /// The last one that came up since the agenda before.
    pub last: Option<Moment>,
    /// The next one.
    pub next: Option<Moment>,
}

/// The meetings after `since`, which is the moment of the last agenda, or of the first look.
#[must_use]
pub fn meetings(review: &Review, project: &Project, since: Moment, now: Moment) -> Meetings {
    let next = |after| review.cron.next_business(after, project.zone, &project.business);
    let mut meetings = Meetings { last: None, next: next(since.max(now - Duration::days(366))) };
    while let Some(came) = meetings.next.filter(|at| *at <= now) {
        meetings = Meetings { last: Some(came), next: next(came) };
    }
    meetings
}

/// From when on incidents are on the agenda, if they are not open.
#[must_use]
pub fn covered_from(at: Moment, since: Moment) -> Moment {
    since.min(at - A_WEEK)
}

/// Whether an incident is on an agenda that covers what happened from `from` on.
#[must_use]
pub fn is_on(incident: &Incident, from: Moment) -> bool {
    let touched = [incident.opened, incident.closed_at, incident.reopened_at];
    let under_way = incident.open && incident.lost.is_none_or(|lost| lost >= from);
    incident.opened.is_some() && (under_way || touched.into_iter().flatten().any(|at| at >= from))
}

/// The issue to be filed for the meeting at `at`.
#[must_use]
pub fn agenda(review: &Review, project: &Project, mut incidents: Vec<Incident>, at: Moment, from: Moment) -> Filing {
    let severity = |incident: &Incident| {
        let rank = project.process.severities.iter().position(|severity| severity.name == incident.severity.value);
        std::cmp::Reverse(rank)
    };
    incidents.sort_by_key(|incident| (!incident.open, severity(incident), incident.issue.number));
    let (lines, more) = fitting(incidents.iter().map(|incident| line(incident, review, project, at)));
    let day = at.with_timezone(&project.zone).format("%Y-%m-%d");
    let exercise = if project.exercise { "EXERCISE: " } else { "" };
    let message = message::Review {
        exercise: project.exercise,
        title: review.title.clone(),
        since: When::new(from, project.zone),
        incidents: lines,
        more,
        topics: review.topics.clone(),
        why: Why {
            rule: "review".to_owned(),
            source: review.source.clone(),
            started_by: review.cron.in_words(),
            started_at: None,
            due: Some(When::new(at, project.zone)),
        },
    };
    Filing {
        title: Wild(format!("{exercise}{}, {day}", review.title)),
        message: Message::Review(Box::new(message)),
        label: LabelDefinition {
            name: LABEL.to_owned(),
            color: "c5def5".to_owned(),
            description: "Agenda of a meeting about all incidents".to_owned(),
        },
        assignee: None,
        since: at,
    }
}

/// As many as there is room for, and the numbers of the others.
fn fitting(all: impl Iterator<Item = ReviewLine>) -> (Vec<ReviewLine>, Vec<u64>) {
    let (mut lines, mut more, mut room) = (Vec::new(), Vec::new(), ROOM);
    for line in all {
        let cost = cost(&line);
        if cost <= room {
            room -= cost;
            lines.push(line);
        } else {
            more.push(line.number);
        }
    }
    (lines, more)
}

fn line(incident: &Incident, review: &Review, project: &Project, now: Moment) -> ReviewLine {
    let answer = |field: &ReviewField| {
        let (known, hint) = match field {
            _ if incident.is_exposed() => (Vec::new(), "kept back, because others can read the incident"),
            ReviewField::Known(answer) => (known(*answer, incident, project, now), "to be filled in"),
            ReviewField::Blank(prompt) => (Vec::new(), prompt.hint.as_str()),
        };
        ReviewAnswer { heading: field.heading().to_owned(), known: shortened(known), hint: hint.to_owned() }
    };
    ReviewLine {
        number: incident.issue.number,
        open: incident.open,
        severity: if incident.is_exposed() { "kept back".to_owned() } else { incident.severity.value.clone() },
        opened: When::new(incident.opened.unwrap_or(now), project.zone),
        closed: incident.closed_at.filter(|_| !incident.open).map(|at| When::new(at, project.zone)),
        answers: review.fields.iter().map(answer).collect(),
    }
}

fn known(answer: Answer, incident: &Incident, project: &Project, now: Moment) -> Vec<String> {
    let tasks = |done: bool| incident.tasks.iter().filter(move |task| task.done.is_some() == done).map(task);
    match answer {
        Answer::Scope => field(incident, Field::Systems),
        Answer::Impact => field(incident, Field::Impact),
        Answer::Work => tasks(true).collect(),
        Answer::NextSteps => tasks(false).collect(),
        Answer::Blockers => blockers(incident, project, now),
        Answer::Status => status(incident, project),
    }
}

fn field(incident: &Incident, field: Field) -> Vec<String> {
    match incident.fields.get(&field) {
        Some(Value::Text(text)) if !text.trim().is_empty() => vec![text.trim().to_owned()],
        _ => Vec::new(),
    }
}

fn task(task: &Task) -> String {
    let kind = if task.lead { "lead" } else { "step" };
    let owner = task.owner.as_ref().map(|owner| format!(", {}", named(owner))).unwrap_or_default();
    let deferred = if task.deferred && task.done.is_none() { ", deferred" } else { "" };
    format!("{kind}: {}{owner}{deferred}", task.text)
}

fn blockers(incident: &Incident, project: &Project, now: Moment) -> Vec<String> {
    let waiting = incident.disruptions.iter().filter(|asked| asked.decided.is_none() && incident.open);
    let waiting = waiting.map(|asked| format!("waits for a decision: {}", asked.text));
    let standings = standings(incident, project, now);
    let overdue = standings.iter().filter_map(|standing| {
        let open = standing.open.as_ref().filter(|open| open.due <= now)?;
        Some(format!("overdue since {}: {}", When::new(open.due, project.zone).spoken, standing.spec.title))
    });
    waiting.chain(overdue).collect()
}

fn status(incident: &Incident, project: &Project) -> Vec<String> {
    let since = |at| When::new(at, project.zone).spoken;
    let gone = incident.lost.map(|at| format!("gone from its place (moved, deleted or hidden) since {}", since(at)));
    let ic = incident.ic.as_ref().map_or_else(|| "nobody".to_owned(), |command| named(&command.who));
    let stands = [
        format!("{} since {}", incident.status.value, since(incident.status.at)),
        format!("severity {}, phase {}, IC {ic}", incident.severity.value, incident.phase.value),
    ];
    gone.into_iter().chain(stands).collect()
}

/// A person without the sign that would notify them.
fn named(person: &Person) -> String {
    person.written().trim_start_matches('@').to_owned()
}

fn shortened(texts: Vec<String>) -> Vec<Wild> {
    let rest = texts.len().saturating_sub(MOST_ENTRIES);
    let cut = |text: String| {
        if text.chars().count() > MOST_SHOWN {
            format!("{} …", text.chars().take(MOST_SHOWN).collect::<String>())
        } else {
            text
        }
    };
    let shown = texts.into_iter().take(MOST_ENTRIES).map(cut);
    shown.chain((rest > 0).then(|| format!("and {rest} more"))).map(Wild).collect()
}

/// How much room a line takes at most: what is no letter, digit or space may be written as an entity.
fn cost(line: &ReviewLine) -> usize {
    let of = |text: &Wild| {
        20 + text.0.chars().map(|c| if c.is_ascii_alphanumeric() || c == ' ' { 1 } else { 8 }).sum::<usize>()
    };
    let answers = line.answers.iter();
    200 + answers.map(|answer| 60 + answer.hint.len() + answer.known.iter().map(of).sum::<usize>()).sum::<usize>()
}
