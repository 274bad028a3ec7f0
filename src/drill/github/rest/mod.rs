//! The nouns of the REST API, one file each.

pub(super) mod apps;
pub(super) mod comments;
pub(super) mod contents;
pub(super) mod deliveries;
pub(super) mod hooks;
pub(super) mod issues;
pub(super) mod labels;
pub(super) mod people;
pub(super) mod projects;
pub(super) mod reactions;
