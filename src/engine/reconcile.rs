//! One pass over one incident: read, interpret, plan, apply, and say when to look again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    domain::{
        action::{Action, Effect, Plan},
        event::{Event, What},
        finding::Finding,
        hint::{Hint, Hinted},
        ids::CommentId,
        time::Moment,
    },
    forge::{Forge, ForgeError},
    plan::{Circumstances, keys, observe::known_comments, plan},
    report,
    store::{Claim, EffectState},
    text::{neutral, sections},
};

use super::{
    Engine, Trouble,
    apply::{Applied, pause_after},
    desk::Desk,
    look::{Look, is_same},
    told,
};

/// Looks in a row that may find no issue before one that is no incident under way is let go.
const MOST_ABSENCES: u32 = 5;

impl Engine {
    /// Works on one claimed issue. Returns the machine moment at which it wants to be looked at again.
    pub(super) async fn reconcile(&self, claim: &Claim) -> Result<Option<Moment>, Trouble> {
        let mut desk = Desk::open(self, claim).await?;
        let next = desk.work().await;
        match next {
            Ok(next) => {
                desk.flush().await?;
                desk.leave(next);
                Ok(next)
            }
            Err(trouble) => {
                // What was noticed stays noticed, whatever stopped the work.
                desk.flush().await?;
                Err(trouble)
            }
        }
    }
}

/// Whether the actions after a failed one would only fail as well. A label that cannot be put on must not hold back a
/// reminder; a limit, a refused token or a forge out of reach holds back everything.
fn ends_the_round(error: &ForgeError, posts: bool) -> bool {
    match error {
        ForgeError::Invalid { .. } => false,
        ForgeError::Unknown { .. } | ForgeError::Gone { .. } => posts,
        ForgeError::Later { .. } | ForgeError::Unreachable { .. } | ForgeError::Denied { .. } => true,
    }
}

