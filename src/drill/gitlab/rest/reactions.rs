//! Award emoji on issues and notes.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Access, Comment, Deed, Outcome, Reaction, ReactionId, Target},
    },
    asked::Asked,
    caller::unauthorised,
    desk::{Desk, not_found},
    pages::page,
    wire::stamp,
};
use crate::domain::ids::CommentId;

/// GitLab's names for what the model knows.
const NAMES: [(&str, &str); 8] = [
    ("thumbsup", "+1"),
    ("thumbsdown", "-1"),
    ("laughing", "laugh"),
    ("confused", "confused"),
    ("heart", "heart"),
    ("tada", "hooray"),
    ("rocket", "rocket"),
    ("eyes", "eyes"),
];

pub(in super::super) fn answer(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    (project, number): (&str, &str),
    note: Option<&str>,
    rest: &[&str],
) -> Answered {
    let to = target(desk, project, number, note)?;
    match (method, rest) {
        ("GET", []) => {
            let all: Vec<&Reaction> = desk.world.reactions(to).collect();
            Ok(page(call, &desk.state.url, all, |reaction| shown(desk, reaction)))
        }
        ("POST", []) => award(desk, call, to),
        ("GET", [id]) => given(desk, to, id).map(|reaction| Reply::ok(shown(desk, &reaction))),
        ("DELETE", [id]) => {
            let reaction = given(desk, to, id)?;
            if reaction.by != desk.caller.user.id {
                return Err(unauthorised());
            }
            desk.perform(Deed::Unreact { id: reaction.id })?;
            Ok(Reply::done())
        }
        _ => Err(not_found("404 Not found")),
    }
}

/// What is awarded: an issue, or a note that the caller may read.
fn target(desk: &Desk<'_>, project: &str, number: &str, note: Option<&str>) -> Result<Target, Reply> {
    let (project, issue) = desk.issue(project, number)?;
    let Some(note) = note else { return Ok(Target::Issue(issue.id)) };
    let team = desk.access(&project) >= Access::Plan;
    let seen = |comment: &&Comment| comment.issue == issue.id && (team || !comment.internal);
    let found = note.parse().ok().and_then(|id| desk.world.comment(CommentId(id)).filter(seen));
    found.map(|comment| Target::Comment(comment.id)).ok_or_else(|| not_found("404 Note Not Found"))
}

fn award(desk: &mut Desk<'_>, call: &Call, to: Target) -> Answered {
    let name = Asked::of(call).needed("name")?.to_owned();
    let content = NAMES.iter().find(|(own, _)| *own == name).map(|(_, content)| (*content).to_owned());
    let content = content.ok_or_else(|| not_found("404 Award Emoji Name is not a valid emoji name Not Found"))?;
    match desk.perform(Deed::React { to, content })? {
        Outcome::Reaction(id, true) => {
            let reaction = desk.world.reaction(id).ok_or_else(|| not_found("404 Not found"))?;
            Ok(Reply::new(201, shown(desk, reaction)))
        }
        _ => Err(not_found("404 Award Emoji Name has already been taken Not Found")),
    }
}

fn given(desk: &Desk<'_>, to: Target, id: &str) -> Result<Reaction, Reply> {
    let found = id.parse().ok().and_then(|id| desk.world.reaction(ReactionId(id)));
    found.filter(|reaction| reaction.to == to).cloned().ok_or_else(|| not_found("404 Not found"))
}

/// GitLab's name for it.
pub(in super::super) fn name(content: &str) -> &'static str {
    NAMES.iter().find(|(_, known)| *known == content).map_or("eyes", |(name, _)| name)
}

fn shown(desk: &Desk<'_>, reaction: &Reaction) -> Value {
    let (kind, id) = match reaction.to {
        Target::Issue(id) => ("Issue", id.0),
        Target::Comment(id) => ("Note", id.0),
    };
    json!({
        "id": reaction.id.0, "name": name(&reaction.content), "user": desk.wire().user_by_id(reaction.by), "created_at": stamp(reaction.at),
        "updated_at": stamp(reaction.at), "awardable_id": id, "awardable_type": kind,
    })
}
