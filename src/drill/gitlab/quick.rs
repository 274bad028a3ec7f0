//! Quick actions: lines that begin with a slash and a word, carried out with the rights of whoever wrote the text, and
//! taken out of it.
//!
//! What always holds: the grammar is that of GitLab's extractor: carriage returns do not count; nothing inside fenced
//! code, HTML comments and blocks, or `>>>` quotes is an action; a leading space disarms.

use std::borrow::Cow;

use super::{
    super::model::{At, Close, Deed, Login, Outcome, Refusal, Target, World},
    carried::Carried,
    scopes::joined,
};
use crate::domain::{forge_severity::ForgeSeverity, time::Moment};

/// A text without its actions, and the actions.
pub(super) struct Extracted {
    pub(super) text: String,
    pub(super) actions: Vec<(String, String)>,
}

/// Words that GitLab knows. Lines with other words are text.
const KNOWN: [&str; 82] = [
    "add_child",
    "add_contacts",
    "add_email",
    "approve",
    "assign",
    "assign_reviewer",
    "award",
    "blocked_by",
    "blocks",
    "cc",
    "checkin_reminder",
    "child_epic",
    "clear_health_status",
    "clear_weight",
    "clone",
    "close",
    "confidential",
    "convert_to_ticket",
    "copy_metadata",
    "create_merge_request",
    "done",
    "draft",
    "due",
    "duplicate",
    "epic",
    "estimate",
    "health_status",
    "invite_email",
    "iteration",
    "label",
    "labels",
    "link",
    "linked_resource",
    "lock",
    "merge",
    "milestone",
    "move",
    "page",
    "parent_epic",
    "promote",
    "promote_to",
    "promote_to_incident",
    "publish",
    "ready",
    "reassign",
    "react",
    "rebase",
    "relabel",
    "relate",
    "remove_child",
    "remove_contacts",
    "remove_due_date",
    "remove_epic",
    "remove_estimate",
    "remove_iteration",
    "remove_label",
    "remove_milestone",
    "remove_parent",
    "remove_parent_epic",
    "remove_time_spent",
    "remove_zoom",
    "reopen",
    "request_review",
    "reviewer",
    "set_parent",
    "severity",
    "spend",
    "spent",
    "status",
    "subscribe",
    "timeline",
    "title",
    "todo",
    "type",
    "unapprove",
    "unassign",
    "unlabel",
    "unlink",
    "unlock",
    "unsubscribe",
    "weight",
    "zoom",
];
/// Words that stand for a drawing, which becomes text.
const DRAWINGS: [(&str, &str); 2] = [("shrug", "¯\\＿(ツ)＿/¯"), ("tableflip", "(╯°□°)╯︵ ┻━┻")];

/// Takes the actions out of a text.
pub(super) fn extract(text: &str) -> Extracted {
    let clean = text.replace('\r', "");
    let mut kept: Vec<Cow<'_, str>> = Vec::new();
    let mut actions = Vec::new();
    let mut fence: Option<&str> = None;
    let (mut quoted, mut html) = (false, false);
    for line in clean.split('\n') {
        let trimmed = line.trim_end();
        if let Some(mark) = fence {
            if trimmed.starts_with(mark) {
                fence = None;
            }
            kept.push(line.into());
            continue;
        }
        if html {
            html = !(trimmed.is_empty() || trimmed.contains("-->"));
            kept.push(line.into());
            continue;
        }
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = Some(mark);
        } else if trimmed == ">>>" {
            quoted = !quoted;
        } else if trimmed.starts_with('<') && !trimmed.contains("-->") && opens_block(trimmed) {
            html = true;
        } else if !quoted && let Some(drawn) = drawn(trimmed) {
            kept.push(drawn.into());
            continue;
        } else if !quoted && let Some(action) = action(trimmed) {
            actions.push(action);
            continue;
        }
        kept.push(line.into());
    }
    Extracted { text: kept.join("\n").trim().to_owned(), actions }
}

fn opens_block(line: &str) -> bool {
    line.starts_with("<!--") || line.get(1..2).is_some_and(|c| c.chars().all(|c| c.is_ascii_alphabetic()))
}

/// `Well /shrug` is text; `/shrug well` is `well` and the drawing.
fn drawn(line: &str) -> Option<String> {
    let rest = line.strip_prefix('/')?;
    let (word, arguments) = rest.split_once(' ').unwrap_or((rest, ""));
    let (_, drawing) = DRAWINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word))?;
    Some(format!("{} {drawing}", arguments.trim()).trim().to_owned())
}

fn action(line: &str) -> Option<(String, String)> {
    let rest = line.strip_prefix('/')?;
    let (word, arguments) = rest.split_once(' ').unwrap_or((rest, ""));
    let word = word.to_lowercase();
    KNOWN.contains(&word.as_str()).then(|| (word, arguments.trim().to_owned()))
}

