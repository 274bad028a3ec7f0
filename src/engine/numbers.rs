//! The numbers that the forges gave the configured projects. They stay when a project is renamed or moved, so a delivery
//! that names an unknown path can still be told.
//!
//! What always holds: a number is known only because the forge gave it when it was asked for a configured path; a path
//! has one number, the newest. What is deliberately not here: reading deliveries (`cli`).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::Engine;
use crate::domain::project::Project;

/// Configured paths by forge and number.
#[derive(Default)]
pub(super) struct Numbers(Mutex<HashMap<(String, u64), String>>);

impl Numbers {
    /// The forge found this number under the project's path.
    pub(super) fn keep(&self, project: &Project, number: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(forge, _), path| *forge != project.forge || *path != project.path);
        known.insert((project.forge.clone(), number), project.path.clone());
    }
}

impl Engine {
    /// The configured path of the project to which a forge gave this number; `None` where that is not known (yet).
    #[must_use]
    pub fn project_numbered(&self, forge: &str, number: u64) -> Option<String> {
        let known = self.numbers.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(forge.to_owned(), number)).cloned()
    }
}
