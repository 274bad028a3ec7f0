//! Taking back what has done its work: folding it away, or deleting it where a forge folds nothing.
//!
//! What always holds: both can be repeated without harm; a deletion is in the journal before it is done, so that after a
//! death in between nobody else is taken for the one who deleted it; and so is that it was refused, so that the bot is not
//! taken for whoever deletes the comment later.

use chrono::TimeDelta;

use crate::{
    domain::{event::What, ids::CommentId, message::Message},
    forge::{Forge, ForgeError},
    store::{EffectRow, EffectState},
    telemetry,
};

use super::{Trouble, apply::Applied, desk::Desk, told};

/// After a deletion was refused for the first time.
const AFTER_A_REFUSAL: TimeDelta = TimeDelta::seconds(30);

/// Between two attempts at a deletion that is refused, at the most.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(1);

impl Desk<'_> {
    /// Folds a comment, that of an effect's key, away, or deletes it where the forge folds nothing.
    pub(super) async fn collapse(
        &mut self,
        forge: &Forge,
        key: &str,
        (comment, of): (CommentId, &str),
        message: &Message,
    ) -> Result<Applied, Trouble> {
        if let Some(at) = self.row(key).not_before.filter(|at| *at > self.machine_now()) {
            return Ok(Applied::Wait(at));
        }
        let text = self.renderer.render(message)?;
        let instead = self.stamped(&text, message.kind(), of);
        let deletes = forge.write.collapses_by_deleting();
        if deletes && !self.incident.taken_back.contains_key(&comment) {
            // So that a death in between leaves no comment of which nobody knows who deleted it.
            self.tell(What::TakingBack { key: of.to_owned(), comment }, None);
            self.flush().await?;
        }
        match forge.write.collapse(&self.claim.issue, comment, &instead).await {
            // A reminder that a person deleted is out of the way as well.
            Ok(()) | Err(ForgeError::Gone { .. }) => {}
            // What may pass soon leaves the mark: the next attempt wants it again.
            Err(error @ (ForgeError::Denied { .. } | ForgeError::Invalid { .. })) if deletes => {
                return self.left_standing(key, comment, &error).await;
            }
            Err(error) => return Err(error.into()),
        }
        self.tell(What::Collapsed { key: of.to_owned() }, None);
        if deletes {
            // So that nobody looks for it, and takes its absence for somebody's doing.
            self.tell(What::CommentGone { comment }, None);
        }
        telemetry::effect("collapse", "done");
        Ok(Applied::Done)
    }

    /// The forge does not let the bot delete it. It is tried again, less and less often, because each attempt is written
    /// down; nothing else waits for it.
    async fn left_standing(&mut self, key: &str, comment: CommentId, error: &ForgeError) -> Result<Applied, Trouble> {
        telemetry::effect("collapse", error.class());
        tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(error));
        let row = self.row(key);
        let pause = AFTER_A_REFUSAL * 4_i32.pow(row.attempts.min(8));
        let wait = self.machine_now() + pause.min(LONGEST_PAUSE);
        let attempts = row.attempts.saturating_add(1);
        self.put(EffectRow { state: EffectState::Planned, attempts, not_before: Some(wait), ..row });
        self.tell(What::NotTakenBack { comment }, None);
        self.flush().await?;
        Ok(Applied::Wait(wait))
    }
}
