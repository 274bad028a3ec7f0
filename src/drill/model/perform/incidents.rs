//! What a forge keeps of incidents alone: how bad they are, and how far people are with them.

use super::{
    super::{
        deed::At,
        escalation::Escalation,
        happening::What,
        ids::{IssueId, UserId},
        issue::{Event, Issue},
        outcome::Outcome,
        project::Access,
        refusal::Refusal,
        world::World,
    },
    Doing, Scene,
};
use crate::domain::{forge_severity::ForgeSeverity, time::Moment};

fn is_incident(issue: &Issue) -> bool {
    issue.kind.as_deref() == Some("incident")
}

impl World {
    /// Only incidents have one; of other issues nothing is changed, and nothing said.
    pub(super) fn set_severity(&mut self, doing: Doing, at: &At, severity: ForgeSeverity) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        let issue = self.issue_mut(scene.issue)?;
        if is_incident(issue) && issue.severity != severity {
            let before = std::mem::replace(&mut issue.severity, severity);
            issue.updated_at = doing.now;
            self.write_down(doing, scene.issue, Event::Severity(severity));
            self.tell(doing, scene, What::Severity { before });
        }
        Ok(Outcome::Issue(scene.issue))
    }

    /// The forge notes something that somebody did by its own means, and that no hook is told of.
    pub fn note(&mut self, by: UserId, issue: IssueId, words: String, now: Moment) {
        let doing = Doing { by, now };
        self.write_down(doing, issue, Event::Noted(words));
        self.touch(doing, issue);
        self.memorise(now);
    }

    /// As with severities: of other issues nothing is changed, and nothing said.
    pub(super) fn set_escalation(&mut self, doing: Doing, at: &At, to: Escalation) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Write)?;
        self.escalate(doing, scene, to, false)?;
        Ok(Outcome::Issue(scene.issue))
    }

    /// An incident that is closed is resolved as well.
    pub(super) fn resolve(&mut self, doing: Doing, scene: Scene) -> Result<(), Refusal> {
        self.escalate(doing, scene, Escalation::Resolved, true)
    }

    fn escalate(&mut self, doing: Doing, scene: Scene, to: Escalation, closing: bool) -> Result<(), Refusal> {
        let issue = self.issue_mut(scene.issue)?;
        if !is_incident(issue) || issue.escalation == to {
            return Ok(());
        }
        let before = std::mem::replace(&mut issue.escalation, to);
        issue.updated_at = doing.now;
        let why = if closing { " by closing the incident" } else { "" };
        let words = format!("changed the incident status to **{}**{why}", to.title());
        self.write_down(doing, scene.issue, Event::Noted(words));
        self.tell(doing, scene, What::Escalation { before, closing });
        Ok(())
    }
}
