//! Discussions: comments that stand by themselves, threads of them, and what GitLab noted, each as one.

use serde_json::{Value, json};

use super::{
    super::{
        super::{
            line::{
                call::Call,
                reply::{Answered, Reply},
            },
            model::{Access, Comment, Deed, Issue, Outcome, Project},
        },
        asked::Asked,
        desk::{Desk, not_found},
        pages::page,
    },
    notes,
};
use crate::domain::{ids::CommentId, time::Moment};

pub(in super::super) fn answer(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    (project, number): (&str, &str),
    rest: &[&str],
) -> Answered {
    let (project, issue) = desk.issue(project, number)?;
    match (method, rest) {
        ("GET", []) => Ok(page(call, &desk.state.url, all(desk, call, &project, &issue), |(_, discussion)| discussion)),
        ("POST", []) => {
            let body = Asked::of(call).needed("body")?.to_owned();
            let at = desk.at(&project, issue.number);
            let first = post(desk, Deed::Discuss { at, body })?;
            Ok(Reply::new(201, whole(desk, call, &project, &issue, &digest(first.0))?))
        }
        (_, [id, rest @ ..]) => {
            let found = whole(desk, call, &project, &issue, id)?;
            match (method, rest) {
                ("GET", []) => Ok(Reply::ok(found)),
                ("POST", ["notes"]) => reply(desk, call, (&project, &issue), &found),
                (_, ["notes", note]) => notes::one(desk, call, method, (&project, &issue), note),
                _ => Err(not_found("404 Not found")),
            }
        }
        _ => Err(not_found("404 Not found")),
    }
}

fn reply(desk: &mut Desk<'_>, call: &Call, (project, issue): (&Project, &Issue), found: &Value) -> Answered {
    let body = Asked::of(call).needed("body")?.to_owned();
    let first = found.pointer("/notes/0/id").and_then(Value::as_u64);
    let to = first.map(CommentId).ok_or_else(|| not_found("404 Note Not Found"))?;
    let at = desk.at(project, issue.number);
    let id = post(desk, Deed::Reply { at, to, body })?;
    notes::shown(desk, project, issue, id, 201)
}

fn post(desk: &mut Desk<'_>, deed: Deed) -> Result<CommentId, Reply> {
    match desk.perform(deed)? {
        Outcome::Comment(id) => Ok(id),
        _ => Err(desk.swallowed()),
    }
}

fn whole(desk: &Desk<'_>, call: &Call, project: &Project, issue: &Issue, id: &str) -> Result<Value, Reply> {
    let found = all(desk, call, project, issue).into_iter().find(|(_, discussion)| discussion["id"] == id);
    found.map(|(_, discussion)| discussion).ok_or_else(|| not_found("404 Discussion Not Found"))
}

/// Every discussion that the caller may read, oldest first.
fn all(desk: &Desk<'_>, call: &Call, project: &Project, issue: &Issue) -> Vec<(Moment, Value)> {
    let wire = desk.listed(call);
    let team = desk.access(project) >= Access::Plan;
    let comments: Vec<&Comment> = wire.world.comments(issue.id).filter(|one| team || !one.internal).collect();
    let firsts = comments.iter().filter(|one| one.thread.is_none_or(|first| first == one.id));
    let mut all: Vec<(Moment, Value)> = firsts
        .map(|first| {
            let own = comments.iter().filter(|one| one.id == first.id || one.thread == Some(first.id));
            let notes: Vec<Value> = own.map(|one| wire.note(project, issue, one)).collect();
            let alone = first.thread.is_none();
            (first.created_at, json!({ "id": id(first), "individual_note": alone, "notes": notes }))
        })
        .collect();
    let noted = wire.noted(wire.world.issue_by_id(issue.id).unwrap_or(issue));
    all.extend(noted.iter().map(|one| {
        let note = wire.system_note(project, issue, one);
        (one.at, json!({ "id": digest(one.id), "individual_note": true, "notes": [note] }))
    }));
    all.sort_by_key(|(at, _)| *at);
    all
}

/// The discussion that a comment is in.
pub(in super::super) fn id(comment: &Comment) -> String {
    digest(comment.thread.unwrap_or(comment.id).0)
}

/// Forty hexadecimal digits.
fn digest(number: u64) -> String {
    crate::drill::github::digest(number.to_string().as_bytes())
}
