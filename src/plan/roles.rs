//! Who plays which role: the people whom the issue names, and those whom the project or the process names.
//!
//! What always holds: only handles are given, because only they can be mentioned.

use crate::domain::{
    people::Person,
    process::{DutySpec, Start},
    reading::{Field, Value},
    time::Moment,
};

use super::{
    fold::commands::responders,
    view::{View, mention_of},
};

/// More than this many people are not called in one comment.
const MOST_CALLED: usize = 10;

/// The `@handle`s of those who play a role; none where nobody is known by a handle.
pub(super) fn players(view: &View<'_>, role: &str) -> Vec<String> {
    let incident = view.incident;
    let handles = |people: &[Person]| -> Vec<String> {
        people.iter().map(mention_of).filter(|handle| !handle.is_empty()).collect()
    };
    match role {
        "ic" => incident.ic.iter().flat_map(|command| handles(std::slice::from_ref(&command.who))).collect(),
        "reporter" => incident.filed_by.iter().map(|account| format!("@{}", account.login)).collect(),
        "responders" => {
            let named = match incident.fields.get(&Field::Responders) {
                Some(Value::People(people)) => people.as_slice(),
                _ => &[],
            };
            handles(&responders(named, &incident.rota))
        }
        _ => match view.project.roles.get(role).filter(|handles| !handles.is_empty()) {
            Some(handles) => handles.clone(),
            None => view.project.process.role(role).map(|role| role.handles.clone()).unwrap_or_default(),
        },
    }
}

/// Who is called for these roles, as mentions. Where nobody is known, the commander; else whoever filed the issue.
pub(super) fn call<'r>(view: &View<'_>, roles: impl Iterator<Item = &'r str>) -> String {
    joined(roles.map(|role| called(view, role)).collect::<Vec<_>>().concat())
}

/// Who is called for one role.
pub(super) fn called(view: &View<'_>, role: &str) -> Vec<String> {
    let known = players(view, role);
    if known.is_empty() {
        Some(view.mention()).filter(|handle| !handle.is_empty()).into_iter().collect()
    } else {
        known
    }
}

/// Who is called for a duty: whoever is on the shift that its clock started with, else whoever plays its role.
pub(super) fn owing(view: &View<'_>, duty: &DutySpec, from: Moment) -> Vec<String> {
    let shift = view.incident.shifts.iter().rev().find(|shift| duty.start == Start::Shift && shift.at == from);
    let on: Vec<String> = shift.iter().flat_map(|shift| &shift.who).map(mention_of).collect();
    let on: Vec<String> = on.into_iter().filter(|handle| !handle.is_empty()).collect();
    if on.is_empty() { called(view, &duty.owes) } else { on }
}

/// Each handle once.
pub(super) fn joined(handles: Vec<String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for handle in handles {
        if !once.iter().any(|known| known.eq_ignore_ascii_case(&handle)) {
            once.push(handle);
        }
    }
    once.truncate(MOST_CALLED);
    once.join(" ")
}

/// What people call a role.
pub(super) fn title(view: &View<'_>, role: &str) -> String {
    let named = match role {
        "ic" => Some("incident commander"),
        "reporter" => Some("reporter"),
        "responders" => Some("responders"),
        _ => None,
    };
    let of_process = || view.project.process.role(role).map(|role| role.title.clone());
    named.map(str::to_owned).or_else(of_process).unwrap_or_else(|| role.to_owned())
}
