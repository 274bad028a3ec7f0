//! Issues: listing, filing, changing, locking, and their history.

use serde_json::{Value, json};

use super::super::{
    call::Call,
    desk::{Desk, found},
    pages::page,
    reply::{Answered, Reply},
    routes::numbered,
    wire::merge,
};
use crate::{
    domain::time::Moment,
    drill::model::{At, Close, Deed, Issue, Level, Login, Outcome, Place, ProjectId, Reason, Refusal},
};

pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    match (call.method.as_str(), rest) {
        ("GET", ["issues"]) => list(desk, call, path),
        ("POST", ["issues"]) => file(desk, call, path),
        ("GET", ["issues", "events"]) => all_events(desk, call, path),
        ("GET", ["issues", number]) => one(desk, call, path, numbered(number)?),
        ("PATCH" | "POST", ["issues", number]) => change(desk, call, path, numbered(number)?),
        ("PUT", ["issues", number, "lock"]) => lock(desk, call, path, numbered(number)?),
        ("DELETE", ["issues", number, "lock"]) => {
            issue_for(desk, call, path, numbered(number)?, Level::Write)?;
            desk.perform(Deed::Unlock { at: At::new(path, numbered(number)?) })?;
            Ok(Reply::done())
        }
        ("POST" | "DELETE", ["issues", number, "assignees"]) => assignees(desk, call, path, numbered(number)?),
        ("GET", ["issues", number, "timeline"]) => history(desk, call, path, numbered(number)?, true),
        ("GET", ["issues", number, "events"]) => history(desk, call, path, numbered(number)?, false),
        _ => Err(Reply::not_found()),
    }
}

/// The issue at a number, for somebody who may see or change issues here.
pub(in super::super) fn issue_for(
    desk: &Desk<'_>,
    call: &Call,
    path: &str,
    number: u64,
    level: Level,
) -> Result<Issue, Reply> {
    let project = desk.repository(call, path, "issues", level)?;
    match found(desk.world.place(project, number))? {
        Place::Here(id) => found(desk.world.issue_by_id(id).cloned()),
        Place::Deleted => Err(desk.refusal(&Refusal::Deleted)),
        Place::Moved(id) => Err(desk.refusal(&Refusal::Moved(id))),
    }
}

fn one(desk: &Desk<'_>, call: &Call, path: &str, number: u64) -> Answered {
    let issue = issue_for(desk, call, path, number, Level::Read)?;
    Ok(Reply::ok(desk.wire().issue(&issue)))
}

fn list(desk: &Desk<'_>, call: &Call, path: &str) -> Answered {
    let project = desk.repository(call, path, "issues", Level::Read)?;
    let since = call.moment("since")?;
    let wire = desk.listed(call);
    let mut issues: Vec<&Issue> = wire.world.issues(project).filter(|issue| wanted(desk, call, since, issue)).collect();
    let descending = call.asked("direction") != Some("asc");
    issues.sort_by_key(|issue| match call.asked("sort") {
        Some("updated") => (issue.updated_at.timestamp(), issue.number),
        Some("comments") => (i64::try_from(issue.comments).unwrap_or(i64::MAX), issue.number),
        _ => (issue.created_at.timestamp(), issue.number),
    });
    if descending {
        issues.reverse();
    }
    Ok(page(call, &desk.state.url, issues, |issue| wire.issue(issue)))
}

fn wanted(desk: &Desk<'_>, call: &Call, since: Option<Moment>, issue: &Issue) -> bool {
    let state = match call.asked("state") {
        Some("closed") => !issue.open,
        Some("all") => true,
        _ => issue.open,
    };
    let on = |label: &str| issue.labels.iter().any(|other| other.to_lowercase() == label.to_lowercase());
    let labels = call.asked("labels").unwrap_or_default();
    let labelled = labels.split(',').map(str::trim).filter(|label| !label.is_empty()).all(on);
    let login = |login: &str| desk.world.user(login).map(|user| user.id);
    let filed = call.asked("creator").is_none_or(|creator| login(creator) == Some(issue.author));
    let assigned = call.asked("assignee").is_none_or(|who| match who {
        "*" => !issue.assignees.is_empty(),
        "none" => issue.assignees.is_empty(),
        who => login(who).is_some_and(|who| issue.assignees.contains(&who)),
    });
    state && labelled && filed && assigned && since.is_none_or(|since| at_or_after(issue.updated_at, since))
}

/// GitHub's stamps are cut to the second.
pub(in super::super) fn at_or_after(at: Moment, since: Moment) -> bool {
    at.timestamp() >= since.timestamp()
}

fn file(desk: &mut Desk<'_>, call: &Call, path: &str) -> Answered {
    desk.repository(call, path, "issues", Level::Write)?;
    let title = match call.object()?.get("title") {
        Some(Value::Number(number)) => number.to_string(),
        _ => call.needed("title")?,
    };
    let mut assignees = logins(call, "assignees")?.unwrap_or_default();
    assignees.extend(call.text("assignee")?.map(Login::new));
    let deed = Deed::File {
        project: path.to_owned(),
        title,
        body: call.text("body")?,
        labels: call.names("labels")?.unwrap_or_default(),
        assignees,
        confidential: false,
    };
    let outcome = desk.perform(deed)?;
    let shown = shown(desk, outcome)?;
    let url = shown.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Reply::new(201, shown).with("location", url))
}

fn logins(call: &Call, name: &str) -> Result<Option<Vec<Login>>, Reply> {
    Ok(call.names(name)?.map(|names| names.into_iter().map(Login::new).collect()))
}

fn shown(desk: &Desk<'_>, outcome: Outcome) -> Result<Value, Reply> {
    let Outcome::Issue(id) = outcome else { return Err(Reply::not_found()) };
    found(desk.world.issue_by_id(id)).map(|issue| desk.wire().issue(issue))
}

