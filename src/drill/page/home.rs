//! The first page: every issue of the project; and the form that files one.

use serde_json::{Value, json};

use super::{fields::Filled, keeper::Keeper, labels, thread};
use crate::domain::time::spoken;

/// What teams copy into their repositories.
const TEMPLATE: &str = include_str!("../../../issue-templates/github/incident.md");

impl Keeper<'_> {
    pub(super) fn home_view(&self) -> Value {
        let project = &self.script.project;
        let issues: Vec<Value> = self.stage.look(|world| {
            let Some(found) = world.project(&project.path) else { return Vec::new() };
            let mut issues: Vec<_> = world.issues(found.id).collect();
            issues.reverse();
            let line = |issue: &&crate::drill::model::Issue| {
                json!({
                    "number": issue.number,
                    "title": issue.title,
                    "open": issue.open,
                    "labels": labels::chips(world, issue),
                    "author": thread::login(world, issue.author),
                    "at": spoken(issue.created_at, project.zone),
                    "comments": issue.comments,
                })
            };
            issues.iter().map(line).collect()
        });
        let people: Vec<Value> = self
            .script
            .people
            .iter()
            .map(|player| json!({ "login": player.login, "access": format!("{:?}", player.access).to_lowercase() }))
            .collect();
        json!({ "issues": issues, "people": people, "bot": self.script.bot, "process": project.process.title })
    }

    pub(super) fn new_view(&mut self, filled: &Filled) -> Value {
        // Browsers would show the front matter as text; a forge takes it off.
        let body = TEMPLATE.splitn(3, "---\n").nth(2).unwrap_or(TEMPLATE).trim_start();
        let chosen = filled.value("new", "severity", "");
        let severities: Vec<Value> = self
            .script
            .project
            .process
            .severities
            .iter()
            .map(|severity| {
                json!({
                    "name": severity.name, "means": severity.definition, "chosen": severity.name == chosen,
                })
            })
            .collect();
        json!({
            "number": self.slips.give(),
            "actor": self.actors("new", filled),
            "title": filled.field("new", "title", ""),
            "body": filled.field("new", "body", body),
            "severity": filled.field("new", "severity", ""),
            "severities": severities,
        })
    }
}
