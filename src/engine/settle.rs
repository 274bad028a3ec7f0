//! What to do about a comment of which nobody knows whether it was posted.
//!
//! The rule: leave it alone for a while (the forge may still be working on it), then look through the whole thread for
//! its marker. Found: it is done. Absent twice, some time apart, in a thread that is complete: it is sent again.

use chrono::TimeDelta;

use crate::{
    domain::{
        event::{Event, What},
        message::MessageKind,
        people::Actor,
        snapshot::{Comment, Issue},
        time::Moment,
    },
    forge::Forge,
    plan::keys,
    store::{EffectRow, EffectState},
    text::marker,
};

use super::{Trouble, desk::Desk, look::is_same};

impl Desk<'_> {
    /// Settles what can be settled. `Some(at)` when comments must wait until then (machine time).
    pub(super) async fn settle(&mut self, forge: &Forge, issue: &Issue) -> Result<Option<Moment>, Trouble> {
        let open: Vec<EffectRow> = self
            .ledger
            .values()
            .filter(|row| matches!(row.state, EffectState::Sending | EffectState::Uncertain))
            .cloned()
            .collect();
        if open.is_empty() {
            return Ok(None);
        }
        let now = self.machine_now();
        let patience = self.engine.patience;
        let span = |span| TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        let ready = |row: &EffectRow| row.not_before.unwrap_or(row.sent_at.unwrap_or(now) + span(patience.settle));
        if let Some(wait) = open.iter().map(&ready).max().filter(|at| *at > now) {
            return Ok(Some(wait));
        }
        let bot = forge.read.whoami().await?;
        let thread = self.every_comment(forge).await?;
        let complete = u64::try_from(thread.len()).unwrap_or(u64::MAX) >= issue.comments;
        let mut wait = None;
        for row in open {
            if let Some(comment) = self.find(&thread, &row.key, &bot) {
                self.found(row, &comment);
            } else if complete && row.absences >= 1 {
                self.put(EffectRow { state: EffectState::Planned, absences: 0, not_before: None, ..row });
            } else {
                let not_before = now + span(patience.recheck);
                let absences = if complete { row.absences + 1 } else { row.absences };
                self.put(EffectRow { state: EffectState::Uncertain, absences, not_before: Some(not_before), ..row });
                wait = Some(not_before);
            }
        }
        self.flush().await?;
        Ok(wait)
    }

    fn find(
        &self,
        thread: &[Comment],
        key: &str,
        bot: &crate::domain::people::Account,
    ) -> Option<(MessageKind, Comment)> {
        let keys = self.engine.keys(&self.claim.issue.forge);
        thread.iter().filter(|comment| comment.author.as_ref().is_some_and(|author| is_same(author, bot))).find_map(
            |comment| {
                let marker = marker::read(&comment.body, &self.claim.issue, keys)?;
                (marker.key == key).then(|| (marker.kind, comment.clone()))
            },
        )
    }

    fn found(&mut self, row: EffectRow, (kind, comment): &(MessageKind, Comment)) {
        let covers = keys::covers(&row.key);
        let what = What::Wrote { key: row.key.clone(), kind: *kind, comment: comment.id, covers };
        let url = Some(comment.url.clone());
        let known = self.incident.reminders.iter().any(|reminder| reminder.key == row.key)
            || self.incident.written.iter().any(|written| written.key == row.key);
        if !known {
            self.take(vec![Event { at: comment.created_at, by: Actor::Bot, url, what }]);
        }
        self.put(EffectRow {
            state: EffectState::Done,
            remote: Some(comment.id),
            not_before: None,
            absences: 0,
            ..row
        });
    }
}