/// Does a deed as somebody who types it: actions in its text are carried out after it.
pub(super) fn perform(
    world: &mut World,
    scoped: bool,
    by: &Login,
    deed: Deed,
    now: Moment,
) -> Result<(Outcome, Vec<Carried>), Refusal> {
    let typed = Typed { by, now, scoped };
    match deed {
        Deed::File { project, title, body: Some(body), labels, assignees, confidential } => {
            let found = extract(&body);
            // What the description asks for is so from the first moment on.
            let hidden = confidential || found.actions.iter().any(|(word, _)| word == "confidential");
            let body = Some(found.text);
            let filed = Deed::File { project: project.clone(), title, body, labels, assignees, confidential: hidden };
            let outcome = world.perform(by, filed, now)?;
            let Outcome::Issue(id) = outcome else { return Ok((outcome, Vec::new())) };
            let number = world.issue_by_id(id).map_or(0, |issue| issue.number);
            let carried = typed.carry_out(world, &At::new(project, number), &found.actions);
            Ok((outcome, carried))
        }
        Deed::Edit { at, title, body: Some(body) } => {
            let found = extract(&body);
            let outcome = world.perform(by, Deed::Edit { at: at.clone(), title, body: Some(found.text) }, now)?;
            let carried = typed.carry_out(world, &at, &found.actions);
            Ok((outcome, carried))
        }
        Deed::Comment { at, body } => typed.say(world, &at, &body, |at, body| Deed::Comment { at, body }),
        Deed::Note { at, body } => typed.say(world, &at, &body, |at, body| Deed::Note { at, body }),
        Deed::Discuss { at, body } => typed.say(world, &at, &body, |at, body| Deed::Discuss { at, body }),
        Deed::Reply { at, to, body } => typed.say(world, &at, &body, |at, body| Deed::Reply { at, to, body }),
        other => reacting(world, by, other, now).map(|outcome| (outcome, Vec::new())),
    }
}

/// A note to which somebody reacts counts as changed, though its text is the same. An issue does not.
fn reacting(world: &mut World, by: &Login, deed: Deed, now: Moment) -> Result<Outcome, Refusal> {
    let to = match &deed {
        Deed::React { to, .. } => Some(*to),
        Deed::Unreact { id } => world.reaction(*id).map(|reaction| reaction.to),
        _ => None,
    };
    let outcome = world.perform(by, deed, now)?;
    // What was there before changes nothing.
    let moved = !matches!(outcome, Outcome::Reaction(_, false));
    if let Some(Target::Comment(id)) = to.filter(|_| moved) {
        world.stir(id, now);
    }
    Ok(outcome)
}

/// Somebody who types, and where labels exclude each other.
struct Typed<'a> {
    by: &'a Login,
    now: Moment,
    scoped: bool,
}

impl Typed<'_> {
    /// What is left of a text without its actions is said; where nothing is, nothing is said.
    fn say(
        &self,
        world: &mut World,
        at: &At,
        body: &str,
        deed: impl Fn(At, String) -> Deed,
    ) -> Result<(Outcome, Vec<Carried>), Refusal> {
        let found = extract(body);
        if found.text.is_empty() && !found.actions.is_empty() {
            let carried = self.carry_out(world, at, &found.actions);
            return Ok((Outcome::Done, carried));
        }
        let outcome = world.perform(self.by, deed(at.clone(), found.text), self.now)?;
        let carried = self.carry_out(world, at, &found.actions);
        Ok((outcome, carried))
    }

    /// What may not be done is left undone; only who typed nothing else is told.
    fn carry_out(&self, world: &mut World, at: &At, actions: &[(String, String)]) -> Vec<Carried> {
        let mut all = Vec::new();
        for (word, arguments) in actions {
            let done = match self.asked_for(world, at.clone(), word, arguments) {
                Some(deed) => world.perform(self.by, deed, self.now).is_ok(),
                // Words that change nothing here; a severity that is none cannot be applied.
                None => word != "severity",
            };
            all.push(Carried { word: word.clone(), arguments: arguments.clone(), done });
        }
        all
    }

    fn asked_for(&self, world: &World, at: At, action: &str, arguments: &str) -> Option<Deed> {
        let issue = world.issue(&at.project, at.number);
        let on = || issue.map(|issue| issue.labels.clone()).unwrap_or_default();
        let names = arguments.split('~').map(|name| name.trim().trim_matches('"').to_owned());
        let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
        let assigned = || issue.into_iter().flat_map(|issue| &issue.assignees).filter_map(|id| world.user_by_id(*id));
        Some(match action {
            "close" => Deed::Close { at, reason: Close::Completed },
            "duplicate" => Deed::Close { at, reason: Close::Duplicate },
            "reopen" => Deed::Reopen { at },
            "confidential" => Deed::SetConfidential { at, confidential: true },
            "label" | "labels" => Deed::SetLabels { at, names: joined(&on(), names, self.scoped) },
            "relabel" => Deed::SetLabels { at, names: joined(&[], names, self.scoped) },
            // Without a name, all of them.
            "unlabel" | "remove_label" => {
                let left = on().into_iter().filter(|name| !names.is_empty() && !names.contains(name));
                Deed::SetLabels { at, names: left.collect() }
            }
            "assign" => Deed::Assign { at, who: self.people(arguments) },
            "unassign" if arguments.is_empty() => {
                Deed::Unassign { at, who: assigned().map(|user| user.login.clone()).collect() }
            }
            "unassign" => Deed::Unassign { at, who: self.people(arguments) },
            "title" => Deed::Edit { at, title: Some(arguments.to_owned()), body: None },
            "lock" => Deed::Lock { at, reason: None },
            "unlock" => Deed::Unlock { at },
            "promote_to_incident" => Deed::SetKind { at, kind: Some("incident".to_owned()) },
            "move" => Deed::Transfer { at, to: arguments.to_owned() },
            "severity" => Deed::SetSeverity { at, severity: severity(arguments)? },
            _ => return None,
        })
    }

    fn people(&self, arguments: &str) -> Vec<Login> {
        let named = arguments.split_whitespace().map(|name| name.trim_start_matches('@'));
        named.map(|name| if name == "me" { self.by.clone() } else { Login::new(name) }).collect()
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
