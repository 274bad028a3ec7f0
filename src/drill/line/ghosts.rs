//! Writes that were answered with an error and happen after all, later.

use std::sync::atomic::Ordering;

use super::{Site, call::Call, locked};
use crate::domain::time::Moment;

/// Writes to come, in the order in which they were asked for.
#[derive(Default)]
pub(in super::super) struct Ghosts {
    waiting: Vec<(Moment, Call)>,
}

impl Ghosts {
    pub(super) fn keep(&mut self, due: Moment, call: Call) {
        self.waiting.push((due, call));
    }

    pub(in super::super) fn next(&self) -> Option<Moment> {
        self.waiting.iter().map(|(due, _)| *due).min()
    }

    fn take(&mut self, now: Moment) -> Vec<(Moment, Call)> {
        let (mut due, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(due, _)| *due <= now);
        self.waiting = waiting;
        due.sort_by_key(|(due, _)| *due);
        due
    }
}

/// Does what is due, each at its own moment. Says how many there were.
pub(in super::super) fn materialise<S: Site>(site: &S, now: Moment) -> usize {
    let line = site.line();
    let due = locked(&line.ghosts).take(now);
    for (at, call) in &due {
        let reply = site.answer(call, *at + line.faults.skewed());
        let what = if reply.status < 300 { "appeared" } else { "vanished" };
        line.faults.note(*at, what, &format!("{} {}", call.method, call.path));
    }
    line.served.fetch_add(due.len() as u64, Ordering::SeqCst);
    due.len()
}
