//! Rule: exactly one label of each dimension, matching the effective values; all other labels are left alone.

use chrono::Duration;

use crate::domain::action::{Action, Effect, LabelDefinition};

use super::{Notes, fold::slug_of, view::View};

/// Label moves per incident and hour after which the bot stops: somebody else is moving them back.
const MOST_MOVES: usize = 20;

pub(super) fn agree(view: &View<'_>, notes: &mut Notes) {
    let wanted = wanted(view);
    let names = &view.project.labels;
    let ours = |label: &str| {
        [&names.phase, &names.status, &names.severity].iter().any(|prefix| label.starts_with(prefix.as_str()))
    };
    let add: Vec<LabelDefinition> =
        wanted.iter().filter(|label| !view.incident.labels.contains(&label.name)).cloned().collect();
    let remove: Vec<String> = view
        .incident
        .labels
        .iter()
        .filter(|label| ours(label) && !wanted.iter().any(|wanted| wanted.name == **label))
        .cloned()
        .collect();
    if add.is_empty() && remove.is_empty() {
        return;
    }
    // A value that nobody has, put on again whenever it is taken off.
    let strays = view.incident.stray_labels.iter().filter(|(at, _)| *at > view.now - Duration::hours(1)).count();
    let recent = strays + view.incident.label_moves.iter().filter(|at| **at > view.now - Duration::hours(1)).count();
    if recent >= MOST_MOVES {
        notes.hold("labels keep being moved back by somebody; the bot waits");
        notes.wake(view.now + Duration::minutes(10));
        return;
    }
    let names: Vec<&str> = wanted.iter().map(|label| label.name.as_str()).collect();
    notes.act(Action { key: format!("labels/{}", names.join("+")), what: Effect::Label { add, remove } });
}

fn wanted(view: &View<'_>) -> Vec<LabelDefinition> {
    let names = &view.project.labels;
    let process = &view.project.process;
    let incident = view.incident;
    let label = |prefix: &str, value: &str, color: Option<&String>, description: String| LabelDefinition {
        name: format!("{prefix}{}", slug_of(value)),
        color: color.cloned().unwrap_or_else(|| "ededed".to_owned()),
        description: description.chars().take(100).collect(),
    };
    let phase = process.phase(&incident.phase.value);
    let status = process.status(&incident.status.value);
    let severity = process.severity(&incident.severity.value);
    vec![
        label(&names.incident, "", Some(&"b60205".to_owned()), "A security incident that Hotwash watches".to_owned()),
        label(
            &names.phase,
            &incident.phase.value,
            phase.map(|phase| &phase.color),
            format!("Incident phase: {}", phase.map_or("", |phase| &phase.title)),
        ),
        label(
            &names.status,
            &incident.status.value,
            status.map(|status| &status.color),
            format!("Incident status: {}", incident.status.value),
        ),
        label(
            &names.severity,
            &incident.severity.value,
            severity.map(|severity| &severity.color),
            format!("Incident severity: {}", incident.severity.value),
        ),
    ]
}
