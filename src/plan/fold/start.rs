//! What an incident is before its first event, and what it starts with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use crate::domain::{
    forge_severity::ForgeSeverity,
    ids::IssueRef,
    incident::{Effective, Incident, Turn, Via},
    people::Actor,
    process::Process,
    project::Project,
};

pub(super) fn blank(issue: &IssueRef, process: &Process) -> Incident {
    let nothing =
        Effective { value: String::new(), at: DateTime::UNIX_EPOCH, by: Actor::Bot, via: Via::Start, url: None };
    Incident {
        issue: issue.clone(),
        opened: None,
        filed_by: None,
        url: None,
        open: true,
        closed_at: None,
        closed_by: None,
        reopened_at: None,
        reopened_by: None,
        reopenings: Vec::new(),
        stray_labels: Vec::new(),
        label_moves: Vec::new(),
        forge_severity: ForgeSeverity::Unknown,
        forge_severity_at: None,
        forge_severity_moves: Vec::new(),
        entered: BTreeSet::new(),
        closings: 0,
        status: nothing.clone(),
        severity: nothing.clone(),
        phase: nothing,
        breaches: Vec::new(),
        ic: None,
        peak_severity: process.severities.first().map(|severity| severity.name.clone()).unwrap_or_default(),
        turns: Vec::new(),
        fields: BTreeMap::new(),
        body: BTreeMap::new(),
        body_at: None,
        tasks: Vec::new(),
        ticked: BTreeMap::new(),
        flags: BTreeMap::new(),
        playbooks: Vec::new(),
        disruptions: Vec::new(),
        shifts: Vec::new(),
        rota: Vec::new(),
        notes: Vec::new(),
        follow_ups: Vec::new(),
        no_follow_ups: None,
        waived: BTreeMap::new(),
        closings_at: Vec::new(),
        labels: BTreeSet::new(),
        label_at: BTreeMap::new(),
        taken_back: BTreeMap::new(),
        deleted: BTreeSet::new(),
        assignees: BTreeSet::new(),
        assignee_at: BTreeMap::new(),
        comments: BTreeMap::new(),
        given: Vec::new(),
        evidence: Vec::new(),
        duties: BTreeMap::new(),
        reminders: Vec::new(),
        written: Vec::new(),
        snoozes: BTreeMap::new(),
        exposure: None,
        lost: None,
        given_up: Vec::new(),
    }
}

/// What an incident starts with: the process's first status and severity, and the phase that follows.
pub(super) fn start(incident: &mut Incident, project: &Project) {
    let process = &project.process;
    let at = incident.opened.unwrap_or(DateTime::UNIX_EPOCH);
    let by = incident.filed_by.clone().map_or(Actor::Somebody, Actor::Person);
    let url = incident.url.clone();
    let starting = |value: String| Effective { value, at, by: by.clone(), via: Via::Start, url: url.clone() };
    let status = process.statuses.first();
    let phase = status
        .and_then(|status| status.phase.clone())
        .or_else(|| process.phases.first().map(|phase| phase.name.clone()))
        .unwrap_or_default();
    incident.status = starting(status.map(|status| status.name.clone()).unwrap_or_default());
    incident.severity = starting(process.severities.first().map(|severity| severity.name.clone()).unwrap_or_default());
    incident.phase = starting(phase);
    for (dimension, to) in [
        ("status", incident.status.clone()),
        ("severity", incident.severity.clone()),
        ("phase", incident.phase.clone()),
    ] {
        incident.turns.push(Turn { dimension, to });
    }
}
