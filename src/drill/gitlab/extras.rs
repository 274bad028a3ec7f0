//! What only GitLab keeps.

use std::collections::BTreeMap;

use super::super::model::{IssueId, Token, UserId};
use crate::domain::time::Moment;

/// Facts that the model has no place for.
#[derive(Default)]
pub(super) struct Extras {
    /// Entries of incidents' timelines, in the order in which they were written.
    pub(super) timeline: Vec<Entry>,
    /// Links between issues: number, one, the other.
    pub(super) links: Vec<(u64, IssueId, IssueId)>,
    /// Parents and children, in the order in which children came. A child has one parent.
    pub(super) children: Vec<(IssueId, IssueId)>,
    /// When a secret was last used.
    pub(super) used: BTreeMap<String, Moment>,
    /// Secrets of persons that were ended, with what they stood for.
    pub(super) ended: Vec<(String, Token)>,
}

/// An entry of an incident's timeline.
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) issue: IssueId,
    /// The number people see of the issue.
    pub(super) number: u64,
    pub(super) by: UserId,
    /// When it happened, as it says.
    pub(super) at: Moment,
    pub(super) note: String,
}
