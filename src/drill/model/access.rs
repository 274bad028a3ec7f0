//! Tokens, registered programs and their installations, as facts. Whether a signature is good is for the face to say.

use std::collections::BTreeMap;

use super::{
    hook::HookConfig,
    ids::{AppId, InstallationId, ProjectId, UserId},
};
use crate::domain::time::Moment;

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Look.
    Read,
    /// Change.
    Write,
}

/// Permissions by name, in the forge's words.
pub type Grants = BTreeMap<String, Level>;

/// Which projects of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them, later ones too.
    All,
    /// These.
    Only(Vec<ProjectId>),
}

impl Selection {
    /// Whether a project is among them.
    pub fn holds(&self, project: ProjectId) -> bool {
        match self {
            Self::All => true,
            Self::Only(some) => some.contains(&project),
        }
    }
}

/// A secret that stands for somebody.
#[derive(Debug, Clone)]
pub enum Token {
    /// Somebody's own.
    Personal {
        /// Whose.
        user: UserId,
        /// What it may be used for, in the forge's words.
        scopes: Vec<String>,
        /// Until when.
        expires_at: Option<Moment>,
    },
    /// A program's, at one owner.
    Installed {
        /// Through which installation.
        installation: InstallationId,
        /// For which projects.
        selection: Selection,
        /// For what.
        grants: Grants,
        /// Until when.
        expires_at: Moment,
    },
}

/// A registered program.
#[derive(Debug, Clone)]
pub struct App {
    /// Its number.
    pub id: AppId,
    /// Its other name in signatures.
    pub client_id: String,
    /// Its name in addresses.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// Who owns it.
    pub owner: UserId,
    /// What it writes as.
    pub account: UserId,
    /// The public half of its key: an RSA key in PEM form, or PKCS#1 in DER form.
    pub public_key: Vec<u8>,
    /// What it asks for.
    pub grants: Grants,
    /// Where it is told what happens, and of what.
    pub hook: Option<HookConfig>,
    /// When it was registered.
    pub created_at: Moment,
}

/// A program at one owner.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Its number.
    pub id: InstallationId,
    /// The program.
    pub app: AppId,
    /// The owner.
    pub owner: UserId,
    /// For which of the owner's projects.
    pub selection: Selection,
    /// What was granted.
    pub grants: Grants,
    /// What happens with a higher serial is told.
    pub since: u64,
    /// When it was installed.
    pub created_at: Moment,
    /// Switched off by the owner.
    pub suspended: bool,
}
