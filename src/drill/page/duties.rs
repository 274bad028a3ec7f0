//! What is owed in one incident, as the program understands it: the fold of its journal, judged at this moment.

use serde_json::{Value, json};

use super::{clock::when, keeper::Keeper};
use crate::{
    domain::{event::DutyState, ids::IssueRef, incident::Incident},
    plan::{
        duties::{Judged, Standing, Started, standings},
        fold::fold,
    },
    store::Entry,
};

/// What the program knows about one issue.
pub(super) struct Known {
    pub(super) issue: IssueRef,
    pub(super) entries: Vec<Entry>,
    /// `None` where it is no incident.
    pub(super) incident: Option<Incident>,
}

impl Keeper<'_> {
    /// What the program knows about every issue; in words, why it cannot be asked.
    pub(super) async fn known(&self) -> Result<Vec<Known>, String> {
        let path = &self.script.project.path;
        let numbers: Vec<u64> = self
            .stage
            .look(|world| {
                world.project(path).map(|project| world.issues(project.id).map(|issue| issue.number).collect())
            })
            .unwrap_or_default();
        let mut known = Vec::new();
        for number in numbers {
            known.push(self.known_of(number).await?);
        }
        Ok(known)
    }

    /// The same about one issue.
    pub(super) async fn known_of(&self, number: u64) -> Result<Known, String> {
        let issue = IssueRef::new(&self.script.project.forge, &self.script.project.path, number);
        let store = self.stage.store().ok_or("the program does not run")?;
        let entries = store.journal(&issue).await.map_err(|error| error.to_string())?;
        let events: Vec<_> = entries.iter().map(|entry| entry.event.clone()).collect();
        let incident = fold(&issue, &events, &self.script.project);
        let incident = incident.opened.is_some().then_some(incident);
        Ok(Known { issue, entries, incident })
    }

    /// The page of an incident's duties.
    pub(super) async fn duties_view(&self, number: u64) -> Option<Value> {
        let head = self.issue_head(number)?;
        let known = self.known_of(number).await;
        let incident = known.as_ref().ok().and_then(|known| known.incident.as_ref());
        let now = self.stage.now();
        let mut lines: Vec<Line> = Vec::new();
        if let Some(incident) = incident {
            let all = standings(incident, &self.script.project, now);
            lines = all.iter().map(|standing| self.line(standing, incident)).collect();
        }
        lines.sort_by_key(|line| line.rank);
        let lines: Vec<Value> = lines.into_iter().map(|line| line.view).collect();
        let ic = incident.and_then(|incident| incident.ic.as_ref()).map(|command| command.who.written());
        Some(json!({
            "head": head,
            "incident": incident.is_some(),
            "why_not": known.as_ref().err(),
            "ic": ic,
            "lines": lines,
        }))
    }

    fn line(&self, standing: &Standing<'_>, incident: &Incident) -> Line {
        let (now, zone) = (self.stage.now(), self.script.project.zone);
        let state = standing.state(now);
        let started = standing.open.as_ref().map(|open| {
            let by = match &open.started_by {
                Started::Opening => "the opening of the issue",
                Started::Anchor => "what the duty waits for",
                Started::Evidence(_) => "the last evidence",
                Started::Change => "a change of severity, status or phase",
                Started::Slot => "the calendar",
            };
            json!({ "by": by, "at": when(open.from, zone) })
        });
        let past: Vec<Value> = standing.past.iter().map(|judged| self.past(judged)).collect();
        let snoozed = incident.snoozes.get(&standing.spec.id).filter(|snooze| snooze.until > now);
        let rank = (standing.open.is_none(), state.is_none(), state.map(|(_, due)| due));
        let view = json!({
            "id": standing.spec.id,
            "title": standing.spec.title,
            "owes": standing.spec.owes,
            "state": state.map_or("does not apply now", |(state, _)| word(state)),
            "pressing": state.is_some_and(|(state, _)| state == DutyState::Due),
            "due": state.map(|(_, due)| when(due, zone)),
            "rule": standing.schedule.map_or_else(String::new, |schedule| schedule.due.in_words()),
            "started": started,
            "snoozed": snoozed.map(|snooze| when(snooze.until, zone)),
            "past": past,
        });
        Line { rank, view }
    }

    fn past(&self, judged: &Judged) -> Value {
        let zone = self.script.project.zone;
        json!({ "due": when(judged.due, zone), "state": word(judged.state), "at": when(judged.at, zone) })
    }
}

/// A duty on the page: what still wants doing first.
struct Line {
    rank: (bool, bool, Option<crate::domain::time::Moment>),
    view: Value,
}

fn word(state: DutyState) -> &'static str {
    match state {
        DutyState::Waiting => "waiting",
        DutyState::Due => "due",
        DutyState::Met => "met",
        DutyState::Late => "met late",
        DutyState::Missed => "missed",
        DutyState::Waived => "waived",
        DutyState::Cancelled => "cancelled",
    }
}
