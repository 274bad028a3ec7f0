//! Webhooks of a project.

use super::{
    super::{
        happening::What,
        hook::{Hook, HookConfig},
        ids::{HookId, ProjectId},
        outcome::Outcome,
        project::Access,
        refusal::{Fault, Refusal},
        world::World,
    },
    Doing,
};

impl World {
    pub(super) fn add_hook(&mut self, doing: Doing, path: &str, config: HookConfig) -> Result<Outcome, Refusal> {
        let project = self.ground(doing, path, Access::Admin)?;
        check(&config)?;
        if self.hooks(project).any(|hook| hook.config.url == config.url && hook.config.events == config.events) {
            return Err(Refusal::invalid("Hook", "url", Fault::Taken));
        }
        let id = HookId(self.fresh());
        let (created_at, updated_at) = (doing.now, doing.now);
        let (sends_forms, unverified) = (false, false);
        let hook = Hook { id, project, config, sends_forms, unverified, since: self.serial, created_at, updated_at };
        self.hooks.insert(id, hook);
        self.tell_of(doing, project, What::Pinged(id));
        Ok(Outcome::Hook(id))
    }

    pub(super) fn change_hook(&mut self, doing: Doing, id: HookId, config: HookConfig) -> Result<Outcome, Refusal> {
        self.owned_hook(doing, id)?;
        check(&config)?;
        let hook = self.hooks.get_mut(&id).ok_or(Refusal::Absent("hook"))?;
        hook.config = config;
        hook.updated_at = doing.now;
        Ok(Outcome::Hook(id))
    }

    /// Says how a hook delivers; what is not said stays as it was. For who may change it.
    pub fn carry_hook(&mut self, id: HookId, sends_forms: Option<bool>, unverified: Option<bool>) {
        if let Some(hook) = self.hooks.get_mut(&id) {
            hook.sends_forms = sends_forms.unwrap_or(hook.sends_forms);
            hook.unverified = unverified.unwrap_or(hook.unverified);
        }
    }

    pub(super) fn remove_hook(&mut self, doing: Doing, id: HookId) -> Result<Outcome, Refusal> {
        self.owned_hook(doing, id)?;
        self.hooks.remove(&id);
        Ok(Outcome::Done)
    }

    pub(super) fn ping_hook(&mut self, doing: Doing, id: HookId) -> Result<Outcome, Refusal> {
        let project = self.owned_hook(doing, id)?;
        self.tell_of(doing, project, What::Pinged(id));
        Ok(Outcome::Done)
    }

    fn owned_hook(&self, doing: Doing, id: HookId) -> Result<ProjectId, Refusal> {
        let hook = self.hooks.get(&id).ok_or(Refusal::Absent("hook"))?;
        let project = self.projects.get(&hook.project).ok_or(Refusal::Absent("hook"))?;
        match self.access(doing.by, project) {
            Access::Admin => Ok(project.id),
            Access::None => Err(Refusal::Absent("hook")),
            _ => Err(Refusal::Forbidden { needs: Access::Admin }),
        }
    }
}

fn check(config: &HookConfig) -> Result<(), Refusal> {
    if config.url.starts_with("http://") || config.url.starts_with("https://") {
        return Ok(());
    }
    let fault = if config.url.is_empty() { Fault::Missing } else { Fault::Unknown };
    Err(Refusal::invalid("Hook", "url", fault))
}
