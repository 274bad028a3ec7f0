//! Projects and who may do what in them.

use std::collections::BTreeMap;

use super::{
    ids::{ProjectId, UserId},
    label::Label,
};
use crate::domain::{snapshot::Visibility, time::Moment};

/// What an account may do in a project; each includes those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing, or what everybody may.
    None,
    /// Read and take part.
    Read,
    /// The same, with what is confidential (GitLab's Planner). Forges without such issues know no difference.
    Plan,
    /// Sort issues: labels, assignees, state.
    Triage,
    /// Change other people's words.
    Write,
    /// Run the project.
    Maintain,
    /// Everything.
    Admin,
}

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its number, which stays when it is renamed or moved.
    pub id: ProjectId,
    /// Who owns it.
    pub owner: UserId,
    /// The last part of its path.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Who can read it.
    pub visibility: Visibility,
    /// Nothing can be written.
    pub archived: bool,
    /// Issues can be filed.
    pub has_issues: bool,
    /// Who was given which access. Owners need none.
    pub members: BTreeMap<UserId, Access>,
    /// Label definitions by name in lower case.
    pub labels: BTreeMap<String, Label>,
    /// Files on the default branch, by path, as far as anybody reads them.
    pub files: BTreeMap<String, String>,
    /// The highest number given to an issue.
    pub last_number: u64,
    /// Since when.
    pub created_at: Moment,
    /// When its settings last changed.
    pub updated_at: Moment,
}

impl Project {
    /// A definition, by name without case.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.get(&name.to_lowercase())
    }
}
