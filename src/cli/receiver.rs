//! Fits the GitHub adapter's webhook decoding to the intake: which configured project a delivery belongs to.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use http::HeaderMap;
use secrecy::SecretString;

use crate::{
    domain::ids::IssueRef,
    forge::github::webhook::{self, Decoded, ProjectName},
    web::{Received, Receiver},
};

/// One configured GitHub, as the intake sees it.
pub(super) struct GithubReceiver {
    forge: String,
    secrets: Vec<SecretString>,
    paths: Vec<String>,
    /// The forge's numbers of projects seen under their configured path: they stay when a project is renamed.
    numbers: Mutex<HashMap<u64, String>>,
}

impl GithubReceiver {
    pub(super) fn new(forge: &str, secrets: Vec<SecretString>, paths: Vec<String>) -> Self {
        Self { forge: forge.to_owned(), secrets, paths, numbers: Mutex::default() }
    }

    fn path_of(&self, project: &ProjectName) -> Option<String> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let by_name = self.paths.iter().find(|path| path.eq_ignore_ascii_case(&project.full_name));
        match by_name {
            Some(path) => {
                numbers.insert(project.id, path.clone());
                Some(path.clone())
            }
            None => numbers.get(&project.id).cloned(),
        }
    }
}

impl Receiver for GithubReceiver {
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 16]> {
        let signatures = headers.get_all("x-hub-signature-256").iter().map(http::HeaderValue::as_bytes);
        webhook::verify(&self.secrets, signatures, body)
    }

    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Received {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let event = text("x-github-event");
        let mut received = Received { id: text("x-github-delivery"), event: event.clone(), ..Received::default() };
        match webhook::decode(&event, body) {
            Decoded::Issue { project, number, is_change_request, hint } => {
                if let Some(path) = self.path_of(&project) {
                    if !project.private {
                        received.project_changed = Some(path.clone());
                    }
                    if !is_change_request {
                        received.issue = Some(IssueRef::new(&self.forge, path, number));
                        received.hint = Some(hint);
                    }
                }
            }
            Decoded::Project { project, .. } => received.project_changed = self.path_of(&project),
            Decoded::Unreadable => received.unreadable = true,
            Decoded::Ping | Decoded::Other => {}
        }
        received
    }
}
