//! Apps: who they are, where they are installed, their tokens, their hook.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    super::{
        call::Call,
        caller::Means,
        desk::{Desk, found},
        digest,
        mail::Via,
        pages::page,
        reply::{Answered, Reply},
        routes::numbered,
        wire::{Wire, grants, hook_config, merge, selection, stamp},
    },
    deliveries,
};
use crate::drill::model::{App, Grants, HookConfig, Installation, InstallationId, Level, Project, Selection, Token};

/// How long a token lives.
const LIFE: TimeDelta = TimeDelta::hours(1);

pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, parts: &[&str]) -> Answered {
    if let ["installation", rest @ ..] = parts {
        return as_installation(desk, call, rest);
    }
    let app = desk.app()?;
    match (call.method.as_str(), parts) {
        ("GET", ["app"]) => Ok(Reply::ok(desk.wire().app(&app))),
        ("GET", ["app", "installations"]) => {
            let wire = desk.wire();
            let all: Vec<&Installation> = desk.world.installations(app.id).collect();
            Ok(page(call, &desk.state.url, all, |one| wire.installation(one)))
        }
        (_, ["app", "installations", id, rest @ ..]) => {
            let id = InstallationId(numbered(id)?);
            let one = found(desk.world.installation(id).filter(|one| one.app == app.id).cloned())?;
            of_one(desk, call, &one, rest)
        }
        (_, ["app", "hook", "config"]) => hook(desk, call, &app),
        (_, ["app", "hook", "deliveries", rest @ ..]) => deliveries::route(desk, call, Via::App(app.id), rest),
        _ => Err(Reply::not_found()),
    }
}

fn of_one(desk: &mut Desk<'_>, call: &Call, one: &Installation, rest: &[&str]) -> Answered {
    match (call.method.as_str(), rest) {
        ("GET", []) => Ok(Reply::ok(desk.wire().installation(one))),
        ("DELETE", []) => {
            desk.world.uninstall(one.id);
            Ok(Reply::done())
        }
        ("PUT" | "DELETE", ["suspended"]) => {
            desk.world.suspend(one.id, call.method == http::Method::PUT);
            Ok(Reply::done())
        }
        ("POST", ["access_tokens"]) => mint(desk, call, one),
        _ => Err(Reply::not_found()),
    }
}

/// `/repos/O/N/installation`
pub(in super::super) fn of_repository(desk: &Desk<'_>, path: &str) -> Answered {
    let app = desk.app()?;
    let project = found(desk.world.project(path).or_else(|| desk.world.formerly(path)))?;
    let one = found(desk.world.installed_on(project).find(|one| one.app == app.id))?;
    Ok(Reply::ok(desk.wire().installation(one)))
}

/// `/orgs/O/installation`, `/users/U/installation`
pub(in super::super) fn of_account(desk: &Desk<'_>, login: &str) -> Answered {
    let app = desk.app()?;
    let owner = found(desk.world.user(login))?.id;
    let one = found(desk.world.installations(app.id).find(|one| one.owner == owner))?;
    Ok(Reply::ok(desk.wire().installation(one)))
}

fn mint(desk: &mut Desk<'_>, call: &Call, one: &Installation) -> Answered {
    if one.suspended {
        return Err(Reply::message(403, "This installation has been suspended"));
    }
    let chosen = narrowed_projects(desk, call, one)?;
    let given = narrowed_grants(call, one)?;
    let expires_at = desk.now + LIFE;
    // Told apart by what was asked for before, so that the same drill makes the same tokens.
    let facts = format!("{} {} {}", one.id, desk.now.timestamp_micros(), desk.world.count_token());
    let secret = format!("ghs_{}", digest(facts.as_bytes()));
    let token = Token::Installed { installation: one.id, selection: chosen.clone(), grants: given.clone(), expires_at };
    desk.world.add_token(&secret, token);
    let wire = desk.wire();
    let mut body = json!({
        "token": secret, "expires_at": stamp(expires_at), "permissions": grants(&given),
        "repository_selection": selection(&chosen),
    });
    if let Selection::Only(projects) = &chosen {
        let shown: Vec<Value> = projects
            .iter()
            .filter_map(|id| desk.world.project_by_id(*id))
            .map(|project| wire.repository(project))
            .collect();
        merge(&mut body, json!({ "repositories": shown }));
    }
    Ok(Reply::new(201, body))
}

