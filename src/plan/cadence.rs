//! Duties that recur: occurrences follow one another, each met by evidence, waived, or missed when the next takes over.
//!
//! What always holds: one word that an occurrence need not be counts for that occurrence alone.

use chrono::Duration;

use crate::domain::{
    event::DutyState,
    incident::Evidence,
    process::{Due, Schedule},
    time::Moment,
};

use super::{
    duties::{Judge, Judged, Open, Standing, Started, judged},
    stretch::Stretch,
};

/// More occurrences than this behind one another are skipped over: an issue that slept for years must not cost years.
const MOST_MISSED: usize = 500;

impl<'a> Judge<'a, '_> {
    /// A cadence: occurrences follow one another until the stretch ends.
    pub(super) fn again(
        &self,
        standing: &mut Standing<'a>,
        schedule: &Schedule,
        (start, began): (Moment, Moment),
        stretch: &Stretch<'_>,
    ) {
        let starts = began + schedule.after.unwrap_or_default();
        let mut open = standing.open.take().or_else(|| self.first(schedule, (starts, start, began), &standing.past));
        let mut missed = 0;
        while let Some(current) = open.take() {
            let evidence = self.evidence_after(current.after.max(began)).filter(|evidence| evidence.at <= stretch.to);
            let over = current.superseded_at.unwrap_or(stretch.to);
            let (after, until) = (current.after.max(began), over.min(stretch.to));
            let waived = self.waivers().filter(|at| *at > after && *at <= until).min();
            match evidence {
                _ if waived.is_some_and(|at| evidence.is_none_or(|evidence| at < evidence.at)) => {
                    let at = waived.unwrap_or(over);
                    let (from, due) = (current.from, current.due);
                    standing.past.push(Judged { from, due, state: DutyState::Waived, at, evidence: None });
                    open =
                        self.after_missing(schedule, &current).map(|next| Open { after: at.max(next.after), ..next });
                }
                Some(evidence) if evidence.at <= over => {
                    standing.past.push(judged(current.due, evidence));
                    open = self.after_evidence(schedule, &current, evidence);
                    missed = 0;
                }
                _ if current.superseded_at.is_some_and(|over| over <= stretch.to) => {
                    let (from, due) = (current.from, current.due);
                    standing.past.push(Judged { from, due, state: DutyState::Missed, at: over, evidence: None });
                    missed += 1;
                    open = if missed < MOST_MISSED {
                        self.after_missing(schedule, &current)
                    } else {
                        standing.skipped = true;
                        self.skip_ahead(schedule, &current, stretch.to)
                    };
                }
                _ => {
                    open = Some(current);
                    break;
                }
            }
        }
        standing.open = open;
    }

    /// The first occurrence once a schedule applies from `starts` on. A slot that was met or waived ahead, before the
    /// schedule changed, is over.
    fn first(
        &self,
        schedule: &Schedule,
        (starts, opening, began): (Moment, Moment, Moment),
        past: &[Judged],
    ) -> Option<Open> {
        let last = self.evidence(opening).take_while(|evidence| evidence.at <= began).last().cloned();
        match &schedule.due {
            Due::Every(span) => {
                let (from, started_by, due) = match last {
                    // From the last evidence; but nobody can be late for a clock that was not running yet.
                    Some(evidence) => {
                        (evidence.at, Started::Evidence(evidence.clone()), (evidence.at + *span).max(starts))
                    }
                    None if began == opening => (starts, self.started(), starts + *span),
                    None => (starts, Started::Change, starts + *span),
                };
                Some(Open { from, after: from, started_by, due, superseded_at: Some(due + *span) })
            }
            Due::Cron(_) => {
                let over =
                    |due: Moment| past.iter().any(|judged| judged.due == due && judged.state != DutyState::Missed);
                let mut slot = self.slot_after(schedule, starts, Started::Change)?;
                while over(slot.due) {
                    slot = Open { from: starts, ..self.slot_behind(schedule, &slot, Started::Change)? };
                }
                Some(slot)
            }
            Due::Within(..) => None,
        }
    }

    fn after_evidence(&self, schedule: &Schedule, current: &Open, evidence: &Evidence) -> Option<Open> {
        match &schedule.due {
            Due::Every(span) => {
                let due = evidence.at + *span;
                let started_by = Started::Evidence(evidence.clone());
                Some(Open { from: evidence.at, after: evidence.at, started_by, due, superseded_at: Some(due + *span) })
            }
            Due::Cron(_) => {
                let mut next = self.slot_behind(schedule, current, Started::Evidence(evidence.clone()))?;
                next.from = evidence.at;
                next.after = evidence.at.max(current.due);
                Some(next)
            }
            Due::Within(..) => None,
        }
    }

    fn after_missing(&self, schedule: &Schedule, current: &Open) -> Option<Open> {
        match &schedule.due {
            Due::Every(span) => {
                let due = current.due + *span;
                Some(Open { due, superseded_at: Some(due + *span), ..current.clone() })
            }
            Due::Cron(_) => self.slot_behind(schedule, current, Started::Slot),
            Due::Within(..) => None,
        }
    }

    /// Over what nobody will ever report on, by whole steps from the occurrence at hand, so that it does not matter when
    /// one looks.
    fn skip_ahead(&self, schedule: &Schedule, current: &Open, to: Moment) -> Option<Open> {
        let whole = |step: Duration| {
            let steps = (to - current.due).num_seconds() / step.num_seconds().max(1);
            current.due + step * i32::try_from(steps).unwrap_or(0)
        };
        match &schedule.due {
            Due::Every(span) => {
                let due = whole(*span);
                Some(Open { due, superseded_at: Some(due + *span), ..current.clone() })
            }
            Due::Cron(_) => self.slot_after(schedule, whole(Duration::days(7)), Started::Slot),
            Due::Within(..) => None,
        }
    }

    /// The slot behind this one, which knows it already unless it lies ahead.
    fn slot_behind(&self, schedule: &Schedule, current: &Open, started_by: Started) -> Option<Open> {
        match current.superseded_at {
            Some(due) => Some(self.slot(schedule, current.due, due, started_by)),
            None => self.slot_after(schedule, current.due, started_by),
        }
    }

    fn slot_after(&self, schedule: &Schedule, after: Moment, started_by: Started) -> Option<Open> {
        Some(self.slot(schedule, after, self.next_slot(schedule, after)?, started_by))
    }

    fn next_slot(&self, schedule: &Schedule, after: Moment) -> Option<Moment> {
        let Due::Cron(rule) = &schedule.due else { return None };
        rule.next_business(after, self.project.zone, &self.project.business)
    }

    fn slot(&self, schedule: &Schedule, after: Moment, due: Moment, started_by: Started) -> Open {
        // Far slots need no successor yet: it is computed when they come near.
        let superseded_at = if due <= self.now { self.next_slot(schedule, due) } else { None };
        Open { from: after, after, started_by, due, superseded_at }
    }
}