impl Desk<'_> {
    async fn work(&mut self) -> Result<Option<Moment>, Trouble> {
        let Some(forge) = self.engine.forge(&self.claim.issue.forge).cloned() else {
            return Err(Trouble::NoProject(self.claim.issue.clone()));
        };
        let hints = self.hints();
        if self.only_echoes(&forge, &hints).await? {
            return Ok(self.next);
        }
        let look = match self.look(&forge, &hints).await {
            Err(Trouble::Forge(ForgeError::Gone { .. })) => return Ok(self.lost_sight()),
            look => look?,
        };
        self.searches = 0;
        if !look.incident {
            return Ok(None);
        }
        if let Some(at) = self.again_at {
            // On disk, because a restart must not forget it; and whole, because no delivery will point at the comment.
            self.engine.ports.store.nudge(vec![self.claim.issue.clone()], at, true).await?;
        }
        let blocked = self.settle(&forge, &look.issue).await?;
        self.act(&forge, &look, blocked).await
    }

    /// The issue is deleted, transferred or hidden, or the forge only says so: a new issue may not be everywhere yet,
    /// and a suspended token sees nothing. So it is looked for again, less and less often: an incident under way
    /// without end, because its reminders depend on it; anything else for about a minute.
    fn lost_sight(&mut self) -> Option<Moment> {
        self.searches = self.searches.saturating_add(1);
        let under_way = self.incident.opened.is_some() && self.incident.open;
        if under_way && self.searches == 1 {
            tracing::warn!(
                incident.id = %self.claim.issue,
                "the issue is gone or hidden from the token; its clocks stand still until it is seen again"
            );
        }
        let pause = TimeDelta::seconds(1_i64 << self.searches.min(12)).min(TimeDelta::minutes(15));
        (under_way || self.searches <= MOST_ABSENCES).then(|| self.machine_now() + pause)
    }

    /// Plans and applies. Comments wait while an earlier one is not settled.
    async fn act(&mut self, forge: &Forge, look: &Look, blocked: Option<Moment>) -> Result<Option<Moment>, Trouble> {
        let plan = self.plan(look.reading.findings.clone());
        self.take(plan.facts);
        let clock = &self.engine.ports.clock;
        let mut next = plan.wake_at.map(|at| clock.machine_time(at));
        let mut sooner = |at: Moment| next = Some(next.map_or(at, |known: Moment| known.min(at)));
        for at in blocked.into_iter().chain(self.again_at) {
            sooner(at);
        }
        let stumbles = self.stumbles;
        for action in &plan.actions {
            let posts = matches!(action.what, Effect::Comment { .. } | Effect::Report { .. });
            if posts && blocked.is_some() {
                continue;
            }
            match self.apply(forge, action).await {
                Ok(Applied::Done) => {}
                Ok(Applied::Wait(at)) => {
                    sooner(at);
                    if posts && self.is_unsettled(&action.key) {
                        break;
                    }
                }
                Err(Trouble::Forge(error)) => {
                    self.stumbles += 1;
                    sooner(self.machine_now() + pause_after(&error, self.stumbles));
                    tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(&error));
                    if ends_the_round(&error, posts) {
                        break;
                    }
                }
                Err(other) => return Err(other),
            }
        }
        if self.stumbles == stumbles && !plan.actions.is_empty() {
            self.stumbles = 0;
        }
        Ok(next)
    }

    fn is_unsettled(&self, key: &str) -> bool {
        let pages = self.ledger.values().filter(|row| row.key.split('#').next() == Some(key));
        pages.into_iter().any(|row| matches!(row.state, EffectState::Sending | EffectState::Uncertain))
    }

    /// The plan of this moment, without what the ledger holds already.
    pub(super) fn plan(&self, findings: Vec<Finding>) -> Plan {
        let circumstances = Circumstances { findings, title: self.title.clone() };
        let mut plan = plan(&self.incident, &self.project, &circumstances, self.now());
        plan.actions.retain(|action| !self.is_done(action));
        let owed_page = self.ledger.values().find(|row| row.state == EffectState::Planned && row.key.contains('#'));
        let main = owed_page.and_then(|row| row.key.split('#').next());
        if let Some(main) = main.filter(|main| main.starts_with("retrospective/") && !self.incident.open) {
            let closing = self.incident.closings;
            if main == keys::retrospective(closing) && !plan.actions.iter().any(|action| action.key == main) {
                plan.actions.push(Action { key: main.to_owned(), what: Effect::Report { closing } });
            }
        }
        plan
    }

    fn is_done(&self, action: &Action) -> bool {
        let state = self.ledger.get(&action.key).map(|row| row.state);
        match action.what {
            Effect::Comment { .. } | Effect::React { .. } => {
                matches!(state, Some(EffectState::Done | EffectState::GivenUp))
            }
            Effect::Report { .. } => {
                let pages = self.ledger.values().filter(|row| row.key.starts_with(&format!("{}#", action.key)));
                matches!(state, Some(EffectState::Done | EffectState::GivenUp))
                    && pages.into_iter().all(|row| matches!(row.state, EffectState::Done | EffectState::GivenUp))
            }
            Effect::Label { .. } | Effect::Rewrite { .. } | Effect::Supersede { .. } | Effect::Collapse { .. } => false,
        }
    }

    fn hints(&self) -> Vec<Hint> {
        let clock = &self.engine.ports.clock;
        let read = self.claim.hints.iter().filter_map(|json| serde_json::from_str::<Hint>(json).ok());
        read.map(|hint| Hint { at: clock.incident_time(hint.at), ..hint }).collect()
    }

    /// Deliveries that only repeat what this bot did, and is known to have done, need no request: the next look stays
    /// where the last one put it.
    async fn only_echoes(&self, forge: &Forge, hints: &[Hint]) -> Result<bool, Trouble> {
        let unread = self.claim.full || hints.is_empty() || hints.len() < self.claim.hints.len();
        // Something came due meanwhile, or nobody remembers when something will.
        let due = self.next.is_none_or(|at| at <= self.machine_now()) && !self.ended();
        let unsettled =
            self.ledger.values().any(|row| matches!(row.state, EffectState::Sending | EffectState::Uncertain));
        if unread || due || unsettled || self.incident.opened.is_none() {
            return Ok(false);
        }
        let bot = forge.read.whoami().await?;
        let known: BTreeSet<_> = known_comments(&self.incident).collect();
        Ok(hints.iter().all(|hint| {
            let own = hint.by.as_ref().is_some_and(|account| is_same(account, &bot));
            own && match &hint.what {
                Hinted::LabelAdded { label } => self.incident.labels.contains(&self.project.spelled(label)),
                Hinted::LabelRemoved { label } => !self.incident.labels.contains(&self.project.spelled(label)),
                Hinted::CommentPosted { comment } | Hinted::CommentEdited { comment } => known.contains(comment),
                _ => false,
            }
        }))
    }

    /// The last look, by a claim just before this one, found that nothing further will come due by itself.
    fn ended(&self) -> bool {
        self.looked && self.next.is_none()
    }

    /// The text of the report of one closing.
    pub(super) async fn report(&mut self, forge: &Forge, closing: u32) -> Result<String, Trouble> {
        self.flush().await?;
        self.stay().await?;
        let entries = self.engine.ports.store.journal(&self.claim.issue).await?;
        let nth = usize::try_from(closing.saturating_sub(1)).unwrap_or(usize::MAX);
        let closed = entries.iter().filter(|entry| entry.event.what == What::Closed).nth(nth);
        let (digest, last, at) = closed.map_or_else(
            || (String::new(), u64::MAX, self.now()),
            |entry| (entry.hash.clone(), entry.seq, entry.event.at),
        );
        // What was done after the closing does not belong to it: so the same report comes out whenever it is made.
        let events: Vec<Event> = entries
            .iter()
            .filter(|entry| {
                entry.seq <= last || (entry.event.at <= at && matches!(entry.event.what, What::Duty { .. }))
            })
            .map(|entry| entry.event.clone())
            .collect();
        let incident = crate::plan::fold::fold(&self.claim.issue, &events, &self.project);
        let kept = self.kept(forge).await?;
        let source = report::Source {
            incident: &incident,
            events: &events,
            project: &self.project,
            title: &self.title,
            digest: &digest,
            kept: &kept,
        };
        let message = crate::domain::message::Message::Retrospective(Box::new(report::retrospective(&source)));
        Ok(self.renderer.render(&message)?)
    }

    /// What people wrote into the blanks of an earlier report.
    async fn kept(&mut self, forge: &Forge) -> Result<BTreeMap<String, Vec<String>>, Trouble> {
        let earlier = self.incident.written.iter().rev().find(|written| {
            written.kind == crate::domain::message::MessageKind::Retrospective
                && !written.gone
                && !written.key.contains('#')
        });
        let Some(earlier) = earlier.map(|written| written.key.clone()) else { return Ok(BTreeMap::new()) };
        let thread = self.every_comment(forge).await?;
        // A long report stands in several comments; the blanks are in the last of them.
        let pages = self.incident.written.iter().filter(|written| written.key.split('#').next() == Some(&earlier));
        let pages: BTreeSet<CommentId> = pages.map(|written| written.comment).collect();
        let bodies = thread.iter().filter(|comment| pages.contains(&comment.id)).map(|comment| comment.body.as_str());
        let body = bodies.collect::<Vec<_>>().join("\n\n");
        let kept = report::BLANKS.iter().map(|(heading, hint)| {
            let lines = sections::under(&body, heading).into_iter().map(|line| neutral::undo(&line));
            let written = lines.filter(|line| line.trim_matches('_') != *hint).collect();
            ((*heading).to_owned(), written)
        });
        Ok(kept.filter(|(_, lines): &(String, Vec<String>)| !lines.is_empty()).collect())
    }
}
