//! Projects by their number, which stays when they are renamed or moved.
//!
//! What always holds: every request about a project names it by number, so that no redirection is met and nothing is
//! written where it was not meant. A path that GitLab redirects is followed once, to find the number.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use gitlab::api::projects;
use http::header;

use super::{
    super::{
        ForgeError, ProjectFacts,
        answer::{Answer, refusal, unknown},
    },
    Gitlab,
    client::Ask,
    wire,
};
use crate::domain::ids::IssueRef;

/// The number of each configured path, and where people find it.
#[derive(Default)]
pub(super) struct Places {
    known: Mutex<HashMap<String, (u64, String)>>,
}

impl Places {
    fn get(&self, project: &str) -> Option<(u64, String)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(project).cloned()
    }

    fn forget(&self, project: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(project);
    }

    fn keep(&self, project: &str, number: u64, web: String) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(project.to_owned(), (number, web));
    }
}

impl Gitlab {
    /// The project's number.
    pub(super) async fn number(&self, project: &str) -> Result<u64, ForgeError> {
        match self.shared.places.get(project) {
            Some((number, _)) => Ok(number),
            None => Ok(self.fresh_facts(project).await?.id),
        }
    }

    /// Where people find an issue.
    pub(super) async fn web(&self, issue: &IssueRef) -> Result<String, ForgeError> {
        let known = || self.shared.places.get(&issue.project).map(|(_, web)| web);
        if known().is_none() {
            self.fresh_facts(&issue.project).await?;
        }
        let web = known().unwrap_or_default();
        Ok(format!("{web}/-/issues/{}", issue.number))
    }

    /// Asks GitLab who can read the project.
    pub(super) async fn fresh_facts(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        let shared = &self.shared;
        let what = format!("looking up who can read {}", shared.client.spoken(project));
        let answer = match shared.places.get(project) {
            Some((number, _)) => match self.project_answer(&what, number.into()).await {
                // Deleted, and perhaps made anew under its path.
                Err(ForgeError::Gone { .. }) => {
                    shared.places.forget(project);
                    self.project_answer(&what, project.to_owned().into()).await
                }
                known => known,
            },
            None => self.project_answer(&what, project.to_owned().into()).await,
        };
        let said: wire::Project = answer?.read(&what)?;
        let missing = || unknown(&what, "the answer holds no project number");
        let web = said.web_url.clone();
        let facts = ProjectFacts {
            id: said.id.ok_or_else(missing)?,
            visibility: said.visibility(),
            archived: said.archived(),
            path: said.path_with_namespace.unwrap_or_else(|| project.to_owned()),
        };
        let web = web.unwrap_or_else(|| format!("{}/{}", shared.client.root(), facts.path));
        shared.places.keep(project, facts.id, web);
        Ok(facts)
    }

    /// The project by its path or number, after at most one redirection within this server.
    pub(super) async fn project_answer(
        &self,
        what: &str,
        which: gitlab::api::common::NameOrId<'_>,
    ) -> Result<Answer, ForgeError> {
        let client = &self.shared.client;
        let endpoint = projects::Project::builder().project(which).build().expect("a project is named");
        let answer = client.answer(Ask::read(what), &endpoint).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let moved = answer.headers.get(header::LOCATION).filter(|_| answer.status.is_redirection());
        let number = moved.and_then(|to| number_in(to.to_str().ok()?));
        let Some(number) = number else { return Err(refusal(what, answer.status)) };
        let endpoint = projects::Project::builder().project(number).build().expect("a project is named");
        client.send(Ask::read(what), &endpoint).await
    }
}

/// `42` of `https://gitlab.example/api/v4/projects/42`: only the number is taken, so the token goes nowhere else.
fn number_in(location: &str) -> Option<u64> {
    let (_, rest) = location.split_once("/api/v4/projects/")?;
    rest.split(['/', '?', '#']).next()?.parse().ok()
}
