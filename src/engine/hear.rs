//! Whose word counts: what people may do in the project is asked of the forge, each time, before it does.
//!
//! What always holds: where the forge does not say, what was said stays unread and everything is read again soon; the
//! clocks do not wait for it.

use crate::{
    domain::{
        event::{Event, What},
        people::{Account, Permission},
        process::EvidenceKind,
    },
    forge::{Forge, ForgeError},
    plan::{
        judge::{Pending, is_trusted, judge, named},
        observe::Noticed,
    },
};

use super::{Trouble, apply::pause_after, desk::Desk};

/// What the forge said of people during one look.
#[derive(Default)]
struct Asked {
    accounts: Vec<(Account, Permission)>,
    /// It did not say; it is not asked again in this look.
    silence: Option<ForgeError>,
}

impl Desk<'_> {
    /// What was noticed, with the commands judged and with what people who may not write here said marked as such.
    pub(super) async fn hear(&mut self, forge: &Forge, noticed: Noticed) -> Result<Vec<Event>, Trouble> {
        let mut asked = Asked::default();
        let mut events = Vec::new();
        for event in noticed.events {
            match self.counts(forge, &event, &mut asked).await? {
                Some(true) => {}
                Some(false) => events.extend(unheard(&event)),
                None => continue,
            }
            events.push(event);
        }
        let mut pending = noticed.pending;
        pending.sort_by_key(|pending| (pending.at, pending.comment, pending.spoken.line));
        for pending in pending {
            events.extend(self.judged(forge, &pending, &mut asked).await?);
        }
        self.ask_again(asked.silence.as_ref());
        Ok(events)
    }

    /// Whether a comment can meet a duty, by who wrote it; `None` where that is not known now. Only a comment that would
    /// meet one costs a request.
    async fn counts(&mut self, forge: &Forge, event: &Event, asked: &mut Asked) -> Result<Option<bool>, Trouble> {
        let (What::Commented { sitrep, .. }, Some(by)) = (&event.what, event.by.account()) else {
            return Ok(Some(true));
        };
        let answered = self.incident.evidence.iter().any(|known| known.kind == EvidenceKind::ResponderComment);
        let reporter = self.incident.filed_by.as_ref().is_some_and(|reporter| reporter.id == by.id);
        // A program that was let in is no stranger.
        if ((answered || reporter) && !sitrep) || by.login.ends_with("[bot]") {
            return Ok(Some(true));
        }
        let by = by.clone();
        Ok(self.permission(forge, &by, asked).await?.map(|permission| permission >= Permission::Write))
    }

    async fn judged(&mut self, forge: &Forge, pending: &Pending, asked: &mut Asked) -> Result<Option<Event>, Trouble> {
        let Some(permission) = self.permission(forge, &pending.by, asked).await? else { return Ok(None) };
        let named = match named(pending).filter(|_| permission >= Permission::Write) {
            Some(login) => match self.named(forge, login, asked).await? {
                Some(permission) => Some(permission),
                None => return Ok(None),
            },
            None => None,
        };
        Ok(Some(judge(pending, permission, named, &self.project)))
    }

    async fn permission(
        &mut self,
        forge: &Forge,
        account: &Account,
        asked: &mut Asked,
    ) -> Result<Option<Permission>, Trouble> {
        // Obeyed whatever the forge says; so it need not be asked.
        if is_trusted(account, &self.project) {
            return Ok(Some(Permission::Write));
        }
        let known = asked.accounts.iter().find(|(known, _)| known.id == account.id);
        if let Some((_, permission)) = known {
            return Ok(Some(*permission));
        }
        if asked.silence.is_some() {
            return Ok(None);
        }
        self.stay().await?;
        match forge.read.permission(&self.claim.issue.project, account).await {
            Ok(permission) => {
                asked.accounts.push((account.clone(), permission));
                Ok(Some(permission))
            }
            Err(error) => {
                asked.silence = Some(error);
                Ok(None)
            }
        }
    }

    /// What somebody may do who is only named.
    async fn named(&mut self, forge: &Forge, login: &str, asked: &mut Asked) -> Result<Option<Permission>, Trouble> {
        let known = asked.accounts.iter().find(|(known, _)| known.login.eq_ignore_ascii_case(login));
        if let Some((_, permission)) = known {
            return Ok(Some(*permission));
        }
        if asked.silence.is_some() {
            return Ok(None);
        }
        self.stay().await?;
        match forge.read.permission_of(&self.claim.issue.project, login).await {
            Ok(permission) => Ok(Some(permission)),
            Err(error) => {
                asked.silence = Some(error);
                Ok(None)
            }
        }
    }

    fn ask_again(&mut self, unknown: Option<&ForgeError>) {
        let Some(error) = unknown else {
            self.unjudged = 0;
            return;
        };
        self.unjudged += 1;
        self.again_at = Some(self.machine_now() + pause_after(error, self.unjudged));
        tracing::warn!(
            incident.id = %self.claim.issue,
            error.class = error.class(),
            "what somebody said waits, because it is not known what they may do: {error}"
        );
    }
}

/// That a comment meets nothing.
fn unheard(event: &Event) -> Option<Event> {
    match event.what {
        What::Commented { comment, .. } => Some(Event { what: What::Unheard { comment }, ..event.clone() }),
        _ => None,
    }
}
