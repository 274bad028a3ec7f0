//! Quick actions: lines that begin with a slash and a word, carried out with the rights of whoever wrote the text, and
//! taken out of it.
//!
//! What always holds: the grammar is that of GitLab's extractor: carriage returns do not count; nothing inside fenced
//! code, HTML comments and blocks, or `>>>` quotes is an action; a leading space disarms.

use super::super::model::{At, Close, Deed, Login, Outcome, Refusal, Target, World};
use crate::domain::{forge_severity::ForgeSeverity, time::Moment};

/// A text without its actions, and the actions.
pub(super) struct Extracted {
    pub(super) text: String,
    pub(super) actions: Vec<(String, String)>,
}

/// Words that GitLab knows. Lines with other words are text.
const KNOWN: [&str; 34] = [
    "assign",
    "award",
    "cc",
    "clone",
    "close",
    "confidential",
    "copy_metadata",
    "done",
    "due",
    "duplicate",
    "epic",
    "estimate",
    "label",
    "labels",
    "lock",
    "milestone",
    "move",
    "page",
    "promote_to_incident",
    "react",
    "relabel",
    "relate",
    "reopen",
    "severity",
    "shrug",
    "spend",
    "subscribe",
    "timeline",
    "title",
    "todo",
    "unassign",
    "unlabel",
    "unlock",
    "weight",
];

/// Takes the actions out of a text.
pub(super) fn extract(text: &str) -> Extracted {
    let clean = text.replace('\r', "");
    let mut kept: Vec<&str> = Vec::new();
    let mut actions = Vec::new();
    let mut fence: Option<&str> = None;
    let (mut quoted, mut html) = (false, false);
    for line in clean.split('\n') {
        let trimmed = line.trim_end();
        if let Some(mark) = fence {
            if trimmed.starts_with(mark) {
                fence = None;
            }
            kept.push(line);
            continue;
        }
        if html {
            html = !(trimmed.is_empty() || trimmed.contains("-->"));
            kept.push(line);
            continue;
        }
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = Some(mark);
        } else if trimmed == ">>>" {
            quoted = !quoted;
        } else if trimmed.starts_with('<') && !trimmed.contains("-->") && opens_block(trimmed) {
            html = true;
        } else if !quoted && let Some(action) = action(trimmed) {
            actions.push(action);
            continue;
        }
        kept.push(line);
    }
    Extracted { text: kept.join("\n").trim().to_owned(), actions }
}

fn opens_block(line: &str) -> bool {
    line.starts_with("<!--") || line.get(1..2).is_some_and(|c| c.chars().all(|c| c.is_ascii_alphabetic()))
}

fn action(line: &str) -> Option<(String, String)> {
    let rest = line.strip_prefix('/')?;
    let (word, arguments) = rest.split_once(' ').unwrap_or((rest, ""));
    let word = word.to_lowercase();
    KNOWN.contains(&word.as_str()).then(|| (word, arguments.trim().to_owned()))
}

/// Does a deed as somebody who types it: actions in its text are carried out after it.
pub(super) fn perform(world: &mut World, by: &Login, deed: Deed, now: Moment) -> Result<Outcome, Refusal> {
    match deed {
        Deed::File { project, title, body: Some(body), labels, assignees, confidential } => {
            let found = extract(&body);
            // What the description asks for is so from the first moment on.
            let hidden = confidential || found.actions.iter().any(|(word, _)| word == "confidential");
            let body = Some(found.text);
            let filed = Deed::File { project: project.clone(), title, body, labels, assignees, confidential: hidden };
            let outcome = world.perform(by, filed, now)?;
            if let Outcome::Issue(id) = outcome
                && let Some(number) = world.issue_by_id(id).map(|issue| issue.number)
            {
                carry_out(world, by, &At::new(project, number), &found.actions, now);
            }
            Ok(outcome)
        }
        Deed::Edit { at, title, body: Some(body) } => {
            let found = extract(&body);
            let outcome = world.perform(by, Deed::Edit { at: at.clone(), title, body: Some(found.text) }, now)?;
            carry_out(world, by, &at, &found.actions, now);
            Ok(outcome)
        }
        Deed::Comment { at, body } => say(world, by, (at, &body), now, |at, body| Deed::Comment { at, body }),
        Deed::Note { at, body } => say(world, by, (at, &body), now, |at, body| Deed::Note { at, body }),
        Deed::React { to, .. } => {
            let outcome = world.perform(by, deed, now)?;
            stir(world, matches!(outcome, Outcome::Reaction(_, true)).then_some(to), now);
            Ok(outcome)
        }
        Deed::Unreact { id } => {
            let to = world.reaction(id).map(|reaction| reaction.to);
            let outcome = world.perform(by, deed, now)?;
            stir(world, to, now);
            Ok(outcome)
        }
        other => world.perform(by, other, now),
    }
}

