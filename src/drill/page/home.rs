//! The first page: every issue of the project; and the form that files one.

use serde_json::{Value, json};

use super::{fields::Filled, keeper::Keeper, labels, thread};
use crate::domain::time::spoken;

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
                    "confidential": issue.confidential,
                    "labels": labels::chips(world, issue),
                    "author": thread::login(world, issue.author),
                    "at": spoken(issue.created_at, project.zone),
                    "comments": issue.comments,
                })
            };
            issues.iter().map(line).collect()
        });
        let looks = self.looks();
        let people: Vec<Value> = self
            .script
            .people
            .iter()
            .map(|player| json!({ "login": player.login, "access": looks.role(player.access) }))
            .collect();
        json!({
            "issues": issues, "people": people, "bot": self.script.bot, "process": project.process.title,
            "forge": looks.name(), "access": looks.access(), "obeyed": looks.obeyed(),
        })
    }

    pub(super) fn new_view(&mut self, filled: &Filled) -> Value {
        let body = self.looks().template();
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
            "forge": self.looks().name(),
        })
    }
}
