//! A process that builds on a shipped one: what it writes takes the place of what has the same name there, and what has
//! a new name is added. And what only the whole can show to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    document::{Table, quoted},
    domain::process::{DutySpec, EvidenceKind, Process, Start},
};

/// The base with what the other one says in its place or beside it.
pub(super) fn extended(base: Process, own: Process) -> Process {
    Process {
        name: own.name,
        title: own.title,
        source: own.source,
        phases: merged(base.phases, own.phases, |phase| phase.name.clone()),
        statuses: merged(base.statuses, own.statuses, |status| status.name.clone()),
        severities: merged(base.severities, own.severities, |severity| severity.name.clone()),
        synonyms: merged(base.synonyms, own.synonyms, |(field, _)| field.key()),
        placeholders: merged(base.placeholders, own.placeholders, Clone::clone),
        duties: merged(base.duties, own.duties, |duty| duty.id.clone()),
        roles: merged(base.roles, own.roles, |role| role.id.clone()),
        flags: merged(base.flags, own.flags, |flag| flag.id.clone()),
        routes: merged(base.routes, own.routes, |route| route.id.clone()),
        playbooks: merged(base.playbooks, own.playbooks, |playbook| playbook.id.clone()),
        report: own.report,
        review: own.review,
        wording: merged(base.wording, own.wording, |wording| wording.template.clone()),
    }
}

fn merged<T>(base: Vec<T>, own: Vec<T>, name: impl Fn(&T) -> String) -> Vec<T> {
    let mut all = base;
    for one in own {
        let place = all.iter_mut().find(|known| name(known) == name(&one));
        match place {
            Some(place) => *place = one,
            None => all.push(one),
        }
    }
    all
}

/// What refers to something that the whole process does not have, or goes round in a circle.
pub(super) fn cohere(root: &Table<'_>, process: &Process) {
    let items: BTreeSet<&str> = process.items().map(|item| item.id.as_str()).collect();
    let tables: BTreeMap<&str, Table<'_>> =
        root.each("duty").into_iter().filter_map(|table| Some((table.get("id")?.plain()?, table))).collect();
    for duty in &process.duties {
        let Some(table) = tables.get(duty.id.as_str()) else {
            inherited(root, duty, &items);
            continue;
        };
        for kind in &duty.met_by {
            match kind {
                EvidenceKind::Ticked(item) if !items.contains(item.as_str()) => {
                    table.reject(format!("is met by ticking {}, which is in no checklist", quoted(item)));
                }
                EvidenceKind::Done(other) if process.duty(other).is_none() => {
                    table.reject(format!("is met by `done {other}`, which is no duty of this process"));
                }
                _ => {}
            }
        }
        if let Start::Met(other) = &duty.start
            && process.duty(other).is_none()
            && !tables.contains_key(other.as_str())
        {
            table.reject(format!("starts when {} is met, which is no duty of this process", quoted(other)));
        }
        if circles(process, &duty.id) {
            table.reject("can never start: it waits for duties that wait for it");
        }
    }
    doubled_items(root, process);
    spellings(root, process);
    ranks(root, process);
}

/// A duty that this process takes over as it is must still be one that people can meet: what replaces a phase or a
/// playbook may lack the items that met it.
fn inherited(root: &Table<'_>, duty: &DutySpec, items: &BTreeSet<&str>) {
    let gone: Vec<&str> = duty
        .met_by
        .iter()
        .filter_map(|kind| match kind {
            EvidenceKind::Ticked(item) if !items.contains(item.as_str()) => Some(item.as_str()),
            _ => None,
        })
        .collect();
    if !gone.is_empty() && gone.len() == duty.met_by.len() {
        root.reject(format!(
            "nothing can meet the duty {} any more, which comes from what this process extends: it is met by ticking {}, \
             which is in no checklist now; keep the item, or write the duty anew",
            quoted(&duty.id),
            gone.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(" or ")
        ));
    }
}

/// An item's id means one item, in whatever file it stands; inside one file the reader of lists has said so already.
fn doubled_items(root: &Table<'_>, process: &Process) {
    let mut seen = BTreeSet::new();
    for item in process.items().filter(|item| !seen.insert(&item.id)) {
        root.reject(format!(
            "has two items called {}: one of them comes from a playbook or from what this process extends",
            quoted(&item.id)
        ));
    }
}

/// Whether following what starts a duty leads back to it.
fn circles(process: &Process, id: &str) -> bool {
    let mut current = id;
    for _ in 0..=process.duties.len() {
        match process.duty(current).map(|duty| &duty.start) {
            Some(Start::Met(other)) if other == id => return true,
            Some(Start::Met(other)) => current = other,
            _ => return false,
        }
    }
    true
}

/// No spelling may mean two things; inside one file the reader of names has said so already.
fn spellings(root: &Table<'_>, process: &Process) {
    if root.get("extends").is_none() {
        return;
    }
    let statuses = process.statuses.iter().map(|status| (&status.name, &status.aliases)).collect();
    let severities = process.severities.iter().map(|severity| (&severity.name, &severity.aliases)).collect();
    for (key, named) in [("status", statuses), ("severity", severities)] {
        let named: Vec<(&String, &Vec<String>)> = named;
        let mut taken: BTreeMap<String, &String> = BTreeMap::new();
        for (name, aliases) in named {
            for spelling in std::iter::once(name).chain(aliases) {
                let before = taken.insert(spelling.to_lowercase(), name).filter(|before| *before != name);
                if let Some(before) = before {
                    root.reject(format!(
                        "the {key} {} may be written {}, which means {} in what this process extends",
                        quoted(name),
                        quoted(spelling),
                        quoted(before)
                    ));
                }
            }
        }
    }
}

/// Which severity is worse has to be plain across files as well; inside one file the reader of severities has said so.
fn ranks(root: &Table<'_>, process: &Process) {
    if root.get("extends").is_none() {
        return;
    }
    let mut taken: BTreeMap<u8, &String> = BTreeMap::new();
    for severity in &process.severities {
        if let Some(other) = taken.insert(severity.rank, &severity.name) {
            root.reject(format!(
                "the severities {} and {} both have the rank {}; no two are equally bad, also where one comes from what \
                 this process extends",
                quoted(other),
                quoted(&severity.name),
                severity.rank
            ));
        }
    }
}
