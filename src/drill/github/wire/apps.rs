//! Apps, installations, webhooks.

use serde_json::{Value, json};

use super::{
    super::{WEB, mail::Attempt},
    Wire,
    people::merge,
    stamp,
};
use crate::drill::model::{App, Grants, Hook, HookConfig, Installation, Level, Selection};

impl Wire<'_> {
    /// An App on its own.
    pub(in super::super) fn app(&self, app: &App) -> Value {
        let mut whole = self.via_app(app.account);
        merge(&mut whole, json!({ "installations_count": self.world.installations(app.id).count() }));
        whole
    }

    /// An App at an owner.
    pub(in super::super) fn installation(&self, one: &Installation) -> Value {
        let app = self.world.app(one.app);
        let account = self.user_by_id(one.owner);
        let kind = account.get("type").cloned().unwrap_or_default();
        json!({
            "id": one.id.0,
            "client_id": app.map(|app| app.client_id.clone()),
            "account": account,
            "repository_selection": selection(&one.selection),
            "access_tokens_url": format!("{}/app/installations/{}/access_tokens", self.base, one.id),
            "repositories_url": format!("{}/installation/repositories", self.base),
            "html_url": format!("{WEB}/settings/installations/{}", one.id),
            "app_id": one.app.0,
            "app_slug": app.map(|app| app.slug.clone()),
            "target_id": one.owner.0,
            "target_type": kind,
            "permissions": grants(&one.grants),
            "events": app.and_then(|app| app.hook.as_ref()).map(|hook| hook.events.clone()).unwrap_or_default(),
            "created_at": stamp(one.created_at),
            "updated_at": stamp(one.created_at),
            "single_file_name": null,
            "has_multiple_single_files": false,
            "single_file_paths": [],
            "suspended_by": null,
            "suspended_at": if one.suspended { stamp(one.created_at) } else { Value::Null },
        })
    }
}

/// A webhook of a repository.
pub(in super::super) fn hook(repository: &str, hook: &Hook, last: Option<&Attempt>) -> Value {
    let mut config = hook_config(&hook.config);
    let (form, lax) = (if hook.sends_forms { "form" } else { "json" }, if hook.unverified { "1" } else { "0" });
    merge(&mut config, json!({ "content_type": form, "insecure_ssl": lax }));
    let url = format!("{repository}/hooks/{}", hook.id);
    json!({
        "type": "Repository", "id": hook.id.0, "name": "web", "active": hook.config.active,
        "events": hook.config.events, "config": config,
        "updated_at": stamp(hook.updated_at), "created_at": stamp(hook.created_at),
        "url": url, "test_url": format!("{url}/test"), "ping_url": format!("{url}/pings"),
        "deliveries_url": format!("{url}/deliveries"),
        "last_response": last.map_or_else(unused, response),
    })
}

fn unused() -> Value {
    json!({ "code": null, "status": "unused", "message": null })
}

/// How the last delivery ended.
fn response(last: &Attempt) -> Value {
    let status = match (last.arrived(), last.status) {
        (true, _) => "active",
        (false, Some(_)) => "invalid_response",
        (false, None) => "connection_error",
    };
    json!({ "code": last.status.unwrap_or_default(), "status": status, "message": last.words })
}

/// Where a hook delivers; its secret is never shown.
pub(in super::super) fn hook_config(config: &HookConfig) -> Value {
    let mut shown = json!({ "content_type": "json", "insecure_ssl": "0", "url": config.url });
    if config.secret.is_some() {
        merge(&mut shown, json!({ "secret": "********" }));
    }
    shown
}

pub(in super::super) fn grants(grants: &Grants) -> Value {
    grants.iter().map(|(noun, level)| (noun.clone(), json!(level_word(*level)))).collect()
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Read => "read",
        Level::Write => "write",
    }
}

pub(in super::super) fn selection(selection: &Selection) -> &'static str {
    match selection {
        Selection::All => "all",
        Selection::Only(_) => "selected",
    }
}
