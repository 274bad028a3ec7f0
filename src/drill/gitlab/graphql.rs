//! The few things that only GraphQL can do, told apart by the name of what is asked.
//!
//! What always holds: the status is 200 whatever happens; what went wrong stands in `errors`: at the top where the thing
//! may not be touched or the question is none, in the payload where the change itself is at fault.

use serde_json::{Value, json};

use super::{
    super::{
        line::{call::Call, reply::Reply},
        model::{Access, Deed, Issue, IssueId, Project},
    },
    desk::Desk,
    extras::Entry,
    wire::stamp,
};
use crate::domain::forge_severity::ForgeSeverity;

const NOT_FOUND: &str =
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

/// The longest text of an entry of a timeline, in characters.
const LONGEST: usize = 280;
/// So many entries of a list come at once.
const PAGE: usize = 100;

pub(super) fn answer(desk: &mut Desk<'_>, call: &Call) -> Reply {
    let body = call.body.clone().unwrap_or_default();
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    let asked = Asked(body.get("variables").cloned().unwrap_or_default());
    let (name, given) = if text.contains("issueSetSeverity") {
        ("issueSetSeverity", severity(desk, &asked))
    } else if text.contains("timelineEventCreate") {
        ("timelineEventCreate", timeline(desk, &asked))
    } else if text.contains("incidentManagementTimelineEvents") {
        ("project", entries(desk, &asked))
    } else {
        return Reply::ok(json!({ "errors": [{ "message": "Field doesn't exist on type 'Mutation'" }] }));
    };
    Reply::ok(match given {
        Ok(payload) => json!({ "data": { name: payload } }),
        Err(Fault::Question(words)) => json!({ "errors": [{ "message": words }] }),
        Err(Fault::Absent) => {
            let place = json!([{ "line": 1, "column": 1 }]);
            let error = json!({ "message": NOT_FOUND, "locations": place, "path": [name] });
            json!({ "data": { name: null }, "errors": [error] })
        }
    })
}

/// Why there is no payload.
enum Fault {
    /// It is not there, or may not be touched.
    Absent,
    /// What was asked is not well said.
    Question(String),
}

/// The variables, on their own or inside one called `input`.
struct Asked(Value);

impl Asked {
    fn text(&self, name: &str) -> &str {
        let inside = self.0.get("input").and_then(|input| input.get(name));
        inside.or_else(|| self.0.get(name)).and_then(Value::as_str).unwrap_or_default()
    }
}

fn severity(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    // Whoever asks may call the variable as they like; these two are what clients call it.
    let path = [asked.text("projectPath"), asked.text("path")].into_iter().find(|path| !path.is_empty());
    let (path, number, word) = (path.unwrap_or_default(), asked.text("iid"), asked.text("severity"));
    let Some((_, wanted)) = ForgeSeverity::ALL.iter().find(|(name, _)| *name == word) else {
        let known: Vec<&str> = ForgeSeverity::ALL.iter().map(|(name, _)| *name).collect();
        let known = known.join(", ");
        return Err(Fault::Question(format!(
            "Variable $input of type IssueSetSeverityInput! was provided invalid value for severity (Expected {word:?} to \
             be one of: {known})"
        )));
    };
    let (home, issue) = desk.issue(path, number).map_err(|_| Fault::Absent)?;
    if desk.access(&home) < Access::Triage {
        return Err(Fault::Absent);
    }
    let at = desk.at(&home, issue.number);
    desk.perform(Deed::SetSeverity { at, severity: *wanted }).map_err(|_| Fault::Absent)?;
    let now = desk.world.issue_by_id(issue.id).map_or(ForgeSeverity::Unknown, |issue| issue.severity);
    Ok(json!({ "errors": [], "issue": { "iid": number, "severity": now.name() } }))
}

fn timeline(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
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
fn entries(desk: &Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let Ok(home) = desk.project(asked.text("path")) else { return Ok(Value::Null) };
    let (_, issue) = incident(desk, asked.text("incident")).filter(|(of, _)| of.id == home.id).ok_or(Fault::Absent)?;
    let mut all: Vec<&Entry> = desk.extras.timeline.iter().filter(|entry| entry.issue == issue.id).collect();
    all.sort_by_key(|entry| (entry.at, entry.id));
    let from: usize = asked.text("after").parse().unwrap_or_default();
    let until = (from + PAGE).min(all.len());
    let shown = |entry: &&Entry| {
        let (author, at) = (format!("gid://gitlab/User/{}", entry.by.0), stamp(entry.at));
        let id = format!("gid://gitlab/IncidentManagement::TimelineEvent/{}", entry.id);
        json!({ "id": id, "note": entry.note, "occurredAt": at, "author": { "id": author } })
    };
    let nodes: Vec<Value> = all.get(from..until).unwrap_or_default().iter().map(shown).collect();
    let page = json!({ "hasNextPage": until < all.len(), "endCursor": until.to_string() });
    Ok(json!({ "incidentManagementTimelineEvents": { "nodes": nodes, "pageInfo": page } }))
}
