//! Who can read the repository: asked before every write, remembered for at most five minutes.
//!
//! What always holds: nothing but what is fit for everybody is written to a repository that is not known to be private (or internal, where that is
//! allowed). A remembered refusal is asked again, so a repository made private can be written to at once.

use super::{
    super::{ForgeError, ProjectFacts},
    Github,
    answer::{before_writing, unknown},
    client::Ask,
    route, wire,
};
use crate::domain::snapshot::{Audience, Visibility};

impl Github {
    /// Asks GitHub who can read the project.
    pub(super) async fn fresh_facts(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        let what = format!("looking up who can read {}", self.shared.client.spoken(project));
        let path = route::repository(project);
        let answer = self.read(project, &Ask::get(what.as_str(), path)).await.inspect_err(|_| {
            self.shared.facts.forget(project);
        })?;
        let said: wire::Repository = answer.read(&what)?;
        let missing = || unknown(&what, "the answer holds no repository number");
        let facts = ProjectFacts {
            id: said.id.ok_or_else(missing)?,
            visibility: said.visibility(),
            archived: said.archived(),
            path: said.full_name.unwrap_or_else(|| project.to_owned()),
        };
        self.shared.facts.keep(project, &facts, self.shared.clock.machine_now());
        Ok(facts)
    }

    /// What is known of the project from the last five minutes.
    pub(super) async fn facts(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        match self.shared.facts.lately(project, self.shared.clock.machine_now()) {
            Some(facts) => Ok(facts),
            None => self.fresh_facts(project).await,
        }
    }

    /// What is known of the project from the last five minutes, if that lets the trusted alone read it; else asked anew.
    pub(super) async fn surely(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        let known = self.shared.facts.lately(project, self.shared.clock.machine_now());
        match known.filter(|facts| self.closed(facts)) {
            Some(facts) => Ok(facts),
            None => self.fresh_facts(project).await,
        }
    }

    /// The project's facts, if what is for this audience may be written there.
    pub(super) async fn open_to(
        &self,
        audience: Audience,
        project: &str,
        what: &str,
    ) -> Result<ProjectFacts, ForgeError> {
        match audience {
            Audience::Trusted => self.private(project, what).await,
            Audience::Anyone => self.facts(project).await.map_err(before_writing),
        }
    }

    /// The project's facts, if it may be written to.
    pub(super) async fn private(&self, project: &str, what: &str) -> Result<ProjectFacts, ForgeError> {
        let facts = self.surely(project).await.map_err(before_writing)?;
        if self.closed(&facts) {
            return Ok(facts);
        }
        Err(ForgeError::Denied { what: format!("{what}: the repository is not private"), status: 0 })
    }

    pub(super) fn closed(&self, facts: &ProjectFacts) -> bool {
        match facts.visibility {
            Visibility::Private => true,
            Visibility::Internal => self.shared.allow_internal,
            Visibility::Public => false,
        }
    }
}
