//! Rule: what is due is said once, in a new comment; several things due at once share one comment; a cap bounds noise.

use chrono::Duration;

use crate::domain::{
    action::{Action, Effect},
    event::{DutyState, Occurrence},
    message::{CatchUp, CatchUpItem, Message, Reminder},
    process::{Due, Pattern, RemindAt},
    time::Moment,
};

use super::{
    Notes,
    duties::{Open, Standing},
    escalate::{self, Step},
    keys, roles,
    view::View,
};

/// Something that should be said by now.
struct Wanted<'a> {
    standing: &'a Standing<'a>,
    open: &'a Open,
    at: RemindAt,
    missed: u32,
    /// It is told to others as well.
    step: Option<Step<'a>>,
}

pub(super) fn remind(view: &View<'_>, notes: &mut Notes) {
    let mut wanted: Vec<Wanted<'_>> = view.standings.iter().filter_map(|standing| due(view, standing, notes)).collect();
    if let Some(free_at) = capped(view) {
        let held: Vec<Wanted<'_>> = wanted.extract_if(.., |item| item.step.is_none()).collect();
        for item in &held {
            notes.hold(&item.standing.spec.title);
            notes.wake(free_at);
        }
    }
    match wanted.as_slice() {
        [] => {}
        [Wanted { standing, open, step: Some(step), missed: 0, .. }] => {
            notes.act(escalate::escalation(view, standing, open, step));
        }
        [one] if one.missed == 0 => notes.act(reminder(view, one)),
        _ => notes.act(catch_up(view, &wanted)),
    }
}

/// What should be said about one duty by now: a reminder, a step of its escalation, or both at once.
fn due<'a>(view: &View<'_>, standing: &'a Standing<'a>, notes: &mut Notes) -> Option<Wanted<'a>> {
    let reminder = wanted(view, standing, notes);
    let Some(step) = escalate::step(view, standing, notes) else { return reminder };
    let open = standing.open.as_ref()?;
    Some(Wanted { standing, open, at: RemindAt::DUE, missed: unsaid_misses(view, standing), step: Some(step) })
}

fn wanted<'a>(view: &View<'_>, standing: &'a Standing<'a>, notes: &mut Notes) -> Option<Wanted<'a>> {
    let open = standing.open.as_ref()?;
    if let Some(over) = open.superseded_at {
        notes.wake(over);
    }
    let moments = standing.spec.remind.iter().map(|at| (moment(open, *at), *at));
    let reached = moments.clone().filter(|(at, _)| *at <= view.now).max_by_key(|(at, _)| *at);
    if let Some(next) = moments.map(|(at, _)| at).filter(|at| *at > view.now).min() {
        notes.wake(next);
    }
    if open.due > view.now {
        notes.wake(open.due);
    }
    let (_, at) = reached?;
    if let Some(until) = snoozed_until(view, standing, open) {
        notes.wake(until);
        return None;
    }
    if said(view, standing, open, at) {
        return None;
    }
    Some(Wanted { standing, open, at, missed: unsaid_misses(view, standing), step: None })
}

/// When a reminder of this occurrence goes out.
pub(super) fn moment(open: &Open, at: RemindAt) -> Moment {
    at.moment(open.from, open.due)
}

/// A snooze never outlives the next due moment of a round-the-clock cadence, nor of anything while people work round the
/// clock.
pub(super) fn snoozed_until(view: &View<'_>, standing: &Standing<'_>, open: &Open) -> Option<Moment> {
    let snooze = view.incident.snoozes.get(&standing.spec.id)?;
    let severity = view.project.process.severity(&view.incident.severity.value);
    let urgent = severity.is_some_and(|severity| severity.pattern == Pattern::RoundTheClock);
    let bound = match standing.schedule.map(|schedule| &schedule.due) {
        Some(Due::Every(_)) if open.due <= snooze.from => open.superseded_at,
        Some(Due::Every(_)) => Some(open.due),
        Some(_) if urgent && open.due > snooze.from => Some(open.due),
        _ => None,
    };
    let until = bound.map_or(snooze.until, |bound| snooze.until.min(bound));
    (until > view.now).then_some(until)
}

/// What speaks of several things, or to others, says what a reminder of that moment would.
fn said(view: &View<'_>, standing: &Standing<'_>, open: &Open, at: RemindAt) -> bool {
    let occurrence = standing.occurrence(open.due);
    let key = keys::reminder(&occurrence, at);
    // The forge's clock, by which a lost journal is written anew, may be behind.
    let from = moment(open, at) - Duration::minutes(1);
    // What was said was mostly said lately.
    view.incident.reminders.iter().rev().any(|reminder| {
        let stands_for_it = reminder.at >= from && keys::stands_for_reminders(&reminder.key);
        reminder.key == key || (stands_for_it && reminder.covers.contains(&occurrence))
    }) || view.incident.given_up.contains(&key)
}

