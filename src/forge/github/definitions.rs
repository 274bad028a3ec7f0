//! Label definitions: each that is missing is made before it is put on.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use super::{
    super::{ForgeError, Read as _},
    Github,
    answer::before_writing,
    write::Order,
};
use crate::domain::{action::LabelDefinition, snapshot::Audience};

/// GitHub's bound on a label's description, in characters.
const DESCRIPTION: usize = 100;

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
        let known = self.shared.definitions.lately(project, self.shared.clock.machine_now());
        let names = match known {
            Some(names) => names,
            None => self.labels(project).await.map_err(before_writing)?,
        };
        // GitHub takes names that differ in case for one.
        Ok(names.iter().map(|name| name.to_lowercase()).collect())
    }

    async fn define_one(&self, project: &str, label: &LabelDefinition) -> Result<(), ForgeError> {
        let body = json!({
            "name": label.name,
            "color": label.color.trim_start_matches('#'),
            "description": label.description.chars().take(DESCRIPTION).collect::<String>(),
        });
        let what = format!("creating a label in {}", self.shared.client.spoken(project));
        let order = Order {
            project,
            what,
            method: Method::POST,
            tail: "/labels".to_owned(),
            body,
            not_after: None,
            audience: Audience::Trusted,
        };
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
