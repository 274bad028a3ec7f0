//! The few things that only GraphQL can do, told apart by the name of what is asked.
//!
//! What always holds: the status is 200 whatever happens; what went wrong stands in `errors`, at the top or in the
//! payload.

use serde_json::{Value, json};

use super::{
    super::{
        line::{call::Call, reply::Reply},
        model::Access,
    },
    desk::Desk,
};

const SEVERITIES: [&str; 5] = ["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"];

pub(super) fn answer(desk: &mut Desk<'_>, call: &Call) -> Reply {
    let body = call.body.clone().unwrap_or_default();
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    let variables = body.get("variables").cloned().unwrap_or_default();
    let data = if text.contains("issueSetSeverity") {
        json!({ "issueSetSeverity": severity(desk, &variables) })
    } else if text.contains("timelineEventCreate") {
        json!({ "timelineEventCreate": timeline(desk, &variables) })
    } else {
        let words = "Field doesn't exist on type 'Mutation'";
        return Reply::ok(json!({ "errors": [{ "message": words }] }));
    };
    Reply::ok(json!({ "data": data }))
}

fn said<'v>(variables: &'v Value, name: &str) -> &'v str {
    variables.get(name).and_then(Value::as_str).unwrap_or_default()
}

const NOT_FOUND: &str =
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

fn severity(desk: &mut Desk<'_>, variables: &Value) -> Value {
    let (project, number, wanted) = (said(variables, "path"), said(variables, "iid"), said(variables, "severity"));
    let Ok((home, issue)) = desk.issue(project, number) else { return json!({ "errors": [NOT_FOUND] }) };
    let may = desk.access(&home) >= Access::Triage && issue.kind.as_deref() == Some("incident");
    if !may || !SEVERITIES.contains(&wanted) {
        return json!({ "errors": [NOT_FOUND] });
    }
    desk.extras.severities.insert(issue.id, wanted.to_owned());
    json!({ "errors": [], "issue": { "iid": number, "severity": wanted } })
}

fn timeline(desk: &mut Desk<'_>, variables: &Value) -> Value {
    let id = said(variables, "incident").rsplit('/').next().and_then(|id| id.parse().ok());
    let issue = id.and_then(|id| desk.world.issue_by_id(super::super::model::IssueId(id))).cloned();
    let home = issue.as_ref().and_then(|issue| desk.world.project_by_id(issue.project)).cloned();
    let (Some(issue), Some(home)) = (issue, home) else { return json!({ "errors": [NOT_FOUND] }) };
    let at = chrono::DateTime::parse_from_rfc3339(said(variables, "occurredAt")).ok().map(|at| at.to_utc());
    let may = desk.access(&home) >= Access::Write && issue.kind.as_deref() == Some("incident");
    let (Some(at), true) = (at, may) else { return json!({ "errors": [NOT_FOUND] }) };
    desk.extras.timeline.push((issue.number, at, said(variables, "note").to_owned()));
    json!({ "errors": [], "timelineEvent": { "id": "gid://gitlab/IncidentManagement::TimelineEvent/1" } })
}
