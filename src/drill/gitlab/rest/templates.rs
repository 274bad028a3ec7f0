//! Description templates of a project: the files of one folder on the default branch.

use serde_json::json;

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Access, Project},
    },
    desk::{Desk, not_found},
    pages::page,
};

const FOLDER: &str = ".gitlab/issue_templates/";

/// `/projects/P/templates/issues`
pub(in super::super) fn list(desk: &Desk<'_>, call: &Call, project: &str) -> Answered {
    let project = readable(desk, project)?;
    let names: Vec<&str> = project.files.keys().filter_map(|file| name(file)).collect();
    Ok(page(call, &desk.state.url, names, |name| json!({ "key": name, "name": name })))
}

/// `/projects/P/templates/issues/NAME`
pub(in super::super) fn show(desk: &Desk<'_>, project: &str, name: &str) -> Answered {
    let project = readable(desk, project)?;
    let text = project.files.get(&format!("{FOLDER}{name}.md")).ok_or_else(|| not_found("404 Template Not Found"))?;
    Ok(Reply::ok(json!({ "name": name, "content": text })))
}

/// Guests and Planners may not see files of a private project.
fn readable(desk: &Desk<'_>, project: &str) -> Result<Project, Reply> {
    let project = desk.project(project)?;
    desk.needs(&project, Access::Triage)?;
    Ok(project)
}

/// `Incident` of `.gitlab/issue_templates/Incident.md`
fn name(file: &str) -> Option<&str> {
    file.strip_prefix(FOLDER)?.strip_suffix(".md").filter(|name| !name.contains('/'))
}
