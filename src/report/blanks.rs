//! The headed blanks that only people can fill in.
//!
//! What always holds: nothing that people wrote is lost, not even under a heading that this program no longer uses or
//! in the short form.

use std::collections::BTreeMap;

use crate::domain::message::{Blank, Wild};

/// Headings with what to write below them.
const BLANKS: [(&str, &str); 6] = [
    (
        "Cause analysis (Five Whys / Infinite Hows)",
        "How did it come about? Ask how or why of each answer again, five times or more. Name conditions, not culprits.",
    ),
    ("Vulnerabilities", "Which weaknesses made it possible, and which of them are still open?"),
    ("Prevention", "What would have stopped it, here and elsewhere?"),
    ("Better response", "What slowed us down, what helped, what would we do differently?"),
    ("Lessons learned", "What do we know now that we did not know before?"),
    ("Follow-ups", "One line each: what, who, by when, and the issue that tracks it."),
];

/// All blanks, filled with what was kept; in the short form only those that hold something.
pub(super) fn all(kept: &BTreeMap<String, Vec<String>>, short: bool) -> Vec<Blank> {
    let ours = BLANKS.iter().map(|(heading, hint)| blank(heading, hint, kept.get(*heading)));
    let others = kept
        .iter()
        .filter(|(heading, _)| BLANKS.iter().all(|(known, _)| known != heading))
        .map(|(heading, lines)| blank(heading, "Kept from an earlier report.", Some(lines)))
        .filter(|blank| !blank.kept.is_empty());
    ours.chain(others).filter(|blank| !short || !blank.kept.is_empty()).collect()
}

fn blank(heading: &str, hint: &str, kept: Option<&Vec<String>>) -> Blank {
    let lines = kept.map(Vec::as_slice).unwrap_or_default();
    let written = lines.iter().any(|line| !line.trim().is_empty());
    Blank {
        heading: heading.to_owned(),
        hint: hint.to_owned(),
        kept: if written { lines.iter().map(|line| Wild(line.clone())).collect() } else { Vec::new() },
    }
}
