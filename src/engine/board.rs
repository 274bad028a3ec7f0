//! Writing the board anew.
//!
//! What always holds: the board is read before it is written over, so a box that somebody ticked is a fact even where its
//! delivery was lost. Who it was, only a delivery tells.

use crate::{
    domain::{
        event::{Event, What},
        ids::CommentId,
        message::Message,
        people::Actor,
    },
    forge::{Forge, ForgeError},
    plan::observe::ticks,
    store::{EffectRow, EffectState},
    telemetry,
    text::boxes,
};

use super::{
    Trouble,
    apply::{Applied, digest_of},
    desk::Desk,
    gaps::in_incident_time,
};

impl Desk<'_> {
    /// Replaces the text of a comment if it differs from what was last written.
    pub(super) async fn rewrite(
        &mut self,
        forge: &Forge,
        key: &str,
        comment: CommentId,
        message: &Message,
    ) -> Result<Applied, Trouble> {
        let text = self.renderer.render(message)?;
        let row = self.row(key);
        let digest = digest_of(&text);
        if row.digest.as_ref() == Some(&digest) {
            return Ok(Applied::Done);
        }
        let now = self.machine_now();
        let free = row.sent_at.map_or(now, |at| at + self.project.limits.board_every);
        if free > now {
            return Ok(Applied::Wait(free));
        }
        if self.take_ticks(forge, comment, &row).await? {
            // What is to be written now is another text.
            self.unread = false;
            return Ok(Applied::Wait(now));
        }
        let body = self.stamped(&text, message.kind(), key);
        match forge.write.rewrite(&self.claim.issue, comment, &body).await {
            Err(ForgeError::Gone { .. }) if self.unread => {
                self.unread = false;
                return Ok(Applied::Wait(now));
            }
            Err(ForgeError::Gone { .. }) => self.tell(What::CommentGone { comment }, None),
            Err(error) => return Err(error.into()),
            Ok(()) => {
                let what = What::Rewrote { key: key.to_owned(), kind: message.kind(), digest: digest.clone() };
                self.tell(what, None);
            }
        }
        self.put(EffectRow { state: EffectState::Done, sent_at: Some(now), digest: Some(digest), ..row });
        telemetry::effect(message.kind().name(), "rewritten");
        Ok(Applied::Done)
    }

    /// Takes in what people ticked on the board since the bot wrote it; says whether there was something. A forge that
    /// stores the text a little differently shows the same boxes.
    async fn take_ticks(&mut self, forge: &Forge, board: CommentId, written: &EffectRow) -> Result<bool, Trouble> {
        self.stay().await?;
        let mut now_there = match forge.read.comment(&self.claim.issue, board).await {
            // Writing it tells as much.
            Err(ForgeError::Gone { .. }) => return Ok(false),
            comment => in_incident_time(comment?, &self.engine.ports.clock),
        };
        if written.digest.as_ref() == Some(&digest_of(&now_there.body.replace('\r', ""))) {
            return Ok(false);
        }
        let found = ticks(&self.incident, &self.project, board, &boxes::read(&now_there.body));
        if found.is_empty() {
            return Ok(false);
        }
        self.redate(forge, vec![&mut now_there]).await?;
        let (at, url) = (now_there.updated_at, Some(now_there.url));
        let events: Vec<Event> =
            found.into_iter().map(|what| Event { at, by: Actor::Somebody, url: url.clone(), what }).collect();
        self.take(events);
        Ok(true)
    }
}
