//! Filing, editing, closing, locking, deleting and moving issues.

use chrono::TimeDelta;

use super::{
    super::{
        deed::{At, Close, Deed},
        escalation::Escalation,
        happening::What,
        ids::{IssueId, ProjectId},
        issue::{Edit, Event, Issue, Lock, Reason},
        outcome::Outcome,
        people::Login,
        project::Access,
        refusal::{Fault, Refusal},
        world::{Place, World},
    },
    Doing, Scene,
    standing::within,
};
use crate::domain::forge_severity::ForgeSeverity;

/// What is filed.
struct Draft {
    title: String,
    body: Option<String>,
    labels: Vec<String>,
    assignees: Vec<Login>,
    confidential: bool,
}

impl World {
    pub(super) fn on_issue(&mut self, doing: Doing, deed: Deed) -> Result<Outcome, Refusal> {
        match deed {
            Deed::File { project, title, body, labels, assignees, confidential } => {
                self.file(doing, &project, Draft { title, body, labels, assignees, confidential })
            }
            Deed::Edit { at, title, body } => self.edit(doing, &at, title, body),
            Deed::Close { at, reason } => self.close(doing, &at, reason),
            Deed::Reopen { at } => self.reopen(doing, &at),
            Deed::Lock { at, reason } => self.lock(doing, &at, reason),
            Deed::Unlock { at } => self.unlock(doing, &at),
            Deed::SetConfidential { at, confidential } => self.set_confidential(doing, &at, confidential),
            Deed::SetKind { at, kind } => self.set_kind(doing, &at, kind),
            Deed::SetSeverity { at, severity } => self.set_severity(doing, &at, severity),
            Deed::SetEscalation { at, to } => self.set_escalation(doing, &at, to),
            Deed::Delete { at } => self.delete(doing, &at),
            Deed::Transfer { at, to } => self.transfer(doing, &at, &to),
            _ => Ok(Outcome::Done),
        }
    }

    fn file(&mut self, doing: Doing, path: &str, draft: Draft) -> Result<Outcome, Refusal> {
        let (project, access) = self.seen(doing, path)?;
        self.ground(doing, path, Access::Read)?;
        if self.projects.get(&project).is_some_and(|project| !project.has_issues) {
            return Err(Refusal::NoIssues);
        }
        self.check_title(&draft.title)?;
        within("Issue", "body", draft.body.as_deref().unwrap_or_default(), self.caps.body)?;
        // Who cannot sort issues may file one, but not sort it: the rest is left out without a word.
        let sorting = access >= Access::Triage;
        let labels = if sorting { draft.labels } else { Vec::new() };
        let assignees = if sorting { self.accounts("Issue", &draft.assignees)? } else { Vec::new() };
        self.check_labels(&labels, 0)?;
        let id = IssueId(self.fresh());
        let number = self.next_number(project)?;
        let issue = Issue {
            id,
            project,
            number,
            title: draft.title,
            body: draft.body,
            open: true,
            reason: None,
            labels: Vec::new(),
            assignees: Vec::new(),
            author: doing.by,
            lock: None,
            confidential: draft.confidential,
            reply_to: None,
            kind: None,
            severity: ForgeSeverity::Unknown,
            escalation: Escalation::default(),
            created_at: doing.now,
            updated_at: doing.now,
            closed: None,
            edits: Vec::new(),
            comments: 0,
        };
        self.issues.insert(id, issue);
        self.places.insert((project, number), Place::Here(id));
        let scene = Scene { project, issue: id, access };
        // The issue is told of with its labels and assignees, and then each of them once more.
        let mut told = Vec::new();
        for name in &labels {
            told.extend(self.put_on(doing, scene, name)?.map(What::Labelled));
        }
        for who in assignees {
            told.extend(self.put_in_charge(doing, scene, who)?.map(What::Assigned));
        }
        self.tell(doing, scene, What::Filed);
        for what in told {
            self.tell(doing, scene, what);
        }
        Ok(Outcome::Issue(id))
    }