fn narrowed_projects(desk: &Desk<'_>, call: &Call, one: &Installation) -> Result<Selection, Reply> {
    let refusal = || {
        let words = "There is at least one repository that does not exist or is not accessible to the parent \
                     installation.";
        Reply::message(422, words)
    };
    let reached = |fits: &dyn Fn(&Project) -> bool| {
        desk.world
            .projects()
            .find(|project| project.owner == one.owner && one.selection.holds(project.id) && fits(project))
            .map(|project| project.id)
            .ok_or_else(refusal)
    };
    let names = call.names("repositories")?;
    let ids = call.object()?.get("repository_ids").and_then(Value::as_array).cloned();
    if names.is_none() && ids.is_none() {
        return Ok(one.selection.clone());
    }
    let mut chosen = Vec::new();
    for name in names.unwrap_or_default() {
        chosen.push(reached(&|project| project.name.eq_ignore_ascii_case(&name))?);
    }
    for id in ids.unwrap_or_default() {
        chosen.push(reached(&|project| Some(project.id.0) == id.as_u64())?);
    }
    Ok(Selection::Only(chosen))
}

fn narrowed_grants(call: &Call, one: &Installation) -> Result<Grants, Reply> {
    let Some(Value::Object(wanted)) = call.object()?.get("permissions") else { return Ok(one.grants.clone()) };
    let refusal = || Reply::message(422, "The permissions requested are not granted to this installation.");
    let mut given = BTreeMap::new();
    for (noun, level) in wanted {
        let level = match level.as_str() {
            Some("read") => Level::Read,
            Some("write") => Level::Write,
            _ => return Err(refusal()),
        };
        let granted = one.grants.get(noun).is_some_and(|granted| *granted >= level);
        if !granted && noun != "metadata" {
            return Err(refusal());
        }
        given.insert(noun.clone(), level);
    }
    given.entry("metadata".to_owned()).or_insert(Level::Read);
    Ok(given)
}

fn as_installation(desk: &mut Desk<'_>, call: &Call, rest: &[&str]) -> Answered {
    let Means::Installed { installation, selection, .. } = desk.caller.means.clone() else {
        return Err(Reply::message(403, "You must authenticate with an installation access token."));
    };
    match (call.method.as_str(), rest) {
        ("GET", ["repositories"]) => {
            let one = found(desk.world.installation(installation))?;
            let reached = |project: &&Project| {
                project.owner == one.owner && one.selection.holds(project.id) && selection.holds(project.id)
            };
            let wire: Wire<'_> = desk.wire();
            let all: Vec<&Project> = desk.world.projects().filter(reached).collect();
            let total = all.len();
            let reply =
                page(call, &desk.state.url, all, |project| wire.repository_for(project, desk.access(project.id)));
            let word = super::super::wire::selection(&selection);
            let body = json!({ "total_count": total, "repository_selection": word, "repositories": reply.body });
            Ok(Reply { body: Some(body), ..reply })
        }
        ("DELETE", ["token"]) => {
            let given = call.header("authorization").and_then(|it| it.split_once(' ')).map(|(_, it)| it.to_owned());
            desk.world.revoke(given.unwrap_or_default().trim());
            Ok(Reply::done())
        }
        _ => Err(Reply::not_found()),
    }
}

fn hook(desk: &mut Desk<'_>, call: &Call, app: &App) -> Answered {
    let mut config =
        app.hook.clone().unwrap_or(HookConfig { url: String::new(), secret: None, events: Vec::new(), active: true });
    if call.method == http::Method::PATCH {
        config.url = call.text("url")?.unwrap_or(config.url);
        config.secret = call.text("secret")?.or(config.secret);
        desk.world.set_app_hook(app.id, Some(config.clone()));
    } else if call.method != http::Method::GET {
        return Err(Reply::not_found());
    }
    Ok(Reply::ok(hook_config(&config)))
}
