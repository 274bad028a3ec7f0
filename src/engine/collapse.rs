//! Taking back what has done its work: folding it away, or deleting it where a forge folds nothing.
//!
//! What always holds: both can be repeated without harm; a deletion is in the journal before it is done, so that after a
//! death in between nobody else is taken for the one who deleted it.

use crate::{
    domain::{event::What, ids::CommentId, message::Message},
    forge::{Forge, ForgeError},
    telemetry,
};

use super::{Trouble, apply::Applied, desk::Desk};

impl Desk<'_> {
    /// Folds a comment away, or deletes it where the forge folds nothing.
    pub(super) async fn collapse(
        &mut self,
        forge: &Forge,
        comment: CommentId,
        of: &str,
        message: &Message,
    ) -> Result<Applied, Trouble> {
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
}
