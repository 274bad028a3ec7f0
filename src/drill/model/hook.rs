//! Webhooks: who wants to be told what, and where.

use super::ids::{HookId, ProjectId};
use crate::domain::time::Moment;

/// What a webhook is told, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookConfig {
    /// Where deliveries go.
    pub url: String,
    /// What they are signed with.
    pub secret: Option<String>,
    /// Names of events, in the forge's words; `*` means all.
    pub events: Vec<String>,
    /// Switched on.
    pub active: bool,
}

/// A webhook of a project.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its number.
    pub id: HookId,
    /// Whose events it hears.
    pub project: ProjectId,
    /// What it is told, and where.
    pub config: HookConfig,
    /// Deliveries are forms, not JSON.
    pub sends_forms: bool,
    /// Where it delivers is not made sure of.
    pub unverified: bool,
    /// What happens with a higher serial is told.
    pub since: u64,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}
