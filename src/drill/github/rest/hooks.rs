//! Webhooks of a repository, and their deliveries.

use serde_json::Value;

use super::{
    super::{
        call::Call,
        desk::{Desk, found},
        locked,
        mail::Via,
        pages::page,
        reply::{Answered, Reply},
        routes::numbered,
        wire,
    },
    deliveries,
};
use crate::drill::model::{Access, Deed, Hook, HookConfig, HookId, Level, Outcome, ProjectId};

/// `/repos/O/N/hooks/...`
pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    let level = if call.is_read() { Level::Read } else { Level::Write };
    let project = desk.repository(call, path, "repository_hooks", level)?;
    // Who does not run the repository does not learn that there are hooks.
    desk.needs(project, Access::Admin).map_err(|_| Reply::not_found())?;
    let [_, rest @ ..] = rest else { return Err(Reply::not_found()) };
    let Some((id, more)) = rest.split_first() else { return collection(desk, call, path, project) };
    let hook = found(desk.world.hook(HookId(numbered(id)?)).filter(|hook| hook.project == project).cloned())?;
    match (call.method.as_str(), more) {
        ("GET", []) => shown(desk, project, hook.id, 200),
        ("PATCH", []) => {
            let config = configured(call, Some(&hook.config))?;
            desk.perform(Deed::ChangeHook { id: hook.id, config })?;
            carried(desk, call, hook.id)?;
            shown(desk, project, hook.id, 200)
        }
        ("DELETE", []) => {
            desk.perform(Deed::RemoveHook { id: hook.id })?;
            Ok(Reply::done())
        }
        ("POST", ["pings" | "tests"]) => {
            desk.perform(Deed::PingHook { id: hook.id })?;
            Ok(Reply::done())
        }
        (_, ["deliveries", more @ ..]) => deliveries::route(desk, call, Via::Hook(hook.id), more),
        _ => Err(Reply::not_found()),
    }
}

fn collection(desk: &mut Desk<'_>, call: &Call, path: &str, project: ProjectId) -> Answered {
    match call.method.as_str() {
        "GET" => {
            let repository = desk.wire().repository_url(found(desk.world.project_by_id(project))?);
            let hooks: Vec<&Hook> = desk.world.hooks(project).collect();
            let mail = locked(&desk.state.mail);
            let last = |hook: &Hook| mail.kept(Via::Hook(hook.id), desk.now).pop();
            Ok(page(call, &desk.state.url, hooks, |hook| wire::hook(&repository, hook, last(hook))))
        }
        "POST" => {
            let config = configured(call, None)?;
            let Outcome::Hook(id) = desk.perform(Deed::AddHook { project: path.to_owned(), config })? else {
                return Err(Reply::not_found());
            };
            carried(desk, call, id)?;
            shown(desk, project, id, 201)
        }
        _ => Err(Reply::not_found()),
    }
}

fn shown(desk: &Desk<'_>, project: ProjectId, id: HookId, status: u16) -> Answered {
    let repository = desk.wire().repository_url(found(desk.world.project_by_id(project))?);
    let mail = locked(&desk.state.mail);
    let last = mail.kept(Via::Hook(id), desk.now).pop();
    Ok(Reply::new(status, wire::hook(&repository, found(desk.world.hook(id))?, last)))
}

/// How it is to deliver.
fn carried(desk: &mut Desk<'_>, call: &Call, id: HookId) -> Result<(), Reply> {
    let config = call.object()?.get("config");
    let said = |name: &str| config.and_then(|config| config.get(name));
    let forms = said("content_type").and_then(Value::as_str).map(|kind| kind == "form");
    let unverified = said("insecure_ssl").map(|flag| matches!(flag.to_string().trim_matches('"'), "1"));
    desk.world.carry_hook(id, forms, unverified);
    Ok(())
}

/// What a hook is to be; what is not said stays as it was.
fn configured(call: &Call, was: Option<&HookConfig>) -> Result<HookConfig, Reply> {
    let config = call.object()?.get("config");
    let text = |name: &str| config.and_then(|config| config.get(name)).and_then(Value::as_str).map(str::to_owned);
    let usual = || vec!["push".to_owned()];
    Ok(HookConfig {
        url: text("url").or_else(|| was.map(|was| was.url.clone())).unwrap_or_default(),
        secret: text("secret").or_else(|| was.and_then(|was| was.secret.clone())),
        events: call.names("events")?.or_else(|| was.map(|was| was.events.clone())).unwrap_or_else(usual),
        active: call.flag("active")?.or(was.map(|was| was.active)).unwrap_or(true),
    })
}
