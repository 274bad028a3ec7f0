//! Label definitions.

use serde_json::json;

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Deed, Project},
    },
    asked::Asked,
    desk::{Desk, not_found},
    pages::page,
    wire,
};

pub(in super::super) fn answer(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    project: &str,
    rest: &[&str],
) -> Answered {
    let found = desk.project(project)?;
    let path = desk.world.path(&found);
    let asked = Asked::of(call);
    let colour = asked.text("color").map(|color| color.trim_start_matches('#').to_lowercase());
    let description = asked.text("description").map(str::to_owned);
    match (method, rest) {
        ("GET", []) => {
            let labels: Vec<_> = found.labels.values().collect();
            Ok(page(call, &desk.state.url, labels, wire::label))
        }
        ("POST", []) => {
            let name = asked.needed("name")?.to_owned();
            asked.needed("color")?;
            desk.perform(Deed::DefineLabel { project: path, name: name.clone(), color: colour, description })?;
            shown(desk, project, &name, 201)
        }
        ("GET", [name]) => shown(desk, project, &called(&found, name), 200),
        ("PUT", [name]) => {
            if asked.lacks_all(&["new_name", "color", "description", "priority"]) {
                let words =
                    "new_name, color, description, priority are missing, at least one parameter must be provided";
                return Err(Reply::new(400, json!({ "error": words })));
            }
            let name = called(&found, name);
            let new_name = asked.text("new_name").map(str::to_owned);
            let now_called = new_name.clone().unwrap_or_else(|| name.clone());
            desk.perform(Deed::RedefineLabel { project: path, name, new_name, color: colour, description })?;
            shown(desk, project, &now_called, 200)
        }
        ("DELETE", [name]) => {
            desk.perform(Deed::DropLabel { project: path, name: called(&found, name) })?;
            Ok(Reply::done())
        }
        _ => Err(not_found("404 Not found")),
    }
}

/// A label may be named by its number as well.
fn called(project: &Project, named: &str) -> String {
    let by_number = project.labels.values().find(|label| label.id.to_string() == named);
    by_number.map_or_else(|| named.to_owned(), |label| label.name.clone())
}

fn shown(desk: &Desk<'_>, project: &str, name: &str, status: u16) -> Answered {
    let found = desk.project(project)?;
    let label = found.label(name).ok_or_else(|| not_found("404 Label Not Found"))?;
    Ok(Reply::new(status, wire::label(label)))
}