/// Occurrences that were missed and never spoken of, since the last one that was.
fn unsaid_misses(view: &View<'_>, standing: &Standing<'_>) -> u32 {
    let spoken_of = |due: Moment| {
        let occurrence = standing.occurrence(due);
        view.incident.reminders.iter().rev().any(|reminder| reminder.covers.contains(&occurrence))
    };
    let unsaid = standing
        .past
        .iter()
        .rev()
        .take_while(|judged| judged.state == DutyState::Missed && !spoken_of(judged.due))
        .filter(|judged| !already_counted(view, standing, judged.due))
        .count();
    u32::try_from(unsaid).unwrap_or(u32::MAX)
}

/// A later catch-up about the same duty spoke of everything before it.
fn already_counted(view: &View<'_>, standing: &Standing<'_>, due: Moment) -> bool {
    view.incident
        .reminders
        .iter()
        .flat_map(|reminder| &reminder.covers)
        .any(|covered| covered.duty == standing.spec.id && covered.due > due)
}

/// When the hourly cap lets the next reminder out, if it holds it back now.
fn capped(view: &View<'_>) -> Option<Moment> {
    let hour = Duration::hours(1);
    let mut recent: Vec<Moment> =
        view.incident.reminders.iter().map(|reminder| reminder.at).filter(|at| *at > view.now - hour).collect();
    let cap = usize::try_from(view.project.limits.reminders_per_hour).unwrap_or(usize::MAX);
    recent.sort_unstable();
    let oldest_that_counts = recent.len().checked_sub(cap)?;
    recent.get(oldest_that_counts).map_or(Some(view.now + hour), |at| Some(*at + hour))
}

fn reminder(view: &View<'_>, wanted: &Wanted<'_>) -> Action {
    let Wanted { standing, open, at, .. } = wanted;
    let occurrence = standing.occurrence(open.due);
    let message = Reminder {
        exercise: view.project.exercise,
        duty: standing.spec.id.clone(),
        title: standing.spec.title.clone(),
        ask: standing.spec.ask.clone(),
        place: view.place(standing.spec.route.as_deref()),
        mention: roles::joined(roles::owing(view, standing.spec, open.from)),
        due: view.when(open.due),
        overdue: open.due < view.now - Duration::minutes(1),
        noun: view.noun(),
        bot: view.bot(),
        why: view.why(standing, open),
    };
    Action {
        key: keys::reminder(&occurrence, *at),
        what: Effect::Comment { message: Box::new(Message::Reminder(message)), covers: vec![occurrence] },
    }
}

fn catch_up(view: &View<'_>, wanted: &[Wanted<'_>]) -> Action {
    let mut wanted: Vec<&Wanted<'_>> = wanted.iter().collect();
    wanted.sort_by_key(|item| item.open.due);
    let about = |item: &&Wanted<'_>| (item.standing.occurrence(item.open.due), item.step.as_ref().map(|step| step.nth));
    let about: Vec<(Occurrence, Option<usize>)> = wanted.iter().map(about).collect();
    let called = wanted.iter().flat_map(|item| {
        let steps = item.step.iter().flat_map(Step::roles).flat_map(|role| roles::called(view, role));
        steps.chain(roles::owing(view, item.standing.spec, item.open.from)).collect::<Vec<_>>()
    });
    let message = CatchUp {
        exercise: view.project.exercise,
        mention: roles::joined(called.collect()),
        ahead: wanted.iter().any(|item| item.open.due > view.now),
        items: wanted.iter().map(|item| overdue(view, item)).collect(),
        bot: view.bot(),
    };
    Action {
        key: keys::catch_up(&about),
        what: Effect::Comment {
            message: Box::new(Message::CatchUp(message)),
            covers: about.into_iter().map(|(occurrence, _)| occurrence).collect(),
        },
    }
}

fn overdue(view: &View<'_>, item: &Wanted<'_>) -> CatchUpItem {
    let spec = item.standing.spec;
    let step = item.step.as_ref();
    CatchUpItem {
        duty: spec.id.clone(),
        title: spec.title.clone(),
        ask: step.map_or_else(|| spec.ask.clone(), |step| step.ask(item.standing)),
        place: view.place(spec.route.as_deref()),
        due: view.when(item.open.due),
        ahead: item.open.due > view.now,
        missed: item.missed,
        escalated: step.map(|step| step.titles(view)).unwrap_or_default(),
        nobody: step.map(|step| step.nobody(view)).unwrap_or_default(),
        why: view.why(item.standing, item.open),
    }
}
