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

use super::{error::Problem, scan::Place, shipped};

/// The largest template, in bytes.
const LARGEST_TEMPLATE: u64 = 64 * 1024;

/// Where a template begins.
const FIRST: Place = Place { line: 1, column: 1 };

/// How template files end.
const ENDING: &str = ".md.hbs";

/// A template's text and where it came from.
#[derive(Debug)]
pub(super) struct Source {
    /// For error messages.
    pub(super) file: String,
    /// Where it stands in the process that brings it along.
    pub(super) inside: Option<Inside>,
    /// The template.
    pub(super) text: String,
}

/// A text within a process.
#[derive(Debug)]
pub(super) struct Inside {
    /// Its key.
    key: String,
    /// Where its first line begins.
    begins: Place,
    /// Its lines are lines of the file.
    in_lines: bool,
}

impl Source {
    /// Something wrong in this source.
    pub(super) fn problem(&self, place: Place, what: String) -> Problem {
        let file = self.file.clone();
        let Some(Inside { key, begins, in_lines }) = &self.inside else {
            // Its file holds nothing else, so the line is enough.
            return Problem { file, line: place.line, column: 0, key: String::new(), what };
        };
        let Place { line, column } = match place {
            Place { column: 0, .. } => *begins,
            _ if !in_lines => *begins,
            Place { line: 1, column } => Place { line: begins.line, column: begins.column + column - 1 },
            Place { line, column } => Place { line: begins.line + line - 1, column },
        };
        Problem { file, line, column, key: key.clone(), what }
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
    for Wording { template, text, file, line, column, in_lines } in wording {
        let whole = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let begins = Place { line: whole(*line), column: whole(*column) };
        let inside = Inside { key: format!("wording.{template}"), begins, in_lines: *in_lines };
        let source = Source { file: file.clone(), inside: Some(inside), text: text.clone() };
        if shipped::TEMPLATES.iter().all(|(name, _)| name != template) {
            let names: Vec<&str> = shipped::TEMPLATES.iter().map(|(name, _)| *name).collect();
            let what = format!("is not the name of a template; there are {}", names.join(", "));
            problems.push(source.problem(FIRST, what));
        } else if text.len() as u64 > LARGEST_TEMPLATE {
            let what = format!("has {} bytes; a template may have {LARGEST_TEMPLATE}", text.len());
            problems.push(source.problem(FIRST, what));
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
    Ok(Source { file: path.display().to_string(), inside: None, text })
}

fn of_file(path: &Path, what: String) -> Problem {
    Problem { file: path.display().to_string(), line: 0, column: 0, key: String::new(), what }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read ({error}); mend the path or the permissions, or take `templates` out of the configuration")
}
