//! Which process a project follows: a shipped one, or a file.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    document::{Hint, Node, Table, quoted, text_of, unread},
    domain::process::Process,
    process,
};

/// Processes read so far by configured name, so that several projects share one and its problems are said once.
#[derive(Default)]
pub(super) struct Processes(BTreeMap<String, Option<Arc<Process>>>);

impl Processes {
    /// The process that a project names.
    pub(super) fn of(&mut self, project: &Table<'_>, folder: &Path) -> Option<Arc<Process>> {
        let node = project.need("process")?;
        let name = node.text()?;
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let read = text(&node, name, folder).and_then(|(text, file)| {
            process::read(&text, &file).map_err(|problems| project.adopt(problems)).ok().map(Arc::new)
        });
        self.0.insert(name.to_owned(), read.clone());
        read
    }
}

/// The text, and how problems name where it stands.
fn text(node: &Node<'_>, name: &str, folder: &Path) -> Option<(String, String)> {
    if let Some(text) = process::shipped(name) {
        return Some((text.to_owned(), name.to_owned()));
    }
    let shipped: Vec<&str> = process::names().collect();
    if !name.contains('/') && Path::new(name).extension().is_none_or(|end| end != "toml") {
        let what = format!("{} is no shipped process, and not a file, which would end in .toml", quoted(name));
        node.reject_for(what, Hint::among(name, &shipped));
        return None;
    }
    let path = folder.join(name);
    let file = path.display().to_string();
    match text_of(&path) {
        Ok(text) => Some((text, file)),
        Err(error) => {
            node.reject(format!("the process file {} cannot be read ({})", quoted(&file), unread(&error)));
            None
        }
    }
}
