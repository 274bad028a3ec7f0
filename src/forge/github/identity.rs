//! The bot's own account.
//!
//! What always holds: an account found is remembered for good; where an App's user cannot be read, its name without a
//! number is given for five minutes, and then looked up again.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use super::{
    super::ForgeError,
    Github,
    access::Pass,
    answer::unknown,
    client::Ask,
    route,
    wire::{App, User},
};
use crate::domain::{
    people::{Account, Actor},
    time::Moment,
};

const MAKESHIFT: TimeDelta = TimeDelta::minutes(5);

/// The account, once it is known, and until when it counts.
#[derive(Default)]
pub(super) struct Me {
    known: Mutex<Option<(Account, Option<Moment>)>>,
}

impl Github {
    pub(super) async fn me(&self) -> Result<Account, ForgeError> {
        let now = self.shared.clock.machine_now();
        let known = self.shared.me.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((account, until)) = known
            && until.is_none_or(|until| now < until && until - now <= MAKESHIFT)
        {
            return Ok(account);
        }
        let account = match self.shared.access.as_app() {
            Some(app) => self.app_user(app).await?,
            None => self.token_user().await?,
        };
        let until = (account.id == 0).then(|| now + MAKESHIFT);
        *self.shared.me.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((account.clone(), until));
        Ok(account)
    }

    /// Who stands behind an entry of the history, told apart by number, and by name only where no number is known.
    pub(super) fn actor(me: &Account, account: Option<Account>) -> Actor {
        match account {
            Some(account) if account.id == me.id || (me.id == 0 && account.login == me.login) => Actor::Bot,
            Some(account) => Actor::Person(account),
            None => Actor::Somebody,
        }
    }

    async fn token_user(&self) -> Result<Account, ForgeError> {
        let what = format!("looking up the token's own account on {}", self.shared.name);
        let pass = self.shared.access.any_pass(&self.shared.client, &self.shared.clock).await?;
        self.user(&pass, &what, "/user".to_owned()).await
    }

    async fn app_user(&self, app: &Pass) -> Result<Account, ForgeError> {
        let what = format!("looking up the App's own account on {}", self.shared.name);
        let answer = self.shared.client.send(app, &Ask::get(what.as_str(), "/app")).await?;
        let slug = answer.read::<App>(&what)?.slug.ok_or_else(|| unknown(&what, "the App has no slug"))?;
        let login = format!("{slug}[bot]");
        let path = format!("/users/{}", route::encoded(&login));
        // The App's own signature opens nothing but `/app`, so an installation has to ask.
        let found = match self.shared.access.any_pass(&self.shared.client, &self.shared.clock).await {
            Ok(pass) => self.user(&pass, &what, path).await,
            Err(error) => Err(error),
        };
        match found {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { .. } | ForgeError::Invalid { .. }) => {
                Ok(Account::new(0, login))
            }
            other => other,
        }
    }

    async fn user(&self, pass: &Pass, what: &str, path: String) -> Result<Account, ForgeError> {
        let answer = self.shared.client.send(pass, &Ask::get(what, path)).await?;
        answer.read::<User>(what)?.account().ok_or_else(|| unknown(what, "the answer names no account"))
    }
}
