//! Label definitions known to exist, so that each is made once.
//!
//! What always holds: names are compared without case, as GitHub does; what is known is read again every hour.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use http::Method;
use serde_json::json;

use super::{
    super::{ForgeError, Read as _},
    Github,
    answer::before_writing,
    write::Order,
};
use crate::domain::{action::LabelDefinition, time::Moment};

const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// GitHub's bound on a label's description, in characters.
const DESCRIPTION: usize = 100;

/// Known names in lower case, per project, and when they were read.
#[derive(Default)]
pub(super) struct Definitions {
    known: Mutex<HashMap<String, (BTreeSet<String>, Moment)>>,
}

impl Definitions {
    pub(super) fn keep(&self, project: &str, names: &BTreeSet<String>, now: Moment) {
        let names = names.iter().map(|name| name.to_lowercase()).collect();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(project.to_owned(), (names, now));
    }

    fn add(&self, project: &str, name: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((names, _)) = known.get_mut(project) {
            names.insert(name.to_lowercase());
        }
    }

    fn lately(&self, project: &str, now: Moment) -> Option<BTreeSet<String>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (names, at) = known.get(project)?;
        (TimeDelta::zero()..REMEMBERED).contains(&(now - *at)).then(|| names.clone())
    }
}

impl Github {
    /// Makes the definitions that are missing.
    pub(super) async fn define(&self, project: &str, labels: &[LabelDefinition]) -> Result<(), ForgeError> {
        let known = self.known_definitions(project).await?;
        for label in labels.iter().filter(|label| !known.contains(&label.name.to_lowercase())) {
            self.define_one(project, label).await?;
        }
        Ok(())
    }

    async fn known_definitions(&self, project: &str) -> Result<BTreeSet<String>, ForgeError> {
        if let Some(names) = self.shared.definitions.lately(project, self.shared.clock.machine_now()) {
            return Ok(names);
        }
        let names = self.labels(project).await.map_err(before_writing)?;
        Ok(names.iter().map(|name| name.to_lowercase()).collect())
    }

    async fn define_one(&self, project: &str, label: &LabelDefinition) -> Result<(), ForgeError> {
        let body = json!({
            "name": label.name,
            "color": label.color.trim_start_matches('#'),
            "description": label.description.chars().take(DESCRIPTION).collect::<String>(),
        });
        let what = format!("creating a label in {}", self.shared.client.spoken(project));
        let order = Order { project, what, method: Method::POST, tail: "/labels".to_owned(), body, not_after: None };
        match self.order(order).await {
            // 422: it exists already. 403: the token may not define labels, but may still put them on.
            Ok(_) | Err(ForgeError::Invalid { status: 422, .. } | ForgeError::Denied { status: 403, .. }) => {
                self.shared.definitions.add(project, &label.name);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