/// A note to which somebody reacts counts as changed, though its text is the same. An issue does not.
fn stir(world: &mut World, to: Option<Target>, now: Moment) {
    if let Some(Target::Comment(id)) = to {
        world.stir(id, now);
    }
}

/// What is left of a text without its actions is said; where nothing is, nothing is said.
fn say(
    world: &mut World,
    by: &Login,
    (at, body): (At, &str),
    now: Moment,
    deed: fn(At, String) -> Deed,
) -> Result<Outcome, Refusal> {
    let found = extract(body);
    if found.text.is_empty() && !found.actions.is_empty() {
        carry_out(world, by, &at, &found.actions, now);
        return Ok(Outcome::Done);
    }
    let outcome = world.perform(by, deed(at.clone(), found.text), now)?;
    carry_out(world, by, &at, &found.actions, now);
    Ok(outcome)
}

/// What may not be done is left undone without a word, as GitLab does.
fn carry_out(world: &mut World, by: &Login, at: &At, actions: &[(String, String)], now: Moment) {
    for (word, arguments) in actions {
        let at = at.clone();
        let labels = || arguments.split('~').map(|name| name.trim().trim_matches('"').to_owned());
        let labels = || labels().filter(|name| !name.is_empty()).collect::<Vec<_>>();
        let people = || arguments.split_whitespace().map(|name| Login::new(name.trim_start_matches('@'))).collect();
        let deed = match word.as_str() {
            "close" | "done" => Deed::Close { at, reason: Close::Completed },
            "duplicate" => Deed::Close { at, reason: Close::Duplicate },
            "reopen" => Deed::Reopen { at },
            "confidential" => Deed::SetConfidential { at, confidential: true },
            "label" | "labels" => Deed::Label { at, names: labels() },
            "relabel" => Deed::SetLabels { at, names: labels() },
            "unlabel" => {
                for name in labels() {
                    let _ = world.perform(by, Deed::Unlabel { at: at.clone(), name }, now);
                }
                continue;
            }
            "assign" => Deed::Assign { at, who: people() },
            "unassign" => Deed::Unassign { at, who: people() },
            "title" => Deed::Edit { at, title: Some(arguments.clone()), body: None },
            "lock" => Deed::Lock { at, reason: None },
            "unlock" => Deed::Unlock { at },
            "promote_to_incident" => Deed::SetKind { at, kind: Some("incident".to_owned()) },
            "move" => Deed::Transfer { at, to: arguments.clone() },
            "severity" => match severity(arguments) {
                Some(severity) => Deed::SetSeverity { at, severity },
                None => continue,
            },
            _ => continue,
        };
        let _ = world.perform(by, deed, now);
    }
}

/// `S2`, `2` and `High` are the same.
fn severity(word: &str) -> Option<ForgeSeverity> {
    let short = match word.to_uppercase().trim_start_matches('S') {
        "0" => Some("UNKNOWN"),
        "1" => Some("CRITICAL"),
        "2" => Some("HIGH"),
        "3" => Some("MEDIUM"),
        "4" => Some("LOW"),
        _ => None,
    };
    ForgeSeverity::named(short.unwrap_or(word))
}
