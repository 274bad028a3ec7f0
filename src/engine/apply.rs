//! Doing one planned action, once.
//!
//! A new comment goes through the ledger: its intent is on disk before a byte leaves, and its outcome after. Edits,
//! labels and reactions can be repeated without harm, so they need no intent. What is deliberately not here: deciding
//! what to do, and taking back what was said (`collapse`).

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::{
    domain::{
        action::{Action, Effect, LabelDefinition},
        event::{Event, Occurrence, What},
        ids::CommentId,
        message::{Message, MessageKind},
        people::Actor,
        snapshot::Audience,
        time::Moment,
    },
    forge::{Forge, ForgeError},
    store::{EffectRow, EffectState},
    telemetry,
    text::{marker, pages},
};

use super::{Trouble, desk::Desk, told};

/// Comments stay under this many bytes, the marker included.
const MOST_BYTES: usize = 60_000;

/// The marker and the line before it.
const MARKER_ROOM: usize = 1_000;

/// What the forge refuses this often as invalid, or as not allowed, is given up.
pub(super) const MOST_REFUSALS: u32 = 3;

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    /// Done, now or before.
    Done,
    /// Not now; look again at this moment (machine time).
    Wait(Moment),
}

/// A text to post under a key.
struct Draft<'a> {
    key: String,
    kind: MessageKind,
    text: String,
    /// Whom it is fit for.
    audience: Audience,
    covers: &'a [Occurrence],
}

