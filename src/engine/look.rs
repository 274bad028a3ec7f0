//! Reading the issue: one request for a burst of deliveries; its history and edits only where something asks for them.

use std::collections::BTreeSet;

use crate::{
    clock::SharedClock,
    domain::{
        hint::Hint,
        ids::IssueRef,
        people::Account,
        reading::Reading,
        snapshot::{Change, Comment, Issue},
        time::Moment,
    },
    forge::Forge,
    plan::{
        keys,
        observe::{
            Noticed, Seen, SeenComment, SeenEdit, lacks_edit, lags, observe, recognised, wants_edits, wants_history,
        },
    },
    store::{Claim, EffectRow, EffectState},
    telemetry,
    text::{boxes, commands::Here, fields, marker, sitrep},
};

use super::{Trouble, apply::digest_of, desk::Desk, internal::spoken, told};

/// How often a look is put off because the forge's record of who did what lags or is out of reach: about a quarter of a
/// minute in all.
const MOST_WAITS: u32 = 5;

/// What one look at the issue gave.
pub(super) struct Look {
    pub(super) issue: Issue,
    pub(super) reading: Reading,
    /// It is an incident, by the rules or by the journal.
    pub(super) incident: bool,
}

impl Desk<'_> {
    /// Reads the issue and takes in what changed.
    pub(super) async fn look(&mut self, forge: &Forge, hints: &[Hint]) -> Result<Look, Trouble> {
        let reference = self.claim.issue.clone();
        let clock = SharedClock::clone(&self.engine.ports.clock);
        let swept = self.engine.swept.is_read(&reference);
        // Whoever comes back after an absence asks what was done and undone meanwhile: deliveries may tell a part of it.
        let unheard = !self.looked || (hints.is_empty() && (swept || self.claim.full || self.claim.attempts > 0));
        let issue = issue_in_incident_time(forge.read.issue(&reference).await?, &clock);
        let mut reading = fields::read(&issue.body, &self.vocabulary);
        let known = self.incident.opened.is_some();
        if !known && !recognised(&issue, &reading, &self.project) {
            return Ok(Look { issue, reading, incident: false });
        }
        self.title.clone_from(&issue.title);
        (self.forge_severity, self.links) = (issue.forge_severity, forge.write.links_issues());
        let bot = forge.read.whoami().await?;
        let (mut comments, all_comments) = self.comments(forge, &issue, hints).await?;
        let audience = self.audience(forge, &issue).await?;
        let history = self.history(forge, &issue, hints, unheard).await?;
        let edits = self.edits(forge, &issue, &reading, hints, unheard && known).await?;
        let mut seen_comments = self.understand(&comments, &bot);
        if self.date(forge, &mut comments, &seen_comments).await? {
            seen_comments = self.understand(&comments, &bot);
        }
        let seen = Seen {
            project: &self.project,
            issue: &issue,
            reading: &reading,
            hints,
            history: history.as_deref(),
            edits: &edits,
            bot: &bot,
            comments: &seen_comments,
            all_comments,
            audience,
            now: self.now(),
        };
        let noticed = observe(&self.incident, &seen);
        self.adopt(&noticed, &comments);
        self.notice_overwriting(&comments);
        let events = self.hear(forge, noticed).await?;
        self.take_in(events);
        if all_comments {
            tell_doubles(&reference, &seen_comments);
            self.count_foreign(&comments, issue.comments);
        }
        reading.findings.extend(self.gap_findings());
        Ok(Look { issue, reading, incident: true })
    }

    async fn history(
        &mut self,
        forge: &Forge,
        issue: &Issue,
        hints: &[Hint],
        unheard: bool,
    ) -> Result<Option<Vec<Change>>, Trouble> {
        let wanted = wants_history(&self.incident, issue, hints, &self.project);
        let known = self.incident.opened.is_some();
        if !(wanted || unheard && known) {
            return Ok(None);
        }
        let reference = self.claim.issue.clone();
        let history = match self.meanwhile(forge.read.history(&reference)).await {
            // Asked to be sure, not because something is unexplained: clocks must not stand still for it.
            Err(Trouble::Forge(error)) if !wanted && !self.is_early() => {
                tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(&error));
                return Ok(None);
            }
            history => history?,
        };
        let clock = &self.engine.ports.clock;
        let history: Vec<Change> =
            history.into_iter().map(|change| Change { at: clock.incident_time(change.at), ..change }).collect();
        if self.is_early() && lags(&history, &self.incident, issue, &self.project) {
            return Err(Trouble::Lagging(self.claim.issue.clone()));
        }
        Ok(Some(history))
    }

    /// Who wrote what into the body and when, where that is of interest, or where something may have been written and
    /// taken back. A record that is not to be had for long is done without: deliveries tell as well, only of fewer edits.
    async fn edits(
        &mut self,
        forge: &Forge,
        issue: &Issue,
        reading: &Reading,
        hints: &[Hint],
        unheard: bool,
    ) -> Result<Vec<SeenEdit>, Trouble> {
        let untouched = Some(issue.updated_at) <= self.incident.body_at.or(self.incident.opened);
        let turned = wants_edits(&self.incident, issue, reading);
        if !turned && (!unheard || untouched) {
            return Ok(Vec::new());
        }
        let clock = SharedClock::clone(&self.engine.ports.clock);
        let since = self.incident.body_at.map(|at| clock.machine_time(at));
        let reference = self.claim.issue.clone();
        let edits = match self.meanwhile(forge.read.edits(&reference, since)).await {
            Err(Trouble::Forge(error)) if !self.is_early() => {
                tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(&error));
                Vec::new()
            }
            edits => edits?,
        };
        let behind = edits.last().is_some_and(|newest| {
            let other = newest.body.as_deref().is_some_and(|body| is_other_text(body, &issue.body));
            other || lacks_edit(&self.incident, turned, clock.incident_time(newest.at), hints)
        });
        if self.is_early() && behind {
            return Err(Trouble::Lagging(self.claim.issue.clone()));
        }
        let understood = edits.into_iter().map(|edit| SeenEdit {
            at: clock.incident_time(edit.at),
            by: edit.by,
            reading: edit.body.map(|body| fields::read(&body, &self.vocabulary)),
        });
        Ok(understood.collect())
    }

    pub(super) fn is_early(&self) -> bool {
        is_early(&self.claim)
    }

    fn understand(&self, comments: &[Comment], bot: &Account) -> Vec<SeenComment> {
        let keys = self.engine.keys(&self.claim.issue.forge);
        let mentions = [self.project.mention.as_str(), bot.login.trim_end_matches("[bot]")];
        comments
            .iter()
            .map(|comment| {
                let own = comment.author.as_ref().is_some_and(|author| is_same(author, bot));
                let here = Here { at: comment.updated_at.max(comment.created_at), zone: self.vocabulary.zone };
                let marker = if own { marker::read(&comment.body, &self.claim.issue, keys) } else { None };
                SeenComment {
                    id: comment.id,
                    author: comment.author.clone(),
                    created_at: comment.created_at,
                    updated_at: comment.updated_at,
                    url: comment.url.clone(),
                    sitrep: !own && !comment.internal && sitrep::is_sitrep(&comment.body),
                    spoken: if own { Vec::new() } else { spoken(comment, &mentions, here) },
                    boxes: marker.as_ref().map(|marker| self.boxes(comment, &marker.key)).unwrap_or_default(),
                    marker: marker.map(|marker| (marker.kind, marker.key)),
                }
            })
            .collect()
    }

    /// The boxes of a board whose text is not the one that the bot wrote: a person may have ticked some.
    fn boxes(&self, comment: &Comment, key: &str) -> Vec<(String, bool)> {
        if key != keys::BOARD {
            return Vec::new();
        }
        let row = self.row(key);
        let changed_at = self.engine.ports.clock.machine_time(comment.updated_at);
        let newer = row.sent_at.is_none_or(|written| changed_at > written);
        let other = || row.digest.as_ref() != Some(&digest_of(&comment.body.replace('\r', "")));
        if newer && other() { boxes::read(&comment.body) } else { Vec::new() }
    }

    /// Comments of ours that the ledger does not know as done are done.
    fn adopt(&mut self, noticed: &Noticed, comments: &[Comment]) {
        for (key, id) in &noticed.adopted {
            let text = comments.iter().find(|comment| comment.id == *id).map(|comment| digest_of(&comment.body));
            let row = EffectRow {
                state: EffectState::Done,
                remote: Some(*id),
                not_before: None,
                digest: text,
                ..self.row(key)
            };
            self.put(row);
        }
    }

    /// A board that a person wrote over is to be written again: the ledger no longer vouches for its text.
    ///
    /// It counts only if it is newer than what the bot wrote, so that a forge that stores a text a little differently
    /// is not taken for a person for ever.
    fn notice_overwriting(&mut self, comments: &[Comment]) {
        let clock = SharedClock::clone(&self.engine.ports.clock);
        let row = self.row(keys::BOARD);
        let (Some(board), Some(written), Some(digest)) = (row.remote, row.sent_at, row.digest.as_ref()) else { return };
        let overwritten = comments.iter().any(|comment| {
            let newer = clock.machine_time(comment.updated_at) > written;
            comment.id == board && newer && !self.is_cut(board) && digest_of(&comment.body.replace('\r', "")) != *digest
        });
        if overwritten {
            self.put(EffectRow { digest: None, ..row });
        }
    }
}

