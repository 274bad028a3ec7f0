//! Issues and their history.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Access, Close, Deed, Entry, Issue, Login, Outcome, Place, Project},
    },
    asked::Asked,
    desk::{Desk, not_found},
    pages::page,
    scopes::joined,
    wire::stamp,
};

use super::filter::Filter;

/// What can be changed.
const CHANGES: [&str; 10] = [
    "title",
    "description",
    "confidential",
    "labels",
    "add_labels",
    "remove_labels",
    "state_event",
    "issue_type",
    "assignee_ids",
    "discussion_locked",
];
const KINDS: [&str; 4] = ["issue", "incident", "test_case", "task"];

pub(in super::super) fn list(desk: &Desk<'_>, call: &Call, project: &str) -> Answered {
    let project = desk.project(project)?;
    let asked = Asked::of(call);
    let filter = Filter::read(&asked)?;
    let wire = desk.listed(call);
    let mut found: Vec<&Issue> =
        wire.world.issues(project.id).filter(|issue| desk.sees(&project, issue) && filter.fits(issue)).collect();
    let by_change = asked.text("order_by") == Some("updated_at");
    found.sort_by_key(|issue| (if by_change { issue.updated_at } else { issue.created_at }, issue.number));
    if asked.text("sort") != Some("asc") {
        found.reverse();
    }
    Ok(page(call, &desk.state.url, found, |issue| wire.issue(&project, issue)))
}

pub(in super::super) fn show(desk: &Desk<'_>, project: &str, number: &str) -> Answered {
    if let Some(shell) = shell(desk, project, number)? {
        return Ok(Reply::ok(shell));
    }
    let (project, issue) = desk.issue(project, number)?;
    Ok(Reply::ok(desk.wire().issue(&project, &issue)))
}

/// What stays where an issue was that moved away: closed, and with the number of the other.
fn shell(desk: &Desk<'_>, project: &str, number: &str) -> Result<Option<Value>, Reply> {
    let project = desk.project(project)?;
    let place = number.parse().ok().and_then(|number| desk.world.place(project.id, number));
    let Some(Place::Moved(id)) = place else { return Ok(None) };
    let Some(issue) = desk.world.issue_by_id(id).filter(|issue| desk.sees(&project, issue)) else { return Ok(None) };
    let mut shown = desk.wire().issue(&project, issue);
    if let (Value::Object(fields), Ok(number)) = (&mut shown, number.parse::<u64>()) {
        fields.insert("iid".to_owned(), json!(number));
        fields.insert("state".to_owned(), json!("closed"));
        fields.insert("closed_at".to_owned(), json!(stamp(issue.updated_at)));
        fields.insert("moved_to_id".to_owned(), json!(issue.id.0));
    }
    Ok(Some(shown))
}

pub(in super::super) fn create(desk: &mut Desk<'_>, call: &Call, project: &str) -> Answered {
    let found = desk.project(project)?;
    let asked = Asked::of(call);
    let title = asked.needed("title")?.to_owned();
    let kind = kind(&asked)?;
    let deed = Deed::File {
        project: desk.world.path(&found),
        title,
        body: asked.text("description").map(str::to_owned),
        labels: asked.list("labels").unwrap_or_default(),
        assignees: logins(desk, &asked),
        confidential: asked.flag("confidential")?.unwrap_or_default(),
    };
    let Outcome::Issue(id) = desk.perform(deed)? else { return Err(not_found("404 Issue Not Found")) };
    let number = desk.world.issue_by_id(id).map_or(0, |issue| issue.number);
    if let Some(kind) = kind.filter(|kind| kind != "issue") {
        let at = desk.at(&found, number);
        desk.perform(Deed::SetKind { at, kind: Some(kind) })?;
    }
    let (project, issue) = desk.issue(project, &number.to_string())?;
    Ok(Reply::new(201, desk.wire().issue(&project, &issue)))
}

pub(in super::super) fn edit(desk: &mut Desk<'_>, call: &Call, project: &str, number: &str) -> Answered {
    let (found, issue) = desk.issue(project, number)?;
    let asked = Asked::of(call);
    if asked.lacks_all(&CHANGES) {
        let words = format!("{} are missing, at least one parameter must be provided", CHANGES.join(", "));
        return Err(Reply::new(400, json!({ "error": words })));
    }
    for deed in deeds(desk, &asked, &found, &issue)? {
        desk.perform(deed)?;
    }
    let (project, issue) = desk.issue(project, number)?;
    Ok(Reply::ok(desk.wire().issue(&project, &issue)))
}

