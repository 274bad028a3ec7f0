//! What goes wrong, by switch and by seed: requests that fail in every way a forge and a network can, lists that lag
//! behind, deliveries that are lost, doubled, late or out of order.
//!
//! What always holds: a request's fate depends on the seed, the switch, and which of its kind it is, not on what else
//! is under way, so the same seed gives the same fates; everything that went wrong is in [`Faults::met`]. What is
//! deliberately not here: carrying the fates out (the faces do).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;

pub(super) use super::dice::mixed;
use super::dice::{chance, throw};
use crate::domain::time::Moment;

/// How a request ends instead of being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// With this status.
    Status(u16),
    /// 429, with the seconds to wait where they are said.
    TooMany(Option<u32>),
    /// Never: until the other side gives up.
    Hang,
    /// The connection is reset.
    Reset,
    /// The answer breaks off in the middle.
    Truncated,
}

/// What becomes of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is not done.
    Nothing,
    /// It is done, although the answer does not say so.
    AtOnce,
    /// It is done this much later, although the answer does not say so.
    Later(TimeDelta),
}

/// Which requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// `POST`, ...; any, if absent. `write` stands for everything but reading.
    pub method: Option<String>,
    /// What the path contains; anything, if absent.
    pub path: Option<String>,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// With which requests.
    pub which: Which,
    /// How they end.
    pub how: How,
    /// What becomes of what they asked for.
    pub effect: Effect,
    /// With how many of a hundred.
    pub percent: u8,
    /// With how many altogether, at most.
    pub at_most: Option<u32>,
}

impl Switch {
    /// Goes wrong with every write, for good.
    #[must_use]
    pub fn writes(how: How, effect: Effect) -> Self {
        let which = Which { method: Some("write".to_owned()), path: None };
        Self { which, how, effect, percent: 100, at_most: None }
    }

    /// Goes wrong with every read, for good.
    #[must_use]
    pub fn reads(how: How) -> Self {
        let which = Which { method: Some("GET".to_owned()), path: None };
        Self { which, how, effect: Effect::Nothing, percent: 100, at_most: None }
    }

    /// Only with so many of a hundred.
    #[must_use]
    pub fn percent(self, percent: u8) -> Self {
        Self { percent, ..self }
    }

    /// Only so often.
    #[must_use]
    pub fn at_most(self, times: u32) -> Self {
        Self { at_most: Some(times), ..self }
    }

    /// Only where the path contains this.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        let which = Which { path: Some(path.to_owned()), ..self.which };
        Self { which, ..self }
    }
}

/// How deliveries travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mail {
    /// Of a hundred, how many are lost. A lost one is in nobody's log.
    pub drop: u8,
    /// Of a hundred, how many come a second time under the same id.
    pub double: u8,
    /// Of a hundred, how many are late.
    pub late: u8,
    /// How late, at most. Late ones arrive after others that were sent after them.
    pub delay: TimeDelta,
}

/// What becomes of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// When each copy arrives, counted from when it should; none if it is lost.
    pub copies: Vec<TimeDelta>,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// When.
    pub at: Moment,
    /// What: a word such as `reset`, `ghost`, `drop`, `stale`, `short`.
    pub what: &'static str,
    /// With what: method and path, or the delivery's event.
    pub on: String,
}

/// Decides about single requests, by method and path, before any switch does.
pub type Fate = Box<dyn FnMut(&str, &str) -> Option<(How, Effect)> + Send>;

/// All switches.
#[derive(Default)]
pub struct Faults {
    set: Mutex<Set>,
    fate: Mutex<Option<Fate>>,
}

#[derive(Debug, Default)]
struct Set {
    seed: u64,
    switches: Vec<(Switch, u32)>,
    mail: Mail,
    lag: Option<TimeDelta>,
    unreadable: usize,
    skew: TimeDelta,
    counted: HashMap<String, u64>,
    met: Vec<Met>,
}

