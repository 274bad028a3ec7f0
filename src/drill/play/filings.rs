//! Issues that the program files itself: follow-ups of an incident, and agendas of reviews.
//!
//! What always holds: each is told once. What is deliberately not here: what becomes of them, which the script says
//! nothing about.

use std::collections::BTreeSet;

use super::{
    told::{Line, What},
    watch::login,
};
use crate::drill::model::{Issue, IssueId, World};

/// Those that were told.
pub(super) struct Filings {
    project: String,
    bot: String,
    told: BTreeSet<IssueId>,
}

impl Filings {
    /// Of `bot`, in a project.
    #[must_use]
    pub(super) fn new(project: &str, bot: &str) -> Self {
        Self { project: project.to_owned(), bot: bot.to_owned(), told: BTreeSet::new() }
    }

    /// Those that are new now, oldest first.
    pub(super) fn news(&mut self, world: &World) -> Vec<Line> {
        let Some(project) = world.project(&self.project) else { return Vec::new() };
        let own = |issue: &&Issue| login(world, issue.author).eq_ignore_ascii_case(&self.bot);
        let all: Vec<&Issue> = world.issues(project.id).filter(own).collect();
        let new = all.into_iter().filter(|issue| self.told.insert(issue.id));
        let line = |issue: &Issue| Line {
            at: issue.created_at,
            who: login(world, issue.author),
            own: true,
            issue: issue.number,
            what: What::Filed {
                title: issue.title.clone(),
                body: issue
                    .edits
                    .first()
                    .map(|edit| edit.text.clone())
                    .or_else(|| issue.body.clone())
                    .unwrap_or_default(),
                labels: issue.labels.clone(),
            },
        };
        new.map(line).collect()
    }
}
