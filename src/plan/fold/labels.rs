//! What a label means: a status, a severity, a phase, or nothing of ours.

use super::slug_of;
use crate::domain::project::Project;

/// What a label says in the project's words.
pub(super) enum Named {
    Status(String),
    Severity(String),
    Phase(String),
    /// It has one of our prefixes, but names nothing that the process has.
    Stray,
    /// It is none of ours.
    Foreign,
}

/// Which of them it is.
pub(super) fn named_by(label: &str, project: &Project) -> Named {
    let names = &project.labels;
    let process = &project.process;
    let find =
        |slug: &str, mut all: Box<dyn Iterator<Item = &String> + '_>| all.find(|name| slug_of(name) == slug).cloned();
    if let Some(slug) = label.strip_prefix(&names.status) {
        find(slug, Box::new(process.statuses.iter().map(|status| &status.name))).map_or(Named::Stray, Named::Status)
    } else if let Some(slug) = label.strip_prefix(&names.severity) {
        find(slug, Box::new(process.severities.iter().map(|severity| &severity.name)))
            .map_or(Named::Stray, Named::Severity)
    } else if let Some(slug) = label.strip_prefix(&names.phase) {
        find(slug, Box::new(process.phases.iter().map(|phase| &phase.name))).map_or(Named::Stray, Named::Phase)
    } else {
        Named::Foreign
    }
}
