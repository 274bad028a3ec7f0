//! Reads the templates that replace the shipped ones: those of a folder, and those that a process brings along.
//!
//! What always holds: only known names are read, no file beyond 64 KiB, and names that begin with a dot are passed over
//! (mounted configuration keeps its own there).

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::domain::process::Wording;

use super::{error::Problem, shipped};

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
    /// Its lines are lines of the file.
    pub(super) in_lines: bool,
    /// The template.
    pub(super) text: String,
}

impl Source {
    /// Something wrong in this source.
    pub(super) fn problem(&self, line: usize, what: String) -> Problem {
        let line = if self.in_lines { line } else { 1 };
        Problem { file: self.file.clone(), line: self.above + line, what }
    }
}

/// Templates by name, and what is wrong with others.
pub(super) type Found = (BTreeMap<String, Source>, Vec<Problem>);

/// The templates of a folder.
pub(super) fn read(folder: &Path) -> Found {
    let (mut found, mut problems) = Found::default();
    let paths = files(folder).unwrap_or_else(|error| {
        problems.push(of_file(folder, unreadable(&error)));
        Vec::new()
    });
    for path in paths {
        let source = name(&path).ok_or_else(|| of_file(&path, not_a_template()));
        match source.and_then(|name| Ok((name, text(&path)?))) {
            Ok((name, source)) => {
                found.insert(name.to_owned(), source);
            }
            Err(problem) => problems.push(problem),
        }
    }
    (found, problems)
}

/// The templates that a process brings along.
pub(super) fn of_process(wording: &[Wording]) -> Found {
    let (mut found, mut problems) = Found::default();
    for Wording { template, text, file, line, in_lines } in wording {
        let above = usize::try_from(*line).unwrap_or(usize::MAX).saturating_sub(1);
        let source = Source { file: file.clone(), above, in_lines: *in_lines, text: text.clone() };
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
    (found, problems)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
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

fn text(path: &Path) -> Result<Source, Problem> {
    let wrong = |what| of_file(path, what);
    let size = fs::metadata(path).map_err(|error| wrong(unreadable(&error)))?.len();
    if size > LARGEST_TEMPLATE {
        return Err(wrong(format!("has {size} bytes; a template may have {LARGEST_TEMPLATE}")));
    }
    let bytes = fs::read(path).map_err(|error| wrong(unreadable(&error)))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        wrong(format!("is not UTF-8 from byte {good} on"))
    })?;
    Ok(Source { file: path.display().to_string(), above: 0, in_lines: true, text })
}

fn of_file(path: &Path, what: String) -> Problem {
    Problem { file: path.display().to_string(), line: 0, what }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read ({error}); mend the path or the permissions, or take `templates` out of the configuration")
}