/// The changes that were asked for, in the order in which GitLab makes them.
fn deeds(desk: &Desk<'_>, asked: &Asked, project: &Project, issue: &Issue) -> Result<Vec<Deed>, Reply> {
    let at = || desk.at(project, issue.number);
    let mut deeds = Vec::new();
    // Who may change the issue only because it is theirs may not change the flag, and is told nothing of that.
    let me = desk.caller.user.id;
    let theirs = desk.access(project) < Access::Triage && (issue.author == me || issue.assignees.contains(&me));
    if let Some(confidential) = asked.flag("confidential")?.filter(|_| !theirs) {
        deeds.push(Deed::SetConfidential { at: at(), confidential });
    }
    let (title, body) = (asked.text("title").map(str::to_owned), asked.text("description").map(str::to_owned));
    if title.is_some() || body.is_some() {
        deeds.push(Deed::Edit { at: at(), title, body });
    }
    if let Some(names) = labels(desk, asked, issue) {
        deeds.push(Deed::SetLabels { at: at(), names });
    }
    if let Some(kind) = kind(asked)? {
        deeds.push(Deed::SetKind { at: at(), kind: (kind != "issue").then_some(kind) });
    }
    if asked.numbers("assignee_ids").is_some() {
        let wanted = logins(desk, asked);
        let on = issue.assignees.iter().filter_map(|id| desk.world.user_by_id(*id)).map(|user| user.login.clone());
        let off: Vec<Login> = on.filter(|login| !wanted.contains(login)).collect();
        deeds.push(Deed::Unassign { at: at(), who: off });
        deeds.push(Deed::Assign { at: at(), who: wanted });
    }
    match asked.text("state_event") {
        None => {}
        Some("close") => deeds.push(Deed::Close { at: at(), reason: Close::Completed }),
        Some("reopen") => deeds.push(Deed::Reopen { at: at() }),
        Some(_) => return Err(Reply::new(400, json!({ "error": "state_event does not have a valid value" }))),
    }
    match asked.flag("discussion_locked")? {
        Some(true) => deeds.push(Deed::Lock { at: at(), reason: None }),
        Some(false) => deeds.push(Deed::Unlock { at: at() }),
        None => {}
    }
    Ok(deeds)
}

/// The labels as they shall be, if anything was said about them.
fn labels(desk: &Desk<'_>, asked: &Asked, issue: &Issue) -> Option<Vec<String>> {
    let (whole, add, remove) = (asked.list("labels"), asked.list("add_labels"), asked.list("remove_labels"));
    if whole.is_none() && add.is_none() && remove.is_none() {
        return None;
    }
    // A name in another case is another label.
    let same = |one: &str, other: &str| one == other;
    let mut names = whole.unwrap_or_else(|| issue.labels.clone());
    names.retain(|name| !remove.iter().flatten().any(|gone| same(gone, name)));
    Some(joined(&names, add.into_iter().flatten(), desk.state.options.scoped))
}

fn kind(asked: &Asked) -> Result<Option<String>, Reply> {
    match asked.text("issue_type") {
        None => Ok(None),
        Some(kind) if KINDS.contains(&kind) => Ok(Some(kind.to_owned())),
        Some(_) => Err(Reply::new(400, json!({ "error": "issue_type does not have a valid value" }))),
    }
}

fn logins(desk: &Desk<'_>, asked: &Asked) -> Vec<Login> {
    let ids = asked.numbers("assignee_ids").unwrap_or_default();
    let users = ids.into_iter().filter_map(|id| desk.world.user_by_id(super::super::super::model::UserId(id)));
    users.map(|user| user.login.clone()).collect()
}

/// What is kept of an issue's history in lists of its own.
#[derive(Clone, Copy)]
pub(in super::super) enum Kept {
    /// Labels put on and taken off.
    Labels,
    /// Closing and opening again.
    States,
}

/// `/resource_label_events`, `/resource_state_events`, and one of them.
pub(in super::super) fn events(
    desk: &Desk<'_>,
    call: &Call,
    (project, number): (&str, &str),
    kept: Kept,
    rest: &[&str],
) -> Answered {
    let (_, issue) = desk.issue(project, number)?;
    let wire = desk.listed(call);
    let write = |entry: &Entry| match kept {
        Kept::Labels => wire.label_event(&issue, entry),
        Kept::States => wire.state_event(&issue, entry),
    };
    let mut all = wire.world.history(issue.id).iter().filter_map(write);
    match rest {
        [] => Ok(page(call, &desk.state.url, all.collect(), |event| event)),
        [id] => {
            let id: Option<u64> = id.parse().ok();
            let found = all.find(|event| id.is_some() && event.get("id").and_then(Value::as_u64) == id);
            found.map(Reply::ok).ok_or_else(|| not_found("404 Not found"))
        }
        _ => Err(not_found("404 Not found")),
    }
}
