//! The audit log: of the whole forge for who runs it, of a project for who runs that.

use serde_json::{Map, Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{About, Access, ProjectId, Record, Said, role},
    },
    asked::Asked,
    desk::{Desk, forbidden, not_found},
    pages::page,
    wire::stamp,
};

/// `/audit_events`, `/audit_events/ID`
pub(in super::super) fn whole(desk: &Desk<'_>, call: &Call, rest: &[&str]) -> Answered {
    if !desk.is_admin() {
        return Err(forbidden());
    }
    let asked = Asked::of(call);
    let kind = match asked.text("entity_type") {
        None if asked.text("entity_id").is_some() => {
            return Err(Reply::new(400, json!({ "error": "entity_type is missing" })));
        }
        Some(kind) if !["User", "Group", "Project"].contains(&kind) => {
            return Err(Reply::new(400, json!({ "error": "entity_type does not have a valid value" })));
        }
        kind => kind,
    };
    let id: Option<u64> = asked.text("entity_id").and_then(|id| id.parse().ok());
    answer(desk, call, &asked, rest, |record| {
        let (own, number, _) = entity(desk, record);
        kind.is_none_or(|kind| kind == own) && id.is_none_or(|id| id == number)
    })
}

/// `/projects/P/audit_events`, `/projects/P/audit_events/ID`
pub(in super::super) fn of_project(desk: &Desk<'_>, call: &Call, project: &str, rest: &[&str]) -> Answered {
    let project = desk.project(project)?;
    desk.needs(&project, Access::Maintain)?;
    answer(desk, call, &Asked::of(call), rest, |record| record.about == About::Project(project.id))
}

fn answer(desk: &Desk<'_>, call: &Call, asked: &Asked, rest: &[&str], fits: impl Fn(&Record) -> bool) -> Answered {
    let moment = |name: &str| match asked.text(name).map(chrono::DateTime::parse_from_rfc3339) {
        Some(Err(_)) => Err(Reply::new(400, json!({ "error": format!("{name} is invalid") }))),
        Some(Ok(at)) => Ok(Some(at.to_utc())),
        None => Ok(None),
    };
    let (after, before) = (moment("created_after")?, moment("created_before")?);
    let within = |one: &Record| after.is_none_or(|at| one.at >= at) && before.is_none_or(|at| one.at <= at);
    let found = desk.world.records().iter().rev().filter(|one| fits(one));
    match rest {
        [] => Ok(page(call, &desk.state.url, found.filter(|one| within(one)).collect(), |one| shown(desk, one))),
        [id] => {
            let one = found.into_iter().find(|one| one.id.to_string() == **id);
            one.map(|one| Reply::ok(shown(desk, one))).ok_or_else(|| not_found("404 Audit Event Not Found"))
        }
        _ => Err(not_found("404 Not found")),
    }
}

/// What a row is about: its kind, its number, and its path.
fn entity(desk: &Desk<'_>, record: &Record) -> (&'static str, u64, String) {
    match record.about {
        About::Project(id) => ("Project", id.0, path(desk, id)),
        About::Account(id) => ("User", id.0, login(desk, id)),
    }
}

fn path(desk: &Desk<'_>, id: ProjectId) -> String {
    desk.world.project_by_id(id).map(|project| desk.world.path(project)).unwrap_or_default()
}

fn login(desk: &Desk<'_>, id: super::super::super::model::UserId) -> String {
    desk.world.user_by_id(id).map_or("ghost", |user| user.login.as_str()).to_owned()
}

fn shown(desk: &Desk<'_>, record: &Record) -> Value {
    let (kind, id, path) = entity(desk, record);
    let (target_kind, target, target_id) = match record.whom {
        Some(whom) => ("User", login(desk, whom), json!(whom.0)),
        None if kind == "User" => ("User", path.clone(), json!(id)),
        None => (kind, path.clone(), json!(path)),
    };
    let mut details = Map::new();
    let mut put = |name: &str, value: Value| details.insert(name.to_owned(), value);
    match &record.said {
        Said::Words(words) => drop(put("custom_message", json!(words))),
        Said::Change { what, from, to } => {
            put("change", json!(what));
            put("from", json!(from));
            put("to", json!(to));
        }
        Said::Joined(access) => {
            put("add", json!("user_access"));
            put("as", json!(role(*access)));
        }
        Said::Left => drop(put("remove", json!("user_access"))),
    }
    put("author_name", json!(login(desk, record.by)));
    put("target_id", target_id);
    put("target_type", json!(target_kind));
    put("target_details", json!(target));
    put("ip_address", json!("127.0.0.1"));
    put("entity_path", json!(path));
    json!({
        "id": record.id, "author_id": record.by.0, "entity_id": id, "entity_type": kind, "details": details,
        "created_at": stamp(record.at),
    })
}
