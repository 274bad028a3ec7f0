//! One pass over one incident: read, interpret, plan, apply, and say when to look again.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::{
    domain::{
        action::{Action, Effect, Plan},
        event::What,
        finding::Finding,
        hint::{Hint, Hinted},
        message::MessageKind,
        time::Moment,
    },
    forge::{Forge, ForgeError},
    plan::{Circumstances, earlier::earlier, keys, observe::known_comments, plan},
    store::{Claim, EffectState},
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
        let worked = desk.work().await;
        desk.call_attention();
        match worked {
            Ok(next) => desk.conclude(next).await,
            Err(trouble) => {
                // What was noticed stays noticed, whatever stopped the work.
                desk.flush().await?;
                desk.fail();
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

/// What stands beside the thread: nothing in it waits for that.
fn is_aside(what: &Effect) -> bool {
    matches!(what, Effect::File(_) | Effect::Enter(_) | Effect::ForgeSeverity { .. } | Effect::Link { .. })
}

impl Desk<'_> {
    async fn work(&mut self) -> Result<Option<Moment>, Trouble> {
        let Some(forge) = self.engine.forge(&self.claim.issue.forge).cloned() else {
            return Err(Trouble::NoProject(self.claim.issue.clone()));
        };
        if self.claim.issue.is_project() {
            return self.meet(&forge).await;
        }
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
            Err(Trouble::Forge(ForgeError::Gone { .. })) => return Ok(self.lost_sight(&hints)),
            look => look?,
        };
        self.searches = 0;
        if !look.incident {
            self.engine.refused(&self.claim.issue, None);
            return Ok(None);
        }
        if let Some(at) = self.again_at {
            // On disk, because a restart must not forget it; and whole, because no delivery will point at the comment.
            self.engine.ports.store.nudge(vec![self.claim.issue.clone()], at, true).await?;
        }
        let blocked = self.settle(&forge, &look.issue).await?;
        self.settle_filings(&forge).await?;
        self.settle_entries(&forge).await?;
        self.remember(&look.reading.findings);
        let plan = self.plan(look.reading.findings);
        self.carry_out(&forge, plan, blocked).await
    }

    /// Keeps what planning needs, for a turn of the board that needs no second look.
    fn remember(&mut self, findings: &[Finding]) {
        self.read = Some(LastRead {
            at: self.machine_now(),
            title: self.title.clone(),
            findings: findings.to_vec(),
            forge_severity: self.forge_severity,
            links: self.links,
        });
    }

    /// A change of the board that had to wait for its turn, if it is all there is to do: that needs no second look.
    fn belated_board(&mut self) -> Option<Plan> {
        let read = self.read.clone()?;
        let fresh = self.machine_now() - read.at <= self.project.limits.board_every + ONE_TURN;
        if !fresh || !self.is_due() {
            return None;
        }
        // All that planning knew, so that what waits for another attempt is not left out and forgotten.
        self.title = read.title;
        (self.forge_severity, self.links) = (read.forge_severity, read.links);
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
    fn lost_sight(&mut self, hints: &[Hint]) -> Option<Moment> {
        self.searches = self.searches.saturating_add(1);
        let under_way = self.incident.opened.is_some() && self.incident.open;
        if under_way && self.searches == 1 {
            tracing::warn!(
                incident.id = %self.claim.issue,
                "the issue is gone or hidden from the token; its clocks stand still until it is seen again"
            );
        }
        let told = hints.iter().any(|hint| hint.what == Hinted::Left);
        if under_way && self.incident.lost.is_none() && (told || self.searches > MOST_ABSENCES) {
            self.note_loss(hints);
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
            let unreadable = self.unreadable_timeline && matches!(action.what, Effect::Enter(_));
            if unreadable || (posts && blocked.is_some()) {
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
                    sooner(self.stumble(&action.what, &error));
                    if !is_aside(&action.what) && ends_the_round(&error, posts) {
                        break;
                    }
                }
                Err(other) => return Err(other),
            }
        }
        if self.stumbles == stumbles {
            self.engine.refused(&self.claim.issue, None);
            if !plan.actions.is_empty() {
                self.stumbles = 0;
            }
        }
        Ok(next)
    }

    /// An action failed. Says when it is tried again (machine time).
    fn stumble(&mut self, what: &Effect, error: &ForgeError) -> Moment {
        self.stumbles += 1;
        tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(error));
        self.engine.refused(&self.claim.issue, Some(error));
        // A timeline that cannot be read now is not asked for each entry.
        self.unreadable_timeline |= matches!(what, Effect::Enter(_));
        self.machine_now() + pause_after(error, self.stumbles)
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
        let owed = self.owed_pages();
        let (title, forge_severity, links) = (self.title.clone(), self.forge_severity, self.links);
        let circumstances = Circumstances { findings, title, owed: owed.clone(), forge_severity, links };
        let mut plan = plan(&self.incident, &self.project, &circumstances, self.now());
        plan.facts.splice(0..0, earlier(&self.incident, &self.events, &self.project));
        plan.actions.retain(|action| !self.is_done(action));
        let closing = self.incident.closings;
        let key = keys::retrospective(closing);
        if !self.incident.open
            && !self.incident.is_exposed()
            && owed.contains(&key)
            && !plan.actions.iter().any(|action| action.key == key)
        {
            plan.actions.push(Action { key, what: Effect::Report { closing } });
        }
        plan
    }

    /// Keys of comments of which a further page is still to be posted.
    fn owed_pages(&self) -> BTreeSet<String> {
        let owed = self.ledger.values().filter(|row| row.state == EffectState::Planned);
        owed.filter_map(|row| row.key.split_once('#')).map(|(main, _)| main.to_owned()).collect()
    }

    fn is_done(&self, action: &Action) -> bool {
        let over = |state: EffectState| matches!(state, EffectState::Done | EffectState::GivenUp);
        let first = self.ledger.get(&action.key).is_some_and(|row| over(row.state));
        match action.what {
            Effect::File(_)
            | Effect::Enter(_)
            | Effect::ForgeSeverity { .. }
            | Effect::Link { .. }
            | Effect::MakeConfidential
            | Effect::Close
            | Effect::React { .. } => first,
            Effect::Comment { .. } | Effect::Report { .. } => {
                let pages = self.ledger.values().filter(|row| row.key.starts_with(&format!("{}#", action.key)));
                first && pages.into_iter().all(|row| over(row.state))
            }
            Effect::Label { .. } | Effect::Rewrite { .. } | Effect::Supersede { .. } | Effect::Collapse { .. } => false,
        }
    }

    /// What the waiting deliveries say, in incident time; a delivery may say several things.
    fn hints(&self) -> Vec<Hint> {
        let clock = &self.engine.ports.clock;
        let read = self.claim.hints.iter().filter_map(|json| said(json)).flatten();
        read.map(|hint| Hint { at: clock.incident_time(hint.at), ..hint }).collect()
    }

    /// Nothing came in since the last look but deliveries that only repeat what this bot did, and is known to have done.
    /// They need no request.
    async fn is_quiet(&self, forge: &Forge, hints: &[Hint]) -> Result<bool, Trouble> {
        let swept = self.engine.swept.is_unread(&self.claim.issue);
        let unread = self.claim.full || swept || self.claim.hints.iter().any(|json| said(json).is_none());
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
                Hinted::Hidden => !self.incident.is_exposed(),
                Hinted::ForgeSeverity { to } => self.incident.forge_severity == *to,
                Hinted::CommentPosted { comment } | Hinted::CommentEdited { comment } => known.contains(comment),
                _ => false,
            }
        }))
    }

    /// Something came due since the last look. One that found nothing further to come leaves no moment.
    fn is_due(&self) -> bool {
        self.next.is_some_and(|at| at <= self.machine_now())
    }
}

/// What one delivery says, as the intake stored it; `None` where it cannot be read.
fn said(json: &str) -> Option<Vec<Hint>> {
    serde_json::from_str(json).map(|one| vec![one]).or_else(|_| serde_json::from_str(json)).ok()
}
