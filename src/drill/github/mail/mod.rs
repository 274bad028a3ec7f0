//! Deliveries: made from happenings, kept until due, sent when told to, remembered for three days.
//!
//! What always holds: what is due earlier is sent earlier; one that was doubled keeps its id; one that is asked for
//! again keeps its id and gets another number.

mod event; // what a happening is called, and its payload
mod log;
mod post; // sending

use std::sync::MutexGuard;

use bytes::Bytes;
use chrono::TimeDelta;

use super::{State, locked, wire::Wire};
use crate::{
    domain::time::Moment,
    drill::{
        faults::mixed,
        model::{AppId, Happening, HookConfig, HookId, InstallationId, What, World},
    },
};

pub use log::Attempt;

/// How long a delivery can be looked up and asked for again.
const KEPT: TimeDelta = TimeDelta::days(3);

/// Through which hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    Hook(HookId),
    App(AppId),
}

/// Something to be sent.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    via: Via,
    guid: String,
    due: Moment,
    /// Its place among those that are due at once.
    order: u64,
    event: String,
    action: Option<String>,
    repository: u64,
    installation: Option<InstallationId>,
    /// Kind and number of what the hook belongs to.
    target: (&'static str, u64),
    payload: Bytes,
    again: bool,
}

/// Everything on its way and everything that was sent.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Vec<Letter>,
    attempts: Vec<Attempt>,
    made: u64,
}

impl Outbox {
    pub(super) fn next(&self) -> Option<Moment> {
        self.waiting.iter().map(|letter| letter.due).min()
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// What can still be looked up, oldest first.
    pub(super) fn kept(&self, via: Via, now: Moment) -> Vec<&Attempt> {
        self.attempts.iter().filter(|one| one.via == via && one.at > now - KEPT).collect()
    }

    pub(super) fn attempt(&self, via: Via, id: u64, now: Moment) -> Option<&Attempt> {
        self.kept(via, now).into_iter().find(|one| one.id == id)
    }

    /// Puts a delivery on its way again.
    pub(super) fn again(&mut self, via: Via, id: u64, now: Moment) -> Option<()> {
        let letter = self.attempt(via, id, now)?.letter.clone();
        self.made += 1;
        self.waiting.push(Letter { due: now, order: self.made, again: true, ..letter });
        Some(())
    }

    /// The first of those that are due.
    fn take(&mut self, now: Moment) -> Option<Letter> {
        let due = self.waiting.iter().enumerate().filter(|(_, letter)| letter.due <= now);
        let (index, _) = due.min_by_key(|(_, letter)| (letter.due, letter.order))?;
        Some(self.waiting.swap_remove(index))
    }
}

impl State {
    /// Makes deliveries of what happened since.
    pub(super) fn collect(&self) {
        let mut world = locked(&self.world);
        self.collect_from(&mut world);
    }

    /// The same, for who holds the world.
    pub(super) fn collect_from(&self, world: &mut MutexGuard<'_, World>) {
        let happenings = world.take_happenings();
        for happening in &happenings {
            self.write_letters(world, happening);
        }
    }

    fn write_letters(&self, world: &World, happening: &Happening) {
        for event in event::Event::all(&Wire { world, base: &self.url }, happening) {
            for recipient in recipients(world, happening, &event) {
                let letter = self.letter(world, happening, &event, &recipient);
                self.put_in(&letter, &event.spoken());
            }
        }
    }

    /// Puts a delivery on its way, as often and as late as the faults have it.
    fn put_in(&self, letter: &Letter, spoken: &str) {
        let passage = self.line.faults.passage(letter.due, spoken);
        let mut mail = locked(&self.mail);
        for late in passage.copies {
            mail.made += 1;
            let order = mail.made;
            mail.waiting.push(Letter { due: letter.due + late, order, ..letter.clone() });
        }
    }

    fn letter(&self, world: &World, happening: &Happening, event: &event::Event, to: &Recipient) -> Letter {
        let made = {
            let mut mail = locked(&self.mail);
            mail.made += 1;
            mail.made
        };
        let payload = event.payload(&Wire { world, base: &self.url }, to.via, to.installation);
        Letter {
            via: to.via,
            guid: guid(made),
            due: happening.at - self.line.faults.skewed(),
            order: made,
            event: event.name.to_owned(),
            action: event.action.map(str::to_owned),
            repository: happening.project.id.0,
            installation: to.installation,
            target: match to.via {
                Via::Hook(_) => ("repository", happening.project.id.0),
                Via::App(app) => ("integration", app.0),
            },
            payload: Bytes::from(payload.to_string()),
            again: false,
        }
    }
}

/// Who is told.
struct Recipient {
    via: Via,
    installation: Option<InstallationId>,
}

fn recipients(world: &World, happening: &Happening, event: &event::Event) -> Vec<Recipient> {
    if let What::Pinged(hook) = happening.what {
        return vec![Recipient { via: Via::Hook(hook), installation: None }];
    }
    let hears =
        |config: &HookConfig| config.active && config.events.iter().any(|wanted| wanted == "*" || wanted == event.name);
    let own = world
        .hooks(happening.project.id)
        .filter(|hook| hook.since < happening.serial && hears(&hook.config))
        .map(|hook| Recipient { via: Via::Hook(hook.id), installation: None });
    let apps = world.installed_on(&happening.project).filter(|one| {
        let told = world.app(one.app).and_then(|app| app.hook.as_ref()).is_some_and(hears);
        one.since < happening.serial && told && event::may_hear(event.name, &one.grants)
    });
    let apps = apps.map(|one| Recipient { via: Via::App(one.app), installation: Some(one.id) });
    own.chain(apps).collect()
}

/// A version 4 UUID that the number alone decides.
fn guid(number: u64) -> String {
    let (high, low) = (mixed(number), mixed(number ^ 0xD1CE_D1CE_D1CE_D1CE));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        low >> 52,
        low & 0xFFFF_FFFF_FFFF
    )
}
