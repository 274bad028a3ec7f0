//! The retrospective: what happened, when, by whom, where the proof is, and how the clocks fared.
//!
//! What always holds: a report is made from the journal, the incident folded from it, the project and its title alone,
//! so the same journal gives the same report on any day; no span of time is ever negative; whatever people wrote into
//! an earlier report stands in the new one. What is deliberately not here: wording around the facts (`templates/`), and
//! reading an earlier report back (`text`).

mod blanks;
mod duties;
mod measures;
mod picture;
mod summary;
mod timeline;

use std::collections::BTreeMap;

use crate::domain::{
    event::Event,
    incident::{Effective, Incident},
    message::{FollowUpLine, Retrospective, ShiftLine, TaskLine, TurnLine, When, Why, Wild},
    process::Ending,
    project::Project,
    time::Moment,
};

/// What a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The fold of `events`.
    pub incident: &'a Incident,
    /// The journal, in the order of its entries.
    pub events: &'a [Event],
    /// Zone, process, exercise.
    pub project: &'a Project,
    /// The title; not trusted.
    pub title: &'a str,
    /// The journal's digest after the last of `events`.
    pub digest: &'a str,
    /// What people wrote into an earlier report: heading to lines.
    pub kept: &'a BTreeMap<String, Vec<String>>,
}

/// The report on an incident: the short form for a false alarm, the whole otherwise.
#[must_use]
pub fn retrospective(source: &Source<'_>) -> Retrospective {
    let short = source.ending(&source.incident.status) == Some(Ending::FalseAlarm);
    let plan = &source.project.process.report;
    let blanks = blanks::all(plan, source.kept, short);
    let measured = measures::Times::of(source);
    let states = duties::final_states(source.events);
    Retrospective {
        exercise: source.project.exercise,
        short,
        title: Wild(source.title.to_owned()),
        url: source.incident.url.clone().unwrap_or_default(),
        process: source.project.process.title.clone(),
        closing: source.incident.closings,
        sections: blanks::sections(plan, &blanks, short),
        summary: summary::lines(source, &measured),
        turns: turns(source),
        timeline: timeline::lines(source),
        picture: if short { String::new() } else { picture::gantt(source) },
        metrics: if short { Vec::new() } else { measures::lines(source, &measured) },
        duties: if short { Vec::new() } else { duties::summaries(source, &states) },
        punctuality: if short { (0, 0, 0) } else { duties::punctuality(source, &states) },
        leads: if short { Vec::new() } else { tasks(source, true) },
        steps: if short { Vec::new() } else { tasks(source, false) },
        follow_ups: source.incident.follow_ups.iter().map(FollowUpLine::of).collect(),
        shifts: source.incident.shifts.iter().map(|shift| ShiftLine::of(shift, source.project.zone)).collect(),
        blanks,
        digest: source.digest.to_owned(),
        entries: u64::try_from(source.events.len()).unwrap_or(u64::MAX),
        why: why(source),
    }
}

impl Source<'_> {
    /// A moment as this project's people read it.
    fn when(&self, at: Moment) -> When {
        When::new(at, self.project.zone)
    }

    /// How this status ends the response, if it does.
    fn ending(&self, status: &Effective) -> Option<Ending> {
        self.project.process.status(&status.value).and_then(|status| status.ending)
    }

    /// The last moment that the journal knows of; the end of what is still running.
    fn last(&self) -> Option<Moment> {
        self.events.iter().map(|event| event.at).chain(self.incident.closed_at).max()
    }
}

/// Leads, or steps, in the order in which they were named.
fn tasks(source: &Source<'_>, leads: bool) -> Vec<TaskLine> {
    source.incident.tasks.iter().filter(|task| task.lead == leads).map(TaskLine::of).collect()
}

fn turns(source: &Source<'_>) -> Vec<TurnLine> {
    let line = |turn: &crate::domain::incident::Turn| TurnLine {
        at: source.when(turn.to.at),
        dimension: turn.dimension.to_owned(),
        to: Wild(turn.to.value.clone()),
        by: turn.to.by.spoken(),
        via: turn.to.via.spoken().to_owned(),
        url: turn.to.url.clone().unwrap_or_default(),
    };
    let mut turns: Vec<_> = source.incident.turns.iter().collect();
    turns.sort_by_key(|turn| turn.to.at);
    turns.into_iter().map(line).collect()
}

fn why(source: &Source<'_>) -> Why {
    let incident = source.incident;
    let started_by = match (&incident.closed_by, incident.open) {
        (_, true) => "a request while the incident is still open".to_owned(),
        (Some(by), false) => format!("the close by {}", by.spoken()),
        (None, false) => "the close".to_owned(),
    };
    Why {
        rule: "retrospective: written from the journal when the incident closes".to_owned(),
        source: source.project.process.duty("retrospective").map_or(String::new(), |duty| duty.source.clone()),
        started_by,
        started_at: incident.closed_at.filter(|_| !incident.open).map(|at| source.when(at)),
        due: None,
    }
}
