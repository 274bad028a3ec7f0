//! The templates inside the binary.
//!
//! What always holds: there is one for every name that `Message::template` gives, and one for every part.

use std::collections::BTreeMap;

use super::overrides::Source;

/// Templates by name.
pub(super) const TEMPLATES: [(&str, &str); 19] = [
    ("alarm", include_str!("../../templates/alarm.md.hbs")),
    ("authority", include_str!("../../templates/authority.md.hbs")),
    ("board", include_str!("../../templates/board.md.hbs")),
    ("catch-up", include_str!("../../templates/catch-up.md.hbs")),
    ("collapsed", include_str!("../../templates/collapsed.md.hbs")),
    ("escalation", include_str!("../../templates/escalation.md.hbs")),
    ("exercise", include_str!("../../templates/exercise.md.hbs")),
    ("false-alarm", include_str!("../../templates/false-alarm.md.hbs")),
    ("follow-up", include_str!("../../templates/follow-up.md.hbs")),
    ("gate", include_str!("../../templates/gate.md.hbs")),
    ("handoff", include_str!("../../templates/handoff.md.hbs")),
    ("reminder", include_str!("../../templates/reminder.md.hbs")),
    ("reply", include_str!("../../templates/reply.md.hbs")),
    ("retrospective", include_str!("../../templates/retrospective.md.hbs")),
    ("review", include_str!("../../templates/review.md.hbs")),
    ("sitrep", include_str!("../../templates/sitrep.md.hbs")),
    ("superseded", include_str!("../../templates/superseded.md.hbs")),
    ("timeline", include_str!("../../templates/timeline.md.hbs")),
    ("why", include_str!("../../templates/why.md.hbs")),
];

/// The parts that other templates may include. A part includes nothing, so nothing can include itself.
pub(super) const PARTS: [&str; 2] = ["exercise", "why"];

/// Every shipped template as a source.
pub(super) fn sources() -> BTreeMap<String, Source> {
    TEMPLATES
        .iter()
        .map(|(name, text)| {
            let file = format!("templates/{name}.md.hbs");
            ((*name).to_owned(), Source { file, inside: None, text: (*text).to_owned() })
        })
        .collect()
}
