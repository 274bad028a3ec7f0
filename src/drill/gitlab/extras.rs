//! What only GitLab keeps.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::IssueId;
use crate::domain::{ids::CommentId, time::Moment};

/// Facts that the model has no place for.
#[derive(Default)]
pub(super) struct Extras {
    /// Severities of incidents, in GitLab's capitals.
    pub(super) severities: BTreeMap<IssueId, String>,
    /// Entries of incidents' timelines: issue number, moment, text.
    pub(super) timeline: Vec<(u64, Moment, String)>,
    /// Links between issues: number, one, the other.
    pub(super) links: Vec<(u64, IssueId, IssueId)>,
    /// Notes for the team alone.
    pub(super) internal: BTreeSet<CommentId>,
}
