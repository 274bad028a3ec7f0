//! Accounts and their tokens, for who runs the forge.

use super::{
    super::{
        access::Token,
        ids::UserId,
        outcome::Outcome,
        project::Access,
        record::{About, Said},
        refusal::Refusal,
        world::World,
    },
    Doing,
};

impl World {
    /// Only who runs the forge may. What is so already is not written down again.
    pub(super) fn set_blocked(&mut self, doing: Doing, who: UserId, blocked: bool) -> Result<Outcome, Refusal> {
        if !self.is_admin(doing.by) {
            return Err(Refusal::Forbidden { needs: Access::Admin });
        }
        let user = self.users.get_mut(&who).ok_or(Refusal::Absent("account"))?;
        if std::mem::replace(&mut user.blocked, blocked) != blocked {
            let words = if blocked { "Blocked user" } else { "Unblocked user" };
            self.record(doing, About::Account(who), None, Said::Words(words.to_owned()));
        }
        Ok(Outcome::Done)
    }

    /// One's own, or anybody's for who runs the forge.
    pub(super) fn end_token(&mut self, doing: Doing, secret: &str, id: u64) -> Result<Outcome, Refusal> {
        let Some(Token::Personal { user, .. }) = self.token(secret) else { return Err(Refusal::Absent("token")) };
        let user = *user;
        if user != doing.by && !self.is_admin(doing.by) {
            return Err(Refusal::Forbidden { needs: Access::Admin });
        }
        self.revoke(secret);
        let words = format!("Revoked personal access token with id {id}");
        self.record(doing, About::Account(user), None, Said::Words(words));
        Ok(Outcome::Done)
    }
}
