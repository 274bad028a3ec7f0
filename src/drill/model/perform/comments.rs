//! Comments and reactions.

use super::{
    super::{
        deed::At,
        happening::What,
        ids::ReactionId,
        issue::{Comment, Edit, Event, Reaction, Target},
        outcome::Outcome,
        project::Access,
        refusal::{Fault, Refusal},
        world::World,
    },
    Doing, Scene,
    issues::revise,
    standing::within,
};
use crate::domain::{ids::CommentId, time::Moment};

/// What can be reacted with.
const REACTIONS: [&str; 8] = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

/// How a comment stands among others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thread {
    /// By itself.
    None,
    /// By itself, for the team alone.
    Internal,
    /// It begins a discussion.
    Begins,
    /// It answers one, for whoever may read that.
    Answers(CommentId),
}

impl World {
    pub(super) fn post_comment(
        &mut self,
        doing: Doing,
        at: &At,
        body: String,
        thread: Thread,
    ) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        let issue = self.issue_mut(scene.issue)?;
        if issue.lock.is_some() && scene.access < Access::Write {
            return Err(Refusal::Locked);
        }
        self.check_comment(&body)?;
        let answered = self.answered(scene, thread)?;
        let id = CommentId(self.fresh());
        let internal = answered.as_ref().map_or(matches!(thread, Thread::Internal), |comment| comment.internal);
        let begins = matches!(thread, Thread::Begins).then_some(id);
        let thread = answered.map(|comment| comment.thread.unwrap_or(comment.id)).or(begins);
        if let Some(first) = thread.and_then(|first| self.comments.get_mut(&first)) {
            first.thread = thread;
        }
        let (created_at, updated_at) = (doing.now, doing.now);
        let comment = Comment {
            id,
            issue: scene.issue,
            author: doing.by,
            body,
            created_at,
            updated_at,
            internal,
            thread,
            minimised: None,
            edits: Vec::new(),
        };
        self.comments.insert(id, comment.clone());
        self.threads.entry(scene.issue).or_default().push(id);
        self.issue_mut(scene.issue)?.comments += 1;
        self.write_down(doing, scene.issue, Event::Commented(id));
        self.touch(doing, scene.issue);
        self.tell(doing, scene, What::Commented(comment));
        Ok(Outcome::Comment(id))
    }

    /// The comment that is answered, if one is: one of this issue.
    fn answered(&self, scene: Scene, thread: Thread) -> Result<Option<Comment>, Refusal> {
        let Thread::Answers(to) = thread else { return Ok(None) };
        let found = self.comments.get(&to).filter(|comment| comment.issue == scene.issue);
        found.cloned().map(Some).ok_or(Refusal::Absent("comment"))
    }

    fn check_comment(&self, body: &str) -> Result<(), Refusal> {
        if body.trim().is_empty() {
            return Err(Refusal::invalid("IssueComment", "body", Fault::Missing));
        }
        within("IssueComment", "body", body, self.caps.body)
    }

    /// A comment, and the scene it stands in.
    fn said(&self, doing: Doing, id: CommentId) -> Result<(Comment, Scene), Refusal> {
        let comment = self.comments.get(&id).ok_or(Refusal::Absent("comment"))?;
        Ok((comment.clone(), self.scene_of(doing, comment.issue)?))
    }

    /// A comment of one's own, or any with write access.
    fn said_by(&self, doing: Doing, id: CommentId) -> Result<(Comment, Scene), Refusal> {
        let (comment, scene) = self.said(doing, id)?;
        if comment.author != doing.by {
            scene.needs(Access::Write)?;
        }
        Ok((comment, scene))
    }

    /// Editing moves the comment's own stamp and not the issue's, so that nobody can rely on the latter.
    pub(super) fn edit_comment(&mut self, doing: Doing, id: CommentId, body: String) -> Result<Outcome, Refusal> {
        let (before, scene) = self.said_by(doing, id)?;
        self.check_comment(&body)?;
        if before.body == body {
            return Ok(Outcome::Comment(id));
        }
        let comment = self.comments.get_mut(&id).ok_or(Refusal::Absent("comment"))?;
        let first = Edit { at: before.created_at, by: before.author, text: before.body.clone() };
        revise(&mut comment.edits, first, Edit { at: doing.now, by: doing.by, text: body.clone() });
        comment.body = body;
        comment.updated_at = doing.now;
        let comment = comment.clone();
        self.tell(doing, scene, What::CommentEdited { comment, before: before.body });
        Ok(Outcome::Comment(id))
    }

    pub(super) fn delete_comment(&mut self, doing: Doing, id: CommentId) -> Result<Outcome, Refusal> {
        let (comment, scene) = self.said_by(doing, id)?;
        self.comments.remove(&id);
        if let Some(thread) = self.threads.get_mut(&scene.issue) {
            thread.retain(|other| *other != id);
        }
        self.reactions.retain(|reaction| reaction.to != Target::Comment(id));
        let issue = self.issue_mut(scene.issue)?;
        issue.comments = issue.comments.saturating_sub(1);
        // The line of the history goes with the comment.
        if let Some(history) = self.history.get_mut(&scene.issue) {
            history.retain(|entry| !matches!(entry.event, Event::Commented(other) if other == id));
        }
        self.write_down(doing, scene.issue, Event::CommentDeleted);
        self.touch(doing, scene.issue);
        self.tell(doing, scene, What::CommentDeleted(comment));
        Ok(Outcome::Done)
    }

    pub(super) fn fold_comment(
        &mut self,
        doing: Doing,
        id: CommentId,
        reason: Option<String>,
    ) -> Result<Outcome, Refusal> {
        let (_, scene) = self.said(doing, id)?;
        scene.needs(Access::Write)?;
        let comment = self.comments.get_mut(&id).ok_or(Refusal::Absent("comment"))?;
        comment.minimised = reason;
        Ok(Outcome::Comment(id))
    }

    pub(super) fn react(&mut self, doing: Doing, to: Target, content: String) -> Result<Outcome, Refusal> {
        if !REACTIONS.contains(&content.as_str()) {
            return Err(Refusal::invalid("Reaction", "content", Fault::Unknown));
        }
        let (comment, scene) = self.target(doing, to)?;
        let same = |one: &&Reaction| one.to == to && one.by == doing.by && one.content == content;
        if let Some(known) = self.reactions.iter().find(same) {
            return Ok(Outcome::Reaction(known.id, false));
        }
        let id = ReactionId(self.fresh());
        let reaction = Reaction { id, to, by: doing.by, content, at: doing.now };
        self.reactions.push(reaction.clone());
        self.tell(doing, scene, What::Reacted { reaction, comment });
        Ok(Outcome::Reaction(id, true))
    }

    /// What is reacted to, and where: with the comment, if it is one.
    fn target(&self, doing: Doing, to: Target) -> Result<(Option<Comment>, Scene), Refusal> {
        match to {
            Target::Issue(issue) => Ok((None, self.scene_of(doing, issue)?)),
            Target::Comment(id) => self.said(doing, id).map(|(comment, scene)| (Some(comment), scene)),
        }
    }

    pub(super) fn unreact(&mut self, doing: Doing, id: ReactionId) -> Result<Outcome, Refusal> {
        let reaction = self.reaction(id).cloned().ok_or(Refusal::Absent("reaction"))?;
        if reaction.by != doing.by {
            return Err(Refusal::Forbidden { needs: Access::Admin });
        }
        let (comment, scene) = self.target(doing, reaction.to)?;
        self.reactions.retain(|one| one.id != id);
        self.tell(doing, scene, What::Unreacted { reaction, comment });
        Ok(Outcome::Done)
    }

    /// Moves a comment's stamp and nothing else, for forges on which reactions do.
    pub fn stir(&mut self, id: CommentId, now: Moment) {
        if let Some(comment) = self.comments.get_mut(&id) {
            comment.updated_at = now;
        }
        self.memorise(now);
    }
}
