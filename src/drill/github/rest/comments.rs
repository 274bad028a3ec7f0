//! Comments.

use super::{
    super::{
        call::Call,
        desk::{Desk, found},
        pages::page,
        reply::{Answered, Reply},
        routes::numbered,
    },
    issues::{at_or_after, issue_for},
    reactions,
};
use crate::{
    domain::ids::CommentId,
    drill::model::{At, Comment, Deed, Level, Outcome, ProjectId, Target},
};

/// `/repos/O/N/issues/NUMBER/comments`
pub(in super::super) fn of_issue(desk: &mut Desk<'_>, call: &Call, path: &str, number: u64) -> Answered {
    match call.method.as_str() {
        "GET" => {
            let issue = issue_for(desk, call, path, number, Level::Read)?;
            let since = call.moment("since")?;
            let wire = desk.listed(call);
            let recent = |comment: &&Comment| since.is_none_or(|since| at_or_after(comment.updated_at, since));
            let comments: Vec<&Comment> = wire.world.comments(issue.id).filter(recent).collect();
            Ok(page(call, &desk.state.url, comments, |comment| wire.comment(comment)))
        }
        "POST" => {
            issue_for(desk, call, path, number, Level::Write)?;
            let body = call.needed("body")?;
            let Outcome::Comment(id) = desk.perform(Deed::Comment { at: At::new(path, number), body })? else {
                return Err(Reply::not_found());
            };
            let comment = desk.wire().comment(found(desk.world.comment(id))?);
            let url = comment.get("url").and_then(|url| url.as_str()).unwrap_or_default().to_owned();
            Ok(Reply::new(201, comment).with("location", url))
        }
        _ => Err(Reply::not_found()),
    }
}

/// `/repos/O/N/issues/comments/...`
pub(in super::super) fn of_repository(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    let level = if call.is_read() { Level::Read } else { Level::Write };
    let project = desk.repository(call, path, "issues", level)?;
    match (call.method.as_str(), rest) {
        ("GET", ["issues", "comments"]) => list(desk, call, project),
        ("GET", ["issues", "comments", id]) => {
            let comment = comment_in(desk, project, numbered(id)?)?;
            Ok(Reply::ok(desk.wire().comment(&comment)))
        }
        // Clients that cannot send PATCH may send POST instead.
        ("PATCH" | "POST", ["issues", "comments", id]) => {
            let comment = comment_in(desk, project, numbered(id)?)?;
            desk.perform(Deed::EditComment { id: comment.id, body: call.needed("body")? })?;
            let comment = comment_in(desk, project, numbered(id)?)?;
            Ok(Reply::ok(desk.wire().comment(&comment)))
        }
        ("DELETE", ["issues", "comments", id]) => {
            let comment = comment_in(desk, project, numbered(id)?)?;
            desk.perform(Deed::DeleteComment { id: comment.id })?;
            Ok(Reply::done())
        }
        (_, ["issues", "comments", id, "reactions", more @ ..]) => {
            let comment = comment_in(desk, project, numbered(id)?)?;
            reactions::to(desk, call, Target::Comment(comment.id), more)
        }
        _ => Err(Reply::not_found()),
    }
}

fn comment_in(desk: &Desk<'_>, project: ProjectId, id: u64) -> Result<Comment, Reply> {
    let comment = found(desk.world.comment(CommentId(id)))?;
    let here = desk.world.issue_by_id(comment.issue).is_some_and(|issue| issue.project == project);
    if here { Ok(comment.clone()) } else { Err(Reply::not_found()) }
}

fn list(desk: &Desk<'_>, call: &Call, project: ProjectId) -> Answered {
    let since = call.moment("since")?;
    let wire = desk.listed(call);
    let recent = |comment: &&Comment| since.is_none_or(|since| at_or_after(comment.updated_at, since));
    let mut comments: Vec<&Comment> =
        wire.world.issues(project).flat_map(|issue| wire.world.comments(issue.id)).filter(recent).collect();
    // Without `sort`, the direction is not looked at.
    match call.asked("sort") {
        Some("updated") => comments.sort_by_key(|comment| (comment.updated_at.timestamp(), comment.id)),
        _ => comments.sort_by_key(|comment| (comment.created_at.timestamp(), comment.id)),
    }
    if call.asked("sort").is_some() && call.asked("direction") != Some("asc") {
        comments.reverse();
    }
    Ok(page(call, &desk.state.url, comments, |comment| wire.comment(comment)))
}
