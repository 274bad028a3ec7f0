//! What GitLab notes about an issue by itself, read from its words: who was assigned, when the text changed,
//! and who could read it from when on.
//!
//! What always holds: words that are not known mean nothing, so a later GitLab can only lose an explanation.

use crate::domain::forge_severity::ForgeSeverity;

/// What such a note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Noted {
    /// People were assigned, by name.
    Assigned(Vec<String>),
    /// People were taken off, by name.
    Unassigned(Vec<String>),
    /// The description changed, boxes ticked in it included.
    Description,
    /// The title changed.
    Title,
    /// It was made confidential, or no longer is.
    Confidential(bool),
    /// The incident's severity was set.
    Severity(ForgeSeverity),
}

/// Everything that one note says.
pub(super) fn noted(body: &str) -> Vec<Noted> {
    let text = body.trim();
    if text == "changed the description"
        || text.starts_with("marked the checklist item ")
        || text.starts_with("marked the task ")
    {
        return vec![Noted::Description];
    }
    if text.starts_with("changed title from ") {
        return vec![Noted::Title];
    }
    if let Some(to) = text.strip_prefix("changed the severity to ") {
        // As in `changed the severity to **High - S2**`.
        let word = to.trim_matches('*').split(" - ").next().and_then(ForgeSeverity::named);
        return word.map(Noted::Severity).into_iter().collect();
    }
    if let Some(what) = text.strip_prefix("made the ") {
        let closed = what.ends_with(" confidential");
        return if closed || what.ends_with(" visible to everyone") {
            vec![Noted::Confidential(closed)]
        } else {
            vec![]
        };
    }
    let (on, off) = match text.find("unassigned ") {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut all = Vec::new();
    if let Some(who) = on.strip_prefix("assigned to ") {
        all.push(Noted::Assigned(handles(who)));
    }
    if let Some(who) = off.strip_prefix("unassigned ") {
        all.push(Noted::Unassigned(handles(who)));
    }
    all.retain(|noted| !matches!(noted, Noted::Assigned(who) | Noted::Unassigned(who) if who.is_empty()));
    all
}

fn handles(text: &str) -> Vec<String> {
    let words = text.split_whitespace().filter_map(|word| word.strip_prefix('@'));
    let bare = words.map(|word| word.trim_end_matches([',', '.', ';']).to_owned());
    bare.filter(|word| !word.is_empty()).collect()
}
