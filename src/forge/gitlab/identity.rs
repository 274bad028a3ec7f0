//! The bot's own account: read once, remembered for good.

use tokio::sync::OnceCell;

use super::{
    super::{ForgeError, answer::unknown},
    Gitlab,
    client::Ask,
    wire::User,
};
use crate::domain::people::{Account, Actor};

/// The account, once it is known.
#[derive(Default)]
pub(super) struct Me {
    known: OnceCell<Account>,
}

impl Gitlab {
    pub(super) async fn me(&self) -> Result<Account, ForgeError> {
        let found = self.shared.me.known.get_or_try_init(|| async {
            let what = format!("looking up the token's own account on {}", self.shared.client.name());
            let endpoint = gitlab::api::users::CurrentUser::builder().build().expect("it wants nothing");
            let answer = self.shared.client.send(Ask::read(&what), &endpoint).await?;
            answer.read::<User>(&what)?.account().ok_or_else(|| unknown(&what, "the answer names no account"))
        });
        found.await.cloned()
    }

    /// Who stands behind an entry of the history.
    pub(super) fn actor(me: &Account, account: Option<Account>) -> Actor {
        match account {
            Some(account) if account.id == me.id => Actor::Bot,
            Some(account) => Actor::Person(account),
            None => Actor::Somebody,
        }
    }
}
