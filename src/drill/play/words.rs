//! What happened, in the page's words.

use super::{readable, told::What};
use crate::domain::message::MessageKind;

/// So many characters of a comment that is referred to.
const QUOTED: usize = 50;

pub(super) fn with_article(kind: MessageKind) -> String {
    match kind {
        MessageKind::Board => "the board".to_owned(),
        MessageKind::Alarm | MessageKind::Authority | MessageKind::Escalation => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

pub(super) fn in_words(what: &What) -> String {
    match what {
        What::Renamed(title) => format!("renames the issue: {title}"),
        What::Deleted { kind: Some(kind), first } => format!("takes back the {kind}: {}", unmarked(first)),
        What::Deleted { kind: None, first } if first.is_empty() => "deletes a comment".to_owned(),
        What::Deleted { kind: None, first } => format!("deletes a comment: {}", unmarked(first)),
        What::Labels { added, removed } => changed("labels", added, removed),
        What::Assigned { added, removed } => changed("assignees", added, removed),
        What::Closed => "closes the issue".to_owned(),
        What::Reopened => "reopens the issue".to_owned(),
        What::Folded { kind: Some(kind), first, .. } => format!("folds the {kind} away: {}", unmarked(first)),
        What::Folded { kind: None, first, .. } => format!("folds a comment away: {}", unmarked(first)),
        What::Reacted { content, to } => {
            format!("gives {} to “{}”", if content == "+1" { "a thumb up" } else { content }, unmarked(to))
        }
        What::Refused { tried, why } => format!("tries to {tried}; the forge refuses: {why}"),
        What::Befell(what) => what.clone(),
        What::Filed { .. } | What::Edited(_) | What::Commented { .. } | What::Reworded { .. } => String::new(),
    }
}

/// `labels: +severity::high -severity::unknown`
fn changed(what: &str, added: &[String], removed: &[String]) -> String {
    let on = added.iter().map(|name| format!("+{name}"));
    let off = removed.iter().map(|name| format!("-{name}"));
    format!("{what}: {}", on.chain(off).collect::<Vec<_>>().join(" "))
}

/// A line of Markdown in plain words, cut short.
fn unmarked(line: &str) -> String {
    let words = readable::lines(line, 10_000).iter().map(readable::plain).collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(QUOTED).collect();
    if short.len() < words.len() { format!("{}…", short.trim_end()) } else { words }
}

/// Every comment of a drill says so; the page says it once.
pub(super) fn without_exercise(body: &str) -> String {
    body.lines().filter(|line| !line.starts_with("**EXERCISE**")).collect::<Vec<_>>().join("\n")
}

/// A row of a table, which is no table without its head.
pub(super) fn row(line: &str) -> String {
    if !line.starts_with('|') {
        return line.to_owned();
    }
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    format!("- {}", cells.join(" · "))
}
