//! Writing an entry into the forge's own timeline of an incident, once.
//!
//! What always holds: as for a comment, the intent is on disk before a byte leaves; and the timeline is read for the
//! entry's marker before each attempt, so that neither an unknown outcome nor a lost database writes one twice. An
//! account that may not write there is told so once for each incident, and asks no more.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::{
    domain::{
        action::Entry,
        event::What,
        message::{Message, MessageKind, TimelineEntry, Wild},
        time::Moment,
    },
    forge::{Forge, ForgeError},
    plan::keys,
    store::{EffectRow, EffectState},
    telemetry,
    text::marker,
};

use super::{Trouble, apply::Applied, desk::Desk, told};

/// Between two looks for an entry in a timeline that cannot be read.
const LONGEST_RECHECK: TimeDelta = TimeDelta::minutes(15);

/// So often an entry is sent whose outcome stays unknown and that never turns up.
const MOST_SENDINGS: u32 = 5;

/// The most characters that an entry may have, its marker included.
const MOST_CHARS: usize = 280;

impl Desk<'_> {
    /// Writes the entry unless it is there.
    pub(super) async fn enter(&mut self, forge: &Forge, key: &str, entry: &Entry) -> Result<Applied, Trouble> {
        let row = self.row(key);
        if self.incident.given_up.iter().any(|key| key == keys::TIMELINE) {
            return Ok(Applied::Done); // said of another entry, in this very look
        }
        if let Some(applied) = self.settled(&row) {
            return Ok(applied);
        }
        if let Some(at) = self.waits_for_another(key) {
            return Ok(Applied::Wait(at));
        }
        match self.is_entered(forge, key).await {
            Ok(true) => {
                self.entered(row);
                return Ok(Applied::Done);
            }
            Ok(false) => {}
            Err(Trouble::Forge(error)) if is_refusal(&error) => return self.not_taken(row, &error).await,
            Err(other) => return Err(other),
        }
        self.stay().await?;
        let text = self.fitting(key, &entry.message)?;
        let at = self.engine.ports.clock.machine_time(entry.at);
        let row = self.intend(row, None).await?;
        let issue = self.claim.issue.clone();
        match forge.write.enter(&issue, &text, at, self.last_moment()).await {
            Ok(()) => {
                self.entered(row);
                self.stumbles = 0;
                telemetry::effect(MessageKind::Timeline.name(), "done");
                Ok(Applied::Done)
            }
            // What is wrong with one entry need not be wrong with the next.
            Err(error) if is_refusal(&error) && !matches!(error, ForgeError::Invalid { .. }) => {
                self.not_taken(row, &error).await
            }
            // A forge that says so each time may mean this entry.
            Err(error @ ForgeError::Unknown { .. }) if row.attempts >= MOST_SENDINGS => {
                self.given_up(row, &error).await
            }
            Err(error @ ForgeError::Unknown { .. }) => self.doubted(row, &error).await,
            Err(error) => self.not_posted(row, MessageKind::Timeline, error).await,
        }
    }

    /// Nobody knows whether it was written; the attempt counts.
    async fn doubted(&mut self, row: EffectRow, error: &ForgeError) -> Result<Applied, Trouble> {
        telemetry::effect(MessageKind::Timeline.name(), error.class());
        tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(error));
        let settle = TimeDelta::from_std(self.engine.patience.settle).unwrap_or(TimeDelta::MAX);
        let wait = self.machine_now() + settle;
        self.put(EffectRow { state: EffectState::Uncertain, not_before: Some(wait), ..row });
        self.flush().await?;
        Ok(Applied::Wait(wait))
    }

    /// This entry is not tried again; others are.
    async fn given_up(&mut self, row: EffectRow, error: &ForgeError) -> Result<Applied, Trouble> {
        telemetry::effect(MessageKind::Timeline.name(), error.class());
        tracing::error!(incident.id = %self.claim.issue, "an entry of the timeline was given up: {}", told(error));
        let key = row.key.clone();
        self.put(EffectRow { state: EffectState::GivenUp, ..row });
        self.tell(What::GaveUp { key, why: error.to_string() }, None);
        self.flush().await?;
        Ok(Applied::Wait(self.machine_now()))
    }

    /// Entries go one after the other: while the fate of one is not known, the others wait, so that they keep their order and
    /// a forge in trouble is asked for one only.
    fn waits_for_another(&self, key: &str) -> Option<Moment> {
        let open = |row: &&EffectRow| matches!(row.state, EffectState::Sending | EffectState::Uncertain);
        let others = self.ledger.values().filter(|row| keys::is_entered(&row.key) && row.key != key);
        others.filter(open).map(|row| row.not_before.unwrap_or_else(|| self.machine_now())).max()
    }

    /// What became of entries whose outcome is not known: looked for like comments, but in the forge's timeline. Where that
    /// cannot be read now, nothing else waits for it.
    pub(super) async fn settle_entries(&mut self, forge: &Forge) -> Result<(), Trouble> {
        let open = |row: &&EffectRow| matches!(row.state, EffectState::Sending | EffectState::Uncertain);
        let open: Vec<EffectRow> =
            self.ledger.values().filter(|row| keys::is_entered(&row.key)).filter(open).cloned().collect();
        let span = |span| TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        let patience = self.engine.patience;
        for row in open {
            let now = self.machine_now();
            let ready = row.not_before.unwrap_or(row.sent_at.unwrap_or(now) + span(patience.settle));
            if ready > now {
                self.put(EffectRow { state: EffectState::Uncertain, not_before: Some(ready), ..row });
                continue;
            }
            let not_before = Some(now + span(patience.recheck));
            // One that cannot be looked for waits longer each time, as long again as it has waited.
            let later = Some(now + (now - row.sent_at.unwrap_or(now)).clamp(span(patience.recheck), LONGEST_RECHECK));
            match self.is_entered(forge, &row.key).await {
                Ok(true) => self.entered(row),
                Ok(false) if row.absences >= 1 => {
                    self.put(EffectRow { state: EffectState::Planned, absences: 0, not_before: None, ..row });
                }
                Ok(false) => {
                    self.put(EffectRow { state: EffectState::Uncertain, absences: 1, not_before, ..row });
                }
                Err(Trouble::Forge(error)) if is_refusal(&error) => drop(self.not_taken(row, &error).await?),
                Err(Trouble::Forge(error)) => {
                    tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(&error));
                    self.put(EffectRow { state: EffectState::Uncertain, not_before: later, ..row });
                }
                Err(other) => return Err(other),
            }
        }
        self.flush().await
    }

    /// Whether the timeline holds the entry: by its marker, or by one of a turn that this journal, written anew, knows at
    /// a slightly different moment. That one then stands for this, and for no other.
    async fn is_entered(&mut self, forge: &Forge, key: &str) -> Result<bool, Trouble> {
        let there = self.entries(forge).await?;
        if there.contains(key) {
            return Ok(true);
        }
        let known = |other: &&String| self.ledger.contains_key(*other);
        let stray = there.iter().filter(|other| !known(other)).find(|other| keys::is_same_turn(other, key)).cloned();
        let Some(stray) = stray else { return Ok(false) };
        self.put(EffectRow { state: EffectState::Done, ..self.row(&stray) });
        Ok(true)
    }

    /// Keys of the bot's own entries, read once in each look.
    async fn entries(&mut self, forge: &Forge) -> Result<BTreeSet<String>, Trouble> {
        if let Some(known) = &self.entries {
            return Ok(known.clone());
        }
        let incident = self.claim.issue.clone();
        let texts = self.meanwhile(forge.read.timeline(&incident)).await?;
        let keys = self.engine.keys(&incident.forge);
        let found: BTreeSet<String> =
            texts.iter().filter_map(|text| marker::read(text, &incident, keys)).map(|marker| marker.key).collect();
        self.entries = Some(found.clone());
        Ok(found)
    }

    fn entered(&mut self, row: EffectRow) {
        let key = row.key.clone();
        self.put(EffectRow { state: EffectState::Done, not_before: None, absences: 0, ..row });
        self.tell(What::Entered { key }, None);
    }

    /// The account may not write into the timeline: nothing more is written there on this incident, and that is said.
    async fn not_taken(&mut self, row: EffectRow, error: &ForgeError) -> Result<Applied, Trouble> {
        telemetry::effect(MessageKind::Timeline.name(), error.class());
        tracing::error!(
            incident.id = %self.claim.issue,
            error.class = error.class(),
            "no entry of the forge's own timeline is written any more; the account needs the role Developer: {}",
            told(error)
        );
        self.put(EffectRow { state: EffectState::GivenUp, ..row });
        self.tell(What::GaveUp { key: keys::TIMELINE.to_owned(), why: error.to_string() }, None);
        self.flush().await?;
        // The board has to say so, and the other entries are off the plan.
        Ok(Applied::Wait(self.machine_now()))
    }

    /// The entry with its marker, its text cut to the room that there is.
    fn fitting(&self, key: &str, entry: &TimelineEntry) -> Result<String, Trouble> {
        let mut entry = entry.clone();
        loop {
            let text = self.renderer.render(&Message::TimelineEntry(entry.clone()))?;
            let text = self.stamped(&text, MessageKind::Timeline, key);
            let over = text.chars().count().saturating_sub(MOST_CHARS);
            let whole = entry.text.0.trim_end_matches('…').chars().count();
            if over == 0 || whole == 0 {
                return Ok(text);
            }
            // What makes text harmless makes it longer, so less may have to go than it is too long by: halving gets near.
            let kept = whole - over.div_ceil(2).clamp(1, whole);
            let cut: String = entry.text.0.chars().take(kept).collect();
            entry.text = Wild(format!("{}…", cut.trim_end()));
        }
    }
}

/// The forge does not let the bot. (Status 0 is the adapter's own word for an issue that others can read, which passes.)
fn is_refusal(error: &ForgeError) -> bool {
    matches!(error, ForgeError::Denied { status: 1.., .. } | ForgeError::Gone { .. } | ForgeError::Invalid { .. })
}
