//! A project of which something is wrong, as far as it can be read: what refers to it can be judged all the same, so that
//! everything that is wrong with a script is told at once.
//!
//! What always holds: nothing is said that reading the project did not say.

use std::path::Path;

use super::{
    labels::labels,
    limits::Limits,
    processes::Processes,
    projects::{login, of_drill, zone},
};
use crate::{
    document::{Document, Source, Table},
    domain::project::Project,
};

/// The least that a drill says of its project; all else is usual.
const LEAST: &str = "process = \"cloud-gov\"";

/// A project with what is usual in the place of what is wrong.
#[derive(Debug, Clone)]
pub struct Outline {
    /// The project, as far as it could be read.
    pub project: Project,
    /// Its process could be read.
    pub has_process: bool,
}

impl Outline {
    pub(super) fn of_drill(table: &Table<'_>, folder: &Path, forge: &str) -> Option<Self> {
        let usual = usual(forge)?;
        let process = Processes::default().of(table, folder);
        let zone = table.get("timezone").map_or(Some(usual.zone), |node| zone(&node));
        let mention = table.get("mention").and_then(|node| login(&node));
        let has_process = process.is_some();
        let project = Project {
            labels: labels(table, process.as_deref()),
            process: process.unwrap_or(usual.process),
            zone: zone.unwrap_or(usual.zone),
            mention: mention.unwrap_or(usual.mention),
            ..usual
        };
        Some(Self { project, has_process })
    }
}

fn usual(forge: &str) -> Option<Project> {
    let source = Source::read(LEAST);
    let document = Document::parse(&source, "");
    of_drill(&document.root(), Path::new(""), forge, &mut Limits::none())?.projects.pop()
}
