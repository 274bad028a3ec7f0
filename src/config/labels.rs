//! `labels` of a project: names that keep apart, and that fit on every forge.

use crate::{
    document::{Node, Table, quoted},
    domain::{process::Process, project::LabelNames},
};

/// The longest label that every forge takes, in characters.
const MOST: usize = 50;

/// Label names; the defaults where nothing else is said.
pub(super) fn labels(project: &Table<'_>, process: Option<&Process>) -> LabelNames {
    let mut names = LabelNames::default();
    let Some(table) = project.sub("labels") else { return names };
    table.only(&["incident", "phase", "status", "severity"]);
    let set = |key: &str, place: &mut String| {
        if let Some(text) = table.get(key).and_then(|node| fitting(&node)) {
            *place = text;
        }
    };
    set("incident", &mut names.incident);
    set("phase", &mut names.phase);
    set("status", &mut names.status);
    set("severity", &mut names.severity);
    apart(&table, &names);
    if let Some(process) = process {
        short_enough(&table, &names, process);
    }
    names
}

fn fitting(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if text.contains(',') || text.contains(char::is_control) {
        node.reject(format!("{} holds a comma or a control character, which labels cannot", quoted(text)));
        return None;
    }
    if text.chars().count() > MOST {
        node.reject(format!("is longer than {MOST} characters, which is the most for a label"));
        return None;
    }
    Some(text.to_owned())
}

/// Every label must belong to one dimension at most: the bot takes away what is doubled within a dimension.
fn apart(table: &Table<'_>, names: &LabelNames) {
    let prefixes = [("phase", &names.phase), ("status", &names.status), ("severity", &names.severity)];
    for (index, (key, prefix)) in prefixes.into_iter().enumerate() {
        let prefix = prefix.to_lowercase();
        let begins = |(other, (_, text)): &(usize, (&str, &String))| {
            let text = text.to_lowercase();
            // Equal prefixes are said once.
            *other != index && text.starts_with(&prefix) && (text != prefix || *other > index)
        };
        if let Some((_, (other, text))) = prefixes.into_iter().enumerate().find(begins) {
            table
                .reject(format!("the prefix of {other}, {}, begins with that of {key}; keep them apart", quoted(text)));
        }
        if names.incident.to_lowercase().starts_with(&prefix) {
            let name = quoted(&names.incident);
            table.reject(format!("the incident label {name} begins with the prefix of {key}; keep them apart"));
        }
    }
}

/// The process was checked with the default prefixes; longer ones may not fit.
fn short_enough(table: &Table<'_>, names: &LabelNames, process: &Process) {
    let longest = |names: Vec<&String>| names.into_iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let dimensions = [
        ("phase", &names.phase, longest(process.phases.iter().map(|phase| &phase.name).collect())),
        ("status", &names.status, longest(process.statuses.iter().map(|status| &status.name).collect())),
        ("severity", &names.severity, longest(process.severities.iter().map(|severity| &severity.name).collect())),
    ];
    for (key, prefix, longest) in dimensions {
        if let Some(node) = table.get(key)
            && prefix.chars().count() + longest > MOST
        {
            let room = MOST.saturating_sub(longest);
            node.reject(format!("is too long for the names of this process; use {room} characters or fewer"));
        }
    }
}
