//! Filing an issue of its own, once.
//!
//! What always holds: as for a comment, the intent is on disk before a byte leaves; and the project's issues are looked
//! through for the marker before each attempt, so that neither an unknown outcome nor a lost database files one twice.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::{
    domain::{
        action::Filing,
        event::{Event, What},
        people::Actor,
        snapshot::Issue,
        time::Moment,
    },
    forge::{Forge, ForgeError, NewIssue},
    plan::keys,
    store::{EffectRow, EffectState},
    telemetry,
    text::{marker, neutral},
};

use super::{Trouble, apply::Applied, desk::Desk, look::is_same};

/// The forge's clock and ours may disagree by less than this.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

impl Desk<'_> {
    /// Files the issue unless it is there.
    pub(super) async fn file(&mut self, forge: &Forge, key: &str, filing: &Filing) -> Result<Applied, Trouble> {
        let row = self.row(key);
        if let Some(applied) = self.settled(&row) {
            return Ok(applied);
        }
        let since = self.engine.ports.clock.machine_time(filing.since);
        if let Some(issue) = self.filed(forge, since).await?.get(key) {
            self.found_filed(row, issue);
            return Ok(Applied::Done);
        }
        self.stay().await?;
        // A forge that refuses may do so because of whom we want to be assigned.
        let wanted = filing.assignee.as_ref().filter(|_| row.attempts == 0);
        let kind = filing.message.kind();
        let text = self.renderer.render(&filing.message)?;
        let draft = NewIssue {
            title: neutral::title(&filing.title.0),
            body: self.stamped(&text, kind, key),
            labels: vec![filing.label.clone()],
            assignees: wanted.into_iter().cloned().collect(),
        };
        let row = self.intend(row, None).await?;
        let project = self.claim.issue.project.clone();
        match forge.write.file(&project, &draft, self.last_moment()).await {
            Ok(issue) => {
                let assigned = !issue.assignees.is_empty();
                self.put(EffectRow { state: EffectState::Done, ..row });
                let what = What::Filed { key: key.to_owned(), number: issue.number, assigned };
                self.tell(what, Some(issue.url));
                self.stumbles = 0;
                telemetry::effect(kind.name(), "done");
                // Who asked may have to be told that nobody is assigned, and the board shows where it is.
                Ok(Applied::Wait(self.machine_now()))
            }
            Err(error @ ForgeError::Invalid { .. }) if wanted.is_some() => {
                tracing::debug!(incident.id = %self.claim.issue, "{error}; it is tried without the assignee");
                self.put(EffectRow { state: EffectState::Planned, ..row });
                Ok(Applied::Wait(self.machine_now()))
            }
            Err(error) => self.not_posted(row, kind, error).await,
        }
    }

    /// What became of filings whose outcome is not known: looked for like comments, but among the project's issues.
    pub(super) async fn settle_filings(&mut self, forge: &Forge) -> Result<(), Trouble> {
        let open = |row: &&EffectRow| matches!(row.state, EffectState::Sending | EffectState::Uncertain);
        let open: Vec<EffectRow> =
            self.ledger.values().filter(|row| keys::is_filed(&row.key)).filter(open).cloned().collect();
        let span = |span| TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        let patience = self.engine.patience;
        for row in open {
            let now = self.machine_now();
            let sent_at = row.sent_at.unwrap_or(now);
            let ready = row.not_before.unwrap_or(sent_at + span(patience.settle));
            if ready > now {
                self.put(EffectRow { state: EffectState::Uncertain, not_before: Some(ready), ..row });
            } else if let Some(issue) = self.filed(forge, sent_at).await?.get(&row.key) {
                self.found_filed(row, issue);
            } else if row.absences >= 1 {
                self.put(EffectRow { state: EffectState::Planned, absences: 0, not_before: None, ..row });
            } else {
                let not_before = Some(now + span(patience.recheck));
                self.put(EffectRow { state: EffectState::Uncertain, absences: 1, not_before, ..row });
            }
        }
        self.flush().await
    }

    /// The issues that this bot filed for the incident at or after a moment (machine time), by the key in their marker.
    async fn filed(&mut self, forge: &Forge, since: Moment) -> Result<BTreeMap<String, Issue>, Trouble> {
        let incident = self.claim.issue.clone();
        let bot = self.meanwhile(forge.read.whoami()).await?;
        let changed = forge.read.changed(&incident.project, Some(since - MARGIN), "");
        let changed = self.meanwhile(changed).await?;
        let keys = self.engine.keys(&incident.forge);
        let own = changed.into_iter().filter(|issue| issue.author.as_ref().is_some_and(|author| is_same(author, &bot)));
        Ok(own.filter_map(|issue| Some((marker::read(&issue.body, &incident, keys)?.key, issue))).collect())
    }

    fn found_filed(&mut self, row: EffectRow, issue: &Issue) {
        let known = self.incident.follow_ups.iter().any(|asked| asked.key == row.key && asked.filed.is_some());
        if !known {
            let assigned = !issue.assignees.is_empty();
            let what = What::Filed { key: row.key.clone(), number: issue.number, assigned };
            let at = self.engine.ports.clock.incident_time(issue.created_at);
            self.take(vec![Event { at, by: Actor::Bot, url: Some(issue.url.clone()), what }]);
        }
        self.put(EffectRow { state: EffectState::Done, not_before: None, absences: 0, ..row });
    }
}
