//! A process's severities beside those that a forge has of its own (GitLab: five of them).
//!
//! What always holds: what a severity is shown as means that very severity, so showing one and reading it back changes
//! nothing.

use super::{Process, Severity};
use crate::domain::forge_severity::ForgeSeverity;

/// What the worst severities are shown as where the process does not say, the worst first.
const BY_PLACE: [ForgeSeverity; 4] =
    [ForgeSeverity::Critical, ForgeSeverity::High, ForgeSeverity::Medium, ForgeSeverity::Low];

impl Process {
    /// What the forge's own severity is to be while this one holds: what the process says; else, for the first severity,
    /// unknown; else what has the same name; else by its place among all, the worst being critical.
    #[must_use]
    pub fn shown_as(&self, severity: &Severity) -> ForgeSeverity {
        let by_name = || ForgeSeverity::named(&severity.name).filter(|known| *known != ForgeSeverity::Unknown);
        let worse = || self.severities.iter().filter(|other| other.rank > severity.rank).count();
        match severity.gitlab {
            Some(said) => said,
            None if severity.rank == 0 => ForgeSeverity::Unknown,
            None => by_name().unwrap_or_else(|| BY_PLACE.get(worse()).copied().unwrap_or(ForgeSeverity::Low)),
        }
    }

    /// The severity that a forge's own one means while `held` holds: the held one where that is shown so; else the worst
    /// that is; else the next worse one; else the worst of all. Unknown means the first where nothing is shown so.
    #[must_use]
    pub fn meant_by(&self, shown: ForgeSeverity, held: &str) -> Option<&Severity> {
        let alike = |severity: &&Severity| self.shown_as(severity) == shown;
        let worse = |severity: &&Severity| self.shown_as(severity) > shown;
        let nearest = || match shown {
            ForgeSeverity::Unknown => self.severities.first(),
            _ => self.severities.iter().filter(worse).min_by_key(|severity| (self.shown_as(severity), severity.rank)),
        };
        self.severity(held)
            .filter(alike)
            .or_else(|| self.severities.iter().filter(alike).max_by_key(|severity| severity.rank))
            .or_else(nearest)
            .or_else(|| self.severities.iter().max_by_key(|severity| severity.rank))
    }
}
