//! Rule: what is due and stays unmet is told to others, step by step, until it is met or need not be.
//!
//! What always holds: of the steps that are due only the highest is taken, so that nobody who was away hears all of them
//! at once; the hourly cap holds none back. What is deliberately not here: putting several things into one comment
//! (`remind`).

use crate::domain::{
    action::{Action, Effect},
    message::{Escalation, Message},
    process::{Calendar, Pattern, Rung, Start},
    time::Moment,
};

use super::{
    Notes,
    duties::{Open, Standing},
    keys,
    remind::snoozed_until,
    roles,
    view::View,
};

/// A step that should be taken by now.
pub(super) struct Step<'a> {
    /// Which, from 1.
    pub(super) nth: usize,
    rung: &'a Rung,
}

/// The step of an open duty that is due and not taken.
pub(super) fn step<'a>(view: &View<'_>, standing: &'a Standing<'a>, notes: &mut Notes) -> Option<Step<'a>> {
    let open = standing.open.as_ref()?;
    let ladder = &standing.spec.ladder;
    let at = |rung: &Rung| moment(view, standing, open, rung);
    if let Some(next) = ladder.iter().filter_map(at).filter(|at| *at > view.now).min() {
        notes.wake(next);
    }
    let highest = ladder.iter().rposition(|rung| at(rung).is_some_and(|at| at <= view.now))?;
    let (nth, rung) = (highest + 1, ladder.get(highest)?);
    if taken(view, standing, open) >= nth {
        return None;
    }
    match snoozed_until(view, standing, open) {
        Some(until) if !round_the_clock(view) => {
            notes.wake(until);
            None
        }
        _ => Some(Step { nth, rung }),
    }
}

/// When a step is to be taken: counted from the due moment as the duty's clock is, unless the step says how. `None`
/// where business is never done.
pub(super) fn moment(view: &View<'_>, standing: &Standing<'_>, open: &Open, rung: &Rung) -> Option<Moment> {
    let own = || standing.schedule.map(|schedule| schedule.due.calendar());
    let calendar = rung.calendar.or_else(own).unwrap_or(Calendar::Fixed(Pattern::RoundTheClock));
    let incident = view.incident;
    // What is owed after the closing is owed for how bad it was at its worst.
    let afterwards = standing.spec.start == Start::Closed;
    let severity = if afterwards { &incident.peak_severity } else { &incident.severity.value };
    view.project.after(open.due, rung.after, calendar, severity)
}

/// At a severity that is worked on round the clock, a snooze stops no escalation.
fn round_the_clock(view: &View<'_>) -> bool {
    let severity = view.project.process.severity(&view.incident.severity.value);
    severity.is_some_and(|severity| severity.pattern == Pattern::RoundTheClock)
}

/// The highest step that was taken for this occurrence; 0 where none was.
fn taken(view: &View<'_>, standing: &Standing<'_>, open: &Open) -> usize {
    let occurrence = standing.occurrence(open.due);
    let written = view.incident.reminders.iter().map(|reminder| &reminder.key).chain(&view.incident.given_up);
    let steps = written.flat_map(|key| keys::steps(key)).filter(|(about, _)| *about == occurrence);
    steps.map(|(_, step)| step).max().unwrap_or(0)
}

impl Step<'_> {
    pub(super) fn roles(&self) -> impl Iterator<Item = &str> {
        self.rung.to.iter().map(String::as_str)
    }

    /// The roles that are called, by title.
    pub(super) fn titles(&self, view: &View<'_>) -> Vec<String> {
        self.roles().map(|role| roles::title(view, role)).collect()
    }

    /// Those that nobody plays and that the configuration could fill: (title, id).
    pub(super) fn nobody(&self, view: &View<'_>) -> Vec<(String, String)> {
        let open = self
            .roles()
            .filter(|role| view.project.process.role(role).is_some() && roles::players(view, role).is_empty());
        open.map(|role| (roles::title(view, role), role.to_owned())).collect()
    }

    /// What is asked of them.
    pub(super) fn ask(&self, standing: &Standing<'_>) -> String {
        self.rung.ask.clone().unwrap_or_else(|| standing.spec.ask.clone())
    }
}

/// The comment that takes this step, alone.
pub(super) fn escalation(view: &View<'_>, standing: &Standing<'_>, open: &Open, step: &Step<'_>) -> Action {
    let occurrence = standing.occurrence(open.due);
    let message = Escalation {
        exercise: view.project.exercise,
        duty: standing.spec.id.clone(),
        title: standing.spec.title.clone(),
        ask: step.ask(standing),
        place: view.place(standing.spec.route.as_deref()),
        mention: roles::call(view, step.roles()),
        to: step.titles(view),
        nobody: step.nobody(view),
        before: before(view, standing, open),
        due: view.when(open.due),
        bot: view.bot(),
        why: view.why(standing, open),
    };
    Action {
        key: keys::escalation(&occurrence, step.nth),
        what: Effect::Comment { message: Box::new(Message::Escalation(message)), covers: vec![occurrence] },
    }
}

/// Who was called for this occurrence already: by a reminder, and by the steps that were taken.
fn before(view: &View<'_>, standing: &Standing<'_>, open: &Open) -> Vec<String> {
    let occurrence = standing.occurrence(open.due);
    let mut called = Vec::new();
    for reminder in view.incident.reminders.iter().filter(|reminder| reminder.covers.contains(&occurrence)) {
        let steps = keys::steps(&reminder.key);
        match steps.iter().find(|(about, _)| *about == occurrence) {
            Some((_, nth)) => {
                let rung = standing.spec.ladder.get(nth.saturating_sub(1));
                called.extend(rung.into_iter().flat_map(|rung| &rung.to).flat_map(|role| roles::called(view, role)));
            }
            None => called.extend(roles::called(view, &standing.spec.owes)),
        }
    }
    called.dedup();
    called
}
