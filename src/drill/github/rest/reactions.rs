//! Reactions to issues and comments.

use super::{
    super::{
        call::Call,
        desk::{Desk, found},
        pages::page,
        reply::{Answered, Reply},
        routes::numbered,
    },
    issues::issue_for,
};
use crate::drill::model::{Deed, Level, Outcome, Reaction, ReactionId, Target};

/// `/repos/O/N/issues/NUMBER/reactions/...`
pub(in super::super) fn of_issue(desk: &mut Desk<'_>, call: &Call, path: &str, number: u64, rest: &[&str]) -> Answered {
    let level = if call.is_read() { Level::Read } else { Level::Write };
    let issue = issue_for(desk, call, path, number, level)?;
    to(desk, call, Target::Issue(issue.id), rest.get(3..).unwrap_or_default())
}

/// Reactions to something that the caller may see.
pub(super) fn to(desk: &mut Desk<'_>, call: &Call, target: Target, rest: &[&str]) -> Answered {
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let wire = desk.wire();
            let asked = call.asked("content");
            let fits = |one: &&Reaction| asked.is_none_or(|content| one.content == content);
            let all: Vec<&Reaction> = wire.world.reactions(target).filter(fits).collect();
            Ok(page(call, &desk.state.url, all, |one| wire.reaction(one)))
        }
        ("POST", []) => {
            let deed = Deed::React { to: target, content: call.needed("content")? };
            let Outcome::Reaction(id, new) = desk.perform(deed)? else { return Err(Reply::not_found()) };
            let made = found(desk.world.reactions(target).find(|one| one.id == id))?;
            Ok(Reply::new(if new { 201 } else { 200 }, desk.wire().reaction(made)))
        }
        ("DELETE", [id]) => {
            let id = ReactionId(numbered(id)?);
            found(desk.world.reactions(target).find(|one| one.id == id))?;
            desk.perform(Deed::Unreact { id })?;
            Ok(Reply::done())
        }
        _ => Err(Reply::not_found()),
    }
}
