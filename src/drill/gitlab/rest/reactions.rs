//! Award emoji on issues and notes.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Deed, Outcome, Reaction, Target},
    },
    asked::Asked,
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
) -> Answered {
    let (_, issue) = desk.issue(project, number)?;
    let to = match note {
        None => Target::Issue(issue.id),
        Some(note) => {
            let id = note.parse().map(CommentId).map_err(|_| not_found("404 Note Not Found"))?;
            let known = desk.world.comment(id).is_some_and(|comment| comment.issue == issue.id);
            if !known {
                return Err(not_found("404 Note Not Found"));
            }
            Target::Comment(id)
        }
    };
    match method {
        "GET" => {
            let all: Vec<&Reaction> = desk.world.reactions(to).collect();
            Ok(page(call, &desk.state.url, all, |reaction| shown(desk, reaction)))
        }
        "POST" => {
            let name = Asked::of(call).needed("name")?.to_owned();
            let content = NAMES.iter().find(|(own, _)| *own == name).map(|(_, content)| (*content).to_owned());
            let content =
                content.ok_or_else(|| not_found("404 Award Emoji Name is not a valid emoji name Not Found"))?;
            match desk.perform(Deed::React { to, content })? {
                Outcome::Reaction(id, true) => {
                    let given = desk.world.reactions(to).find(|reaction| reaction.id == id);
                    Ok(Reply::new(201, given.map(|reaction| shown(desk, reaction)).unwrap_or_default()))
                }
                _ => Err(not_found("404 Award Emoji Name has already been taken Not Found")),
            }
        }
        _ => Err(not_found("404 Not found")),
    }
}

fn shown(desk: &Desk<'_>, reaction: &Reaction) -> Value {
    let name = NAMES.iter().find(|(_, content)| *content == reaction.content).map_or("eyes", |(name, _)| name);
    let (kind, id) = match reaction.to {
        Target::Issue(id) => ("Issue", id.0),
        Target::Comment(id) => ("Note", id.0),
    };
    json!({
        "id": reaction.id.0, "name": name, "user": desk.wire().user_by_id(reaction.by), "created_at": stamp(reaction.at),
        "updated_at": stamp(reaction.at), "awardable_id": id, "awardable_type": kind,
    })
}
