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
        message::MessageKind,
        time::Moment,
    },
    forge::{Forge, ForgeError},
    plan::{Circumstances, earlier::earlier, keys, observe::known_comments, plan},
    report,
    store::{Claim, EffectState},
    text::{neutral, sections},
};

use super::{
    Engine, Trouble,
    apply::{Applied, pause_after},
    cache::LastRead,
    desk::Desk,
    look::is_same,
    told,
};

/// Looks in a row that may find no issue before one that is no incident under way is let go.
const MOST_ABSENCES: u32 = 5;

/// Looks in a row that may leave a command unjudged before people are reminded all the same: some 14 seconds.
const MOST_UNJUDGED: u32 = 3;

/// The same for the report, which nobody waits for: some four minutes.
const MOST_UNJUDGED_AT_THE_END: u32 = 7;

/// How late a look may come after its moment and still be the turn that a board waited for.
const ONE_TURN: TimeDelta = TimeDelta::seconds(30);

impl Engine {
    /// Works on one claimed issue and hands it back. Returns the machine moment at which it is due again.
    pub(super) async fn reconcile(&self, claim: &Claim) -> Result<Option<Moment>, Trouble> {
        let mut desk = Desk::open(self, claim).await?;
        match desk.work().await {
            Ok(next) => desk.conclude(next).await,
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
        if self.is_quiet(&forge, &hints).await? {
            if !hints.is_empty() && !self.is_due() {
                return Ok(self.next);
            }
            if let Some(plan) = self.belated_board() {
                self.unread = true;
                let next = self.carry_out(&forge, plan, None).await?;
                if self.unread {
                    return Ok(next);
                }
                // The board is gone, or the whole issue is: only reading tells.
            }
        }
        self.unread = false;
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
        self.read = Some(LastRead {
            at: self.machine_now(),
            title: self.title.clone(),
            findings: look.reading.findings.clone(),
        });
        let plan = self.plan(look.reading.findings);
        self.carry_out(&forge, plan, blocked).await
    }

    /// A change of the board that had to wait for its turn, if it is all there is to do: that needs no second look.
    fn belated_board(&mut self) -> Option<Plan> {
        let read = self.read.clone()?;
        let fresh = self.machine_now() - read.at <= self.project.limits.board_every + ONE_TURN;
        if !fresh || !self.is_due() {
            return None;
        }
        self.title = read.title;
        let plan = self.plan(read.findings);
        let is_board = |action: &Action| matches!(action.what, Effect::Rewrite { .. });
        let only_board = !plan.actions.is_empty() && plan.actions.iter().all(is_board) && plan.facts.is_empty();
        only_board.then_some(plan)
    }

    fn has_unsettled(&self) -> bool {
        self.ledger.values().any(|row| matches!(row.state, EffectState::Sending | EffectState::Uncertain))
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

    /// Applies the plan. Comments wait while an earlier one is not settled.
    async fn carry_out(
        &mut self,
        forge: &Forge,
        mut plan: Plan,
        blocked: Option<Moment>,
    ) -> Result<Option<Moment>, Trouble> {
        if self.again_at.is_some() {
            self.reserve_judgement(&mut plan);
        }
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
            if !posts {
                // That an earlier comment was posted should not wait for this. (Before a comment, its intent goes to
                // disk in any case.)
                self.flush().await?;
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

    /// A command that waits for its judgement may have met a duty. What came of duties is for good once it is written
    /// down, so it waits as well, and so, for some minutes, does the report; what people are reminded of waits for some
    /// seconds only, because clocks must not stand still for a forge that tells nothing.
    fn reserve_judgement(&self, plan: &mut Plan) {
        plan.facts.retain(|fact| !matches!(fact.what, What::Duty { .. }));
        if self.unjudged <= MOST_UNJUDGED_AT_THE_END {
            plan.actions.retain(|action| !matches!(action.what, Effect::Report { .. }));
        }
        if self.unjudged <= MOST_UNJUDGED {
            let reminds = |action: &Action| match &action.what {
                Effect::Comment { message, .. } => {
                    matches!(
                        message.kind(),
                        MessageKind::Reminder | MessageKind::CatchUp | MessageKind::Escalation | MessageKind::Gate
                    )
                }
                Effect::Close => true,
                _ => false,
            };
            plan.actions.retain(|action| !reminds(action));
        }
    }

    fn is_unsettled(&self, key: &str) -> bool {
        let pages = self.ledger.values().filter(|row| row.key.split('#').next() == Some(key));
        pages.into_iter().any(|row| matches!(row.state, EffectState::Sending | EffectState::Uncertain))
    }

    /// The plan of this moment, without what the ledger holds already.
    pub(super) fn plan(&self, findings: Vec<Finding>) -> Plan {
        let circumstances = Circumstances { findings, title: self.title.clone() };
        let mut plan = plan(&self.incident, &self.project, &circumstances, self.now());
        plan.facts.splice(0..0, earlier(&self.incident, &self.events, &self.project));
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
            Effect::Comment { .. } | Effect::Close | Effect::React { .. } => {
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

    /// Nothing came in since the last look but deliveries that only repeat what this bot did, and is known to have done.
    /// They need no request.
    async fn is_quiet(&self, forge: &Forge, hints: &[Hint]) -> Result<bool, Trouble> {
        let swept = self.engine.swept.is_unread(&self.claim.issue);
        let unread = self.claim.full || swept || hints.len() < self.claim.hints.len();
        if unread || !self.looked || self.has_unsettled() || self.incident.opened.is_none() {
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

    /// Something came due since the last look. One that found nothing further to come leaves no moment.
    fn is_due(&self) -> bool {
        self.next.is_some_and(|at| at <= self.machine_now())
    }

    /// The text of the report of one closing.
    pub(super) async fn report(&mut self, forge: &Forge, closing: u32) -> Result<String, Trouble> {
        self.flush().await?;
        self.stay().await?;
        let entries = self.engine.ports.store.journal(&self.claim.issue).await?;
        let nth = usize::try_from(closing.saturating_sub(1)).unwrap_or(usize::MAX);
        let closed = entries.iter().filter(|entry| entry.event.what == What::Closed).nth(nth);
        let (last, at) = closed.map_or_else(|| (u64::MAX, self.now()), |entry| (entry.seq, entry.event.at));
        // What was done after the closing does not belong to it: so the same report comes out whenever it is made. What
        // was done before it does, even where it was learned later: a command whose judgement had to wait, say.
        let belongs = |event: &Event| {
            event.at <= at
                && (event.by.is_human() || matches!(event.what, What::Duty { .. }))
                && event.what != What::Closed
        };
        let (mut events, mut digest) = (Vec::new(), "");
        for entry in entries.iter().filter(|entry| entry.seq <= last || belongs(&entry.event)) {
            events.push(entry.event.clone());
            digest = &entry.hash;
        }
        let incident = crate::plan::fold::fold(&self.claim.issue, &events, &self.project);
        let kept = self.kept(forge).await?;
        let source = report::Source {
            incident: &incident,
            events: &events,
            project: &self.project,
            title: &self.title,
            digest,
            kept: &kept,
        };
        let message = crate::domain::message::Message::Retrospective(Box::new(report::retrospective(&source)));
        Ok(self.renderer.render(&message)?)
    }

    /// What people wrote into the blanks of an earlier report.
    async fn kept(&mut self, forge: &Forge) -> Result<BTreeMap<String, Vec<String>>, Trouble> {
        let earlier =
            self.incident.written.iter().rev().find(|written| {
                written.kind == MessageKind::Retrospective && !written.gone && !written.key.contains('#')
            });
        let Some(earlier) = earlier.map(|written| written.key.clone()) else { return Ok(BTreeMap::new()) };
        let thread = self.every_comment(forge).await?;
        // A long report stands in several comments; the blanks are in the last of them.
        let pages = self.incident.written.iter().filter(|written| written.key.split('#').next() == Some(&earlier));
        let pages: BTreeSet<CommentId> = pages.map(|written| written.comment).collect();
        let bodies = thread.iter().filter(|comment| pages.contains(&comment.id)).map(|comment| comment.body.as_str());
        let body = bodies.collect::<Vec<_>>().join("\n\n");
        let kept = self.project.process.report.blanks().into_iter().map(|blank| {
            let lines = sections::under(&body, &blank.heading).into_iter().map(|line| neutral::undo(&line));
            let written = lines.filter(|line| line.trim_matches('_') != blank.hint).collect();
            (blank.heading, written)
        });
        Ok(kept.filter(|(_, lines): &(String, Vec<String>)| !lines.is_empty()).collect())
    }
}
