//! Processes are data: TOML to a checked `Process`, with every problem at once.
//!
//! What always holds: a process that was read refers only to names it has; its names fit into labels and no two
//! statuses or severities can be confused by any spelling; each schedule has exactly one due and can come to apply.
//! Shipped processes go through the same reader as a team's own file.
//!
//! Deliberately not here: what the rules do to an incident (`plan`), finding files (`config`), and printing (`cli`).

mod duties;
mod fields;
mod names;
mod schedules;
mod terms;

use crate::{
    document::{Document, Problem, Table},
    domain::process::Process,
};

/// Shipped processes: name and text, comments included.
const SHIPPED: [(&str, &str); 1] = [("cloud-gov", include_str!("../../processes/cloud-gov.toml"))];

const KEYS: [&str; 9] = ["name", "title", "source", "placeholders", "phase", "status", "severity", "fields", "duty"];

/// The text of a shipped process, as it is printed and copied.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.into_iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| text)
}

/// Names of the shipped processes.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.into_iter().map(|(name, _)| name)
}

/// Reads a process. `file` is how problems name it.
///
/// # Errors
/// Every problem of the text in its order; never an empty list.
pub fn read(text: &str, file: &str) -> Result<Process, Vec<Problem>> {
    let document = Document::parse(text, file);
    let process = whole(&document.root());
    let mut problems = document.problems();
    match process {
        Some(process) if problems.is_empty() => return Ok(process),
        None if problems.is_empty() => problems.push(Problem::of_file(file, "does not hold a whole process")),
        _ => {}
    }
    Err(problems)
}

fn whole(root: &Table<'_>) -> Option<Process> {
    root.only(&KEYS);
    let name = root.need("name").and_then(|node| names::id(&node));
    let (title, source) = (root.need_text("title"), root.need_text("source"));
    let terms = names::Terms::of(root);
    Some(Process {
        phases: terms::phases(&terms),
        statuses: terms::statuses(&terms),
        severities: terms::severities(&terms),
        synonyms: fields::synonyms(root),
        placeholders: fields::placeholders(root),
        duties: duties::duties(root, &terms),
        name: name?,
        title: title?.to_owned(),
        source: source?.to_owned(),
    })
}
