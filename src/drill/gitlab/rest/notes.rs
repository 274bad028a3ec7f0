//! Notes: what people write under an issue, and what GitLab notes by itself.

use serde_json::Value;

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Access, Comment, Deed, Issue, Outcome, Project},
    },
    asked::Asked,
    desk::{Desk, forbidden, not_found},
    pages::page_of_seen,
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
        ("GET", []) => Ok(list(desk, call, &project, &issue)),
        ("POST", []) => create(desk, call, &project, &issue),
        (_, [note]) => one(desk, call, method, (&project, &issue), note),
        _ => Err(not_found("404 Not found")),
    }
}

/// A note as lists sort it: when it was written, when it last changed, its number, and what is shown of it to who may read it.
struct Line {
    created: Moment,
    updated: Moment,
    id: u64,
    shown: Option<Value>,
}

/// Notes that may not be read are left out after paging, so a page can be short though others follow.
fn list(desk: &Desk<'_>, call: &Call, project: &Project, issue: &Issue) -> Reply {
    let asked = Asked::of(call);
    let mut all = lines(desk, call, project, issue, asked.text("activity_filter").unwrap_or("all_notes"));
    let by_change = asked.text("order_by") == Some("updated_at");
    all.sort_by_key(|line| (if by_change { line.updated } else { line.created }, line.id));
    if asked.text("sort") != Some("asc") {
        all.reverse();
    }
    let faults = &desk.state.line.faults;
    let hidden = faults.unreadable();
    let rows: Vec<Option<Value>> =
        all.into_iter().flat_map(|line| std::iter::repeat_n(None, hidden).chain([line.shown])).collect();
    let reply = page_of_seen(call, &desk.state.url, rows, |row| row);
    if hidden > 0 {
        faults.note(desk.now, "short", &format!("{} {}", call.method, call.path));
    }
    reply
}

fn lines(desk: &Desk<'_>, call: &Call, project: &Project, issue: &Issue, filter: &str) -> Vec<Line> {
    let wire = desk.listed(call);
    let mut all = Vec::new();
    if filter != "only_activity" {
        let team = desk.access(project) >= Access::Plan;
        all.extend(wire.world.comments(issue.id).map(|one| Line {
            created: one.created_at,
            updated: one.updated_at,
            id: one.id.0,
            shown: (team || !one.internal).then(|| wire.note(project, issue, one)),
        }));
    }
    if filter != "only_comments" {
        let noted = wire.noted(wire.world.issue_by_id(issue.id).unwrap_or(issue));
        all.extend(noted.iter().map(|one| Line {
            created: one.at,
            updated: one.at,
            id: one.id,
            shown: Some(wire.system_note(project, issue, one)),
        }));
    }
    all
}

fn create(desk: &mut Desk<'_>, call: &Call, project: &Project, issue: &Issue) -> Answered {
    let asked = Asked::of(call);
    let body = asked.needed("body")?.to_owned();
    let at = desk.at(project, issue.number);
    let internal = asked.flag("internal")?.unwrap_or_default();
    match desk.perform(if internal { Deed::Note { at, body } } else { Deed::Comment { at, body } })? {
        Outcome::Comment(id) => shown(desk, project, issue, id, 201),
        // Nothing but quick actions, which are carried out by now.
        _ => Ok(desk.swallowed()),
    }
}

pub(super) fn shown(desk: &Desk<'_>, project: &Project, issue: &Issue, id: CommentId, status: u16) -> Answered {
    let comment = desk.world.comment(id).ok_or_else(|| not_found("404 Note Not Found"))?;
    Ok(Reply::new(status, desk.wire().note(project, issue, comment)))
}

pub(super) fn one(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    (project, issue): (&Project, &Issue),
    note: &str,
) -> Answered {
    let missing = || not_found("404 Note Not Found");
    let id = note.parse().map(CommentId).map_err(|_| missing())?;
    let team = desk.access(project) >= Access::Plan;
    let seen = |comment: &&Comment| comment.issue == issue.id && (team || !comment.internal);
    let found = desk.world.comment(id).filter(seen).cloned();
    if found.is_none() && method == "GET" {
        let noted = desk.wire().noted(issue).into_iter().find(|noted| noted.id == id.0).ok_or_else(missing)?;
        return Ok(Reply::ok(desk.wire().system_note(project, issue, &noted)));
    }
    let comment = found.ok_or_else(missing)?;
    match method {
        "GET" => shown(desk, project, issue, id, 200),
        "PUT" => {
            admin(desk, project, &comment)?;
            let body = Asked::of(call).needed("body")?.to_owned();
            desk.perform(Deed::EditComment { id, body })?;
            shown(desk, project, issue, id, 200)
        }
        "DELETE" => {
            admin(desk, project, &comment)?;
            desk.perform(Deed::DeleteComment { id })?;
            Ok(Reply::done())
        }
        _ => Err(not_found("404 Not found")),
    }
}

/// One's own notes, or anybody's with Maintainer.
fn admin(desk: &Desk<'_>, project: &Project, comment: &Comment) -> Result<(), Reply> {
    let own = comment.author == desk.caller.user.id;
    if own || desk.access(project) >= Access::Maintain { Ok(()) } else { Err(forbidden()) }
}
