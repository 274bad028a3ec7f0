//! Label definitions that a project has and will have.

use std::collections::BTreeSet;

use super::super::{Check, Outcome};
use crate::domain::project::Project;

/// What is there of what the project's process uses. GitLab takes names that differ in case for two labels, GitHub for one.
#[must_use]
pub fn check(project: &Project, defined: &BTreeSet<String>, is_gitlab: bool) -> Check {
    let seen = |name: &str| if is_gitlab { name.to_owned() } else { name.to_lowercase() };
    let defined: BTreeSet<String> = defined.iter().map(|name| seen(name)).collect();
    let incident = &project.labels.incident;
    if project.detect.label && !defined.contains(&seen(incident)) {
        let says = format!("the label {incident} is not defined");
        return Check::new(
            "labels",
            Outcome::Warning,
            says,
            "create it: forms and templates pass over labels that do not exist",
        );
    }
    let wanted = wanted(project);
    let missing = wanted.iter().filter(|name| !defined.contains(&seen(name))).count();
    if missing == 0 {
        return Check::ok("labels", format!("all {} are defined", wanted.len() + 1));
    }
    let says = format!("{missing} of {} are not defined yet", wanted.len() + 1);
    Check::new("labels", Outcome::Note, says, "nothing to do: each is made when it is first needed")
}

fn wanted(project: &Project) -> Vec<String> {
    let (labels, process) = (&project.labels, &project.process);
    let named = |prefix: &str, name: &str| format!("{prefix}{}", name.replace(' ', "-"));
    let phases = process.phases.iter().map(|phase| named(&labels.phase, &phase.name));
    let statuses = process.statuses.iter().map(|status| named(&labels.status, &status.name));
    let severities = process.severities.iter().map(|severity| named(&labels.severity, &severity.name));
    phases.chain(statuses).chain(severities).collect()
}
