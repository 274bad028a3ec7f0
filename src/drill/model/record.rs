//! The audit log: what a forge writes down for those who run it about accounts, tokens and projects.
//!
//! What always holds: rows are only ever appended; what happens to issues is not in it.

use super::{
    happening::What,
    ids::{ProjectId, UserId},
    perform::Doing,
    project::{Access, Project},
    world::World,
};
use crate::domain::time::Moment;

/// A row.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its number, counted from 1.
    pub id: u64,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: UserId,
    /// Whose settings it is about.
    pub about: About,
    /// Whom it is about, where that is somebody else.
    pub whom: Option<UserId>,
    /// What.
    pub said: Said,
}

/// Whose settings a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A project's.
    Project(ProjectId),
    /// An account's.
    Account(UserId),
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// In words.
    Words(String),
    /// Something has another value now.
    Change {
        /// What.
        what: &'static str,
        /// From.
        from: String,
        /// To.
        to: String,
    },
    /// Somebody was given an access.
    Joined(Access),
    /// Somebody's access ended.
    Left,
}

impl World {
    /// The audit log, oldest first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Appends a row.
    pub(super) fn record(&mut self, doing: Doing, about: About, whom: Option<UserId>, said: Said) {
        let id = self.records.len() as u64 + 1;
        self.records.push(Record { id, at: doing.now, by: doing.by, about, whom, said });
    }

    /// Appends a row about what happened to a project, if it is worth one.
    pub(super) fn record_of(&mut self, doing: Doing, project: &Project, what: &What) {
        let change = |what, from: &str, to: &str| Said::Change { what, from: from.to_owned(), to: to.to_owned() };
        let mut whom = None;
        let said = match what {
            What::Archived => Said::Words("Project archived".to_owned()),
            What::Unarchived => Said::Words("Project unarchived".to_owned()),
            What::Renamed { before } => change("name", before, &project.name),
            What::AccessSet { who, before, now } => {
                whom = Some(*who);
                match (*before, *now) {
                    (_, Access::None) => Said::Left,
                    (Access::None, now) => Said::Joined(now),
                    (before, now) => change("access_level", role(before), role(now)),
                }
            }
            _ => return,
        };
        self.record(doing, About::Project(project.id), whom, said);
    }
}

/// An access in the words of forges that call it a role.
#[must_use]
pub fn role(access: Access) -> &'static str {
    match access {
        Access::None => "None",
        Access::Read => "Guest",
        Access::Plan => "Planner",
        Access::Triage => "Reporter",
        Access::Write => "Developer",
        Access::Maintain => "Maintainer",
        Access::Admin => "Owner",
    }
}
