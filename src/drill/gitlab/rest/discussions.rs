//! Discussions. Each comment stands for itself; a reply is one more comment.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Comment, Deed, Issue, Outcome, Project},
    },
    asked::Asked,
    desk::{Desk, not_found},
    pages::page,
};

pub(in super::super) fn answer(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    (project, number): (&str, &str),
    rest: &[&str],
) -> Answered {
    let (project, issue) = desk.issue(project, number)?;
    match (method, rest) {
        ("GET", []) => {
            let wire = desk.listed(call);
            let all: Vec<&Comment> = wire.world.comments(issue.id).collect();
            Ok(page(call, &desk.state.url, all, |comment| shown(&wire.note(&project, &issue, comment), comment)))
        }
        ("GET", [id]) => {
            let found = desk.world.comments(issue.id).find(|comment| self::id(comment) == *id);
            let comment = found.ok_or_else(|| not_found("404 Discussion Not Found"))?;
            Ok(Reply::ok(shown(&desk.wire().note(&project, &issue, comment), comment)))
        }
        ("POST", []) => Ok(Reply::new(201, post(desk, call, &project, &issue)?.0)),
        ("POST", [id, "notes"]) => {
            let known = desk.world.comments(issue.id).any(|comment| self::id(comment) == *id);
            if !known {
                return Err(not_found("404 Discussion Not Found"));
            }
            Ok(Reply::new(201, post(desk, call, &project, &issue)?.1))
        }
        _ => Err(not_found("404 Not found")),
    }
}

/// A comment as a discussion of its own, and as a note.
fn post(desk: &mut Desk<'_>, call: &Call, project: &Project, issue: &Issue) -> Result<(Value, Value), Reply> {
    let body = Asked::of(call).needed("body")?.to_owned();
    let at = desk.at(project, issue.number);
    let Outcome::Comment(id) = desk.perform(Deed::Comment { at, body })? else {
        return Err(Reply::new(202, json!({ "commands_changes": {}, "summary": ["Commands applied"] })));
    };
    let comment = desk.world.comment(id).ok_or_else(|| not_found("404 Note Not Found"))?;
    let note = desk.wire().note(project, issue, comment);
    Ok((shown(&note, comment), note))
}

fn shown(note: &Value, comment: &Comment) -> Value {
    json!({ "id": id(comment), "individual_note": true, "notes": [note] })
}

/// Forty hexadecimal digits.
pub(in super::super) fn id(comment: &Comment) -> String {
    crate::drill::github::digest(comment.id.0.to_string().as_bytes())
}
