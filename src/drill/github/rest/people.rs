//! Accounts, and what belongs to no repository.

use serde_json::{Value, json};

use super::super::{
    call::Call,
    desk::{Desk, found},
    locked,
    pages::page,
    reply::{Answered, Reply},
};
use crate::drill::model::{Access, Kind, Project, User};

pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, parts: &[&str]) -> Answered {
    match (call.method.as_str(), parts) {
        ("GET", ["user"]) => {
            let me = desk.somebody()?;
            Ok(Reply::ok(desk.wire().profile(&me)))
        }
        ("GET", ["user", "repos"]) => {
            let me = desk.somebody()?;
            Ok(repositories(desk, call, |project| desk.world.access(me.id, project) > Access::Read))
        }
        ("GET", ["users", login]) => {
            let user = found(desk.world.user(login))?;
            Ok(Reply::ok(desk.wire().profile(user)))
        }
        ("GET", ["users" | "orgs", login, "repos"]) => {
            let owner = found(desk.world.user(login))?.id;
            Ok(repositories(desk, call, |project| project.owner == owner))
        }
        ("GET", ["orgs", login]) => Ok(Reply::ok(desk.wire().organisation(organisation(desk, login)?))),
        ("GET", ["orgs", login, "members"]) => {
            let wire = desk.wire();
            let members = organisation(desk, login)?.members.iter();
            let members: Vec<&User> = members.filter_map(|(id, _)| desk.world.user_by_id(*id)).collect();
            Ok(page(call, &desk.state.url, members, |user| wire.user(user)))
        }
        ("GET", ["rate_limit"]) => Ok(rates(desk)),
        ("GET", ["meta"]) => Ok(Reply::ok(json!({ "verifiable_password_authentication": false, "hooks": [] }))),
        ("GET", []) => Ok(Reply::ok(json!({ "current_user_url": format!("{}/user", desk.state.url) }))),
        _ => Err(Reply::not_found()),
    }
}

fn organisation<'d>(desk: &'d Desk<'_>, login: &str) -> Result<&'d User, Reply> {
    found(desk.world.user(login).filter(|user| user.kind == Kind::Organisation))
}

fn repositories(desk: &Desk<'_>, call: &Call, fits: impl Fn(&Project) -> bool) -> Reply {
    let wire = desk.wire();
    let all: Vec<&Project> = desk.world.projects().filter(|project| desk.sees(project) && fits(project)).collect();
    page(call, &desk.state.url, all, |project| wire.repository_for(project, desk.access(project.id)))
}

fn rates(desk: &Desk<'_>) -> Reply {
    let mut limits = locked(&desk.state.limits);
    let mut shown = |resource: &'static str| -> Value {
        let purse = limits.purse(&desk.caller.purse, resource, &desk.state.options.budget, desk.now);
        json!({
            "limit": purse.limit, "used": purse.used, "remaining": purse.remaining(),
            "reset": purse.reset.timestamp(), "resource": resource,
        })
    };
    let (core, graphql) = (shown("core"), shown("graphql"));
    let body = json!({ "resources": { "core": core, "graphql": graphql, "search": core }, "rate": core });
    Reply { free: true, ..Reply::ok(body) }
}
