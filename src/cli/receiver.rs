//! Fits the adapters' webhook decoding to the intake: which configured project a delivery belongs to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use http::HeaderMap;
use secrecy::SecretString;

use crate::{
    clock::SharedClock,
    domain::ids::IssueRef,
    forge::{
        github::webhook::{self, Decoded},
        gitlab::webhook as gitlab,
    },
    web::{Received, Receiver},
};

/// Gives the configured path of the project to which the forge gave a number, once that is known.
pub(super) type ByNumber = Arc<dyn Fn(u64) -> Option<String> + Send + Sync>;

/// The configured projects of one forge.
pub(super) struct Projects {
    forge: String,
    paths: Vec<String>,
    /// The forge's numbers of projects seen under their configured path: they stay when a project is renamed.
    numbers: Mutex<HashMap<u64, String>>,
    /// What the forge told of numbers when it was asked.
    asked: ByNumber,
}

impl Projects {
    pub(super) fn new(forge: &str, paths: Vec<String>, asked: ByNumber) -> Self {
        Self { forge: forge.to_owned(), paths, numbers: Mutex::default(), asked }
    }

    /// The configured path of a project that a delivery names.
    fn path_of(&self, id: u64, name: &str) -> Option<String> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let by_name = self.paths.iter().find(|path| path.eq_ignore_ascii_case(name));
        match by_name {
            Some(path) => {
                // 0 where the delivery does not say.
                if id != 0 {
                    numbers.insert(id, path.clone());
                }
                Some(path.clone())
            }
            None => numbers.get(&id).cloned().or_else(|| (self.asked)(id)),
        }
    }
}

/// A header's text; empty where it is absent or none.
fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// One configured GitHub, as the intake sees it.
pub(super) struct GithubReceiver {
    projects: Projects,
    secrets: Vec<SecretString>,
}

impl GithubReceiver {
    pub(super) fn new(projects: Projects, secrets: Vec<SecretString>) -> Self {
        Self { projects, secrets }
    }
}

impl Receiver for GithubReceiver {
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 16]> {
        let signatures = headers.get_all("x-hub-signature-256").iter().map(http::HeaderValue::as_bytes);
        webhook::verify(&self.secrets, signatures, body)
    }

    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Received {
        let event = text(headers, "x-github-event");
        let id = text(headers, "x-github-delivery");
        let mut received = Received { id, event: event.clone(), ..Received::default() };
        match webhook::decode(&event, body) {
            Decoded::Issue { project, number, is_change_request, hint } => {
                if let Some(path) = self.projects.path_of(project.id, &project.full_name) {
                    if !project.private {
                        received.project_changed = Some(path.clone());
                    }
                    if !is_change_request {
                        received.issue = Some(IssueRef::new(&self.projects.forge, path, number));
                        received.hints = vec![hint];
                    }
                }
            }
            Decoded::Project { project, .. } => {
                received.project_changed = self.projects.path_of(project.id, &project.full_name);
            }
            Decoded::Unreadable => received.unreadable = true,
            Decoded::Ping | Decoded::Other => {}
        }
        received
    }
}

/// One configured GitLab, as the intake sees it.
pub(super) struct GitlabReceiver {
    projects: Projects,
    proofs: gitlab::Proofs,
    clock: SharedClock,
}

impl GitlabReceiver {
    pub(super) fn new(projects: Projects, proofs: gitlab::Proofs, clock: SharedClock) -> Self {
        Self { projects, proofs, clock }
    }
}

impl Receiver for GitlabReceiver {
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 16]> {
        let only = |name: &str| {
            let mut values = headers.get_all(name).iter();
            let (first, None) = (values.next()?, values.next()) else { return None };
            Some(first.as_bytes())
        };
        let brought = gitlab::Brought {
            token: only("x-gitlab-token"),
            id: only("webhook-id"),
            timestamp: only("webhook-timestamp"),
            signature: only("webhook-signature"),
        };
        gitlab::verify(&self.proofs, &brought, body, self.clock.machine_now())
    }

    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Received {
        let event = text(headers, "x-gitlab-event");
        // The key of a delivery stays when it is sent again. Before GitLab 17.4 there is none, and the content tells; the
        // UUID of an event does not: all that one request has a hook told shares it.
        let names = ["webhook-id", "idempotency-key"];
        let id = names.iter().map(|name| text(headers, name)).find(|id| !id.is_empty()).unwrap_or_default();
        let mut received = Received { id, event: event.clone(), ..Received::default() };
        match gitlab::decode(&event, body) {
            gitlab::Decoded::Issue { project, number, hints, exposed } => {
                if let Some(path) = self.projects.path_of(project.id, &project.path) {
                    if exposed {
                        received.project_changed = Some(path.clone());
                    }
                    received.issue = Some(IssueRef::new(&self.projects.forge, path, number));
                    received.hints = hints;
                }
            }
            gitlab::Decoded::Unreadable => received.unreadable = true,
            gitlab::Decoded::Other => {}
        }
        received
    }
}
