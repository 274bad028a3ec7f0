//! Duties judged at their true times: which occurrences came due, which were met, late or missed, and what is next.
//!
//! What always holds: the same facts give the same occurrences whenever they are computed, so downtime changes nothing
//! but the moment of speaking. A recurring duty is met by evidence, never by a reminder; a change of severity or
//! status re-computes it at once from the last evidence. What is deliberately not here: reminding (`remind`).

use chrono::Duration;

use crate::domain::{
    command::Command,
    event::{DutyState, Occurrence, Outcome},
    incident::{Evidence, Given, Incident},
    process::{Calendar, Due, DutySpec, Ending, EvidenceKind, Schedule, Start},
    project::Project,
    time::Moment,
};

use super::{
    anchors::{anchored, anchors, as_asked},
    stretch::{Stretch, stretches},
};

/// One duty as it stands at some moment.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// The rule.
    pub spec: &'a DutySpec,
    /// The schedule that rules now, if any does.
    pub schedule: Option<&'a Schedule>,
    /// The occurrence that is open now: not met, not superseded.
    pub open: Option<Open>,
    /// Every occurrence that left `waiting`, in order.
    pub past: Vec<Judged>,
    /// So many were missed one after another that some are not listed.
    pub skipped: bool,
}

/// An occurrence that still wants evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// When its clock started.
    pub from: Moment,
    /// Only evidence after this can meet it: nobody reports twice in one morning for the days to come.
    pub after: Moment,
    /// What started it.
    pub started_by: Started,
    /// When it is due.
    pub due: Moment,
    /// When the next occurrence takes over, for recurring duties.
    pub superseded_at: Option<Moment>,
}

/// What started a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// The issue was filed, or reopened.
    Opening,
    /// What the duty waits for: a phase, a flag, a closing, ...
    Anchor,
    /// The last evidence.
    Evidence(Evidence),
    /// The schedule began to apply: a change of severity, status or phase.
    Change,
    /// The calendar.
    Slot,
}

/// An occurrence and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// When its clock started, for one-off deadlines.
    pub from: Moment,
    /// Which.
    pub due: Moment,
    /// Its state.
    pub state: DutyState,
    /// When it got there.
    pub at: Moment,
    /// What met it.
    pub evidence: Option<EvidenceKind>,
}

impl Standing<'_> {
    /// This occurrence's name.
    #[must_use]
    pub fn occurrence(&self, due: Moment) -> Occurrence {
        Occurrence { duty: self.spec.id.clone(), due }
    }

    /// The state of the occurrence that a board or an answer shows: the open one, else the last judged.
    #[must_use]
    pub fn state(&self, now: Moment) -> Option<(DutyState, Moment)> {
        match &self.open {
            Some(open) if open.due <= now => Some((DutyState::Due, open.due)),
            Some(open) => Some((DutyState::Waiting, open.due)),
            None => self.past.last().map(|judged| (judged.state, judged.due)),
        }
    }
}

/// Every duty of the process as it stands at `now`.
#[must_use]
pub fn standings<'a>(incident: &Incident, project: &'a Project, now: Moment) -> Vec<Standing<'a>> {
    let stretches = stretches(incident, now);
    project.process.duties.iter().map(|spec| standing(spec, incident, project, now, &stretches)).collect()
}

/// One duty as it stands.
pub(super) fn standing<'a>(
    spec: &'a DutySpec,
    incident: &Incident,
    project: &'a Project,
    now: Moment,
    stretches: &[Stretch<'_>],
) -> Standing<'a> {
    let judge = Judge { spec, incident, project, now, evidence: evidence(spec, incident) };
    if spec.start == Start::Opened {
        return judge.stand(stretches);
    }
    let anchors = anchors(spec, incident, project, now, stretches);
    let mut stretches = anchored(stretches, &anchors);
    if spec.start == Start::Disruption {
        as_asked(&mut stretches);
    }
    judge.stand(&stretches)
}

pub(super) struct Judge<'a, 'i> {
    pub(super) spec: &'a DutySpec,
    pub(super) incident: &'i Incident,
    pub(super) project: &'a Project,
    pub(super) now: Moment,
    /// What can meet the duty, oldest first.
    evidence: Vec<&'i Evidence>,
}

