//! How each forge shows things: its words, its addresses, and what it knows that another does not.
//!
//! What always holds: whoever knows the forge finds on the page what its own pages say.

use super::thread::login;
use crate::drill::{
    face::Kind,
    model::{Access, Close, Entry, Event, World},
    script,
};

/// The looks of one forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Looks(pub(super) Kind);

impl Looks {
    fn is_gitlab(self) -> bool {
        self.0 == Kind::Gitlab
    }

    /// The forge's name.
    pub(super) fn name(self) -> &'static str {
        self.0.title()
    }

    /// What teams copy into their projects.
    pub(super) fn template(self) -> &'static str {
        if self.is_gitlab() {
            return include_str!("../../../issue-templates/gitlab/incident.md");
        }
        // Browsers would show the front matter as text; the forge takes it off.
        let template = include_str!("../../../issue-templates/github/incident.md");
        template.splitn(3, "---\n").nth(2).unwrap_or(template).trim_start()
    }

    /// The template's label, where the forge itself puts it on. On GitLab, a quick action in the text does.
    pub(super) fn label_of_template(self, label: &str) -> Vec<String> {
        if self.is_gitlab() { Vec::new() } else { vec![label.to_owned()] }
    }

    /// The address of a project's issues, up to the number.
    pub(super) fn issues(self, project: &str) -> String {
        let middle = if self.is_gitlab() { "-/" } else { "" };
        format!("{}/{project}/{middle}issues/", self.0.web())
    }

    /// The name of a comment's place in its thread.
    pub(super) fn anchor(self, comment: impl std::fmt::Display) -> String {
        if self.is_gitlab() { format!("note_{comment}") } else { format!("issuecomment-{comment}") }
    }

    /// Issues can be hidden one by one.
    pub(super) fn has_flag(self) -> bool {
        self.is_gitlab()
    }

    /// Closing has reasons.
    pub(super) fn has_reasons(self) -> bool {
        !self.is_gitlab()
    }

    /// How long the forge keeps deliveries.
    pub(super) fn keeps(self) -> &'static str {
        if self.is_gitlab() { "seven days" } else { "three days" }
    }

    /// What somebody may do, in the forge's word.
    pub(super) fn role(self, access: script::Access) -> &'static str {
        match access {
            script::Access::None => "none",
            // On GitLab, whoever is to see confidential issues has this role at least.
            script::Access::Read if self.is_gitlab() => "planner",
            script::Access::Read => self.needed(Access::Read),
            script::Access::Triage => self.needed(Access::Triage),
            script::Access::Write => self.needed(Access::Write),
            script::Access::Maintain => self.needed(Access::Maintain),
            script::Access::Admin => self.needed(Access::Admin),
        }
    }

    /// What somebody would have to be allowed, in the forge's word.
    pub(super) fn needed(self, access: Access) -> &'static str {
        let (github, gitlab) = match access {
            Access::None => ("none", "none"),
            Access::Read => ("read", "guest"),
            Access::Plan => ("read", "planner"),
            Access::Triage => ("triage", "reporter"),
            Access::Write => ("write", "developer"),
            Access::Maintain => ("maintain", "maintainer"),
            Access::Admin => ("admin", "owner"),
        };
        if self.is_gitlab() { gitlab } else { github }
    }

    /// What the forge calls this.
    pub(super) fn access(self) -> &'static str {
        if self.is_gitlab() { "role" } else { "access" }
    }

    /// From where on people are obeyed.
    pub(super) fn obeyed(self) -> &'static str {
        if self.is_gitlab() { "reporter" } else { "write" }
    }

    /// What happened, in the forge's words; nothing where the forge shows nothing.
    pub(super) fn happened(self, world: &World, group: &[&Entry]) -> Option<String> {
        let first = &group.first()?.event;
        if self.is_gitlab() { on_gitlab(world, first, group) } else { on_github(world, first, group) }
    }
}

fn on_github(world: &World, event: &Event, group: &[&Entry]) -> Option<String> {
    Some(match event {
        Event::Commented(_) | Event::Noted(_) | Event::Severity(_) => return None,
        Event::Labelled(_) => "put on".to_owned(),
        Event::Unlabelled(_) => "took off".to_owned(),
        Event::Assigned(_) => format!("assigned {}", people(world, group, "")),
        Event::Unassigned(_) => format!("unassigned {}", people(world, group, "")),
        Event::Renamed { from, to } => format!("changed the title from “{from}” to “{to}”"),
        Event::Closed(Close::Completed) => "closed this as completed".to_owned(),
        Event::Closed(Close::NotPlanned) => "closed this as not planned".to_owned(),
        Event::Closed(Close::Duplicate) => "closed this as a duplicate".to_owned(),
        Event::Reopened => "opened this again".to_owned(),
        Event::Locked(_) => "locked the conversation".to_owned(),
        Event::Unlocked => "unlocked the conversation".to_owned(),
        Event::Transferred => "moved this here".to_owned(),
        Event::CommentDeleted => "deleted a comment".to_owned(),
        Event::Confidential(true) => "made this confidential".to_owned(),
        Event::Confidential(false) => "made this visible to everybody who can see the project".to_owned(),
    })
}

/// As GitLab's own notes say it. Of a deleted note, nothing stays.
fn on_gitlab(world: &World, event: &Event, group: &[&Entry]) -> Option<String> {
    let labels = if group.len() == 1 { "label" } else { "labels" };
    Some(match event {
        Event::Commented(_) | Event::CommentDeleted => return None,
        Event::Labelled(_) => format!("added the {labels}"),
        Event::Unlabelled(_) => format!("removed the {labels}"),
        Event::Assigned(_) => format!("assigned to {}", people(world, group, "@")),
        Event::Unassigned(_) => format!("unassigned {}", people(world, group, "@")),
        Event::Renamed { from, to } => format!("changed title from “{from}” to “{to}”"),
        Event::Closed(Close::Duplicate) => "marked this issue as a duplicate".to_owned(),
        Event::Closed(_) => "closed this issue".to_owned(),
        Event::Reopened => "reopened this issue".to_owned(),
        Event::Locked(_) => "locked the discussion in this issue".to_owned(),
        Event::Unlocked => "unlocked the discussion in this issue".to_owned(),
        Event::Transferred => "moved this issue here".to_owned(),
        Event::Noted(text) => text.clone(),
        Event::Severity(to) => format!("set the severity to {to}"),
        Event::Confidential(true) => "made the issue confidential".to_owned(),
        Event::Confidential(false) => "made the issue visible to everyone".to_owned(),
    })
}

fn people(world: &World, group: &[&Entry], mark: &str) -> String {
    let of = |entry: &&Entry| match &entry.event {
        Event::Assigned(who) | Event::Unassigned(who) => Some(format!("{mark}{}", login(world, *who))),
        _ => None,
    };
    group.iter().filter_map(of).collect::<Vec<_>>().join(", ")
}
