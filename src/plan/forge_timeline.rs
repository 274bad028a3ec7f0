//! Rule: what people tell for the timeline, and every turn of severity, status, phase and command, stands in the forge's
//! own timeline of the incident as well, once, where the project wants that and the forge keeps one (GitLab).
//!
//! What always holds: the forge's timeline is a copy that nothing is read back from but which entries stand there; one
//! refusal ends the copying for the incident. What is deliberately not here: looking whether an entry stands there
//! (`engine`).

use crate::domain::{
    action::{Action, Effect, Entry},
    incident::{Note, Turn, Via},
    message::{TimelineEntry, Wild},
};

use super::{Notes, keys, view::View};

pub(super) fn copy(view: &View<'_>, notes: &mut Notes) {
    let (incident, project) = (view.incident, view.project);
    let kept = project.timeline_events && view.circumstances.forge_severity.is_some();
    if !kept || incident.given_up.iter().any(|key| key == keys::TIMELINE) {
        return;
    }
    let turns = incident.turns.iter().filter(|turn| turn.to.via != Via::Start).map(|turn| turned(view, turn));
    let mut entries: Vec<(String, Entry)> = incident.notes.iter().map(|note| told(view, note)).chain(turns).collect();
    entries.retain(|(key, _)| !incident.entered.contains(key) && !incident.given_up.contains(key));
    entries.sort_by_key(|(_, entry)| entry.at);
    for (key, entry) in entries {
        notes.act(Action { key, what: Effect::Enter(Box::new(entry)) });
    }
}

fn told(view: &View<'_>, note: &Note) -> (String, Entry) {
    let (set, text) = (String::new(), Wild(note.text.clone()));
    let message = TimelineEntry { exercise: view.project.exercise, set, text, by: note.by.spoken() };
    (note.key.clone(), Entry { message, at: note.at })
}

fn turned(view: &View<'_>, turn: &Turn) -> (String, Entry) {
    let to = &turn.to;
    let mut set = turn.dimension.to_owned();
    if let Some(first) = set.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let text = Wild(if to.value.is_empty() { "nobody".to_owned() } else { to.value.clone() });
    let message = TimelineEntry { exercise: view.project.exercise, set, text, by: to.by.spoken() };
    (keys::turn(turn.dimension, &to.value, to.at), Entry { message, at: to.at })
}
