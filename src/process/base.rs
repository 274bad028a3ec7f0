//! What a process extends: a shipped one, or a file beside it.
//!
//! What always holds: no process comes to extend itself, over however many files.

use std::path::{Path, PathBuf};

use crate::{
    document::{Hint, Node, Table, quoted, unread},
    domain::process::Process,
};

use super::{names, read_from, shipped};

/// The largest process file that is extended, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Where a process stands: its file, and the files through which one came to it.
pub(super) struct Origin<'f> {
    pub(super) file: &'f str,
    chain: Vec<PathBuf>,
}

impl<'f> Origin<'f> {
    /// A process that nobody extends.
    pub(super) fn of(file: &'f str) -> Self {
        Self { file, chain: vec![identity(Path::new(file))] }
    }

    fn below(&self, file: &'f str) -> Self {
        Self { file, chain: self.chain.iter().cloned().chain([identity(Path::new(file))]).collect() }
    }
}

/// One name for a file, whatever way leads to it.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The process that `extends` names.
pub(super) fn base(root: &Table<'_>, node: &Node<'_>, own: Option<&str>, origin: &Origin<'_>) -> Option<Process> {
    let name = node.text()?;
    let itself = "is the name of this process itself; give this one another name";
    if own == Some(name) {
        node.reject(itself);
        return None;
    }
    let base = match shipped(name) {
        Some(text) => read_from(text, &Origin::of(name)),
        None => from_file(node, name, origin)?,
    };
    let base = base.map_err(|problems| root.adopt(problems)).ok()?;
    if own == Some(base.name.as_str()) {
        node.reject(format!("leads to {}, which {itself}", quoted(&base.name)));
        return None;
    }
    Some(base)
}

/// The process of a file, as far as there is such a file and it does not lead back here.
fn from_file(
    node: &Node<'_>,
    name: &str,
    origin: &Origin<'_>,
) -> Option<Result<Process, Vec<crate::document::Problem>>> {
    if !name.contains('/') && Path::new(name).extension().is_none_or(|end| end != "toml") {
        let known: Vec<&str> = names().collect();
        let what = format!("{} is no shipped process, and not a file, which would end in .toml", quoted(name));
        node.reject_for(what, Hint::among(name, &known));
        return None;
    }
    let path = Path::new(origin.file).parent().unwrap_or_else(|| Path::new("")).join(name);
    let file = path.display().to_string();
    if origin.chain.contains(&identity(&path)) {
        node.reject(format!("{} leads back to itself, so there is nothing to begin from", quoted(&file)));
        return None;
    }
    let unreadable = |why: String| node.reject(format!("the process file {} {why}", quoted(&file)));
    match std::fs::metadata(&path).map(|about| about.len()) {
        Ok(size) if size > LARGEST => {
            unreadable(format!("has {size} bytes; the most is {LARGEST}"));
            return None;
        }
        Err(error) => {
            unreadable(format!("cannot be read ({})", unread(&error)));
            return None;
        }
        Ok(_) => {}
    }
    let text =
        std::fs::read_to_string(&path).map_err(|error| unreadable(format!("cannot be read ({})", unread(&error))));
    Some(read_from(&text.ok()?, &origin.below(&file)))
}
