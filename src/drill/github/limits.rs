//! What callers may spend: the hourly budget of each API, and the bounds by the minute.
//!
//! What always holds: an answer 304 costs nothing; each caller has a purse of its own.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::reply::Reply;
use crate::domain::time::Moment;

/// How much each caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests an hour, for each API.
    pub hourly: u32,
    /// Requests an hour without a secret.
    pub hourly_nobody: u32,
    /// Points a minute: a read is one, a write five.
    pub points: u32,
    /// Things written a minute.
    pub contents: u32,
    /// Things written an hour.
    pub contents_hourly: u32,
}

impl Default for Budget {
    /// GitHub's.
    fn default() -> Self {
        Self { hourly: 5_000, hourly_nobody: 60, points: 900, contents: 80, contents_hourly: 500 }
    }
}

impl Budget {
    /// As good as no bounds.
    #[must_use]
    pub fn boundless() -> Self {
        let most = 1_000_000_000;
        Self { hourly: most, hourly_nobody: most, points: most, contents: most, contents_hourly: most }
    }
}

/// What was spent.
#[derive(Default)]
pub(super) struct Limits {
    hours: HashMap<(String, &'static str), Window>,
    minutes: HashMap<String, Window>,
    contents: HashMap<String, (Window, Window)>,
}

#[derive(Clone, Copy)]
struct Window {
    ends: Moment,
    used: u32,
}

/// What remains of an hourly budget.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purse {
    pub(super) limit: u32,
    pub(super) used: u32,
    pub(super) reset: Moment,
    pub(super) resource: &'static str,
}

impl Purse {
    pub(super) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }

    pub(super) fn headers(&self, reply: Reply) -> Reply {
        reply
            .with("x-ratelimit-limit", self.limit.to_string())
            .with("x-ratelimit-remaining", self.remaining().to_string())
            .with("x-ratelimit-used", self.used.min(self.limit).to_string())
            .with("x-ratelimit-reset", self.reset.timestamp().to_string())
            .with("x-ratelimit-resource", self.resource)
    }
}

impl Limits {
    /// The purse as it is.
    pub(super) fn purse(&mut self, who: &str, resource: &'static str, budget: &Budget, now: Moment) -> Purse {
        let limit = if who == "nobody" { budget.hourly_nobody } else { budget.hourly };
        let window = open(self.hours.entry((who.to_owned(), resource)).or_insert(fresh(now, 3_600)), now, 3_600);
        Purse { limit, used: window.used, reset: window.ends, resource }
    }

    /// Takes one request from the purse.
    pub(super) fn spend(&mut self, who: &str, resource: &'static str, now: Moment) {
        open(self.hours.entry((who.to_owned(), resource)).or_insert(fresh(now, 3_600)), now, 3_600).used += 1;
    }

    /// The refusal that a request meets before it is looked at, if any.
    pub(super) fn refusal(
        &mut self,
        who: &str,
        resource: &'static str,
        budget: &Budget,
        write: bool,
        now: Moment,
    ) -> Option<Reply> {
        let purse = self.purse(who, resource, budget, now);
        if purse.remaining() == 0 {
            return Some(Reply::message(403, "API rate limit exceeded for this caller."));
        }
        let minute = open(self.minutes.entry(who.to_owned()).or_insert(fresh(now, 60)), now, 60);
        minute.used += if write { 5 } else { 1 };
        if minute.used > budget.points {
            return Some(secondary((minute.ends - now).num_seconds()));
        }
        None
    }

    /// The refusal that somebody meets who writes too much, if any.
    pub(super) fn writing(&mut self, who: &str, budget: &Budget, now: Moment) -> Option<Reply> {
        let (minute, hour) = self.contents.entry(who.to_owned()).or_insert((fresh(now, 60), fresh(now, 3_600)));
        let (minute, hour) = (open(minute, now, 60), open(hour, now, 3_600));
        if minute.used >= budget.contents {
            return Some(secondary((minute.ends - now).num_seconds()));
        }
        if hour.used >= budget.contents_hourly {
            return Some(secondary((hour.ends - now).num_seconds()));
        }
        minute.used += 1;
        hour.used += 1;
        None
    }
}

fn fresh(now: Moment, seconds: i64) -> Window {
    Window { ends: now + TimeDelta::seconds(seconds), used: 0 }
}

fn open(window: &mut Window, now: Moment, seconds: i64) -> &mut Window {
    if window.ends <= now {
        *window = fresh(now, seconds);
    }
    window
}

fn secondary(seconds: i64) -> Reply {
    let words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    Reply::message(403, words).with("retry-after", seconds.max(1).to_string())
}
