//! Deliveries: made from happenings, kept until due, sent when told to, remembered for seven days; and hooks that are
//! switched off because they failed too often.
//!
//! What always holds: what is due earlier is sent earlier; what is sent again keeps its key; while a hook is switched off
//! nothing is sent and nothing kept.

mod changes; // what was before, and what is now
mod event; // what a happening is called, and its payload
mod note; // what is said about notes and emoji
mod post; // sending
mod sample; // what a test of a hook tells of

use std::{
    collections::{BTreeMap, VecDeque},
    sync::MutexGuard,
};

pub(super) use sample::Trial;

use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    State,
    wire::{Wire, hears, stamp},
};
use crate::{
    domain::time::Moment,
    drill::{
        faults::mixed,
        line::locked,
        model::{Happening, HookId, What, World},
    },
};

/// How long a delivery can be looked up and sent again.
const KEPT: TimeDelta = TimeDelta::days(7);
/// From the failure after so many on, a hook is switched off for a while.
const PATIENT: u32 = 3;
/// From the failure after so many on, it stays off.
const AT_LAST: u32 = 39;
/// A hook's deliveries are sent again so often in a minute.
const AGAIN_A_MINUTE: usize = 5;

/// The secret token and the signing token behind what the model keeps: either, or both with a space between.
pub(super) fn secrets(kept: Option<&str>) -> (Option<&str>, Option<&str>) {
    let parts = || kept.unwrap_or_default().split(' ').filter(|part| !part.is_empty());
    (parts().find(|part| !part.starts_with("whsec_")), parts().find(|part| part.starts_with("whsec_")))
}

/// Something to be sent.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    hook: HookId,
    /// Stays when it is sent again.
    key: String,
    /// The same for everything that one request has a hook told.
    request: String,
    due: Moment,
    /// Its place among those that are due at once.
    order: u64,
    /// As in `X-Gitlab-Event`.
    header: &'static str,
    /// The flag that wanted it.
    trigger: &'static str,
    action: Option<String>,
    payload: Bytes,
    again: bool,
}

/// One attempt to deliver.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its number; every attempt has its own.
    pub id: u64,
    /// The key of the delivery; the same for every attempt.
    pub key: String,
    /// When it was sent.
    pub at: Moment,
    /// `Confidential Issue Hook`, ...
    pub event: &'static str,
    /// `open`, `update`, ...
    pub action: Option<String>,
    /// The status that was answered; `None` where there was no answer in time.
    pub status: Option<u16>,
    /// It was asked for again.
    pub again: bool,
    /// The bytes that were sent.
    pub payload: Bytes,
    /// Headers that were sent.
    pub headers: BTreeMap<String, String>,
    letter: Letter,
    took: TimeDelta,
    words: &'static str,
}

impl Attempt {
    /// `Issue Hook.open`
    pub fn spoken(&self) -> String {
        self.action.as_ref().map_or_else(|| self.event.to_owned(), |action| format!("{}.{action}", self.event))
    }

    /// True if the other side took it.
    pub fn arrived(&self) -> bool {
        self.status.is_some_and(|status| (200..400).contains(&status))
    }

    /// As the log of its hook shows it.
    fn entry(&self, url: &str) -> Value {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds below a minute")]
        let seconds = self.took.num_milliseconds() as f64 / 1_000.0;
        let status = self.status.map_or_else(|| "internal error".to_owned(), |status| status.to_string());
        json!({
            "id": self.id, "url": url, "trigger": self.letter.trigger, "request_headers": self.headers,
            "request_data": serde_json::from_slice::<Value>(&self.payload).unwrap_or_default(), "response_headers": {},
            "response_body": "", "execution_duration": seconds, "response_status": status,
            "created_at": stamp(self.at), "internal_error_message": self.words,
        })
    }
}

/// How a hook fares.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Standing {
    failures: u32,
    off_until: Option<Moment>,
}

impl Standing {
    /// `executable`, `temporarily_disabled` or `disabled`, and until when.
    pub(super) fn status(&self, now: Moment) -> (&'static str, Option<Moment>) {
        match self.off_until {
            _ if self.failures > AT_LAST => ("disabled", None),
            Some(until) if until > now => ("temporarily_disabled", Some(until)),
            _ => ("executable", None),
        }
    }

    fn note(&mut self, arrived: bool, now: Moment) {
        if arrived {
            *self = Self::default();
            return;
        }
        self.failures += 1;
        if self.failures > PATIENT {
            let doublings = (self.failures - PATIENT - 1).min(11);
            self.off_until = Some(now + (TimeDelta::minutes(1) * (1 << doublings)).min(TimeDelta::days(1)));
        }
    }
}

/// Everything on its way and everything that was sent.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Vec<Letter>,
    attempts: Vec<Attempt>,
    standings: BTreeMap<HookId, Standing>,
    resent: BTreeMap<HookId, VecDeque<Moment>>,
    tested: BTreeMap<HookId, VecDeque<Moment>>,
    urls: BTreeMap<HookId, String>,
    made: u64,
}

