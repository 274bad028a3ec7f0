//! Which path means what.

use super::{
    call::Call,
    desk::{Desk, found},
    graphql,
    reply::{Answered, Reply},
    rest::{apps, comments, contents, hooks, issues, labels, people, projects, reactions},
};

/// Answers a request whose caller is known and within all limits.
pub(super) fn route(desk: &mut Desk<'_>, call: &Call) -> Answered {
    let segments = by_name(desk, call)?;
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["graphql"] => graphql::answer(desk, call),
        ["repos", owner, name, rest @ ..] => in_repository(desk, call, &format!("{owner}/{name}"), rest),
        ["app" | "installation", ..] => apps::route(desk, call, &parts),
        ["orgs" | "users", account, "installation"] => apps::of_account(desk, account),
        _ => people::route(desk, call, &parts),
    }
}

/// `/repositories/ID/...` as `/repos/OWNER/NAME/...`.
fn by_name(desk: &Desk<'_>, call: &Call) -> Result<Vec<String>, Reply> {
    let [first, id, rest @ ..] = call.segments.as_slice() else { return Ok(call.segments.clone()) };
    if first != "repositories" {
        return Ok(call.segments.clone());
    }
    let project = found(desk.world.projects().find(|project| project.id.to_string() == *id))?;
    let path = desk.world.path(project);
    let named = ["repos"].into_iter().chain(path.split('/')).map(str::to_owned);
    Ok(named.chain(rest.iter().cloned()).collect())
}

fn in_repository(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    match rest {
        ["installation"] => apps::of_repository(desk, path),
        ["issues", "comments", ..] => comments::of_repository(desk, call, path, rest),
        ["issues", number, "comments"] => comments::of_issue(desk, call, path, numbered(number)?),
        ["issues", number, "reactions", ..] => reactions::of_issue(desk, call, path, numbered(number)?, rest),
        ["issues", number, "labels", ..] => labels::of_issue(desk, call, path, numbered(number)?, rest),
        ["issues", ..] => issues::route(desk, call, path, rest),
        ["labels", ..] => labels::route(desk, call, path, rest),
        ["hooks", ..] => hooks::route(desk, call, path, rest),
        ["contents", ..] => contents::route(desk, call, path, rest),
        _ => projects::route(desk, call, path, rest),
    }
}

/// A number of a path.
pub(super) fn numbered(text: &str) -> Result<u64, Reply> {
    text.parse().map_err(|_| Reply::not_found())
}
