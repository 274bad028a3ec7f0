//! What changed about the forge's own severity, and who set it.
//!
//! What always holds: it counts only where the issue shows it; that this bot set it is told as this bot's doing, so it never
//! comes back as a person's.

use super::Notice;
use crate::domain::{
    event::What,
    forge_severity::ForgeSeverity,
    hint::{Hint, Hinted},
    incident::Incident,
    snapshot::{Change, Changed, Issue},
    time::Moment,
};

/// What the issue shows, if that is not what is known.
fn news(incident: &Incident, issue: &Issue) -> Option<ForgeSeverity> {
    issue.forge_severity.filter(|shown| *shown != incident.forge_severity)
}

/// No delivery tells who set what the issue shows.
pub(super) fn is_unexplained(incident: &Incident, issue: &Issue, hints: &[Hint]) -> bool {
    news(incident, issue).is_some_and(|to| !hints.iter().any(|hint| hint.what == Hinted::ForgeSeverity { to }))
}

/// A delivery tells of something newer than what is known that the issue does not show.
pub(super) fn is_undone(to: ForgeSeverity, at: Moment, incident: &Incident, issue: &Issue) -> bool {
    issue.forge_severity.is_some_and(|shown| shown != to) && Some(at) > incident.forge_severity_at
}

/// The history leaves out what is seen on the issue.
pub(super) fn lags(history: &[Change], incident: &Incident, issue: &Issue) -> bool {
    let last = history.iter().rev().find_map(|change| match change.what {
        Changed::ForgeSeverity(to) => Some(to),
        _ => None,
    });
    news(incident, issue).is_some_and(|shown| last != Some(shown))
}

impl Notice<'_> {
    pub(super) fn forge_severity(&mut self) {
        let Some(to) = self.seen.issue.forge_severity.filter(|to| *to != self.forge_severity) else { return };
        let who = self.who(
            |what| *what == Hinted::ForgeSeverity { to },
            |what| matches!(what, Changed::ForgeSeverity(changed) if *changed == to),
        );
        let (at, by) = who.unwrap_or_else(|| self.unexplained());
        self.tell(at, by, What::ForgeSeverity { to });
    }
}
