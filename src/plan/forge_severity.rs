//! Rule: where the forge itself calls the issue an incident and has a severity of its own (GitLab), that one says what
//! ours does.
//!
//! What always holds: a person who sets the forge's own severity is never contradicted, because that sets ours; what
//! agrees with ours is left alone, be it another word (`CRITICAL` where the process knows nothing worse than high).
//! What is deliberately not here: who set it (`observe`), and what it means for ours (`fold`).

use chrono::Duration;

use crate::domain::action::{Action, Effect};

use super::{Notes, keys, view::View};

/// So often the bot sets it per incident and hour; then somebody else is setting it back.
const MOST_MOVES: usize = 20;

pub(super) fn agree(view: &View<'_>, notes: &mut Notes) {
    let (process, ours) = (&view.project.process, &view.incident.severity);
    let (Some(shown), Some(severity)) = (view.circumstances.forge_severity, process.severity(&ours.value)) else {
        return;
    };
    if process.meant_by(shown, &ours.value).is_some_and(|meant| meant.name == ours.value) {
        return;
    }
    let to = process.shown_as(severity);
    let key = keys::forge_severity(to, ours.at);
    if view.incident.given_up.contains(&key) {
        return;
    }
    let moves = view.incident.forge_severity_moves.iter();
    if moves.filter(|at| **at > view.now - Duration::hours(1)).count() >= MOST_MOVES {
        notes.hold("the forge's own severity keeps being set back by somebody; the bot waits");
        notes.wake(view.now + Duration::minutes(10));
        return;
    }
    notes.act(Action { key, what: Effect::ForgeSeverity { to } });
}
