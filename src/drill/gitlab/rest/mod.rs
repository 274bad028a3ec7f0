//! The nouns of the API, a file each.

pub(super) mod audit;
pub(super) mod discussions;
mod filter;
pub(super) mod hooks;
pub(super) mod issues;
pub(super) mod labels;
pub(super) mod links;
pub(super) mod members;
pub(super) mod notes;
pub(super) mod projects;
pub(super) mod reactions;
pub(super) mod templates;
pub(super) mod tokens;
pub(super) mod users;