impl Outbox {
    pub(super) fn next(&self) -> Option<Moment> {
        self.waiting.iter().map(|letter| letter.due).min()
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    pub(super) fn standing(&self, hook: HookId) -> Standing {
        self.standings.get(&hook).copied().unwrap_or_default()
    }

    /// What can still be looked up of a hook, newest first.
    pub(super) fn log(&self, hook: HookId, now: Moment) -> Vec<Value> {
        let url = self.urls.get(&hook).map(String::as_str).unwrap_or_default();
        let kept = self.attempts.iter().rev().filter(|one| one.letter.hook == hook && one.at > now - KEPT);
        kept.map(|one| one.entry(url)).collect()
    }

    /// Sends one of a hook's deliveries again; false where that was asked for too often, `None` where it is not known.
    pub(super) fn resend(&mut self, hook: HookId, id: u64, now: Moment) -> Option<bool> {
        self.attempts.iter().find(|one| one.id == id && one.letter.hook == hook && one.at > now - KEPT)?;
        if !room(self.resent.entry(hook).or_default(), now) {
            return Some(false);
        }
        self.again(id, now).map(|()| true)
    }

    /// Puts a made-up delivery of a hook on its way; false where that was asked for too often.
    pub(super) fn test(&mut self, hook: HookId, sample: event::Event, now: Moment) -> bool {
        if !room(self.tested.entry(hook).or_default(), now) {
            return false;
        }
        self.made += 1;
        self.waiting.push(Letter {
            hook,
            key: key(self.made),
            request: key(!self.made),
            due: now,
            order: self.made,
            header: sample.header,
            trigger: sample.trigger,
            action: sample.action,
            payload: Bytes::from(sample.body.to_string()),
            again: true,
        });
        true
    }

    /// Puts a delivery on its way again.
    pub(super) fn again(&mut self, id: u64, now: Moment) -> Option<()> {
        let letter = self.attempts.iter().find(|one| one.id == id)?.letter.clone();
        self.made += 1;
        let request = key(!self.made);
        self.waiting.push(Letter { due: now, order: self.made, again: true, request, ..letter });
        Some(())
    }

    /// The first of those that are due.
    fn take(&mut self, now: Moment) -> Option<Letter> {
        let due = self.waiting.iter().enumerate().filter(|(_, letter)| letter.due <= now);
        let (index, _) = due.min_by_key(|(_, letter)| (letter.due, letter.order))?;
        Some(self.waiting.swap_remove(index))
    }
}

/// Whether one more may be asked for within the minute; it then counts.
fn room(asked: &mut VecDeque<Moment>, now: Moment) -> bool {
    asked.retain(|at| *at > now - TimeDelta::minutes(1));
    let room = asked.len() < AGAIN_A_MINUTE;
    if room {
        asked.push_back(now);
    }
    room
}

impl State {
    /// What a test of a hook tells of, or what the project lacks for it.
    pub(super) fn sample(&self, trial: Trial<'_>, trigger: &str) -> Result<event::Event, &'static str> {
        trial.event(trigger, self.options)
    }

    /// Makes deliveries of what happened since.
    pub(super) fn collect(&self) {
        let mut world = locked(&self.world);
        self.collect_from(&mut world);
    }

    fn collect_from(&self, world: &mut MutexGuard<'_, World>) {
        let mut happenings = world.take_happenings();
        // What concerns the project alone, a label's definition say, reaches no hook of a project.
        happenings.retain(|happening| happening.issue.is_some());
        let mut rest = happenings.as_slice();
        while let Some((first, _)) = rest.split_first() {
            let (together, others) = rest.split_at(together(rest).max(1));
            self.write_letters(world, first, together);
            rest = others;
        }
    }

    /// What one request did is told at once.
    fn write_letters(&self, world: &World, first: &Happening, together: &[Happening]) {
        let wire = Wire { world };
        for event in event::Event::all(wire, together, self.options) {
            for hook in world.hooks(first.project.id) {
                if hook.config.active && hook.since < first.serial && hears(hook, event.trigger) {
                    self.put_in(hook.id, &event, first);
                }
            }
        }
    }

    /// Puts a delivery on its way, as often and as late as the faults have it.
    fn put_in(&self, hook: HookId, event: &event::Event, happening: &Happening) {
        let at = happening.at - self.line.faults.skewed();
        let passage = self.line.faults.passage(at, &event.spoken());
        let mut mail = locked(&self.mail);
        mail.made += 1;
        let letter = Letter {
            hook,
            key: key(mail.made),
            request: request(hook, happening),
            due: at,
            order: mail.made,
            header: event.header,
            trigger: event.trigger,
            action: event.action.clone(),
            payload: Bytes::from(event.body.to_string()),
            again: false,
        };
        for late in passage.copies {
            mail.made += 1;
            let order = mail.made;
            mail.waiting.push(Letter { due: letter.due + late, order, ..letter.clone() });
        }
    }
}

/// How many of these belong to what one request did: changes of one issue by one person at one moment.
fn together(happenings: &[Happening]) -> usize {
    let Some(first) = happenings.first() else { return 0 };
    let Some(issue) = &first.issue else { return 1 };
    let joins = |what: &What| {
        matches!(
            what,
            What::Edited { .. }
                | What::Labelled(_)
                | What::Unlabelled(_)
                | What::Assigned(_)
                | What::Unassigned(_)
                | What::Confidential { .. }
                | What::Severity { .. }
        )
    };
    if !joins(&first.what) && !matches!(first.what, What::Filed) {
        return 1;
    }
    let same = |one: &&Happening| {
        one.at == first.at
            && one.by == first.by
            && one.issue.as_ref().is_some_and(|other| other.id == issue.id)
            && joins(&one.what)
    };
    1 + happenings.iter().skip(1).take_while(same).count()
}

/// What a hook is told of a request by. Requests of one person at one moment count as one.
fn request(hook: HookId, happening: &Happening) -> String {
    let moment = happening.at.timestamp_micros().unsigned_abs();
    key(mixed(mixed(moment) ^ happening.by.0) ^ hook.0)
}

/// A version 4 UUID that the number alone decides.
fn key(number: u64) -> String {
    let (high, low) = (mixed(number ^ 0x617A_B1AB), mixed(number ^ 0xD1CE_617A_D1CE_617A));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        low >> 52,
        low & 0xFFFF_FFFF_FFFF
    )
}
