//! Lines about the work on an incident that several comments share.

use serde::Serialize;

use super::{When, Why, Wild};
use crate::domain::{
    incident::{FollowUp, Incident, Shift, Task},
    people::{Actor, Person},
    process::Item,
    time::Zone,
};

/// Of a longer rota only the beginning is shown.
const MOST_PEOPLE: usize = 25;

/// A checklist with boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// What it is for, such as `To do in assess`.
    pub title: String,
    /// Where to post what comes of it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// What to do.
    pub items: Vec<ItemLine>,
}

/// One box of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemLine {
    /// The item's id, by which `done` knows it.
    pub id: String,
    /// What to do.
    pub text: String,
    /// It should be done before the phase is left.
    pub gate: bool,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// It is done.
    pub done: bool,
    /// Who said so: `@alice`; empty where it is not done.
    pub by: String,
}

impl ItemLine {
    /// An item, whether it is ticked in this incident, and where to post it.
    #[must_use]
    pub fn of(item: &Item, incident: &Incident, place: &str) -> Self {
        let done = incident.ticked.get(&item.id);
        Self {
            id: item.id.clone(),
            text: item.text.clone(),
            gate: item.gate,
            place: Wild::from(place),
            done: done.is_some(),
            by: done.map(|(_, by)| by.spoken()).unwrap_or_default(),
        }
    }
}

/// A lead or a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskLine {
    /// Its box: `task-3`.
    pub id: String,
    /// What.
    pub text: Wild,
    /// Who does it; empty where nobody was named.
    pub owner: Wild,
    /// It can wait until after the incident.
    pub deferred: bool,
    /// It is done.
    pub done: bool,
    /// Who said so: `@alice`; empty where it is not done.
    pub by: String,
}

impl TaskLine {
    /// A task as it stands.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        Self {
            id: task.item(),
            text: Wild(task.text.clone()),
            owner: named(task.owner.as_ref()),
            deferred: task.deferred,
            done: task.done.is_some(),
            by: task.done.as_ref().map(|(_, by): &(_, Actor)| by.spoken()).unwrap_or_default(),
        }
    }
}

fn named(person: Option<&Person>) -> Wild {
    Wild(person.map(Person::written).unwrap_or_default())
}

/// Who works, from when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShiftLine {
    /// Who.
    pub who: Vec<Wild>,
    /// Since when.
    pub at: When,
    /// Until when, where it was said.
    pub until: Option<When>,
}

impl ShiftLine {
    /// A shift with its moments in a zone.
    #[must_use]
    pub fn of(shift: &Shift, zone: Zone) -> Self {
        Self {
            who: shift.who.iter().take(MOST_PEOPLE).map(|person| Wild(person.written())).collect(),
            at: When::new(shift.at, zone),
            until: shift.span.map(|span| When::new(shift.at + span, zone)),
        }
    }
}

/// A disruption of service that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisruptionLine {
    /// What.
    pub text: Wild,
    /// Who asked: `@alice`.
    pub by: String,
    /// When.
    pub at: When,
    /// Where; empty where there is none.
    pub url: String,
}

/// What is to be done after the incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUpLine {
    /// What.
    pub text: Wild,
    /// By whom; empty where nobody was named.
    pub owner: Wild,
    /// By when: `2026-12-01`; empty where it was not said.
    pub date: String,
    /// The issue that was filed for it: `#18`; empty where none is filed yet.
    pub number: String,
    /// Where that is; empty where none is filed yet.
    pub url: String,
}

impl FollowUpLine {
    /// A follow-up as it was noted.
    #[must_use]
    pub fn of(follow_up: &FollowUp) -> Self {
        Self {
            text: Wild(follow_up.text.clone()),
            owner: named(follow_up.owner.as_ref()),
            date: follow_up.by.map(|date| date.to_string()).unwrap_or_default(),
            number: follow_up.filed.as_ref().map(|filed| format!("#{}", filed.number)).unwrap_or_default(),
            url: follow_up.filed.as_ref().and_then(|filed| filed.url.clone()).unwrap_or_default(),
        }
    }
}

/// The issue that is filed for a follow-up. Of the incident it holds the number, and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowUpIssue {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// The incident's number.
    pub incident: u64,
    /// What is to be done.
    pub text: Wild,
    /// By whom; empty where nobody was named.
    pub owner: Wild,
    /// By when: `2026-12-01`; empty where it was not said.
    pub date: String,
    /// Who asked for it: `@alice`.
    pub by: String,
    /// Where it was asked for; empty where that is not known.
    pub url: String,
    /// Why this was said.
    pub why: Why,
}

/// An entry of the forge's own timeline, which takes but a few words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// What was set: `Severity`, `Status`, `Phase`, `IC`; empty where somebody told something.
    pub set: String,
    /// To what, or what was told. The engine cuts it to the room that there is.
    pub text: Wild,
    /// By whom: `@alice`, `somebody`, `Hotwash`.
    pub by: String,
}

/// A duty that need not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaivedLine {
    /// Duty id.
    pub id: String,
    /// Who said so: `@alice`.
    pub by: String,
    /// When.
    pub at: When,
    /// Why.
    pub reason: Wild,
}

/// What this severity allows somebody who wants to disrupt service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Authority {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who asked: `@alice`.
    pub to: String,
    /// Who is asked to decide, as a mention; empty where nobody is known.
    pub mention: String,
    /// What is to be done.
    pub quoted: Wild,
    /// The severity that held.
    pub severity: String,
    /// `act`, `consult` or `agree`; empty where the process does not say.
    pub allows: String,
    /// From when on the team may act alone if nobody answered; only where it is to `consult`.
    pub alone_at: Option<When>,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}
