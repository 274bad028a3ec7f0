//! Reads the templates that replace the shipped ones: those of a folder, and those that a process brings along.
//!
//! What always holds: only known names are read, no file beyond 64 KiB, and names that begin with a dot are passed over
//! (mounted configuration keeps its own there).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::domain::process::Wording;

use super::{
    error::{Problem, RenderError},
    shipped,
};

/// The largest template, in bytes.
const LARGEST_TEMPLATE: u64 = 64 * 1024;

/// How template files end.
const ENDING: &str = ".md.hbs";

/// A template's text and where it came from.
#[derive(Debug)]
pub(super) struct Source {
    /// For error messages.
    pub(super) file: String,
    /// So many lines of the file stand above it.
    pub(super) above: usize,
    /// The template.
    pub(super) text: String,
}

impl Source {
    /// Something wrong in this source.
    pub(super) fn problem(&self, line: usize, what: String) -> Problem {
        Problem { file: self.file.clone(), line: self.above + line, what }
    }
}

/// The templates of a folder by name.
pub(super) fn read(folder: &Path) -> Result<BTreeMap<String, Source>, RenderError> {
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for path in files(folder)? {
        match name(&path) {
            Some(name) => match text(&path)? {
                Ok(source) => {
                    found.insert(name.to_owned(), source);
                }
                Err(problem) => problems.push(problem),
            },
            None => problems.push(Problem { file: path.display().to_string(), line: 0, what: not_a_template() }),
        }
    }
    RenderError::unless_empty(&mut problems)?;
    Ok(found)
}

/// The templates that a process brings along, by name.
pub(super) fn of_process(wording: &[Wording]) -> Result<BTreeMap<String, Source>, RenderError> {
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for Wording { template, text, file, line } in wording {
        let above = usize::try_from(*line).unwrap_or(usize::MAX).saturating_sub(1);
        let source = Source { file: file.clone(), above, text: text.clone() };
        if shipped::TEMPLATES.iter().all(|(name, _)| name != template) {
            let names: Vec<&str> = shipped::TEMPLATES.iter().map(|(name, _)| *name).collect();
            let what = format!("wording: {template:?} is not the name of a template; there are {}", names.join(", "));
            problems.push(source.problem(1, what));
        } else if text.len() as u64 > LARGEST_TEMPLATE {
            let what = format!("wording.{template} has {} bytes; a template may have {LARGEST_TEMPLATE}", text.len());
            problems.push(source.problem(1, what));
        } else {
            found.insert(template.clone(), source);
        }
    }
    RenderError::unless_empty(&mut problems)?;
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, RenderError> {
    let unreadable = |source| RenderError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The template that a file replaces.
fn name(path: &Path) -> Option<&'static str> {
    let stem = path.file_name()?.to_str()?.strip_suffix(ENDING)?;
    shipped::TEMPLATES.iter().map(|(name, _)| *name).find(|name| *name == stem)
}

fn not_a_template() -> String {
    let allowed: Vec<String> = shipped::TEMPLATES.iter().map(|(name, _)| format!("{name}{ENDING}")).collect();
    format!("is not the name of a template; this folder may hold {}", allowed.join(", "))
}

fn text(path: &Path) -> Result<Result<Source, Problem>, RenderError> {
    let unreadable = |source| RenderError::Unreadable { path: path.to_owned(), source };
    let whole = |what| Problem { file: path.display().to_string(), line: 0, what };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_TEMPLATE {
        return Ok(Err(whole(format!("has {size} bytes; a template may have {LARGEST_TEMPLATE}"))));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { file: path.display().to_string(), above: 0, text }),
        Err(error) => Err(whole(format!("is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))),
    })
}