impl Desk<'_> {
    /// Does one action unless the ledger says that it is done.
    pub(super) async fn apply(&mut self, forge: &Forge, action: &Action) -> Result<Applied, Trouble> {
        self.stay().await?;
        match &action.what {
            Effect::Label { add, remove } => self.label(forge, add, remove).await,
            Effect::Comment { message, covers } => {
                let text = self.renderer.render(message)?;
                match message.audience() {
                    Audience::Trusted => self.post_pages(forge, &action.key, message.kind(), text, covers).await,
                    audience @ Audience::Anyone => {
                        let (key, kind) = (action.key.clone(), message.kind());
                        self.post(forge, Draft { key, kind, text, audience, covers }).await
                    }
                }
            }
            Effect::File(filing) => self.file(forge, &action.key, filing).await,
            Effect::Report { closing } => {
                let text = self.report(forge, *closing).await?;
                self.post_pages(forge, &action.key, MessageKind::Retrospective, text, &[]).await
            }
            Effect::Rewrite { comment, message } => self.rewrite(forge, &action.key, *comment, message).await,
            Effect::Supersede { comment, message } => self.supersede(forge, &action.key, *comment, message).await,
            Effect::Collapse { comment, of, message } => {
                self.collapse(forge, &action.key, (*comment, of), message).await
            }
            Effect::MakeConfidential => self.make_confidential(forge, &action.key).await,
            Effect::ForgeSeverity { to } => self.forge_severity(forge, &action.key, *to).await,
            Effect::Enter(entry) => self.enter(forge, &action.key, entry).await,
            Effect::Link { number } => self.link(forge, &action.key, *number).await,
            Effect::Close => self.close(forge, &action.key).await,
            Effect::React { comment } => self.react(forge, &action.key, *comment).await,
        }
    }

    async fn label(&mut self, forge: &Forge, add: &[LabelDefinition], remove: &[String]) -> Result<Applied, Trouble> {
        let issue = self.claim.issue.clone();
        if !add.is_empty() && !remove.is_empty() && forge.write.moves_labels_at_once() {
            forge.write.move_labels(&issue, add, remove).await?;
            let added = add.iter().map(|label| label.name.clone()).collect();
            self.tell(What::Labelled { added, removed: remove.to_vec() }, None);
            telemetry::effect("labels", "done");
            return Ok(Applied::Done);
        }
        if !add.is_empty() {
            forge.write.add_labels(&issue, add).await?;
            let added = add.iter().map(|label| label.name.clone()).collect();
            self.tell(What::Labelled { added, removed: Vec::new() }, None);
        }
        for label in remove {
            forge.write.remove_label(&issue, label).await?;
            self.tell(What::Labelled { added: Vec::new(), removed: vec![label.clone()] }, None);
        }
        telemetry::effect("labels", "done");
        Ok(Applied::Done)
    }

    async fn post_pages(
        &mut self,
        forge: &Forge,
        key: &str,
        kind: MessageKind,
        text: String,
        covers: &[Occurrence],
    ) -> Result<Applied, Trouble> {
        let pages = pages::split(&text, MOST_BYTES - MARKER_ROOM);
        let keys: Vec<String> =
            (1..=pages.len()).map(|page| if page == 1 { key.to_owned() } else { format!("{key}#{page}") }).collect();
        // Later pages are owed as soon as the first is: a crash in between must not lose them.
        for key in keys.iter().skip(1).filter(|key| !self.ledger.contains_key(*key)).cloned().collect::<Vec<_>>() {
            self.put(self.row(&key));
        }
        for (key, text) in keys.into_iter().zip(pages) {
            let applied = self.post(forge, Draft { key, kind, text, audience: Audience::Trusted, covers }).await?;
            if applied != Applied::Done {
                return Ok(applied);
            }
        }
        Ok(Applied::Done)
    }

    async fn post(&mut self, forge: &Forge, draft: Draft<'_>) -> Result<Applied, Trouble> {
        let row = self.row(&draft.key);
        if let Some(applied) = self.settled(&row) {
            return Ok(applied);
        }
        self.stay().await?;
        let row = self.intend(row, Some(digest_of(&draft.text))).await?;
        let issue = self.claim.issue.clone();
        let body = self.stamped(&draft.text, draft.kind, &draft.key);
        let posted = match draft.audience {
            Audience::Trusted => forge.write.comment(&issue, &body, self.last_moment()).await,
            Audience::Anyone => forge.write.announce(&issue, &body, self.last_moment()).await,
        };
        match posted {
            Ok(comment) => {
                self.put(EffectRow { state: EffectState::Done, remote: Some(comment.id), ..row });
                let what = What::Wrote {
                    key: draft.key,
                    kind: draft.kind,
                    comment: comment.id,
                    covers: draft.covers.to_vec(),
                };
                // It reaches the disk with whatever comes next; a death before that leaves the row `sending`.
                self.tell(what, Some(comment.url));
                self.stumbles = 0;
                telemetry::effect(draft.kind.name(), "done");
                Ok(Applied::Done)
            }
            Err(error) => self.not_posted(row, draft.kind, error).await,
        }
    }

    /// What there is to say of an effect that is not to be sent now.
    pub(super) fn settled(&self, row: &EffectRow) -> Option<Applied> {
        let now = self.machine_now();
        match row.state {
            EffectState::Done | EffectState::GivenUp => Some(Applied::Done),
            EffectState::Sending | EffectState::Uncertain => Some(Applied::Wait(row.not_before.unwrap_or(now))),
            EffectState::Planned => row.not_before.filter(|at| *at > now).map(Applied::Wait),
        }
    }

    /// Writes down, on disk, that the effect is about to be sent.
    pub(super) async fn intend(&mut self, row: EffectRow, digest: Option<String>) -> Result<EffectRow, Trouble> {
        let row = EffectRow {
            state: EffectState::Sending,
            attempts: row.attempts + 1,
            sent_at: Some(self.machine_now()),
            not_before: None,
            absences: 0,
            digest,
            ..row
        };
        self.put(row.clone());
        self.flush().await?;
        Ok(row)
    }

    pub(super) async fn not_posted(
        &mut self,
        row: EffectRow,
        kind: MessageKind,
        error: ForgeError,
    ) -> Result<Applied, Trouble> {
        telemetry::effect(kind.name(), error.class());
        tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(&error));
        let now = self.machine_now();
        let patience = self.engine.patience;
        let settle = TimeDelta::from_std(patience.settle).unwrap_or(TimeDelta::MAX);
        if !error.certainly_not_done() {
            let wait = now + settle;
            let attempts = row.attempts.saturating_sub(1);
            self.put(EffectRow { state: EffectState::Uncertain, attempts, not_before: Some(wait), ..row });
            self.flush().await?;
            return Ok(Applied::Wait(wait));
        }
        if matches!(error, ForgeError::Invalid { .. }) && row.attempts >= MOST_REFUSALS {
            let key = row.key.clone();
            self.put(EffectRow { state: EffectState::GivenUp, ..row });
            self.tell(What::GaveUp { key, why: error.to_string() }, None);
            self.flush().await?;
            tracing::error!(incident.id = %self.claim.issue, "a write was refused for good: {error}");
            // The board has to say so.
            return Ok(Applied::Wait(now));
        }
        // Limits and outages are no refusals: they never lead to giving up.
        let refused = matches!(error, ForgeError::Invalid { .. });
        let attempts = if refused { row.attempts } else { row.attempts.saturating_sub(1) };
        self.stumbles = self.stumbles.saturating_add(1);
        self.engine.refused(&self.claim.issue, Some(&error));
        let pause = if refused { after_refusal(row.attempts) } else { pause_after(&error, self.stumbles) };
        let wait = now + pause;
        self.put(EffectRow { state: EffectState::Planned, attempts, not_before: Some(wait), ..row });
        self.flush().await?;
        Ok(Applied::Wait(wait))
    }

    /// Puts a line on top of an earlier report. What people wrote into the report stays.
    async fn supersede(
        &mut self,
        forge: &Forge,
        key: &str,
        comment: CommentId,
        message: &Message,
    ) -> Result<Applied, Trouble> {
        let notice = self.renderer.render(message)?;
        let of = key.trim_start_matches("superseded/").to_owned();
        let thread = self.every_comment(forge).await?;
        self.stay().await?;
        let now_there = match thread.into_iter().find(|known| known.id == comment) {
            Some(report) => Ok(report),
            // A list may lag, or not be all.
            None => forge.read.comment(&self.claim.issue, comment).await,
        };
        let rewritten = match now_there {
            Err(error) => Err(error),
            // Where people wrote more into it than is read, that must not get lost.
            Ok(report) if report.body.starts_with(notice.trim_end()) || self.is_cut(comment) => Ok(()),
            Ok(report) => {
                let body = format!("{}\n\n{}", notice.trim_end(), report.body);
                forge.write.rewrite(&self.claim.issue, comment, &body).await
            }
        };
        match rewritten {
            Ok(()) => {
                let digest = "superseded".to_owned();
                self.tell(What::Rewrote { key: of, kind: MessageKind::Retrospective, digest }, None);
            }
            Err(ForgeError::Gone { .. }) => self.tell(What::CommentGone { comment }, None),
            Err(error) => return Err(error.into()),
        }
        telemetry::effect("superseded", "done");
        Ok(Applied::Done)
    }

    /// Looks again at once: the closing is a fact only when it was read.
    async fn close(&mut self, forge: &Forge, key: &str) -> Result<Applied, Trouble> {
        forge.write.close(&self.claim.issue).await?;
        let row = self.row(key);
        self.put(EffectRow { state: EffectState::Done, ..row });
        telemetry::effect("close", "done");
        Ok(Applied::Wait(self.machine_now()))
    }

    async fn react(&mut self, forge: &Forge, key: &str, comment: CommentId) -> Result<Applied, Trouble> {
        let row = self.row(key);
        if row.state == EffectState::Done {
            return Ok(Applied::Done);
        }
        match forge.write.react(&self.claim.issue, comment).await {
            Ok(()) | Err(ForgeError::Gone { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.put(EffectRow { state: EffectState::Done, ..row });
        telemetry::effect("reaction", "done");
        Ok(Applied::Done)
    }

    pub(super) fn stamped(&self, text: &str, kind: MessageKind, key: &str) -> String {
        let issue = &self.claim.issue;
        match self.engine.keys(&issue.forge).first() {
            Some(with) => format!("{}\n\n{}", text.trim_end(), marker::stamp(kind, key, issue, with)),
            None => text.to_owned(),
        }
    }

    /// States a fact of the bot's own doing, now.
    pub(super) fn tell(&mut self, what: What, url: Option<String>) {
        let at = self.now();
        self.take(vec![Event { at, by: Actor::Bot, url, what }]);
    }
}

/// A refusal may pass at once; if it does not, some time goes by before a comment is given up.
pub(super) fn after_refusal(refusals: u32) -> TimeDelta {
    if refusals <= 1 { TimeDelta::seconds(2) } else { TimeDelta::seconds(30) }
}

/// How long to wait after a failure: what the forge asks for, else twice as long each time, at most five minutes.
pub(super) fn pause_after(error: &ForgeError, attempts: u32) -> TimeDelta {
    if let ForgeError::Later { after, .. } = error {
        return TimeDelta::from_std(*after).unwrap_or(TimeDelta::MAX);
    }
    TimeDelta::seconds(1_i64 << attempts.min(8)).min(TimeDelta::minutes(5))
}

/// A short digest of a comment's text without its marker line.
pub(super) fn digest_of(text: &str) -> String {
    let text = text.rfind("<!-- hotwash:").map_or(text, |at| text.get(..at).unwrap_or(text)).trim_end();
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::with_capacity(16), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}
