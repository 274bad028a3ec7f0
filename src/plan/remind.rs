//! Rule: what is due is said once, in a new comment; several things due at once share one comment; a cap bounds noise.

use chrono::Duration;

use crate::domain::{
    action::{Action, Effect},
    event::{DutyState, Occurrence},
    message::{CatchUp, CatchUpItem, Message, Reminder},
    process::Due,
    time::Moment,
};

use super::{
    Notes,
    duties::{Open, Standing},
    keys,
    view::View,
};

/// A reminder that should be out by now.
struct Wanted<'a> {
    standing: &'a Standing<'a>,
    open: &'a Open,
    percent: u8,
    missed: u32,
}

pub(super) fn remind(view: &View<'_>, notes: &mut Notes) {
    let wanted: Vec<Wanted<'_>> = view.standings.iter().filter_map(|standing| wanted(view, standing, notes)).collect();
    if wanted.is_empty() {
        return;
    }
    if let Some(free_at) = capped(view) {
        for item in &wanted {
            notes.held_back.push(item.standing.spec.title.clone());
        }
        notes.wake(free_at);
        return;
    }
    let single = match wanted.as_slice() {
        [one] if one.missed == 0 => Some(one),
        _ => None,
    };
    notes.act(single.map_or_else(|| catch_up(view, &wanted), |one| reminder(view, one)));
}

fn wanted<'a>(view: &View<'_>, standing: &'a Standing<'a>, notes: &mut Notes) -> Option<Wanted<'a>> {
    let open = standing.open.as_ref()?;
    if let Some(over) = open.superseded_at {
        notes.wake(over);
    }
    let reached = standing.spec.remind.iter().copied().filter(|percent| moment(open, *percent) <= view.now).max();
    if let Some(next) =
        standing.spec.remind.iter().map(|percent| moment(open, *percent)).filter(|at| *at > view.now).min()
    {
        notes.wake(next);
    }
    if open.due > view.now {
        notes.wake(open.due);
    }
    let percent = reached?;
    if let Some(until) = snoozed_until(view, standing, open) {
        notes.wake(until);
        return None;
    }
    let occurrence = standing.occurrence(open.due);
    if said(view, &occurrence, percent) {
        return None;
    }
    Some(Wanted { standing, open, percent, missed: unsaid_misses(view, standing) })
}

/// The moment at which so many percent of the way from start to due have passed.
fn moment(open: &Open, percent: u8) -> Moment {
    let way = (open.due - open.from).num_seconds();
    if percent == 100 { open.due } else { open.from + Duration::seconds(way * i64::from(percent) / 100) }
}

/// A snooze never outlives the next due moment of a round-the-clock cadence.
pub(super) fn snoozed_until(view: &View<'_>, standing: &Standing<'_>, open: &Open) -> Option<Moment> {
    let snooze = view.incident.snoozes.get(&standing.spec.id)?;
    let bound = match standing.schedule.map(|schedule| &schedule.due) {
        Some(Due::Every(_)) if open.due > snooze.from => Some(open.due),
        Some(Due::Every(_)) => open.superseded_at,
        _ => None,
    };
    let until = bound.map_or(snooze.until, |bound| snooze.until.min(bound));
    (until > view.now).then_some(until)
}

fn said(view: &View<'_>, occurrence: &Occurrence, percent: u8) -> bool {
    let key = keys::reminder(occurrence, percent);
    view.incident.reminders.iter().any(|reminder| {
        reminder.key == key || (keys::is_catch_up(&reminder.key) && reminder.covers.contains(occurrence))
    }) || view.incident.given_up.contains(&key)
}

/// Occurrences that were missed and never spoken of, since the last one that was.
fn unsaid_misses(view: &View<'_>, standing: &Standing<'_>) -> u32 {
    let spoken_of = |due: Moment| {
        let occurrence = standing.occurrence(due);
        view.incident.reminders.iter().any(|reminder| reminder.covers.contains(&occurrence))
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
    let Wanted { standing, open, percent, .. } = wanted;
    let occurrence = standing.occurrence(open.due);
    let message = Reminder {
        exercise: view.project.exercise,
        duty: standing.spec.id.clone(),
        title: standing.spec.title.clone(),
        ask: standing.spec.ask.clone(),
        mention: view.mention(),
        due: view.when(open.due),
        overdue: open.due < view.now - Duration::minutes(1),
        noun: view.noun(),
        bot: view.bot(),
        why: view.why(standing, open),
    };
    Action {
        key: keys::reminder(&occurrence, *percent),
        what: Effect::Comment { message: Box::new(Message::Reminder(message)), covers: vec![occurrence] },
    }
}

fn catch_up(view: &View<'_>, wanted: &[Wanted<'_>]) -> Action {
    let mut wanted: Vec<&Wanted<'_>> = wanted.iter().collect();
    wanted.sort_by_key(|item| item.open.due);
    let covers: Vec<Occurrence> = wanted.iter().map(|item| item.standing.occurrence(item.open.due)).collect();
    let items = wanted
        .iter()
        .map(|item| CatchUpItem {
            duty: item.standing.spec.id.clone(),
            title: item.standing.spec.title.clone(),
            ask: item.standing.spec.ask.clone(),
            due: view.when(item.open.due),
            missed: item.missed,
            why: view.why(item.standing, item.open),
        })
        .collect();
    let message = CatchUp { exercise: view.project.exercise, mention: view.mention(), items, bot: view.bot() };
    Action {
        key: keys::catch_up(&covers),
        what: Effect::Comment { message: Box::new(Message::CatchUp(message)), covers },
    }
}
