//! Projects: who reads them, what they are called, whose they are.

use super::{
    super::{
        deed::Deed,
        happening::What,
        ids::ProjectId,
        outcome::Outcome,
        people::Login,
        project::Access,
        record::{About, Said},
        refusal::{Fault, Refusal},
        world::World,
    },
    Doing,
};
use crate::domain::snapshot::Visibility;

impl World {
    pub(super) fn on_project(&mut self, doing: Doing, deed: Deed) -> Result<Outcome, Refusal> {
        match deed {
            Deed::SetVisibility { project, visibility } => self.set_visibility(doing, &project, visibility),
            Deed::Rename { project, name } => self.rename(doing, &project, name),
            Deed::MoveProject { project, to } => self.move_project(doing, &project, &to),
            Deed::SetArchived { project, archived } => self.set_archived(doing, &project, archived),
            Deed::DeleteProject { project } => self.delete_project(doing, &project),
            Deed::SetAccess { project, who, access } => self.set_access(doing, &project, &who, access),
            _ => Ok(Outcome::Done),
        }
    }

    /// A project that one runs; archived ones too.
    fn run_by(&self, doing: Doing, path: &str) -> Result<ProjectId, Refusal> {
        match self.seen(doing, path)? {
            (project, Access::Admin) => Ok(project),
            _ => Err(Refusal::Forbidden { needs: Access::Admin }),
        }
    }

    fn set_visibility(&mut self, doing: Doing, path: &str, visibility: Visibility) -> Result<Outcome, Refusal> {
        let id = self.run_by(doing, path)?;
        let project = self.project_mut(id)?;
        let before = std::mem::replace(&mut project.visibility, visibility);
        project.updated_at = doing.now;
        if before != visibility {
            let (from, to) = (format!("{before:?}"), format!("{visibility:?}"));
            self.record(doing, About::Project(id), None, Said::Change { what: "visibility", from, to });
        }
        match (before, visibility) {
            (Visibility::Public, Visibility::Public) => {}
            (_, Visibility::Public) => self.tell_of(doing, id, What::Publicised),
            (Visibility::Public, _) => self.tell_of(doing, id, What::Privatised),
            _ => {}
        }
        Ok(Outcome::Done)
    }

    fn rename(&mut self, doing: Doing, path: &str, name: String) -> Result<Outcome, Refusal> {
        let id = self.run_by(doing, path)?;
        if name.trim().is_empty() || name.contains('/') {
            return Err(Refusal::invalid("Repository", "name", Fault::Unknown));
        }
        let owner = self.project_mut(id)?.owner;
        self.check_free(owner, &name, id)?;
        self.leave_path(id);
        let project = self.project_mut(id)?;
        let before = std::mem::replace(&mut project.name, name);
        project.updated_at = doing.now;
        self.tell_of(doing, id, What::Renamed { before });
        Ok(Outcome::Done)
    }

    fn move_project(&mut self, doing: Doing, path: &str, to: &Login) -> Result<Outcome, Refusal> {
        let id = self.run_by(doing, path)?;
        let unknown = || Refusal::invalid("Repository", "new_owner", Fault::Unknown);
        let owner = self.user(to.as_str()).ok_or_else(unknown)?.id;
        let name = self.project_mut(id)?.name.clone();
        self.check_free(owner, &name, id)?;
        self.leave_path(id);
        let project = self.project_mut(id)?;
        let before = std::mem::replace(&mut project.owner, owner);
        project.updated_at = doing.now;
        self.tell_of(doing, id, What::Transferred { before });
        Ok(Outcome::Done)
    }

    fn check_free(&self, owner: super::super::ids::UserId, name: &str, but: ProjectId) -> Result<(), Refusal> {
        let taken = |other: &super::super::Project| {
            other.id != but && other.owner == owner && other.name.eq_ignore_ascii_case(name)
        };
        if self.projects.values().any(taken) {
            return Err(Refusal::invalid("Repository", "name", Fault::Taken));
        }
        Ok(())
    }

    /// Remembers the path it has now, for those who still use it.
    fn leave_path(&mut self, id: ProjectId) {
        if let Some(path) = self.projects.get(&id).map(|project| self.path(project)) {
            self.former.insert(path.to_lowercase(), id);
        }
    }

    fn set_archived(&mut self, doing: Doing, path: &str, archived: bool) -> Result<Outcome, Refusal> {
        let id = self.run_by(doing, path)?;
        let project = self.project_mut(id)?;
        let before = std::mem::replace(&mut project.archived, archived);
        project.updated_at = doing.now;
        match (before, archived) {
            (false, true) => self.tell_of(doing, id, What::Archived),
            (true, false) => self.tell_of(doing, id, What::Unarchived),
            _ => {}
        }
        Ok(Outcome::Done)
    }

    fn delete_project(&mut self, doing: Doing, path: &str) -> Result<Outcome, Refusal> {
        let id = self.run_by(doing, path)?;
        self.tell_of(doing, id, What::ProjectDeleted);
        self.projects.remove(&id);
        self.former.retain(|_, project| *project != id);
        let gone: Vec<_> = self.issues.values().filter(|issue| issue.project == id).map(|issue| issue.id).collect();
        for issue in gone {
            self.issues.remove(&issue);
            self.threads.remove(&issue);
            self.history.remove(&issue);
            self.comments.retain(|_, comment| comment.issue != issue);
        }
        self.places.retain(|(project, _), _| *project != id);
        Ok(Outcome::Done)
    }

    fn set_access(&mut self, doing: Doing, path: &str, who: &Login, access: Access) -> Result<Outcome, Refusal> {
        let id = self.run_by(doing, path)?;
        let user = self.user(who.as_str()).ok_or(Refusal::Absent("account"))?.id;
        let members = &mut self.project_mut(id)?.members;
        let before = match access {
            Access::None => members.remove(&user),
            access => members.insert(user, access),
        };
        let before = before.unwrap_or(Access::None);
        if before != access {
            self.tell_of(doing, id, What::AccessSet { who: user, before, now: access });
        }
        Ok(Outcome::Done)
    }
}
