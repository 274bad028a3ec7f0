//! Accounts.

use serde_json::{Value, json};

use super::{super::WEB, Wire, node, stamp};
use crate::drill::model::{Access, Kind, Project, User, UserId};

impl Wire<'_> {
    /// An account as it stands in other things; `null` once it is gone.
    pub(in super::super) fn user_by_id(&self, id: UserId) -> Value {
        self.world.user_by_id(id).map_or(Value::Null, |user| self.user(user))
    }

    /// An account as it stands in other things.
    pub(in super::super) fn user(&self, user: &User) -> Value {
        let login = user.login.as_str();
        let coded = login.replace('[', "%5B").replace(']', "%5D");
        let api = format!("{}/users/{coded}", self.base);
        let page = match user.kind {
            Kind::Program(_) => format!("{WEB}/apps/{}", login.trim_end_matches("[bot]")),
            _ => format!("{WEB}/{login}"),
        };
        json!({
            "login": login,
            "id": user.id.0,
            "node_id": node(letters(user.kind), user.id.0),
            "avatar_url": format!("{WEB}/avatars/{}", user.id),
            "gravatar_id": "",
            "url": api,
            "html_url": page,
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"),
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "type": kind(user.kind),
            "user_view_type": "public",
            "site_admin": false,
        })
    }

    /// An account on its own.
    pub(in super::super) fn profile(&self, user: &User) -> Value {
        let mut profile = self.user(user);
        let more = json!({
            "name": user.name, "company": null, "blog": "", "location": null, "email": null, "hireable": null,
            "bio": null, "twitter_username": null, "public_repos": 0, "public_gists": 0, "followers": 0,
            "following": 0, "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
        });
        merge(&mut profile, more);
        profile
    }

    /// An organisation on its own.
    pub(in super::super) fn organisation(&self, user: &User) -> Value {
        let login = user.login.as_str();
        let api = format!("{}/orgs/{login}", self.base);
        json!({
            "login": login, "id": user.id.0, "node_id": node("O", user.id.0), "url": api,
            "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events"),
            "hooks_url": format!("{api}/hooks"), "issues_url": format!("{api}/issues"),
            "members_url": format!("{api}/members{{/member}}"),
            "public_members_url": format!("{api}/public_members{{/member}}"),
            "avatar_url": format!("{WEB}/avatars/{}", user.id), "description": "",
            "html_url": format!("{WEB}/{login}"), "type": "Organization",
        })
    }

    /// An account and what it may do.
    pub(in super::super) fn collaborator(&self, user: &User, access: Access) -> Value {
        let mut one = self.user(user);
        merge(&mut one, json!({ "permissions": permissions(access), "role_name": role(access) }));
        one
    }
}

/// Adds the members of one object to another.
pub(in super::super) fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

fn letters(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "U",
        Kind::Organisation => "O",
        Kind::Program(_) => "BOT",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "User",
        Kind::Organisation => "Organization",
        Kind::Program(_) => "Bot",
    }
}

/// The name of an access.
pub(in super::super) fn role(access: Access) -> &'static str {
    match access {
        Access::None => "none",
        Access::Read | Access::Plan => "read",
        Access::Triage => "triage",
        Access::Write => "write",
        Access::Maintain => "maintain",
        Access::Admin => "admin",
    }
}

/// The access by its name; `pull` and `push` are older names.
pub(in super::super) fn access(role: &str) -> Option<Access> {
    Some(match role {
        "none" => Access::None,
        "read" | "pull" => Access::Read,
        "triage" => Access::Triage,
        "write" | "push" => Access::Write,
        "maintain" => Access::Maintain,
        "admin" => Access::Admin,
        _ => return None,
    })
}

pub(in super::super) fn permissions(access: Access) -> Value {
    json!({
        "admin": access >= Access::Admin, "maintain": access >= Access::Maintain, "push": access >= Access::Write,
        "triage": access >= Access::Triage, "pull": access >= Access::Read,
    })
}

/// How an author stands to a project.
pub(in super::super) fn association(wire: Wire<'_>, user: UserId, project: Option<&Project>) -> &'static str {
    let Some(project) = project else { return "NONE" };
    if project.owner == user {
        return "OWNER";
    }
    let owner = wire.world.user_by_id(project.owner);
    if owner.is_some_and(|owner| owner.members.iter().any(|(member, _)| *member == user)) {
        return "MEMBER";
    }
    if project.members.contains_key(&user) { "COLLABORATOR" } else { "NONE" }
}

impl Wire<'_> {
    /// The App behind an account, as it stands in what the App wrote; `null` for people.
    pub(in super::super) fn via_app(&self, user: UserId) -> Value {
        let Some(Kind::Program(app)) = self.world.user_by_id(user).map(|user| user.kind) else { return Value::Null };
        let Some(app) = self.world.app(app) else { return Value::Null };
        json!({
            "id": app.id.0, "client_id": app.client_id, "slug": app.slug, "node_id": node("A", app.id.0),
            "owner": self.user_by_id(app.owner), "name": app.name, "description": "",
            "external_url": WEB, "html_url": format!("{WEB}/apps/{}", app.slug),
            "created_at": stamp(app.created_at), "updated_at": stamp(app.created_at),
            "permissions": super::apps::grants(&app.grants),
            "events": app.hook.as_ref().map(|hook| hook.events.clone()).unwrap_or_default(),
        })
    }
}
