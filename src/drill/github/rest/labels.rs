//! Labels: definitions, and what is on an issue.

use serde_json::Value;

use super::{
    super::{
        call::Call,
        desk::{Desk, found},
        pages::page,
        reply::{Answered, Reply},
    },
    issues::issue_for,
};
use crate::drill::model::{At, Deed, Label, Level, ProjectId};

/// `/repos/O/N/issues/NUMBER/labels/...`
pub(in super::super) fn of_issue(desk: &mut Desk<'_>, call: &Call, path: &str, number: u64, rest: &[&str]) -> Answered {
    let level = if call.is_read() { Level::Read } else { Level::Write };
    issue_for(desk, call, path, number, level)?;
    let at = At::new(path, number);
    match (call.method.as_str(), rest) {
        ("GET", [_, _, _]) => {}
        ("POST", [_, _, _]) => {
            let names = names(call)?;
            desk.perform(Deed::Label { at, names })?;
        }
        ("PUT", [_, _, _]) => {
            let names = names(call)?;
            desk.perform(Deed::SetLabels { at, names })?;
        }
        ("DELETE", [_, _, _]) => {
            desk.perform(Deed::SetLabels { at, names: Vec::new() })?;
            return Ok(Reply::done());
        }
        ("DELETE", [_, _, _, name]) => {
            desk.perform(Deed::Unlabel { at, name: (*name).to_owned() })?;
        }
        _ => return Err(Reply::not_found()),
    }
    let issue = issue_for(desk, call, path, number, level)?;
    let wire = desk.wire();
    let project = found(wire.world.project_by_id(issue.project))?;
    let on: Vec<&Label> = issue.labels.iter().filter_map(|name| project.label(name)).collect();
    if call.method == http::Method::GET {
        return Ok(page(call, &desk.state.url, on, |label| wire.label(project, label)));
    }
    Ok(Reply::ok(on.into_iter().map(|label| wire.label(project, label)).collect()))
}

/// `{"labels": [...]}` or the bare list.
fn names(call: &Call) -> Result<Vec<String>, Reply> {
    if let Some(Value::Array(bare)) = &call.body {
        let name = |entry: &Value| entry.as_str().map(str::to_owned);
        return bare.iter().map(|entry| name(entry).ok_or_else(|| Reply::message(422, "Invalid request."))).collect();
    }
    call.names("labels")?.ok_or_else(|| Reply::message(422, "Invalid request.\n\n\"labels\" wasn't supplied."))
}

/// `/repos/O/N/labels/...`
pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    let level = if call.is_read() { Level::Read } else { Level::Write };
    let id = desk.repository(call, path, "issues", level)?;
    let project = path.to_owned();
    match (call.method.as_str(), rest) {
        ("GET", ["labels"]) => {
            let wire = desk.listed(call);
            let seen = found(wire.world.project_by_id(id))?;
            let all: Vec<&Label> = seen.labels.values().collect();
            Ok(page(call, &desk.state.url, all, |label| wire.label(seen, label)))
        }
        ("POST", ["labels"]) => {
            let name = call.needed("name")?;
            let (color, description) = (call.text("color")?, call.text("description")?);
            desk.perform(Deed::DefineLabel { project, name: name.clone(), color, description })?;
            one(desk, id, &name, 201)
        }
        ("GET", ["labels", name]) => one(desk, id, name, 200),
        ("PATCH" | "POST", ["labels", name]) => {
            let new_name = call.text("new_name")?;
            let (color, description) = (call.text("color")?, call.text("description")?);
            let now = new_name.clone().unwrap_or_else(|| (*name).to_owned());
            let name = (*name).to_owned();
            desk.perform(Deed::RedefineLabel { project, name, new_name, color, description })?;
            one(desk, id, &now, 200)
        }
        ("DELETE", ["labels", name]) => {
            desk.perform(Deed::DropLabel { project, name: (*name).to_owned() }).map_err(plainly)?;
            Ok(Reply::done())
        }
        _ => Err(Reply::not_found()),
    }
}

/// A definition that is not there is no label that is not on.
fn plainly(reply: Reply) -> Reply {
    if reply.status == 404 { Reply::not_found() } else { reply }
}

fn one(desk: &Desk<'_>, id: ProjectId, name: &str, status: u16) -> Answered {
    let project = found(desk.world.project_by_id(id))?;
    let label = found(project.label(name))?;
    Ok(Reply::new(status, desk.wire().label(project, label)))
}