/// One request may change several things; each is a deed of its own, in GitHub's order.
fn change(desk: &mut Desk<'_>, call: &Call, path: &str, number: u64) -> Answered {
    let issue = issue_for(desk, call, path, number, Level::Write)?;
    let at = At::new(path, number);
    let (title, body) = (call.text("title")?, call.text("body")?);
    let state = state_wanted(call, &issue)?;
    if title.is_some() || body.is_some() {
        desk.perform(Deed::Edit { at: at.clone(), title, body })?;
    }
    if let Some(names) = call.names("labels")? {
        desk.perform(Deed::SetLabels { at: at.clone(), names })?;
    }
    if let Some(wanted) = logins(call, "assignees")? {
        reassign(desk, &at, &issue, &wanted)?;
    }
    if let Some(kind) = call.object()?.get("type") {
        let kind = kind.as_str().map(str::to_owned);
        desk.perform(Deed::SetKind { at: at.clone(), kind })?;
    }
    match state {
        Wanted::Closed(reason) => desk.perform(Deed::Close { at: at.clone(), reason })?,
        Wanted::Open => desk.perform(Deed::Reopen { at: at.clone() })?,
        Wanted::Unchanged => Outcome::Done,
    };
    let issue = found(desk.world.issue_by_id(issue.id))?;
    Ok(Reply::ok(desk.wire().issue(issue)))
}

/// What is to become of the state.
enum Wanted {
    Closed(Close),
    Open,
    Unchanged,
}

fn state_wanted(call: &Call, issue: &Issue) -> Result<Wanted, Reply> {
    let invalid = |field: &str, value: &str, known: &str| {
        Reply::message(422, format!("Invalid request.\n\n{value} is not a possible {field}: {known}."))
    };
    let reason = match call.text("state_reason")?.as_deref() {
        None | Some("completed") => Close::Completed,
        Some("not_planned") => Close::NotPlanned,
        Some("duplicate") => Close::Duplicate,
        Some("reopened") => return Ok(Wanted::Open),
        Some(other) => return Err(invalid("state_reason", other, "completed, not_planned, duplicate, reopened")),
    };
    match call.text("state")?.as_deref() {
        Some("closed") => {
            let keeps = call.text("state_reason")?.is_none() && !issue.open;
            let kept = issue.reason.and_then(|it| if let Reason::Closed(why) = it { Some(why) } else { None });
            Ok(Wanted::Closed(if keeps { kept.unwrap_or(reason) } else { reason }))
        }
        Some("open") => Ok(Wanted::Open),
        Some(other) => Err(invalid("state", other, "open, closed")),
        None => Ok(Wanted::Unchanged),
    }
}

fn reassign(desk: &mut Desk<'_>, at: &At, issue: &Issue, wanted: &[Login]) -> Result<(), Reply> {
    let name = |id| desk.world.user_by_id(id).map(|user| user.login.clone());
    let off: Vec<Login> = issue.assignees.iter().filter_map(|id| name(*id)).filter(|on| !wanted.contains(on)).collect();
    desk.perform(Deed::Unassign { at: at.clone(), who: off })?;
    desk.perform(Deed::Assign { at: at.clone(), who: wanted.to_vec() })?;
    Ok(())
}

fn assignees(desk: &mut Desk<'_>, call: &Call, path: &str, number: u64) -> Answered {
    issue_for(desk, call, path, number, Level::Write)?;
    let (at, who) = (At::new(path, number), logins(call, "assignees")?.unwrap_or_default());
    let (status, deed) = match call.method.as_str() {
        "POST" => (201, Deed::Assign { at, who }),
        _ => (200, Deed::Unassign { at, who }),
    };
    let outcome = desk.perform(deed)?;
    Ok(Reply::new(status, shown(desk, outcome)?))
}

fn lock(desk: &mut Desk<'_>, call: &Call, path: &str, number: u64) -> Answered {
    issue_for(desk, call, path, number, Level::Write)?;
    let reason = call.text("lock_reason")?;
    if reason.as_deref().is_some_and(|it| !["off-topic", "too heated", "resolved", "spam"].contains(&it)) {
        return Err(Reply::message(422, "Invalid request.\n\nlock_reason is not a possible reason."));
    }
    desk.perform(Deed::Lock { at: At::new(path, number), reason })?;
    Ok(Reply::done())
}

fn history(desk: &Desk<'_>, call: &Call, path: &str, number: u64, timeline: bool) -> Answered {
    let issue = issue_for(desk, call, path, number, Level::Read)?;
    let wire = desk.listed(call);
    let project = found(wire.world.project_by_id(issue.project))?;
    let lines: Vec<Value> = wire
        .world
        .history(issue.id)
        .iter()
        .filter_map(|entry| if timeline { wire.timeline(project, &issue, entry) } else { wire.event(project, entry) })
        .collect();
    Ok(page(call, &desk.state.url, lines, |line| line))
}

fn all_events(desk: &Desk<'_>, call: &Call, path: &str) -> Answered {
    let id: ProjectId = desk.repository(call, path, "issues", Level::Read)?;
    let wire = desk.listed(call);
    let project = found(wire.world.project_by_id(id))?;
    let mut lines: Vec<(u64, Value)> = Vec::new();
    for issue in wire.world.issues(id) {
        for entry in wire.world.history(issue.id) {
            if let Some(mut line) = wire.event(project, entry) {
                merge(&mut line, json!({ "issue": wire.issue(issue) }));
                lines.push((entry.id, line));
            }
        }
    }
    lines.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    Ok(page(call, &desk.state.url, lines, |(_, line)| line))
}
