//! Processes are data: TOML to a checked `Process`, with every problem at once.
//!
//! What always holds: a process that was read refers only to names it has; its names fit into labels and no two
//! statuses or severities can be confused by any spelling; each schedule has exactly one due and can come to apply.
//! Shipped processes go through the same reader as a team's own file.
//!
//! Deliberately not here: what the rules do to an incident (`plan`), whether a template renders (`render`), and printing (`cli`).

mod base;
mod checklists;
mod duties;
mod extend;
mod fields;
mod names;
mod reminders;
mod report;
mod review;
mod schedules;
mod terms;

use base::Origin;

use crate::{
    document::{Document, Problem, Source, Table},
    domain::process::{Playbook, Process, Wording},
};

/// Shipped processes: name and text, comments included.
const SHIPPED: [(&str, &str); 4] = [
    ("cloud-gov", include_str!("../../processes/cloud-gov.toml")),
    ("civicactions", include_str!("../../processes/civicactions.toml")),
    ("gitlab-sirt", include_str!("../../processes/gitlab-sirt.toml")),
    ("sectemplates", include_str!("../../processes/sectemplates.toml")),
];

/// Shipped playbooks: name and text.
const PLAYBOOKS: [(&str, &str); 3] = [
    ("compromised-account", include_str!("../../processes/playbooks/compromised-account.toml")),
    ("compromised-instance", include_str!("../../processes/playbooks/compromised-instance.toml")),
    ("compromised-host", include_str!("../../processes/playbooks/compromised-host.toml")),
];

const KEYS: [&str; 18] = [
    "name",
    "extends",
    "title",
    "source",
    "placeholders",
    "phase",
    "status",
    "severity",
    "fields",
    "duty",
    "role",
    "flag",
    "playbook",
    "route",
    "report",
    "review",
    "wording",
    "playbooks",
];

/// The text of a shipped process, as it is printed and copied.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.into_iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| text)
}

/// Names of the shipped processes.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.into_iter().map(|(name, _)| name)
}

/// The text of a shipped playbook.
#[must_use]
pub fn shipped_playbook(name: &str) -> Option<&'static str> {
    PLAYBOOKS.into_iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| text)
}

/// Names of the shipped playbooks.
pub fn playbook_names() -> impl Iterator<Item = &'static str> {
    PLAYBOOKS.into_iter().map(|(name, _)| name)
}

/// Reads a process. `file` is how problems name it, and where the name of a file that it extends starts from.
///
/// # Errors
/// Every problem of the text in its order, then those of a file that it extends; never an empty list.
pub fn read(text: &str, file: &str) -> Result<Process, Vec<Problem>> {
    read_from(text, &Origin::of(file))
}

fn read_from(text: &str, origin: &Origin<'_>) -> Result<Process, Vec<Problem>> {
    let source = Source::read(text);
    let document = Document::parse(&source, origin.file);
    let process = whole(&document.root(), origin);
    finish(&document, process, origin.file)
}

/// The templates that a process's text brings along itself, whatever else is wrong with it: so that what is wrong with
/// them can be said at the same time.
#[must_use]
pub fn wording(text: &str, file: &str) -> Vec<Wording> {
    let source = Source::read(text);
    let document = Document::parse(&source, file);
    report::wording(&document.root(), file)
}

/// Reads a shipped playbook's text.
///
/// # Errors
/// Every problem of the text in its order; never an empty list.
pub fn read_playbook(text: &str, file: &str) -> Result<Playbook, Vec<Problem>> {
    let source = Source::read(text);
    let document = Document::parse(&source, file);
    let playbook = checklists::playbook(&document.root(), &mut checklists::Items::default());
    finish(&document, playbook, file)
}

fn finish<T>(document: &Document<'_>, read: Option<T>, file: &str) -> Result<T, Vec<Problem>> {
    let mut problems = document.problems();
    match read {
        Some(read) if problems.is_empty() => return Ok(read),
        None if problems.is_empty() => problems.push(Problem::of_file(file, "does not hold a whole process")),
        _ => {}
    }
    Err(problems)
}

/// Without what it extends, a process is judged in what refers to nothing there.
fn aside(root: &Table<'_>) -> Option<Process> {
    let (_, _) = (fields::synonyms(root), fields::placeholders(root));
    let _ = report::report(root, None);
    None
}

fn whole(root: &Table<'_>, origin: &Origin<'_>) -> Option<Process> {
    root.only(&KEYS);
    let name = root.need("name").and_then(|node| names::id(&node));
    let base = match root.get("extends") {
        Some(node) => match base::base(root, &node, name.as_deref(), origin) {
            Some(base) => Some(base),
            None => return aside(root),
        },
        None => None,
    };
    let text = |key: &str, inherited: Option<&String>| match inherited {
        Some(inherited) => root.get(key).map_or_else(|| Some(inherited.clone()), |node| node.text().map(str::to_owned)),
        None => root.need_text(key).map(str::to_owned),
    };
    let title = text("title", base.as_ref().map(|base| &base.title));
    let source = text("source", base.as_ref().map(|base| &base.source));
    let terms = names::Terms::of(root, base.as_ref());
    let lists = checklists::Lists::of(root, base.as_ref());
    let phases = terms::phases(&terms, &mut lists.items());
    let own = Process {
        phases,
        statuses: terms::statuses(&terms, base.as_ref()),
        severities: terms::severities(&terms, base.as_ref()),
        synonyms: fields::synonyms(root),
        placeholders: fields::placeholders(root),
        duties: duties::duties(root, &terms, &lists),
        roles: lists.roles.clone(),
        flags: lists.flags.clone(),
        playbooks: lists.playbooks.clone(),
        routes: lists.routes.clone(),
        report: report::report(root, base.as_ref()),
        review: review::review(root, base.as_ref()),
        wording: report::wording(root, origin.file),
        name: name?,
        title: title?,
        source: source?,
    };
    let process = match base {
        Some(base) => extend::extended(base, own),
        None => own,
    };
    extend::cohere(root, &process);
    Some(process)
}
