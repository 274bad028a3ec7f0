//! Webhooks: their settings, their log, and sending again.

use serde_json::json;

use super::super::{
    super::{
        line::{
            call::Call,
            locked,
            reply::{Answered, Reply},
        },
        model::{Access, Deed, Hook, HookConfig, HookId, Outcome, Project},
    },
    asked::Asked,
    desk::{Desk, not_found},
    mail::Trial,
    pages::{deliveries, page},
    wire::{FLAGS, hook as shown},
};

pub(in super::super) fn answer(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    project: &str,
    rest: &[&str],
) -> Answered {
    let project = desk.project(project)?;
    desk.needs(&project, Access::Maintain)?;
    match (method, rest) {
        ("GET", []) => {
            let all: Vec<Hook> = desk.world.hooks(project.id).cloned().collect();
            Ok(page(call, &desk.state.url, all, |hook| shown(&hook, status(desk, hook.id))))
        }
        ("POST", []) => {
            let asked = Asked::of(call);
            let (config, unverified) = (config(&asked, None)?, unverified(&asked)?);
            let path = desk.world.path(&project);
            let Outcome::Hook(id) = desk.perform(Deed::AddHook { project: path, config })? else {
                return Err(not_found("404 Not found"));
            };
            desk.world.carry_hook(id, None, unverified);
            one(desk, id, 201)
        }
        (_, [id, rest @ ..]) => {
            let id = own(desk, &project, id)?;
            about(desk, call, method, id, rest)
        }
        _ => Err(not_found("404 Not found")),
    }
}

fn own(desk: &Desk<'_>, project: &Project, id: &str) -> Result<HookId, Reply> {
    let id = id.parse().map(HookId).map_err(|_| not_found("404 Not found"))?;
    let known = desk.world.hook(id).is_some_and(|hook| hook.project == project.id);
    if known { Ok(id) } else { Err(not_found("404 Not found")) }
}

fn about(desk: &mut Desk<'_>, call: &Call, method: &str, id: HookId, rest: &[&str]) -> Answered {
    match (method, rest) {
        ("GET", []) => one(desk, id, 200),
        ("PUT", []) => {
            let before = desk.world.hook(id).map(|hook| hook.config.clone());
            let asked = Asked::of(call);
            let (config, unverified) = (config(&asked, before)?, unverified(&asked)?);
            desk.perform(Deed::ChangeHook { id, config })?;
            desk.world.carry_hook(id, None, unverified);
            one(desk, id, 200)
        }
        ("DELETE", []) => {
            desk.perform(Deed::RemoveHook { id })?;
            Ok(Reply::done())
        }
        ("GET", ["events"]) => {
            let log = locked(&desk.state.mail).log(id, wall(desk));
            Ok(deliveries(call, &desk.state.url, log))
        }
        ("POST", ["events", event, "resend"]) => {
            let event = event.parse().map_err(|_| not_found("404 Not found"))?;
            if status(desk, id).0 != "executable" {
                return Err(Reply::new(422, json!({ "message": "Hook disabled" })));
            }
            let again = locked(&desk.state.mail).resend(id, event, wall(desk));
            match again {
                Some(true) => Ok(Reply::new(201, json!({ "response_status": 200 }))),
                Some(false) => Err(too_often()),
                None => Err(not_found("404 Not found")),
            }
        }
        ("POST", ["test", trigger]) => tested(desk, id, trigger),
        _ => Err(not_found("404 Not found")),
    }
}

/// Deliveries travel by everybody's clock, whatever the forge's own shows.
fn wall(desk: &Desk<'_>) -> crate::domain::time::Moment {
    desk.state.line.clock.machine_now()
}

fn too_often() -> Reply {
    let words = "This endpoint has been requested too many times. Try again later.";
    Reply::new(429, json!({ "message": { "error": words } }))
}

/// A delivery made up of what is newest in the project; a hook that was switched off is tried all the same.
fn tested(desk: &mut Desk<'_>, id: HookId, trigger: &str) -> Answered {
    if !FLAGS.contains(&trigger) {
        return Err(Reply::new(400, json!({ "error": "trigger does not have a valid value" })));
    }
    let project = desk.world.hook(id).and_then(|hook| desk.world.project_by_id(hook.project));
    let project = project.ok_or_else(|| not_found("404 Not found"))?;
    let trial = Trial { wire: desk.wire(), project, by: desk.caller.user.id, at: desk.now };
    let sample = desk.state.sample(trial, trigger).map_err(|lack| Reply::new(422, json!({ "message": lack })))?;
    let sent = locked(&desk.state.mail).test(id, sample, wall(desk));
    if sent { Ok(Reply::new(201, json!({ "message": "201 Created" }))) } else { Err(too_often()) }
}

/// `None` where nothing is said of it.
fn unverified(asked: &Asked) -> Result<Option<bool>, Reply> {
    Ok(asked.flag("enable_ssl_verification")?.map(|verifies| !verifies))
}

fn status(desk: &Desk<'_>, id: HookId) -> (&'static str, Option<crate::domain::time::Moment>) {
    locked(&desk.state.mail).standing(id).status(wall(desk))
}

fn one(desk: &Desk<'_>, id: HookId, status_code: u16) -> Answered {
    let hook = desk.world.hook(id).ok_or_else(|| not_found("404 Not found"))?;
    Ok(Reply::new(status_code, shown(hook, status(desk, id))))
}

/// What was asked for, on top of what there was. A changed address loses the secret token.
fn config(asked: &Asked, before: Option<HookConfig>) -> Result<HookConfig, Reply> {
    let before_url = before.as_ref().map(|config| config.url.clone());
    let url = match asked.text("url") {
        Some(url) => url.to_owned(),
        None => before_url.clone().ok_or_else(|| Reply::new(400, json!({ "error": "url is missing" })))?,
    };
    let moved = before_url.as_ref().is_some_and(|old| *old != url);
    let (mut token, mut signing) =
        super::super::mail::secrets(before.as_ref().and_then(|config| config.secret.as_deref()));
    if moved {
        token = None;
    }
    token = asked.text("token").or(token);
    signing = asked.text("signing_token").or(signing);
    let secret = [token, signing].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut events = before.map_or_else(Vec::new, |config| config.events);
    for flag in FLAGS {
        match asked.flag(flag)? {
            Some(true) if !events.iter().any(|event| event == flag) => events.push(flag.to_owned()),
            Some(false) => events.retain(|event| event != flag),
            _ => {}
        }
    }
    Ok(HookConfig { url, secret: (!secret.is_empty()).then_some(secret), events, active: true })
}
