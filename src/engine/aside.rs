//! Changes beside the thread: the forge's own severity, links between issues. They can be repeated without harm.
//!
//! What always holds: a change that the forge refuses is tried a few times and then given up, which the board says; it
//! holds back nothing else meanwhile.

use crate::{
    domain::{event::What, forge_severity::ForgeSeverity},
    forge::{Forge, ForgeError},
    store::{EffectRow, EffectState},
    telemetry,
};

use super::{
    Trouble,
    apply::{Applied, MOST_REFUSALS, after_refusal},
    desk::Desk,
    told,
};

impl Desk<'_> {
    pub(super) async fn forge_severity(
        &mut self,
        forge: &Forge,
        key: &str,
        to: ForgeSeverity,
    ) -> Result<Applied, Trouble> {
        if let Some(applied) = self.settled(&self.row(key)) {
            return Ok(applied);
        }
        let set = forge.write.set_severity(&self.claim.issue, to).await;
        self.aside(key, set, What::ForgeSeverity { to }).await
    }

    pub(super) async fn link(&mut self, forge: &Forge, key: &str, number: u64) -> Result<Applied, Trouble> {
        if let Some(applied) = self.settled(&self.row(key)) {
            return Ok(applied);
        }
        let linked = forge.write.link(&self.claim.issue, number).await;
        self.aside(key, linked, What::Linked { number }).await
    }

    async fn aside(&mut self, key: &str, done: Result<(), ForgeError>, what: What) -> Result<Applied, Trouble> {
        match done {
            Ok(()) => {
                self.tell(what, self.incident.url.clone());
                telemetry::effect(kind(key), "done");
                Ok(Applied::Done)
            }
            // Status 0 is the adapter's own word for an issue that others can read, which passes.
            Err(
                error @ (ForgeError::Denied { status: 1.., .. } | ForgeError::Invalid { .. } | ForgeError::Gone { .. }),
            ) => self.refused(key, &error).await,
            Err(error) => Err(error.into()),
        }
    }

    /// A refusal may pass; if it comes again and again, the effect is given up for good.
    pub(super) async fn refused(&mut self, key: &str, error: &ForgeError) -> Result<Applied, Trouble> {
        let row = self.row(key);
        let (now, attempts) = (self.machine_now(), row.attempts + 1);
        telemetry::effect(kind(key), error.class());
        tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(error));
        if attempts < MOST_REFUSALS {
            let wait = now + after_refusal(attempts);
            self.put(EffectRow { state: EffectState::Planned, attempts, not_before: Some(wait), ..row });
            self.flush().await?;
            return Ok(Applied::Wait(wait));
        }
        self.put(EffectRow { state: EffectState::GivenUp, attempts, not_before: None, ..row });
        self.tell(What::GaveUp { key: key.to_owned(), why: error.to_string() }, None);
        self.flush().await?;
        tracing::error!(incident.id = %self.claim.issue, "given up, because it was refused for good: {error}");
        // The board, or an alarm, has to say so.
        Ok(Applied::Wait(now))
    }
}

/// `link` of `link/18`.
fn kind(key: &str) -> &'static str {
    match key.split('/').next() {
        Some("link") => "link",
        Some("forge-severity") => "forge-severity",
        _ => "confidential",
    }
}
