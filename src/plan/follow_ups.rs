//! Rule: a follow-up that was asked for becomes an issue of its own, linked to the incident, once.
//!
//! What always holds: of the incident, the issue holds the number and what the command itself said; it carries neither
//! the label nor the marker of an incident. Nothing is filed while the project is not private.

use crate::domain::{
    action::{Action, Effect, Filing, LabelDefinition},
    incident::{FollowUp, Given},
    message::{FollowUpIssue, Message, Wild},
    people::Person,
};

use super::{
    Notes, keys,
    view::{View, plain},
};

/// The label of follow-ups.
const LABEL: &str = "follow-up";

pub(super) fn file(view: &View<'_>, notes: &mut Notes) {
    if view.incident.is_exposed() {
        return;
    }
    for asked in view.incident.follow_ups.iter().filter(|asked| asked.filed.is_none()) {
        if !view.incident.given_up.contains(&asked.key) {
            notes.act(Action { key: asked.key.clone(), what: Effect::File(Box::new(filing(view, asked))) });
        }
    }
}

/// Where the forge keeps links between issues, that of a follow-up is linked to the incident's.
pub(super) fn link(view: &View<'_>, notes: &mut Notes) {
    if !view.circumstances.links {
        return;
    }
    let unlinked = view.incident.follow_ups.iter().filter(|asked| !asked.linked);
    for number in unlinked.filter_map(|asked| asked.filed.as_ref()).map(|filed| filed.number) {
        let key = keys::link(number);
        if !view.incident.given_up.contains(&key) {
            notes.act(Action { key, what: Effect::Link { number } });
        }
    }
}

fn filing(view: &View<'_>, asked: &FollowUp) -> Filing {
    let exercise = view.project.exercise;
    let message = FollowUpIssue {
        exercise,
        incident: view.incident.issue.number,
        text: Wild(asked.text.clone()),
        owner: Wild(asked.owner.as_ref().map(Person::written).unwrap_or_default()),
        date: asked.by.map(|date| date.to_string()).unwrap_or_default(),
        by: asked.asked_by.spoken(),
        url: asked.asked_url.clone().unwrap_or_default(),
        why: view.because("followup", format!("a command by {}", plain(&asked.asked_by.spoken())), Some(asked.at)),
    };
    Filing {
        title: Wild(if exercise { format!("EXERCISE: {}", asked.text) } else { asked.text.clone() }),
        message: Message::FollowUp(message),
        label: LabelDefinition {
            name: LABEL.to_owned(),
            color: "c5def5".to_owned(),
            description: "What is left to do after an incident".to_owned(),
        },
        assignee: asked.owner.as_ref().and_then(handle),
        since: asked.at,
    }
}

fn handle(person: &Person) -> Option<String> {
    match person {
        Person::Handle(handle) => Some(handle.clone()),
        Person::Name(_) => None,
    }
}

/// What whoever asked should hear: the issue is there, but nobody is assigned.
pub(super) fn not_assigned(view: &View<'_>, given: &Given) -> Option<String> {
    let key = keys::follow_up(given.comment, &given.text);
    let asked = view.incident.follow_ups.iter().find(|asked| asked.key == key)?;
    let (filed, owner) = (asked.filed.as_ref()?, asked.owner.as_ref()?);
    (!filed.assigned).then(|| {
        format!(
            "The follow-up is filed as issue {}, but the forge did not let me assign {} to it: only people with access to this project can be. Please assign somebody there.",
            filed.number,
            plain(&owner.written())
        )
    })
}
