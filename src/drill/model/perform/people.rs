//! Who is assigned.

use super::{
    super::{
        deed::At, happening::What, ids::UserId, issue::Event, outcome::Outcome, people::Login, project::Access,
        refusal::Refusal, world::World,
    },
    Doing, Scene,
};

impl World {
    pub(super) fn assign(&mut self, doing: Doing, at: &At, who: &[Login]) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        for user in self.accounts("Issue", who)? {
            if let Some(user) = self.put_in_charge(doing, scene, user)? {
                self.touch(doing, scene.issue);
                self.tell(doing, scene, What::Assigned(user));
            }
        }
        Ok(Outcome::Issue(scene.issue))
    }

    pub(super) fn unassign(&mut self, doing: Doing, at: &At, who: &[Login]) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        for user in self.accounts("Issue", who)? {
            let issue = self.issue_mut(scene.issue)?;
            if !issue.assignees.contains(&user) {
                continue;
            }
            issue.assignees.retain(|other| *other != user);
            self.write_down(doing, scene.issue, Event::Unassigned(user));
            self.touch(doing, scene.issue);
            self.tell(doing, scene, What::Unassigned(user));
        }
        Ok(Outcome::Issue(scene.issue))
    }

    /// Assigns one account and writes it down; `None` if it was assigned, cannot be, or the bound is reached.
    pub(super) fn put_in_charge(
        &mut self,
        doing: Doing,
        scene: Scene,
        user: UserId,
    ) -> Result<Option<UserId>, Refusal> {
        let most = self.caps.assignees;
        let may = self.projects.get(&scene.project).is_some_and(|project| self.access(user, project) >= Access::Read);
        let issue = self.issue_mut(scene.issue)?;
        if !may || issue.assignees.contains(&user) || issue.assignees.len() >= most {
            return Ok(None);
        }
        issue.assignees.push(user);
        self.write_down(doing, scene.issue, Event::Assigned(user));
        Ok(Some(user))
    }
}
