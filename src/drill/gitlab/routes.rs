//! Which path means what.

use http::Method;

use super::{
    super::line::{call::Call, reply::Answered},
    desk::{Desk, not_found},
    graphql,
    rest::{
        audit, discussions, hooks,
        issues::{self, Kept},
        labels, links, members, notes, projects, reactions, templates, tokens, users,
    },
};

pub(super) fn route(desk: &mut Desk<'_>, call: &Call) -> Answered {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let method = match call.method {
        Method::GET | Method::HEAD => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => return Err(not_found("404 Not Found")),
    };
    match (method, segments.as_slice()) {
        ("POST", ["api", "graphql"]) => Ok(graphql::answer(desk, call)),
        ("GET", ["user"]) => Ok(users::me(desk)),
        ("GET", ["users"]) => Ok(users::named(desk, call)),
        ("GET", ["version" | "metadata"]) => Ok(users::version()),
        ("GET", ["users", id]) => users::show(desk, id),
        ("POST", ["users", id, verb @ ("block" | "unblock")]) => users::block(desk, id, *verb == "block"),
        ("GET", ["audit_events", rest @ ..]) => audit::whole(desk, call, rest),
        ("GET", ["projects", project, "audit_events", rest @ ..]) => audit::of_project(desk, call, project, rest),
        ("GET", ["personal_access_tokens"]) => tokens::list(desk, call),
        ("GET", ["personal_access_tokens", "self"]) => tokens::own(desk),
        ("DELETE", ["personal_access_tokens", id]) => tokens::revoke(desk, id),
        ("POST", ["projects", project, "access_tokens", "self", "rotate"]) => tokens::rotate(desk, project),
        ("GET", ["projects", project]) => projects::show(desk, project),
        ("GET", ["projects", project, "members", "all"]) => members::list(desk, call, project),
        ("GET", ["projects", project, "members", "all", user]) => members::show(desk, project, user),
        ("GET", ["projects", project, "templates", "issues"]) => templates::list(desk, call, project),
        ("GET", ["projects", project, "templates", "issues", name]) => templates::show(desk, project, name),
        (_, ["projects", project, "labels", rest @ ..]) => labels::answer(desk, call, method, project, rest),
        (_, ["projects", project, "hooks", rest @ ..]) => hooks::answer(desk, call, method, project, rest),
        ("GET", ["projects", project, "issues"]) => issues::list(desk, call, project),
        ("POST", ["projects", project, "issues"]) => issues::create(desk, call, project),
        (_, ["projects", project, "issues", issue, rest @ ..]) => of_issue(desk, call, method, (project, issue), rest),
        _ => Err(not_found("404 Not Found")),
    }
}

fn of_issue(desk: &mut Desk<'_>, call: &Call, method: &str, at: (&str, &str), rest: &[&str]) -> Answered {
    match (method, rest) {
        ("GET", []) => issues::show(desk, at.0, at.1),
        ("PUT", []) => issues::edit(desk, call, at.0, at.1),
        ("GET", ["resource_label_events", rest @ ..]) => issues::events(desk, call, at, Kept::Labels, rest),
        ("GET", ["resource_state_events", rest @ ..]) => issues::events(desk, call, at, Kept::States, rest),
        (_, ["links", rest @ ..]) => links::answer(desk, call, method, at, rest),
        (_, ["notes", note, "award_emoji", rest @ ..]) => reactions::answer(desk, call, method, at, Some(note), rest),
        (_, ["award_emoji", rest @ ..]) => reactions::answer(desk, call, method, at, None, rest),
        (_, ["discussions", rest @ ..]) => discussions::answer(desk, call, method, at, rest),
        (_, ["notes", rest @ ..]) => notes::answer(desk, call, method, at, rest),
        _ => Err(not_found("404 Not Found")),
    }
}
