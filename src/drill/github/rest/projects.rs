//! Repositories, and who may do what in them.

use serde_json::{Value, json};

use super::super::{
    call::Call,
    desk::{Desk, found},
    pages::page,
    reply::{Answered, Reply},
    wire,
};
use crate::{
    domain::snapshot::Visibility,
    drill::model::{Access, Deed, Level, Login, ProjectId, User},
};

/// `/repos/O/N/...`, what no other file of this folder answers.
pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let id = desk.repository(call, path, "metadata", Level::Read)?;
            shown(desk, id)
        }
        ("PATCH", []) => change(desk, call, path),
        ("DELETE", []) => {
            desk.repository(call, path, "administration", Level::Write)?;
            desk.perform(Deed::DeleteProject { project: path.to_owned() })?;
            Ok(Reply::done())
        }
        ("POST", ["transfer"]) => transfer(desk, call, path),
        ("GET", ["milestones" | "topics"]) => {
            desk.repository(call, path, "metadata", Level::Read)?;
            Ok(Reply::ok(json!([])))
        }
        ("GET", ["assignees"]) => members(desk, call, path, |user, _| desk.wire().user(user)),
        ("GET", ["collaborators"]) => members(desk, call, path, |user, access| desk.wire().collaborator(user, access)),
        (_, ["collaborators", login, ..]) => collaborator(desk, call, path, login, rest),
        _ => Err(Reply::not_found()),
    }
}

fn shown(desk: &Desk<'_>, id: ProjectId) -> Answered {
    let project = found(desk.world.project_by_id(id))?;
    Ok(Reply::ok(desk.wire().repository_for(project, desk.access(id))))
}

fn change(desk: &mut Desk<'_>, call: &Call, path: &str) -> Answered {
    let id = desk.repository(call, path, "administration", Level::Write)?;
    let was = found(desk.world.project_by_id(id))?.visibility;
    let path = path.to_owned();
    if let Some(visibility) = visibility(call, was)? {
        desk.perform(Deed::SetVisibility { project: path.clone(), visibility })?;
    }
    if let Some(archived) = call.flag("archived")? {
        desk.perform(Deed::SetArchived { project: path.clone(), archived })?;
    }
    if let Some(name) = call.text("name")?.filter(|name| !path.ends_with(&format!("/{name}"))) {
        desk.perform(Deed::Rename { project: path, name })?;
    }
    shown(desk, id)
}

fn visibility(call: &Call, was: Visibility) -> Result<Option<Visibility>, Reply> {
    match (call.text("visibility")?.as_deref(), call.flag("private")?) {
        (Some("public"), _) | (None, Some(false)) => Ok(Some(Visibility::Public)),
        (Some("private"), _) => Ok(Some(Visibility::Private)),
        (Some("internal"), _) => Ok(Some(Visibility::Internal)),
        (None, Some(true)) => Ok((was == Visibility::Public).then_some(Visibility::Private)),
        (None, None) => Ok(None),
        (Some(_), _) => Err(Reply::message(422, "Invalid request.\n\nvisibility is public, private or internal.")),
    }
}

fn transfer(desk: &mut Desk<'_>, call: &Call, path: &str) -> Answered {
    let id = desk.repository(call, path, "administration", Level::Write)?;
    let to = Login::new(call.needed("new_owner")?);
    desk.perform(Deed::MoveProject { project: path.to_owned(), to })?;
    let project = found(desk.world.project_by_id(id))?;
    Ok(Reply::new(202, desk.wire().repository(project)))
}

fn members(desk: &Desk<'_>, call: &Call, path: &str, write: impl Fn(&User, Access) -> Value) -> Answered {
    let id = desk.repository(call, path, "metadata", Level::Read)?;
    let project = found(desk.world.project_by_id(id))?;
    let people = desk.world.members(project);
    let people: Vec<&User> = people.into_iter().filter_map(|user| desk.world.user_by_id(user)).collect();
    let people = people.into_iter().filter(|user| user.kind == crate::drill::model::Kind::Person).collect();
    Ok(page(call, &desk.state.url, people, |user: &User| write(user, desk.world.access(user.id, project))))
}

fn collaborator(desk: &mut Desk<'_>, call: &Call, path: &str, login: &str, rest: &[&str]) -> Answered {
    let read = call.is_read();
    let (noun, level) = if read { ("metadata", Level::Read) } else { ("administration", Level::Write) };
    let id = desk.repository(call, path, noun, level)?;
    let who = Login::new(login);
    match (call.method.as_str(), rest) {
        ("GET", [_, _, "permission"]) => {
            desk.needs(id, Access::Read)?;
            let user = found(desk.world.user(login))?;
            let project = found(desk.world.project_by_id(id))?;
            Ok(Reply::ok(desk.wire().permission(user, desk.world.access(user.id, project))))
        }
        ("GET", [_, _]) => {
            let project = found(desk.world.project_by_id(id))?;
            let user = found(desk.world.user(login))?.id;
            if desk.world.members(project).contains(&user) { Ok(Reply::done()) } else { Err(Reply::not_found()) }
        }
        ("PUT", [_, _]) => {
            let word = call.text("permission")?.unwrap_or_else(|| "push".to_owned());
            let access = wire::access(&word).ok_or_else(|| Reply::message(422, "Invalid permission."))?;
            desk.perform(Deed::SetAccess { project: path.to_owned(), who, access })?;
            Ok(Reply::done())
        }
        ("DELETE", [_, _]) => {
            desk.perform(Deed::SetAccess { project: path.to_owned(), who, access: Access::None })?;
            Ok(Reply::done())
        }
        _ => Err(Reply::not_found()),
    }
}
