//! What issues, their comments and their history say of themselves.

use serde_json::{Value, json};

use super::{
    super::{
        WEB,
        desk::Desk,
        wire::{association, closed, node, stamp},
    },
    Problem,
    execute::Arguments,
    fields::{Read, flag, text, type_name, when},
    lists::part,
    things::{Got, Thing},
};
use crate::{
    domain::ids::CommentId,
    drill::model::{Edit, Entry, Event, Issue, Project, Reason, UserId},
};

pub(super) fn issues(desk: &Desk<'_>, project: &Project, arguments: &Arguments) -> Read {
    let words = |name: &str| -> Option<Vec<String>> {
        let list = arguments.get(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let (states, labels) = (words("states"), words("labels"));
    let since = arguments.get("filterBy").and_then(|by| by.get("since")).and_then(Value::as_str);
    let since = since.and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    let fits = |issue: &&Issue| {
        let state = if issue.open { "OPEN" } else { "CLOSED" };
        let on = |label: &String| issue.labels.iter().any(|other| other.eq_ignore_ascii_case(label));
        states.as_ref().is_none_or(|states| states.iter().any(|wanted| wanted == state))
            && labels.as_ref().is_none_or(|labels| labels.iter().any(on))
            && since.is_none_or(|since| issue.updated_at.timestamp() >= since.timestamp())
    };
    let mut found: Vec<&Issue> = desk.world.issues(project.id).filter(fits).collect();
    if let Some(order) = arguments.get("orderBy") {
        if order.get("field").and_then(Value::as_str) == Some("UPDATED_AT") {
            found.sort_by_key(|issue| (issue.updated_at.timestamp(), issue.number));
        }
        if order.get("direction").and_then(Value::as_str) == Some("DESC") {
            found.reverse();
        }
    }
    part("IssueConnection", "issues", found.into_iter().map(|issue| Thing::Issue(issue.id)).collect(), arguments)
}

pub(super) fn issue(desk: &Desk<'_>, issue: &Issue, name: &str, arguments: &Arguments) -> Result<Option<Got>, Problem> {
    let project = desk.world.project_by_id(issue.project);
    let page = project.map(|project| format!("{WEB}/{}/issues/{}", desk.world.path(project), issue.number));
    Ok(match name {
        "id" => text(node("I", issue.id.0)),
        "databaseId" | "fullDatabaseId" => Some(Got::Leaf(json!(issue.id.0))),
        "number" => Some(Got::Leaf(json!(issue.number))),
        "title" => text(&issue.title),
        "body" => text(issue.body.clone().unwrap_or_default()),
        "url" => text(page.unwrap_or_default()),
        "state" => text(if issue.open { "OPEN" } else { "CLOSED" }),
        "stateReason" => Some(Got::Leaf(issue.reason.map_or(Value::Null, |reason| {
            json!(match reason {
                Reason::Closed(why) => closed(why).to_uppercase(),
                Reason::Reopened => "REOPENED".to_owned(),
            })
        }))),
        "closed" => flag(!issue.open),
        "locked" => flag(issue.lock.is_some()),
        "createdAt" => when(issue.created_at),
        "updatedAt" => when(issue.updated_at),
        "closedAt" => Some(Got::Leaf(issue.closed.map_or(Value::Null, |(at, _)| stamp(at)))),
        "lastEditedAt" => Some(Got::Leaf(issue.edits.last().map_or(Value::Null, |edit| stamp(edit.at)))),
        "editor" => Some(Got::maybe(issue.edits.last().map(|edit| Thing::Actor(edit.by)))),
        "author" => Some(known(desk, issue.author)),
        "authorAssociation" => text(association(desk.wire(), issue.author, project)),
        "repository" => Some(Got::One(Thing::Repository(issue.project))),
        "labels" => {
            let defined = |name: &String| project.and_then(|project| project.label(name)).cloned();
            let on = issue.labels.iter().filter_map(defined).map(Thing::Label).collect();
            Some(part("LabelConnection", name, on, arguments)?)
        }
        "assignees" => {
            let all = issue.assignees.iter().map(|user| Thing::Actor(*user)).collect();
            Some(part("UserConnection", name, all, arguments)?)
        }
        "comments" => {
            let all = desk.world.comments(issue.id).map(|comment| Thing::Comment(comment.id)).collect();
            Some(part("IssueCommentConnection", name, all, arguments)?)
        }
        "userContentEdits" => Some(edits(&issue.edits, arguments)?),
        "timelineItems" => Some(timeline(desk, issue, arguments)?),
        _ => None,
    })
}

/// GitHub gives the newest version first.
fn edits(edits: &[Edit], arguments: &Arguments) -> Read {
    part(
        "UserContentEditConnection",
        "userContentEdits",
        edits.iter().rev().cloned().map(Thing::Edit).collect(),
        arguments,
    )
}

fn timeline(desk: &Desk<'_>, issue: &Issue, arguments: &Arguments) -> Read {
    let wanted = arguments.get("itemTypes").and_then(Value::as_array);
    let things = desk.world.history(issue.id).iter().filter_map(|entry| match entry.event {
        Event::Commented(id) => Some(Thing::Comment(id)),
        Event::Confidential(_) | Event::Severity(_) | Event::Noted(_) => None,
        _ => Some(Thing::Entry(entry.clone())),
    });
    let fits = |thing: &Thing| {
        let name = screaming(type_name(desk, thing));
        wanted.is_none_or(|wanted| wanted.iter().any(|it| it.as_str() == Some(name.as_str())))
    };
    part("IssueTimelineItemsConnection", "timelineItems", things.filter(fits).collect(), arguments)
}

/// `LabeledEvent` as `LABELED_EVENT`.
fn screaming(name: &str) -> String {
    name.char_indices().fold(String::new(), |mut out, (at, letter)| {
        if at > 0 && letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
        out
    })
}

/// An account, or `null` once it is gone.
fn known(desk: &Desk<'_>, id: UserId) -> Got {
    Got::maybe(desk.world.user_by_id(id).map(|user| Thing::Actor(user.id)))
}

pub(super) fn comment(
    desk: &Desk<'_>,
    id: CommentId,
    name: &str,
    arguments: &Arguments,
) -> Result<Option<Got>, Problem> {
    let Some(comment) = desk.world.comment(id) else { return Ok(Some(Got::Leaf(Value::Null))) };
    let issue = desk.world.issue_by_id(comment.issue);
    let project = issue.and_then(|issue| desk.world.project_by_id(issue.project));
    Ok(match name {
        "id" => text(node("IC", id.0)),
        "databaseId" | "fullDatabaseId" => Some(Got::Leaf(json!(id.0))),
        "body" => text(&comment.body),
        "url" => {
            let page = issue.zip(project).map(|(issue, project)| desk.wire().comment_page(project, issue, comment));
            text(page.unwrap_or_default())
        }
        "createdAt" => when(comment.created_at),
        "updatedAt" => when(comment.updated_at),
        "lastEditedAt" => Some(Got::Leaf(comment.edits.last().map_or(Value::Null, |edit| stamp(edit.at)))),
        "author" => Some(known(desk, comment.author)),
        "editor" => Some(Got::maybe(comment.edits.last().map(|edit| Thing::Actor(edit.by)))),
        "authorAssociation" => text(association(desk.wire(), comment.author, project)),
        "isMinimized" => flag(comment.minimised.is_some()),
        "minimizedReason" => Some(Got::Leaf(json!(comment.minimised))),
        "issue" => Some(Got::One(Thing::Issue(comment.issue))),
        "userContentEdits" => Some(edits(&comment.edits, arguments)?),
        _ => None,
    })
}

pub(super) fn entry(entry: &Entry, name: &str) -> Option<Got> {
    match (name, &entry.event) {
        ("id", _) => text(node("EV", entry.id)),
        ("createdAt", _) => when(entry.at),
        ("actor", _) => Some(Got::One(Thing::Actor(entry.by))),
        ("label", Event::Labelled(label) | Event::Unlabelled(label)) => Some(Got::One(Thing::Label(label.clone()))),
        ("assignee", Event::Assigned(who) | Event::Unassigned(who)) => Some(Got::One(Thing::Actor(*who))),
        ("previousTitle", Event::Renamed { from, .. }) => text(from),
        ("currentTitle", Event::Renamed { to, .. }) => text(to),
        ("stateReason", Event::Closed(why)) => text(closed(*why).to_uppercase()),
        _ => None,
    }
}

pub(super) fn edit(edit: &Edit, name: &str) -> Option<Got> {
    match name {
        "editedAt" | "createdAt" | "updatedAt" => when(edit.at),
        "editor" => Some(Got::One(Thing::Actor(edit.by))),
        // The whole text after the edit.
        "diff" => text(&edit.text),
        "deletedAt" => Some(Got::Leaf(Value::Null)),
        _ => None,
    }
}
