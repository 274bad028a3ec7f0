//! The incident cut into stretches of time in which severity, status and phase stay the same.
//!
//! What always holds: stretches follow one another without gaps from the opening (or the last reopening) to `now` or
//! to the closing. Duties are judged stretch by stretch.

use crate::domain::{incident::Incident, time::Moment};

/// A stretch of time in which nothing changed that a schedule depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch<'i> {
    /// From, exclusive for evidence of the stretch before.
    pub from: Moment,
    /// To: the next change, or now.
    pub to: Moment,
    /// Effective severity.
    pub severity: &'i str,
    /// Effective status.
    pub status: &'i str,
    /// Effective phase.
    pub phase: &'i str,
    /// The issue is open.
    pub open: bool,
    /// The clocks start anew here.
    pub restarts: bool,
    /// The clock at hand runs: what it waits for has happened.
    pub runs: bool,
}

impl Stretch<'_> {
    fn blank(from: Moment) -> Self {
        Self { from, to: from, severity: "", status: "", phase: "", open: true, restarts: false, runs: true }
    }
}

/// The stretches up to `now`, oldest first. Empty for an issue that was never opened as an incident.
#[must_use]
pub fn stretches(incident: &Incident, now: Moment) -> Vec<Stretch<'_>> {
    let Some(opened) = incident.opened else { return Vec::new() };
    let start = incident.reopened_at.unwrap_or(opened);
    let mut current = Stretch { to: now.max(start), restarts: true, ..Stretch::blank(start) };
    let mut cut: Vec<Stretch<'_>> = Vec::new();
    let mut turns: Vec<_> = incident.turns.iter().collect();
    turns.sort_by_key(|turn| turn.to.at);
    for turn in turns {
        if turn.to.at > current.from && turn.to.at > start {
            let at = turn.to.at.min(now.max(start));
            cut.push(Stretch { to: at, ..current.clone() });
            current = Stretch { from: at, restarts: false, ..current };
        }
        match turn.dimension {
            "severity" => current.severity = &turn.to.value,
            "status" => current.status = &turn.to.value,
            "phase" => current.phase = &turn.to.value,
            _ => {}
        }
    }
    match incident.closed_at.filter(|_| !incident.open) {
        Some(closed) => {
            let closed = closed.clamp(start, now.max(start));
            cut.retain(|stretch| stretch.from < closed || stretch.from == start);
            for stretch in &mut cut {
                stretch.to = stretch.to.min(closed);
            }
            if current.from < closed || cut.is_empty() {
                cut.push(Stretch { to: closed, ..current.clone() });
            }
            cut.push(Stretch { from: closed, to: now.max(closed), open: false, restarts: false, ..current });
        }
        None => cut.push(current),
    }
    cut
}
