//! What a person should mend, beyond what reading the body found.

use std::collections::BTreeSet;

use chrono::Duration;

use crate::domain::{finding::Finding, incident::Incident, project::Project, time::Moment};

use super::{Circumstances, fold::slug_of, keys};

/// So many different labels are named at most.
const MOST_STRAYS: usize = 10;

/// Every finding that the board shows.
pub(super) fn all(incident: &Incident, project: &Project, circumstances: &Circumstances, now: Moment) -> Vec<Finding> {
    let mut findings = circumstances.findings.clone();
    // What the label or a command says needs no field in the body.
    findings.retain(|finding| finding.id != "field-missing" || !answered_elsewhere(incident, finding));
    findings.extend(stray_labels(incident, project, now));
    if !incident.open && project.process.status(&incident.status.value).is_some_and(|status| status.ending.is_none()) {
        findings.push(Finding::about(
            "closed-without-status",
            "the issue was closed while its status does not end the response; set a final status",
        ));
    }
    for key in incident.given_up.iter().filter(|key| is_still_so(incident, project, key)) {
        findings.push(Finding::about("effect-given-up", given_up(key)));
    }
    if incident.given_up.iter().any(|key| key == keys::TIMELINE) {
        let what = "the forge takes no entries of its own timeline from the bot, whose account needs the role Developer \
                    for that; none are written on this incident any more";
        findings.push(Finding::about("timeline-refused", what));
    }
    findings
}

/// Whether what was given up is still to be had: not what people did in the bot's place, nor what is wanted no longer. (That
/// the whole timeline was given up is said in other words.)
fn is_still_so(incident: &Incident, project: &Project, key: &str) -> bool {
    let severity = &incident.severity;
    let wanted = || project.process.severity(&severity.value).map(|severity| project.process.shown_as(severity));
    if keys::is_forge_severity(key) {
        return wanted().is_some_and(|to| keys::forge_severity(to, severity.at) == key);
    }
    key != keys::TIMELINE && !keys::is_confidential(key)
}

fn answered_elsewhere(incident: &Incident, finding: &Finding) -> bool {
    incident.ic.is_some() && finding.what.contains("IC")
}

/// A label that names nothing is taken off, so the board says for a day why, and what it could have been.
fn stray_labels(incident: &Incident, project: &Project, now: Moment) -> Vec<Finding> {
    let process = &project.process;
    let slugs = |label: &str| -> Vec<String> {
        if label.starts_with(&project.labels.status) {
            process.statuses.iter().map(|status| slug_of(&status.name)).collect()
        } else if label.starts_with(&project.labels.severity) {
            process.severities.iter().map(|severity| slug_of(&severity.name)).collect()
        } else {
            process.phases.iter().map(|phase| slug_of(&phase.name)).collect()
        }
    };
    let recent = incident.stray_labels.iter().filter(|(at, _)| *at > now - Duration::days(1));
    let labels: BTreeSet<&String> = recent.map(|(_, label)| label).collect();
    labels
        .into_iter()
        .take(MOST_STRAYS)
        .map(|label| Finding {
            text: Some(label.chars().take(80).collect()),
            nearest: slugs(label),
            ..Finding::about("label-unknown", "a label names a value that this process does not have; it was taken off")
        })
        .collect()
}

/// What was given up, and what people can do instead.
fn given_up(key: &str) -> String {
    match key.split_once('/') {
        Some(("link", number)) => format!("the forge did not let me link issue {number}; please link it by hand"),
        Some(("forge-severity", _)) => "the forge did not let me set its own severity; please set it by hand, and see \
                                        that the bot's account may"
            .to_owned(),
        Some(("timeline", _)) => {
            "an entry of the forge's own timeline was not taken; please write it by hand if you need it".to_owned()
        }
        _ => format!("the forge refused for good: {key}"),
    }
}