/// This issue was read in vain so few times that waiting for what the forge does not tell is no delay to speak of.
pub(super) fn is_early(claim: &Claim) -> bool {
    claim.attempts < MOST_WAITS
}

/// Apart from what a forge may store a little differently.
fn is_other_text(one: &str, other: &str) -> bool {
    one.replace('\r', "").trim_end() != other.replace('\r', "").trim_end()
}

/// Two comments under one key are a defect that people see; it is counted and said, never hidden.
fn tell_doubles(issue: &IssueRef, comments: &[SeenComment]) {
    let mut keys = BTreeSet::new();
    for (_, key) in comments.iter().filter_map(|comment| comment.marker.as_ref()) {
        if !keys.insert(key) {
            telemetry::visible_duplicate();
            tracing::error!(incident.id = %issue, effect.key = %key, "a comment stands twice in the thread");
        }
    }
}

pub(super) fn is_same(account: &Account, bot: &Account) -> bool {
    if bot.id == 0 { account.login == bot.login } else { account.id == bot.id }
}

fn issue_in_incident_time(issue: Issue, clock: &SharedClock) -> Issue {
    let convert = |at: Moment| clock.incident_time(at);
    Issue {
        created_at: convert(issue.created_at),
        updated_at: convert(issue.updated_at),
        closed_at: issue.closed_at.map(convert),
        ..issue
    }
}
