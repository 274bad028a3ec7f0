//! The names a process gives to things: fit for labels, each meaning one thing, known wherever they are referred to.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::{process::Process, project::LabelNames},
};

/// The longest label that every forge takes, in characters.
const LABEL_LENGTH: usize = 50;

/// One of the three dimensions of an incident's state: its tables, and the names that can be referred to.
pub(super) struct Dimension<'d> {
    /// The key above each table, such as `status`.
    pub(super) key: &'static str,
    /// The tables in the order of the file.
    pub(super) tables: Vec<Table<'d>>,
    /// Names as written, those of otherwise broken tables included: one mistake is reported once. And the inherited ones.
    pub(super) names: Vec<String>,
    prefix: String,
}

/// The dimensions of a process.
pub(super) struct Terms<'d> {
    pub(super) phases: Dimension<'d>,
    pub(super) statuses: Dimension<'d>,
    pub(super) severities: Dimension<'d>,
    /// Inherited statuses that do not end the response.
    running: Vec<String>,
}

impl<'d> Terms<'d> {
    pub(super) fn of(root: &Table<'d>, base: Option<&Process>) -> Self {
        let labels = LabelNames::default();
        let inherited = |names: &dyn Fn(&Process) -> Vec<String>| base.map(names);
        let phases = inherited(&|base| base.phases.iter().map(|phase| phase.name.clone()).collect());
        let statuses = inherited(&|base| base.statuses.iter().map(|status| status.name.clone()).collect());
        let severities = inherited(&|base| base.severities.iter().map(|severity| severity.name.clone()).collect());
        let ending = |base: &Process| {
            let running = base.statuses.iter().filter(|status| status.ending.is_none());
            running.map(|status| status.name.clone()).collect()
        };
        Self {
            phases: Dimension::of(root, "phase", labels.phase, phases),
            statuses: Dimension::of(root, "status", labels.status, statuses),
            severities: Dimension::of(root, "severity", labels.severity, severities),
            running: inherited(&ending).unwrap_or_default(),
        }
    }

    /// Names of the statuses that do not end the response.
    pub(super) fn running(&self) -> Vec<String> {
        let running = self.statuses.tables.iter().filter(|table| table.get("ending").is_none());
        let own = running.filter_map(|table| table.get("name")).filter_map(|node| node.plain()).map(str::to_owned);
        let mut all: Vec<String> = own.collect();
        all.extend(self.running.iter().filter(|name| !all.contains(name)).cloned().collect::<Vec<_>>());
        all
    }
}

impl<'d> Dimension<'d> {
    fn of(root: &Table<'d>, key: &'static str, prefix: String, inherited: Option<Vec<String>>) -> Self {
        let tables = root.each(key);
        if tables.is_empty() && inherited.is_none() {
            root.reject_absence(format!("has no [[{key}]]; a process needs at least one"));
        }
        let own = tables.iter().filter_map(|table| table.get("name")).filter_map(|node| node.plain());
        let mut names: Vec<String> = own.map(str::to_owned).collect();
        names
            .extend(inherited.unwrap_or_default().into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        Self { key, tables, names, prefix }
    }

    /// The name of one of the tables, fit for a label.
    pub(super) fn name(&self, table: &Table<'d>) -> Option<String> {
        let node = table.need("name")?;
        let name = node.text()?;
        let label = label_of(&self.prefix, name);
        if name.contains(',') || name.contains(char::is_control) {
            node.reject(format!("{} holds a comma or a control character, which labels cannot", quoted(name)));
            return None;
        }
        if label.chars().count() > LABEL_LENGTH {
            let most = LABEL_LENGTH - self.prefix.chars().count();
            node.reject(format!("is too long for the label {}; use {most} characters or fewer", quoted(&label)));
            return None;
        }
        Some(name.to_owned())
    }

    /// A name that refers to this dimension.
    pub(super) fn refer(&self, node: &Node<'d>) -> Option<String> {
        let name = node.text()?;
        if self.names.iter().any(|known| known == name) {
            return Some(name.to_owned());
        }
        let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
        node.reject_reference(
            format!("{} is no {} of this process", quoted(name), self.key),
            Hint::among(name, &known),
        );
        None
    }
}

/// The label of a value: the prefix, and the value with hyphens for spaces.
pub(super) fn label_of(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.replace(' ', "-"))
}

/// Spellings that are taken, each with the line that took it.
#[derive(Default, Clone)]
pub(super) struct Claims(BTreeMap<String, u32>);

impl Claims {
    /// Takes a spelling, whatever its case; reports it if it is taken.
    pub(super) fn claim(&mut self, node: &Node<'_>, spelling: &str) -> bool {
        match self.0.entry(spelling.to_lowercase()) {
            Entry::Vacant(free) => {
                free.insert(node.line());
                true
            }
            Entry::Occupied(taken) => {
                node.reject(format!("{} is already taken on line {}", quoted(spelling), taken.get()));
                false
            }
        }
    }
}

/// A stable id: lower-case letters, digits and hyphens.
pub(super) fn id(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.chars().all(fits) && text.len() <= 40 {
        return Some(text.to_owned());
    }
    node.reject(format!("{} is not an id; use up to 40 lower-case letters, digits and hyphens", quoted(text)));
    None
}