impl Faults {
    /// Nothing goes wrong until something is switched on.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { set: Mutex::new(Set { seed, ..Set::default() }), fate: Mutex::default() }
    }

    fn set(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody decide about each request as it comes; for faults that depend on what is under way elsewhere, such
    /// as a program that dies while it waits for an answer.
    pub fn decided_by(&self, fate: Fate) {
        *self.fate.lock().unwrap_or_else(PoisonError::into_inner) = Some(fate);
    }

    /// Switches something on. Of several that fit a request, the first that strikes counts.
    pub fn switch_on(&self, switch: Switch) {
        self.set().switches.push((switch, 0));
    }

    /// How deliveries travel from now on.
    pub fn mail(&self, mail: Mail) {
        self.set().mail = mail;
    }

    /// Lists lag behind by this much.
    pub fn lag(&self, lag: Option<TimeDelta>) {
        self.set().lag = lag;
    }

    /// Before each note stand so many that nobody who asks may read. GitLab leaves those out after paging, so a page may be
    /// short, or empty, though more follow.
    pub fn unreadable_notes(&self, before_each: usize) {
        self.set().unreadable = before_each;
    }

    /// The forge's clock is ahead of everybody else's by this much, or behind if it is negative.
    pub fn skew(&self, by: TimeDelta) {
        self.set().skew = by;
    }

    /// Everything goes well from now on. What was met stays.
    pub fn switch_off(&self) {
        let mut set = self.set();
        set.switches.clear();
        set.mail = Mail::default();
        set.lag = None;
        set.unreadable = 0;
        set.skew = TimeDelta::zero();
    }

    /// Everything that went wrong, in order.
    pub fn met(&self) -> Vec<Met> {
        self.set().met.clone()
    }

    /// How many things of this sort went wrong.
    pub fn count(&self, what: &str) -> usize {
        self.set().met.iter().filter(|met| met.what == what).count()
    }

    /// How far lists lag behind.
    pub(super) fn lagging(&self) -> Option<TimeDelta> {
        self.set().lag
    }

    /// How far the forge's clock is ahead.
    pub(super) fn skewed(&self) -> TimeDelta {
        self.set().skew
    }

    /// How many notes that may not be read stand before each that may.
    pub(super) fn unreadable(&self) -> usize {
        self.set().unreadable
    }

    /// Writes down that something went wrong.
    pub(super) fn note(&self, at: Moment, what: &'static str, on: &str) {
        self.set().met.push(Met { at, what, on: on.to_owned() });
    }

    /// What goes wrong with a request, if anything. Errors that change nothing suit any request; the others a write.
    pub(super) fn strike(&self, at: Moment, method: &str, path: &str) -> Option<(How, Effect)> {
        let decided = self.fate.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(|it| it(method, path));
        let mut set = self.set();
        if let Some((how, effect)) = decided {
            set.met.push(Met { at, what: word(how, effect), on: format!("{method} {path}") });
            return decided;
        }
        let nth = set.nth(&format!("{method} {path}"));
        let seed = set.seed;
        let struck = set.switches.iter_mut().enumerate().find_map(|(index, (switch, times))| {
            let spent = switch.at_most.is_some_and(|most| *times >= most);
            if spent || !fits(&switch.which, method, path) {
                return None;
            }
            if !chance(seed, (index, method, path, nth), switch.percent) {
                return None;
            }
            *times += 1;
            Some((switch.how, if method == "GET" { Effect::Nothing } else { switch.effect }))
        });
        if let Some((how, effect)) = struck {
            set.met.push(Met { at, what: word(how, effect), on: format!("{method} {path}") });
        }
        struck
    }

    /// How a delivery travels.
    pub(super) fn passage(&self, at: Moment, event: &str) -> Passage {
        let mut set = self.set();
        let (nth, mail, seed) = (set.nth("mail"), set.mail, set.seed);
        if chance(seed, ("drop", nth), mail.drop) {
            set.met.push(Met { at, what: "drop", on: event.to_owned() });
            return Passage { copies: Vec::new() };
        }
        let most = u64::try_from(mail.delay.num_seconds()).unwrap_or_default();
        let mut copies = Vec::new();
        let mut travel = |set: &mut Set, copy: u8| {
            let late = most > 0 && chance(seed, ("late", nth, copy), mail.late);
            let seconds = if late { 1 + throw(seed, ("delay", nth, copy)) % most } else { 0 };
            if late {
                set.met.push(Met { at, what: "late", on: event.to_owned() });
            }
            copies.push(TimeDelta::seconds(i64::try_from(seconds).unwrap_or_default()));
        };
        travel(&mut set, 0);
        if chance(seed, ("double", nth), mail.double) {
            set.met.push(Met { at, what: "double", on: event.to_owned() });
            travel(&mut set, 1);
        }
        Passage { copies }
    }
}

impl Set {
    fn nth(&mut self, kind: &str) -> u64 {
        let counted = self.counted.entry(kind.to_owned()).or_default();
        *counted += 1;
        *counted
    }
}

fn fits(which: &Which, method: &str, path: &str) -> bool {
    let by_method = which.method.as_deref().is_none_or(|wanted| match wanted {
        "write" => method != "GET",
        wanted => wanted.eq_ignore_ascii_case(method),
    });
    by_method && which.path.as_deref().is_none_or(|part| path.contains(part))
}

fn word(how: How, effect: Effect) -> &'static str {
    match (how, effect) {
        (_, Effect::Later(_)) => "ghost",
        (_, Effect::AtOnce) => "applied",
        (How::Status(_), _) => "error",
        (How::TooMany(_), _) => "limit",
        (How::Hang, _) => "hang",
        (How::Reset, _) => "reset",
        (How::Truncated, _) => "truncated",
    }
}
