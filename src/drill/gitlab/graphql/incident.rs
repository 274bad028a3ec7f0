//! What only incidents have: how bad they are, how far people are with them, and a timeline.

use serde_json::{Value, json};

use super::{
    super::{
        super::model::{Access, Deed, Escalation, Issue, IssueId, Project},
        desk::Desk,
        extras::Entry,
        wire::stamp,
    },
    Asked, Fault,
};
use crate::domain::forge_severity::ForgeSeverity;

/// The longest text of an entry of a timeline, in characters.
const LONGEST: usize = 280;

pub(super) fn severity(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let wanted = chosen(asked, "IssueSetSeverityInput", "severity", &ForgeSeverity::ALL)?;
    let (home, issue) = at(desk, asked, Access::Triage)?;
    let at = desk.at(&home, issue.number);
    desk.perform(Deed::SetSeverity { at, severity: wanted }).map_err(|_| Fault::Absent)?;
    let now = desk.world.issue_by_id(issue.id).map_or(ForgeSeverity::Unknown, |issue| issue.severity);
    Ok(json!({ "errors": [], "issue": { "iid": issue.number.to_string(), "severity": now.name() } }))
}

/// How far people are with an incident. Whoever develops may say.
pub(super) fn escalation(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let to = chosen(asked, "IssueSetEscalationStatusInput", "status", &Escalation::ALL)?;
    let (home, issue) = at(desk, asked, Access::Write)?;
    if issue.kind.as_deref() != Some("incident") {
        return Err(Fault::Unavailable("Feature unavailable for provided issue"));
    }
    let at = desk.at(&home, issue.number);
    desk.perform(Deed::SetEscalation { at, to }).map_err(|_| Fault::Absent)?;
    Ok(json!({ "errors": [], "issue": { "iid": issue.number.to_string(), "escalationStatus": to.name() } }))
}

/// The issue that a path and a number name, if the caller has this access.
fn at(desk: &Desk<'_>, asked: &Asked, needs: Access) -> Result<(Project, Issue), Fault> {
    // Whoever asks may call the variable as they like; these two are what clients call it.
    let path = [asked.text("projectPath"), asked.text("path")].into_iter().find(|path| !path.is_empty());
    let (home, issue) = desk.issue(path.unwrap_or_default(), asked.text("iid")).map_err(|_| Fault::Absent)?;
    if desk.access(&home) >= needs { Ok((home, issue)) } else { Err(Fault::Absent) }
}

/// The value that a word of an enumeration stands for.
fn chosen<T: Copy>(asked: &Asked, input: &str, name: &str, all: &[(&str, T)]) -> Result<T, Fault> {
    let word = asked.text(name);
    let found = all.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let known = all.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        Fault::Question(format!(
            "Variable $input of type {input}! was provided invalid value for {name} (Expected {word:?} to be one of: \
             {known})"
        ))
    })
}

pub(super) fn timeline(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let (home, issue) = incident(desk, asked.text("incidentId")).ok_or(Fault::Absent)?;
    if desk.access(&home) < Access::Write {
        return Err(Fault::Absent);
    }
    let Ok(at) = chrono::DateTime::parse_from_rfc3339(asked.text("occurredAt")) else {
        return Err(Fault::Question("Argument 'occurredAt' has an invalid value. Expected type 'Time!'.".to_owned()));
    };
    let note = asked.text("note").to_owned();
    let fault = match note.chars().count() {
        0 => Some("Timeline text can't be blank".to_owned()),
        1..=LONGEST => None,
        _ => Some(format!("Timeline text is too long (maximum is {LONGEST} characters)")),
    };
    if let Some(fault) = fault {
        return Ok(json!({ "errors": [fault], "timelineEvent": null }));
    }
    let (id, by) = (desk.world.count_token(), desk.caller.user.id);
    let url = desk.wire().issue_url(&home, &issue).replace("/-/issues/", "/-/issues/incident/");
    desk.world.note(by, issue.id, format!("added an [incident timeline event]({url}#timeline_event_{id})"), desk.now);
    desk.extras.timeline.push(Entry { id, issue: issue.id, number: issue.number, by, at: at.to_utc(), note });
    Ok(
        json!({ "errors": [], "timelineEvent": { "id": format!("gid://gitlab/IncidentManagement::TimelineEvent/{id}") } }),
    )
}

/// An incident that the caller can see, by `gid://gitlab/Issue/17`.
fn incident(desk: &Desk<'_>, id: &str) -> Option<(Project, Issue)> {
    let id = id.strip_prefix("gid://gitlab/Issue/")?.parse().ok()?;
    let issue = desk.world.issue_by_id(IssueId(id)).filter(|issue| issue.kind.as_deref() == Some("incident"))?;
    let home = desk.world.project_by_id(issue.project)?;
    (desk.access(home) > Access::None && desk.sees(home, issue)).then(|| (home.clone(), issue.clone()))
}

/// A page of an incident's timeline, by when things happened.
pub(super) fn entries(desk: &Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let Ok(home) = desk.project(asked.text("path")) else { return Ok(Value::Null) };
    let (_, issue) = incident(desk, asked.text("incident")).filter(|(of, _)| of.id == home.id).ok_or(Fault::Absent)?;
    let mut all: Vec<&Entry> = desk.extras.timeline.iter().filter(|entry| entry.issue == issue.id).collect();
    all.sort_by_key(|entry| (entry.at, entry.id));
    let shown = |entry: &&Entry| {
        let (author, at) = (format!("gid://gitlab/User/{}", entry.by.0), stamp(entry.at));
        let id = format!("gid://gitlab/IncidentManagement::TimelineEvent/{}", entry.id);
        json!({ "id": id, "note": entry.note, "occurredAt": at, "author": { "id": author } })
    };
    let entries = asked.page(&all.iter().map(shown).collect::<Vec<_>>());
    Ok(json!({ "incidentManagementTimelineEvents": entries }))
}
