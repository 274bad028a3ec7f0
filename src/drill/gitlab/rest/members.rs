//! Who is in a project, inherited members included.

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Access, UserId},
    },
    desk::{Desk, not_found},
    pages::page,
    wire::member,
};

pub(in super::super) fn list(desk: &Desk<'_>, call: &Call, project: &str) -> Answered {
    let project = desk.project(project)?;
    let members: Vec<UserId> = desk.world.members(&project).into_iter().collect();
    Ok(page(call, &desk.state.url, members, |id| {
        let access = desk.world.access(id, &project);
        desk.world.user_by_id(id).map(|user| member(user, access)).unwrap_or_default()
    }))
}

pub(in super::super) fn show(desk: &Desk<'_>, project: &str, user: &str) -> Answered {
    let project = desk.project(project)?;
    let user = user.parse().ok().and_then(|id| desk.world.user_by_id(UserId(id)));
    let found = user.map(|user| (user, desk.world.access(user.id, &project)));
    match found.filter(|(_, access)| *access > Access::None) {
        Some((user, access)) => Ok(Reply::ok(member(user, access))),
        None => Err(not_found("404 Not found")),
    }
}