fn evidence<'i>(spec: &DutySpec, incident: &'i Incident) -> Vec<&'i Evidence> {
    let mut fitting: Vec<_> =
        incident.evidence.iter().filter(|evidence| spec.met_by.contains(&evidence.kind)).collect();
    fitting.sort_by_key(|evidence| evidence.at);
    fitting
}

impl<'a> Judge<'a, '_> {
    fn stand(&self, stretches: &[Stretch<'_>]) -> Standing<'a> {
        let mut standing = Standing { spec: self.spec, schedule: None, open: None, past: Vec::new(), skipped: false };
        let mut ruling: Option<usize> = None;
        let (mut began, mut start) = (None, clock_start(stretches));
        for stretch in stretches {
            let now_ruling = self.ruling(stretch);
            if now_ruling != ruling || stretch.restarts {
                Self::leave(&mut standing, stretch.from);
                began = Some(stretch.from);
                ruling = now_ruling;
            }
            if stretch.restarts {
                start = stretch.from;
            }
            let schedule = ruling.and_then(|index| self.spec.schedules.get(index));
            standing.schedule = schedule;
            if let (Some(schedule), Some(began)) = (schedule, began) {
                self.run(&mut standing, schedule, (start, began), stretch);
            }
        }
        standing
    }

    fn ruling(&self, stretch: &Stretch<'_>) -> Option<usize> {
        self.spec.schedules.iter().position(|schedule| self.applies(schedule, stretch))
    }

    fn applies(&self, schedule: &Schedule, stretch: &Stretch<'_>) -> bool {
        let among = |list: &[String], value: &str| list.is_empty() || list.iter().any(|name| name == value);
        let ending = self.project.process.status(stretch.status).and_then(|status| status.ending);
        let unnamed = match &self.spec.start {
            Start::Closed => ending != Some(Ending::FalseAlarm),
            // The status that starts the clock may be one that ends the response.
            Start::Status(name) => ending.is_none() || stretch.status == name,
            _ => ending.is_none(),
        };
        let status_fits =
            if schedule.statuses.is_empty() { unnamed } else { among(&schedule.statuses, stretch.status) };
        stretch.open != self.afterwards()
            && stretch.runs
            && status_fits
            && among(&schedule.severities, self.severity(stretch))
            && among(&schedule.phases, stretch.phase)
    }

    /// The duty is owed after the closing.
    fn afterwards(&self) -> bool {
        self.spec.start == Start::Closed
    }

    /// What is owed after the closing is owed for how bad it was at its worst.
    fn severity<'s>(&'s self, stretch: &Stretch<'s>) -> &'s str {
        if self.afterwards() { &self.incident.peak_severity } else { stretch.severity }
    }

    /// The schedule stops ruling: what was due and unmet is missed, what was not due yet is dropped.
    fn leave(standing: &mut Standing<'a>, at: Moment) {
        let Some(open) = standing.open.take() else { return };
        let one_off = standing.schedule.is_some_and(|schedule| matches!(schedule.due, Due::Within(..)));
        if open.due < at {
            standing.past.push(Judged { from: open.from, due: open.due, state: DutyState::Missed, at, evidence: None });
        } else if one_off {
            standing.past.push(Judged {
                from: open.from,
                due: open.due,
                state: DutyState::Cancelled,
                at,
                evidence: None,
            });
        }
    }

    /// `start` is when the clock started, `began` when the schedule began to rule.
    fn run(
        &self,
        standing: &mut Standing<'a>,
        schedule: &Schedule,
        (start, began): (Moment, Moment),
        stretch: &Stretch<'_>,
    ) {
        if let Due::Within(span, calendar) = &schedule.due {
            self.once(standing, start, (*span, *calendar), stretch);
        } else {
            self.again(standing, schedule, (start, began), stretch);
        }
    }

    /// A one-off deadline, counted from the start of the clock.
    fn once(
        &self,
        standing: &mut Standing<'a>,
        start: Moment,
        (span, calendar): (Duration, Calendar),
        stretch: &Stretch<'_>,
    ) {
        let ended = |judged: &Judged| matches!(judged.state, DutyState::Met | DutyState::Late | DutyState::Waived);
        if standing.past.iter().any(|judged| ended(judged) && judged.at >= start && judged.from == start) {
            return;
        }
        let overdue = standing.open.as_ref().filter(|open| open.from == start && open.due <= stretch.from);
        let due = match overdue {
            // What is overdue stays so, however the calendar changes.
            Some(open) => open.due,
            None => match self.due(start, span, calendar, stretch) {
                // Nobody can be late for a clock that was not running yet.
                Some(due) => due.max(stretch.from),
                None => return,
            },
        };
        let due = Self::unlike(standing, start, due);
        let fits = |evidence: &&Evidence| evidence.at > start || !self.starts_with(&evidence.kind);
        let met = self.evidence(start).find(fits).filter(|evidence| evidence.at <= stretch.to);
        let waived =
            self.waivers().find(|at| *at >= start && *at <= stretch.to).filter(|at| met.is_none_or(|met| *at < met.at));
        standing.open = None;
        standing.past.retain(|judged| judged.due != due);
        if let Some(at) = waived {
            standing.past.push(Judged { from: start, due, state: DutyState::Waived, at, evidence: None });
        } else if let Some(evidence) = met {
            standing.past.push(Judged { from: start, ..judged(due, evidence) });
        } else {
            let started_by = self.started();
            standing.open = Some(Open { from: start, after: start, started_by, due, superseded_at: None });
        }
    }

    /// Two starts on one weekend come due at the same business moment; the later one a second later, because an
    /// occurrence is known by its due moment.
    fn unlike(standing: &Standing<'_>, start: Moment, mut due: Moment) -> Moment {
        while standing.past.iter().any(|judged| judged.due == due && judged.from != start) {
            due += Duration::seconds(1);
        }
        due
    }

    fn due(&self, start: Moment, span: Duration, calendar: Calendar, stretch: &Stretch<'_>) -> Option<Moment> {
        let announced = self.incident.shifts.iter().find(|shift| self.spec.start == Start::Shift && shift.at == start);
        let span = announced.and_then(|shift| shift.span).unwrap_or(span);
        self.project.after(start, span, calendar, self.severity(stretch))
    }

    pub(super) fn started(&self) -> Started {
        if self.spec.start == Start::Opened { Started::Opening } else { Started::Anchor }
    }

    /// What starts the clock does not meet the duty in the same moment.
    fn starts_with(&self, kind: &EvidenceKind) -> bool {
        match (&self.spec.start, kind) {
            (Start::Ic, EvidenceKind::IcNamed) | (Start::Shift, EvidenceKind::Shift) | (Start::Met(_), _) => true,
            (Start::Phase(start), EvidenceKind::Phase(name))
            | (Start::Status(start), EvidenceKind::Status(name))
            | (Start::Flag(start), EvidenceKind::Flag(name)) => start == name,
            _ => false,
        }
    }

    /// When it was waived.
    pub(super) fn waivers(&self) -> impl Iterator<Item = Moment> {
        let waives = |given: &&Given| {
            let about = matches!(&given.command, Some(Command::Waive { duty, .. }) if *duty == self.spec.id);
            about && given.outcome == Outcome::Obeyed
        };
        let ever = self.incident.waived.contains_key(&self.spec.id);
        let given = if ever { self.incident.given.as_slice() } else { &[] };
        given.iter().filter(waives).map(|given| given.at)
    }

    /// What can meet the duty from this moment on, oldest first.
    pub(super) fn evidence(&self, from: Moment) -> impl Iterator<Item = &Evidence> {
        let first = self.evidence.partition_point(|evidence| evidence.at < from);
        self.evidence.iter().skip(first).copied()
    }

    /// The first that can meet the duty after this moment.
    pub(super) fn evidence_after(&self, after: Moment) -> Option<&Evidence> {
        self.evidence.get(self.evidence.partition_point(|evidence| evidence.at <= after)).copied()
    }
}

pub(super) fn judged(due: Moment, evidence: &Evidence) -> Judged {
    let state = if evidence.at <= due { DutyState::Met } else { DutyState::Late };
    Judged { from: due, due, state, at: evidence.at, evidence: Some(evidence.kind.clone()) }
}

fn clock_start(stretches: &[Stretch<'_>]) -> Moment {
    stretches.first().map_or(Moment::default(), |stretch| stretch.from)
}
