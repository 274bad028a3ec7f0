//! What to do about a comment of which nobody knows whether it was posted.
//!
//! The rule: leave it alone for a while (the forge may still be working on it), then look through the whole thread for
//! its marker. Found: it is done. Absent twice, some time apart, in a thread that is complete: it is sent again. A thread
//! that stays incomplete by the forge's own count is looked through less and less often, and in the end taken as it is.

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

/// Between two look-ups in a thread that is not complete.
const LONGEST_RECHECK: TimeDelta = TimeDelta::minutes(5);

/// After so many look-ups a thread that never becomes complete is taken for complete.
const MOST_LOOKUPS: u32 = 6;

impl Desk<'_> {
    /// Settles what can be settled. `Some(at)` when comments must wait until then (machine time).
    pub(super) async fn settle(&mut self, forge: &Forge, issue: &Issue) -> Result<Option<Moment>, Trouble> {
        let open: Vec<EffectRow> = self
            .ledger
            .values()
            .filter(|row| matches!(row.state, EffectState::Sending | EffectState::Uncertain))
            .filter(|row| !keys::is_filed(&row.key) && !keys::is_entered(&row.key))
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
        let mut thread = self.every_comment(forge).await?;
        if let Some(sent) = open.iter().filter_map(|row| row.sent_at).min().filter(|_| self.gaps.missing) {
            // What is looked for is among the newest, which a list that is too long may not come to.
            thread.extend(self.comments_since(forge, sent - TimeDelta::minutes(1)).await?);
        }
        let all_counted = u64::try_from(thread.len()).unwrap_or(u64::MAX) >= issue.comments;
        let complete = all_counted && !self.gaps.missing;
        let mut wait = None;
        for row in open {
            let waited = self.waited(&row);
            let whole = complete || self.is_taken_for_whole(waited);
            if let Some(comment) = self.find(&thread, &row.key, &bot) {
                self.found(row, &comment);
            } else if whole && row.absences >= 1 {
                self.put(EffectRow { state: EffectState::Planned, absences: 0, not_before: None, ..row });
            } else {
                let recheck = span(patience.recheck);
                let pause = if whole { recheck } else { (waited + recheck).min(LONGEST_RECHECK) };
                let not_before = now + pause;
                let absences = if whole { row.absences + 1 } else { row.absences };
                self.put(EffectRow { state: EffectState::Uncertain, absences, not_before: Some(not_before), ..row });
                wait = wait.max(Some(not_before));
            }
        }
        self.flush().await?;
        Ok(wait)
    }

    /// How long after the first look-up this one was to come.
    fn waited(&self, row: &EffectRow) -> TimeDelta {
        let settle = TimeDelta::from_std(self.engine.patience.settle).unwrap_or(TimeDelta::MAX);
        let planned = row.not_before.zip(row.sent_at).map_or(settle, |(planned, sent)| planned - sent);
        (planned - settle).max(TimeDelta::zero())
    }

    /// A forge that counts comments it does not show would keep the comment waiting for ever: after some look-ups, each
    /// after twice the pause, what it shows is all there is.
    fn is_taken_for_whole(&self, waited: TimeDelta) -> bool {
        let recheck = TimeDelta::from_std(self.engine.patience.recheck).unwrap_or(TimeDelta::MAX);
        let pauses = (1..MOST_LOOKUPS).map(|nth| (recheck * 2_i32.pow(nth - 1)).min(LONGEST_RECHECK));
        let enough = waited >= pauses.fold(TimeDelta::zero(), |sum, pause| sum + pause);
        if enough {
            tracing::warn!(
                incident.id = %self.claim.issue,
                "the forge counts more comments than it shows; a comment of unknown fate is looked for in what it shows"
            );
        }
        enough
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
