//! Doing things, with all their effects.
//!
//! What always holds: a refusal changes nothing; every effect (history, `updated_at`, happenings) follows from the deed
//! alone, whoever asks for it by whatever way.

mod accounts;
mod comments;
mod hooks;
mod incidents;
mod issues;
mod labels;
mod people;
mod projects;
mod standing;

use comments::Thread;

use super::{deed::Deed, outcome::Outcome, people::Login, refusal::Refusal, world::World};
use crate::domain::time::Moment;

pub(super) use standing::{Doing, Scene};

impl World {
    /// Does it, or says why not.
    pub fn perform(&mut self, by: &Login, deed: Deed, now: Moment) -> Result<Outcome, Refusal> {
        let by = self.user(by.as_str()).ok_or(Refusal::Absent("account"))?.id;
        let outcome = self.dispatch(Doing { by, now }, deed)?;
        self.memorise(now);
        Ok(outcome)
    }

    fn dispatch(&mut self, doing: Doing, deed: Deed) -> Result<Outcome, Refusal> {
        match deed {
            Deed::File { .. }
            | Deed::Edit { .. }
            | Deed::Close { .. }
            | Deed::Reopen { .. }
            | Deed::Lock { .. }
            | Deed::Unlock { .. }
            | Deed::SetConfidential { .. }
            | Deed::SetKind { .. }
            | Deed::SetSeverity { .. }
            | Deed::SetEscalation { .. }
            | Deed::Delete { .. }
            | Deed::Transfer { .. } => self.on_issue(doing, deed),
            Deed::Label { at, names } => self.put_labels(doing, &at, &names),
            Deed::Unlabel { at, name } => self.take_label(doing, &at, &name),
            Deed::SetLabels { at, names } => self.set_labels(doing, &at, &names),
            Deed::DefineLabel { project, name, color, description } => {
                self.define_label(doing, &project, &name, color, description)
            }
            Deed::RedefineLabel { project, name, new_name, color, description } => {
                self.redefine_label(doing, &project, &name, new_name, color, description)
            }
            Deed::DropLabel { project, name } => self.drop_label(doing, &project, &name),
            Deed::Assign { at, who } => self.assign(doing, &at, &who),
            Deed::Unassign { at, who } => self.unassign(doing, &at, &who),
            Deed::Comment { at, body } => self.post_comment(doing, &at, body, Thread::None),
            Deed::Note { at, body } => self.post_comment(doing, &at, body, Thread::Internal),
            Deed::Discuss { at, body } => self.post_comment(doing, &at, body, Thread::Begins),
            Deed::Reply { at, to, body } => self.post_comment(doing, &at, body, Thread::Answers(to)),
            Deed::EditComment { id, body } => self.edit_comment(doing, id, body),
            Deed::DeleteComment { id } => self.delete_comment(doing, id),
            Deed::Minimise { id, reason } => self.fold_comment(doing, id, Some(reason)),
            Deed::Restore { id } => self.fold_comment(doing, id, None),
            Deed::React { to, content } => self.react(doing, to, content),
            Deed::Unreact { id } => self.unreact(doing, id),
            Deed::SetVisibility { .. }
            | Deed::Rename { .. }
            | Deed::MoveProject { .. }
            | Deed::SetArchived { .. }
            | Deed::DeleteProject { .. }
            | Deed::SetAccess { .. } => self.on_project(doing, deed),
            Deed::SetBlocked { who, blocked } => self.set_blocked(doing, who, blocked),
            Deed::EndToken { secret, id } => self.end_token(doing, &secret, id),
            Deed::AddHook { project, config } => self.add_hook(doing, &project, config),
            Deed::ChangeHook { id, config } => self.change_hook(doing, id, config),
            Deed::RemoveHook { id } => self.remove_hook(doing, id),
            Deed::PingHook { id } => self.ping_hook(doing, id),
        }
    }
}
