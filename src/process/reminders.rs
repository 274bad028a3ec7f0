//! When reminders go out: a list of percents of the way, and of spans before or after the due moment.
//!
//! What always holds: each can come to pass under every schedule of its duty, and they stand in the order of time as far
//! as that can be told without a schedule.

use chrono::Duration;

use crate::{
    document::{Hint, Node, duration, quoted, written},
    domain::{
        process::{Due, EPOCH, RemindAt, Schedule},
        time::{Zone, lasting},
    },
};

use super::schedules::{LEAST, MOST};

/// So many slots of a wall-clock rule are looked at for the shortest time between two.
const SLOTS: usize = 60;

/// The list; what is wrong with its entries is reported.
pub(super) fn reminders(list: &Node<'_>, schedules: &[Schedule]) -> Vec<RemindAt> {
    let mut all: Vec<RemindAt> = Vec::new();
    for item in list.items() {
        let at = if item.is_text() { offset(&item, schedules) } else { percent(&item) };
        let Some(at) = at else { continue };
        if all.last().is_some_and(|last| !comes_after(at, *last)) {
            let name = item.plain().map_or_else(|| percents(at), quoted);
            item.reject(format!("{name} does not grow; write the reminders in order, each once"));
        }
        all.push(at);
    }
    all
}

fn percents(at: RemindAt) -> String {
    if let RemindAt::Percent(percent) = at { percent.to_string() } else { String::new() }
}

fn percent(item: &Node<'_>) -> Option<RemindAt> {
    item.whole(&(1..=200)).and_then(|percent| u8::try_from(percent).ok()).map(RemindAt::Percent)
}

/// `15m before` or `30m after`, in the time that every schedule leaves.
fn offset(item: &Node<'_>, schedules: &[Schedule]) -> Option<RemindAt> {
    let text = item.text()?;
    let read = text.split_once(' ').and_then(|(span, word)| Some((duration(span)?, word.trim())));
    let at = match read {
        Some((span, "before")) => RemindAt::Before(span),
        Some((span, "after")) => RemindAt::After(span),
        _ => {
            let forms = ["percent such as 50", "\"15m before\"", "\"30m after\""].map(str::to_owned);
            item.reject_for(format!("{} says no time for a reminder", quoted(text)), Hint::Allowed(forms.into()));
            return None;
        }
    };
    let (RemindAt::Before(span) | RemindAt::After(span)) = at else { return None };
    if !(LEAST..=MOST).contains(&span) {
        let range = Hint::Allowed(vec![format!("{} to {}", written(LEAST), written(MOST))]);
        item.reject_for(format!("{} is out of range", quoted(text)), range);
        return None;
    }
    match schedules.iter().find_map(|schedule| Some((schedule, room(&schedule.due, at).filter(|room| span >= *room)?)))
    {
        None => Some(at),
        Some((schedule, room)) => {
            let (rule, room) = (schedule.due.in_words(), lasting(room));
            item.reject(match at {
                RemindAt::Before(_) => format!(
                    "{} lies before the start of a clock that runs {room} ({rule}); make it shorter",
                    quoted(text)
                ),
                _ => format!("{} comes when the next one is due already, {room} later ({rule})", quoted(text)),
            });
            None
        }
    }
}

/// The time in which a reminder must lie; `None` where there is no end to it.
fn room(due: &Due, at: RemindAt) -> Option<Duration> {
    match (due, at) {
        (Due::Within(..), RemindAt::After(_)) => None,
        (Due::Within(span, _) | Due::Every(span), _) => Some(*span),
        (Due::Cron(rule), _) => {
            let slots = std::iter::successors(Some(EPOCH), |at| rule.next(*at, Zone::UTC)).skip(1).take(SLOTS);
            let slots: Vec<_> = slots.collect();
            slots.windows(2).filter_map(|pair| Some(*pair.get(1)? - *pair.first()?)).min()
        }
    }
}

/// Whether one can stand behind the other: before, at, then after the due moment, and growing among their like.
fn comes_after(next: RemindAt, last: RemindAt) -> bool {
    let stage = |at: RemindAt| match at {
        RemindAt::Before(_) | RemindAt::Percent(..100) => 0,
        RemindAt::Percent(100) => 1,
        RemindAt::After(_) | RemindAt::Percent(_) => 2,
    };
    match (last, next) {
        _ if stage(next) != stage(last) => stage(next) > stage(last),
        (RemindAt::Percent(last), RemindAt::Percent(next)) => next > last,
        (RemindAt::Before(last), RemindAt::Before(next)) => next < last,
        (RemindAt::After(last), RemindAt::After(next)) => next > last,
        // A percent and a span: only a schedule could tell.
        _ => true,
    }
}
