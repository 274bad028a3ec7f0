//! One issue: its thread and everything that can be done about it.

use serde_json::{Value, json};

use super::{
    clock::when,
    fields::{Filled, digest},
    keeper::Keeper,
    labels, thread,
};
use crate::{
    domain::{command::FORMS, ids::IssueRef},
    drill::model::{Issue, Login, World},
};

/// A part of an issue that a form depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything that the thread shows.
    Thread,
    /// Title and description.
    Text,
    Labels,
    People,
    State,
    /// Whether it is confidential.
    Flag,
}

impl Keeper<'_> {
    /// Looks at an issue of the project.
    pub(super) fn of_issue<T>(&self, number: u64, look: impl FnOnce(&Issue) -> T) -> Option<T> {
        let path = &self.script.project.path;
        self.stage.look(|world| world.issue(path, number).map(look))
    }

    /// Who is assigned.
    pub(super) fn assigned(&self, number: u64) -> Option<Vec<Login>> {
        let path = &self.script.project.path;
        self.stage.look(|world| {
            let issue = world.issue(path, number)?;
            Some(issue.assignees.iter().filter_map(|id| Some(world.user_by_id(*id)?.login.clone())).collect())
        })
    }

    /// What a form that is shown now was based on.
    pub(super) fn seen(&self, number: u64, part: Part) -> Option<String> {
        let path = &self.script.project.path;
        self.stage.look(|world| Some(state(world, world.issue(path, number)?, part)))
    }

    /// The page of an issue.
    pub(super) fn issue_view(&mut self, number: u64, filled: &Filled) -> Option<Value> {
        let head = self.issue_head(number)?;
        let (project, bot, zone) = (&self.script.project, &self.script.bot, self.script.project.zone);
        let looks = self.looks();
        let links = looks.issues(&project.path);
        let (named, keys) = (IssueRef::new(&project.forge, &project.path, number), self.stage.marker_keys());
        let marks = (&named, keys.as_slice());
        let (items, labels) = self.stage.look(|world| {
            let issue = world.issue(&project.path, number)?;
            let items = thread::Teller { world, issue, bot, zone, looks, links: &links, marks }.items();
            let kept = kept(filled, "labels", &state(world, issue, Part::Labels));
            let chosen: Option<Vec<&str>> = kept.then(|| filled.fields.all("label").collect());
            Some((items, labels::choices(world, issue, chosen.as_deref())))
        })?;
        let people = self.assignable(number, filled)?;
        let mention = format!("@{}", project.mention);
        let command = |(form, effect): &(&str, &str)| json!({ "form": format!("{mention} {form}"), "effect": effect });
        let commands: Vec<Value> = FORMS.iter().map(command).collect();
        Some(json!({
            "head": head,
            "items": items,
            "labels": labels,
            "people": people,
            "commands": commands,
            "comment": self.form("comment", number, Part::Thread, filled),
            "text": filled.field("comment", "text", ""),
            "label": self.form("labels", number, Part::Labels, filled),
            "further": filled.field("labels", "further", ""),
            "assign": self.form("people", number, Part::People, filled),
            "state": self.form("state", number, Part::State, filled),
            "flag": looks.has_flag().then(|| self.form("flag", number, Part::Flag, filled)),
            "reasons": looks.has_reasons(),
        }))
    }

    /// What every form about an issue carries: its number, who acts, and what it is based on.
    fn form(&mut self, name: &str, number: u64, part: Part, filled: &Filled) -> Value {
        let seen = self.seen(number, part);
        json!({ "number": self.slips.give(), "actor": self.actors(name, filled), "seen": seen })
    }

    /// The people, and who is assigned or was chosen to be.
    fn assignable(&self, number: u64, filled: &Filled) -> Option<Vec<Value>> {
        let assigned = self.assigned(number)?;
        let kept = kept(filled, "people", &self.seen(number, Part::People)?);
        let chosen: Vec<Login> = if kept { filled.fields.all("who").map(Login::new).collect() } else { assigned };
        let is = |login: &str| chosen.contains(&Login::new(login));
        let logins = self.script.people.iter().map(|player| player.login.as_str());
        Some(logins.map(|login| json!({ "login": login, "chosen": is(login) })).collect())
    }

    /// What stands above everything about one issue.
    pub(super) fn issue_head(&self, number: u64) -> Option<Value> {
        let (path, zone) = (&self.script.project.path, self.script.project.zone);
        let severity = self.of_issue(number, |issue| issue.id).and_then(|id| self.stage.forge().severity(id));
        self.stage.look(|world| {
            let issue = world.issue(path, number)?;
            Some(json!({
                "number": number,
                "confidential": issue.confidential,
                "incident": issue.kind.as_deref() == Some("incident"),
                "severity": severity.map(|word| word.to_lowercase()),
                "title": issue.title,
                "open": issue.open,
                "labels": labels::chips(world, issue),
                "author": thread::login(world, issue.author),
                "opened": when(issue.created_at, zone),
                "assigned": issue.assignees.iter().map(|id| thread::login(world, *id)).collect::<Vec<_>>(),
                "comments": issue.comments,
            }))
        })
    }

    /// The form that changes title and description.
    pub(super) fn edit_view(&mut self, number: u64, filled: &Filled) -> Option<Value> {
        let head = self.issue_head(number)?;
        let (title, body) =
            self.of_issue(number, |issue| (issue.title.clone(), issue.body.clone().unwrap_or_default()))?;
        let seen = self.seen(number, Part::Text)?;
        // Beside what somebody typed stands what the issue says now, if it no longer says what the form began with.
        let theirs =
            (filled.is("edit") && filled.fields.one("seen") != seen).then(|| json!({ "title": title, "body": body }));
        Some(json!({
            "head": head,
            "number": self.slips.give(),
            "seen": seen,
            "actor": self.actors("edit", filled),
            "title": filled.field("edit", "title", &title),
            "body": filled.field("edit", "body", &body),
            "theirs": theirs,
        }))
    }

    /// The people, for a form: the one it was sent as, or the one who acted last.
    pub(super) fn actors(&self, form: &str, filled: &Filled) -> Value {
        let chosen = filled.value(form, "as", &self.actor);
        let of = |player: &crate::drill::script::Player| {
            let access = self.looks().role(player.access);
            json!({ "login": player.login, "access": access, "chosen": player.login.eq_ignore_ascii_case(chosen) })
        };
        let says = filled.says(form, "as");
        json!({ "form": form, "people": self.script.people.iter().map(of).collect::<Vec<_>>(), "says": says })
    }
}

/// What was chosen is shown again, unless on another state of things: there it would take away what others did.
fn kept(filled: &Filled, form: &str, seen: &str) -> bool {
    filled.is(form) && filled.fields.one("seen") == seen
}

/// A digest of a part as it is.
fn state(world: &World, issue: &Issue, part: Part) -> String {
    let mut parts = Vec::new();
    let whole = part == Part::Thread;
    if whole || part == Part::Text {
        parts.extend([issue.title.clone(), issue.body.clone().unwrap_or_default()]);
    }
    if whole || part == Part::Labels {
        parts.push(issue.labels.join("\n"));
    }
    if whole || part == Part::People {
        parts.extend(issue.assignees.iter().map(ToString::to_string));
    }
    if whole || part == Part::State {
        parts.push(issue.open.to_string());
    }
    if whole || part == Part::Flag {
        parts.push(issue.confidential.to_string());
    }
    if whole {
        for comment in world.comments(issue.id) {
            parts.extend([comment.id.to_string(), comment.body.clone(), comment.minimised.clone().unwrap_or_default()]);
        }
    }
    digest(parts.iter().map(String::as_str))
}