    fn check_title(&self, title: &str) -> Result<(), Refusal> {
        if title.trim().is_empty() {
            return Err(Refusal::invalid("Issue", "title", Fault::Missing));
        }
        within("Issue", "title", title, self.caps.title)
    }

    fn next_number(&mut self, project: ProjectId) -> Result<u64, Refusal> {
        let project = self.project_mut(project)?;
        project.last_number += 1;
        Ok(project.last_number)
    }

    fn edit(&mut self, doing: Doing, at: &At, title: Option<String>, body: Option<String>) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        self.mine_or(doing, scene, Access::Write)?;
        if let Some(title) = &title {
            self.check_title(title)?;
        }
        within("Issue", "body", body.as_deref().unwrap_or_default(), self.caps.body)?;
        let issue = self.issue_mut(scene.issue)?;
        let title = title.filter(|title| *title != issue.title);
        let body = body.filter(|body| issue.body.as_ref() != Some(body));
        if title.is_none() && body.is_none() {
            return Ok(Outcome::Issue(scene.issue));
        }
        let (title_before, body_before) = (issue.title.clone(), issue.body.clone());
        if let Some(title) = &title {
            issue.title.clone_from(title);
        }
        if let Some(body) = &body {
            let first = Edit { at: issue.created_at, by: issue.author, text: issue.body.take().unwrap_or_default() };
            revise(&mut issue.edits, first, Edit { at: doing.now, by: doing.by, text: body.clone() });
            issue.body = Some(body.clone());
        }
        if let Some(to) = &title {
            self.write_down(doing, scene.issue, Event::Renamed { from: title_before.clone(), to: to.clone() });
        }
        self.touch(doing, scene.issue);
        let (title, body) = (title.map(|_| title_before), body.map(|_| body_before));
        self.tell(doing, scene, What::Edited { title, body });
        Ok(Outcome::Issue(scene.issue))
    }

    /// Authors may, others need an access.
    fn mine_or(&self, doing: Doing, scene: Scene, needs: Access) -> Result<(), Refusal> {
        match self.issues.get(&scene.issue) {
            Some(issue) if issue.author == doing.by => Ok(()),
            _ => scene.needs(needs),
        }
    }

    fn close(&mut self, doing: Doing, at: &At, why: Close) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        self.mine_or(doing, scene, Access::Triage)?;
        let issue = self.issue_mut(scene.issue)?;
        let was_open = std::mem::replace(&mut issue.open, false);
        if !was_open && issue.reason == Some(Reason::Closed(why)) {
            return Ok(Outcome::Issue(scene.issue));
        }
        issue.reason = Some(Reason::Closed(why));
        issue.updated_at = doing.now;
        if was_open {
            issue.closed = Some((doing.now, doing.by));
            self.write_down(doing, scene.issue, Event::Closed(why));
            self.tell(doing, scene, What::Closed);
            self.resolve(doing, scene)?;
        }
        Ok(Outcome::Issue(scene.issue))
    }

    fn reopen(&mut self, doing: Doing, at: &At) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        let issue = self.issue_mut(scene.issue)?;
        // An author may take back only what the author did.
        let own = issue.author == doing.by && issue.closed.is_none_or(|(_, by)| by == doing.by);
        if !own {
            scene.needs(Access::Triage)?;
        }
        let issue = self.issue_mut(scene.issue)?;
        if issue.open {
            return Ok(Outcome::Issue(scene.issue));
        }
        issue.open = true;
        issue.reason = Some(Reason::Reopened);
        issue.closed = None;
        issue.updated_at = doing.now;
        self.write_down(doing, scene.issue, Event::Reopened);
        self.tell(doing, scene, What::Reopened);
        Ok(Outcome::Issue(scene.issue))
    }

    fn lock(&mut self, doing: Doing, at: &At, reason: Option<String>) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Write)?;
        let issue = self.issue_mut(scene.issue)?;
        if issue.lock.is_some() {
            return Ok(Outcome::Done);
        }
        issue.lock = Some(Lock(reason.clone()));
        issue.updated_at = doing.now;
        self.write_down(doing, scene.issue, Event::Locked(reason));
        self.tell(doing, scene, What::Locked);
        Ok(Outcome::Done)
    }

    fn unlock(&mut self, doing: Doing, at: &At) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Write)?;
        let issue = self.issue_mut(scene.issue)?;
        if issue.lock.take().is_none() {
            return Ok(Outcome::Done);
        }
        issue.updated_at = doing.now;
        self.write_down(doing, scene.issue, Event::Unlocked);
        self.tell(doing, scene, What::Unlocked);
        Ok(Outcome::Done)
    }

    fn set_confidential(&mut self, doing: Doing, at: &At, confidential: bool) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        let issue = self.issue_mut(scene.issue)?;
        let before = std::mem::replace(&mut issue.confidential, confidential);
        if before != confidential {
            // A forge takes a moment for everything; whoever compares can tell that the issue was touched.
            issue.updated_at = doing.now.max(issue.created_at + TimeDelta::milliseconds(1));
            self.write_down(doing, scene.issue, Event::Confidential(confidential));
            self.tell(doing, scene, What::Confidential { before });
        }
        Ok(Outcome::Issue(scene.issue))
    }

    fn set_kind(&mut self, doing: Doing, at: &At, kind: Option<String>) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        let issue = self.issue_mut(scene.issue)?;
        issue.kind = kind;
        issue.updated_at = doing.now;
        self.tell(doing, scene, What::Edited { title: None, body: None });
        Ok(Outcome::Issue(scene.issue))
    }

    fn delete(&mut self, doing: Doing, at: &At) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Admin)?;
        self.tell(doing, scene, What::Deleted);
        let issue = self.issues.remove(&scene.issue).ok_or(Refusal::Absent("issue"))?;
        self.places.insert((scene.project, issue.number), Place::Deleted);
        for comment in self.threads.remove(&scene.issue).unwrap_or_default() {
            self.comments.remove(&comment);
        }
        self.history.remove(&scene.issue);
        Ok(Outcome::Done)
    }

    fn transfer(&mut self, doing: Doing, at: &At, to: &str) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Write)?;
        let target = self.ground(doing, to, Access::Write)?;
        let (from, into) = (self.project_mut(scene.project)?.clone(), self.project_mut(target)?.clone());
        let opens =
            from.visibility != into.visibility && into.visibility == crate::domain::snapshot::Visibility::Public;
        if from.owner != into.owner || from.id == into.id || opens {
            return Err(Refusal::invalid("Issue", "repository", Fault::Unknown));
        }
        let number = self.next_number(target)?;
        let issue = self.issue_mut(scene.issue)?;
        let old = issue.clone();
        issue.project = target;
        issue.number = number;
        issue.updated_at = doing.now;
        // Labels that the other project does not define stay behind.
        issue.labels.retain(|name| into.label(name).is_some());
        let new = issue.clone();
        self.places.insert((scene.project, old.number), Place::Moved(old.id));
        self.places.insert((target, number), Place::Here(old.id));
        self.write_down(doing, old.id, Event::Transferred);
        let away = What::MovedAway { new: Box::new(new), to: Box::new(self.project_mut(target)?.clone()) };
        self.announce_old(doing, scene.project, old.clone(), away);
        let arrived = Scene { project: target, ..scene };
        self.tell(doing, arrived, What::MovedIn { old: Box::new(old), from: Box::new(from) });
        Ok(Outcome::Issue(scene.issue))
    }
}

/// Adds a version of a text, and the first one if this is the second.
pub(super) fn revise(edits: &mut Vec<Edit>, first: Edit, next: Edit) {
    if edits.is_empty() {
        edits.push(first);
    }
    edits.push(next);
}
