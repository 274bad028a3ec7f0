//! Who does something where, whether they may, and how it is written down.

use super::super::{
    deed::At,
    happening::{Happening, What},
    ids::{IssueId, ProjectId, UserId},
    issue::{Entry, Event, Issue},
    people::Login,
    project::{Access, Project},
    refusal::{Fault, Refusal},
    world::{Place, World},
};
use crate::domain::time::Moment;

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Doing {
    pub(in super::super) by: UserId,
    pub(in super::super) now: Moment,
}

/// Where it is done.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Scene {
    pub(in super::super) project: ProjectId,
    pub(in super::super) issue: IssueId,
    pub(in super::super) access: Access,
}

impl Scene {
    pub(super) fn needs(self, needs: Access) -> Result<(), Refusal> {
        if self.access >= needs { Ok(()) } else { Err(Refusal::Forbidden { needs }) }
    }
}

impl World {
    /// A project that may be seen, and with which access.
    pub(super) fn seen(&self, doing: Doing, path: &str) -> Result<(ProjectId, Access), Refusal> {
        let project = self.project(path).or_else(|| self.formerly(path)).ok_or(Refusal::Absent("project"))?;
        match self.access(doing.by, project) {
            Access::None => Err(Refusal::Absent("project")),
            access => Ok((project.id, access)),
        }
    }

    /// A project that may be changed with this access.
    pub(super) fn ground(&self, doing: Doing, path: &str, needs: Access) -> Result<ProjectId, Refusal> {
        let (project, access) = self.seen(doing, path)?;
        self.writable(project)?;
        if access < needs {
            return Err(Refusal::Forbidden { needs });
        }
        Ok(project)
    }

    fn writable(&self, project: ProjectId) -> Result<(), Refusal> {
        match self.projects.get(&project) {
            Some(project) if project.archived => Err(Refusal::Archived),
            Some(_) => Ok(()),
            None => Err(Refusal::Absent("project")),
        }
    }

    /// An issue that may be seen, in a project that can be written to.
    pub(super) fn scene(&self, doing: Doing, at: &At) -> Result<Scene, Refusal> {
        let (project, access) = self.seen(doing, &at.project)?;
        let issue = match self.place(project, at.number).ok_or(Refusal::Absent("issue"))? {
            Place::Here(issue) => issue,
            Place::Deleted => return Err(Refusal::Deleted),
            Place::Moved(issue) => return Err(Refusal::Moved(issue)),
        };
        self.confide(doing, issue, access)?;
        self.writable(project)?;
        Ok(Scene { project, issue, access })
    }

    /// The scene of an issue known by its number in the world.
    pub(super) fn scene_of(&self, doing: Doing, issue: IssueId) -> Result<Scene, Refusal> {
        let found = self.issues.get(&issue).ok_or(Refusal::Absent("issue"))?;
        let project = self.projects.get(&found.project).ok_or(Refusal::Absent("issue"))?;
        let access = self.access(doing.by, project);
        if access == Access::None {
            return Err(Refusal::Absent("issue"));
        }
        self.confide(doing, issue, access)?;
        self.writable(project.id)?;
        Ok(Scene { project: project.id, issue, access })
    }

    /// A confidential issue is there for its author and for members who plan or sort issues.
    fn confide(&self, doing: Doing, issue: IssueId, access: Access) -> Result<(), Refusal> {
        let hidden = self.issues.get(&issue).is_some_and(|it| it.confidential && it.author != doing.by);
        if hidden && access < Access::Plan { Err(Refusal::Absent("issue")) } else { Ok(()) }
    }

    /// The accounts behind logins, without doubles.
    pub(super) fn accounts(&self, of: &'static str, who: &[Login]) -> Result<Vec<UserId>, Refusal> {
        let mut found = Vec::new();
        for login in who {
            let user = self.user(login.as_str()).ok_or_else(|| Refusal::invalid(of, "assignees", Fault::Unknown))?;
            if !found.contains(&user.id) {
                found.push(user.id);
            }
        }
        Ok(found)
    }

    pub(super) fn issue_mut(&mut self, id: IssueId) -> Result<&mut Issue, Refusal> {
        self.issues.get_mut(&id).ok_or(Refusal::Absent("issue"))
    }

    pub(super) fn project_mut(&mut self, id: ProjectId) -> Result<&mut Project, Refusal> {
        self.projects.get_mut(&id).ok_or(Refusal::Absent("project"))
    }

    /// The issue changed: now.
    pub(super) fn touch(&mut self, doing: Doing, issue: IssueId) {
        if let Some(issue) = self.issues.get_mut(&issue) {
            issue.updated_at = doing.now;
        }
    }

    /// A line of the history.
    pub(super) fn write_down(&mut self, doing: Doing, issue: IssueId, event: Event) {
        let id = self.fresh();
        let entry = Entry { id, at: doing.now, by: doing.by, event };
        self.history.entry(issue).or_default().push(entry);
    }

    /// Something that hooks may be told, with the issue as it is now.
    pub(super) fn tell(&mut self, doing: Doing, scene: Scene, what: What) {
        let issue = self.issues.get(&scene.issue).cloned();
        self.announce(doing, scene.project, issue, what);
    }

    /// Something about a project alone.
    pub(super) fn tell_of(&mut self, doing: Doing, project: ProjectId, what: What) {
        self.announce(doing, project, None, what);
    }

    /// Something about an issue as it was.
    pub(super) fn announce_old(&mut self, doing: Doing, project: ProjectId, old: Issue, what: What) {
        self.announce(doing, project, Some(old), what);
    }

    fn announce(&mut self, doing: Doing, project: ProjectId, issue: Option<Issue>, what: What) {
        let Some(project) = self.projects.get(&project).cloned() else { return };
        self.record_of(doing, &project, &what);
        self.serial += 1;
        let serial = self.serial;
        self.happenings.push(Happening { serial, at: doing.now, by: doing.by, project, issue, what });
    }
}

/// A text within its bound.
pub(super) fn within(of: &'static str, field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() > most { Err(Refusal::invalid(of, field, Fault::TooLong(most))) } else { Ok(()) }
}
