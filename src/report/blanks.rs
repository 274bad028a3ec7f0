//! The sections of the report in the order of the process, with the headed blanks that only people can fill in.
//!
//! What always holds: nothing that people wrote is lost, not even under a heading that the process no longer asks for or
//! in the short form.

use std::collections::BTreeMap;

use crate::domain::{
    message::{Blank, SectionLine, Wild},
    process::{ReportPlan, Section},
};

/// What the short form of the report holds of what is made from the journal.
const SHORT: [&str; 4] = ["summary", "changes", "timeline", "follow-ups"];

/// The name of a section that is a blank.
const BLANK: &str = "blank";

/// All blanks, filled with what was kept; in the short form only those that hold something.
pub(super) fn all(plan: &ReportPlan, kept: &BTreeMap<String, Vec<String>>, short: bool) -> Vec<Blank> {
    let asked = || {
        plan.sections.iter().filter_map(|section| match section {
            Section::Blank(prompt) => Some(prompt),
            Section::Made(_) => None,
        })
    };
    let ours = asked().map(|prompt| blank(&prompt.heading, &prompt.hint, kept.get(&prompt.heading)));
    let others = kept
        .iter()
        .filter(|(heading, _)| asked().all(|prompt| prompt.heading != **heading))
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

/// The sections in the order of the process; blanks that it does not ask for, and that hold something, come last.
pub(super) fn sections(plan: &ReportPlan, blanks: &[Blank], short: bool) -> Vec<SectionLine> {
    let made = |name: &str| SectionLine { name: name.to_owned(), ..SectionLine::default() };
    let filled = |blank: &Blank| SectionLine {
        name: BLANK.to_owned(),
        heading: blank.heading.clone(),
        hint: blank.hint.clone(),
        kept: blank.kept.clone(),
    };
    let line = |section: &Section| match section {
        Section::Made(name) => (!short || SHORT.contains(name)).then(|| made(name)),
        Section::Blank(prompt) => blanks.iter().find(|blank| blank.heading == prompt.heading).map(filled),
    };
    let mut lines: Vec<SectionLine> = plan.sections.iter().filter_map(line).collect();
    for blank in blanks {
        if !lines.iter().any(|line| line.name == BLANK && line.heading == blank.heading) {
            lines.push(filled(blank));
        }
    }
    lines
}
