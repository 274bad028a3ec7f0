//! How GitHub, a repository and its webhook are set up for the bot.
//!
//! What always holds: nothing is changed; an App asks for a token that can read templates only where it was given the
//! permission, and uses it for nothing else.

mod elsewhere; // whether the address leads to another server
mod said; // what GitHub says of all that

use async_trait::async_trait;
use serde_json::json;

use super::{
    super::{
        ForgeError, Inspect,
        inspect::{MOST_TEMPLATES, ahead},
    },
    Github,
    access::Pass,
    answer::unreachable,
    client::Ask,
    route, wire,
};
use crate::domain::setup::{Found, Hook, Place, Server, Shown, Template, Token};

use said::{Config, Delivery, File, Installation, More, OneHook, Own, as_app, as_user, of_app, version};

const FOLDER: &str = ".github/ISSUE_TEMPLATE";
const SEES_HOOKS: &str = "the role admin, or the permission `Webhooks: read` of a fine-grained token";

#[async_trait]
impl Inspect for Github {
    async fn server(&self) -> Result<Server, ForgeError> {
        let shared = &self.shared;
        let what = format!("looking at the token on {}", shared.name);
        let path = if shared.access.as_app().is_some() { "/app" } else { "/user" };
        let answered = self.bearer(&what, path).await;
        if matches!(answered, Ok(Server { token: Token::Good(_), .. })) {
            return answered;
        }
        match elsewhere::leads(&shared.api_url, path, shared.timeouts).await {
            Some(why) => Err(unreachable(&what, why)),
            None => answered,
        }
    }

    async fn place(&self, project: &str) -> Result<Found, ForgeError> {
        let mut installed = None;
        if let Some(app) = self.shared.access.as_app() {
            let installation = match self.installation(app, project).await {
                Err(gone @ ForgeError::Gone { .. }) => {
                    return if self.is_suspended(app, project).await? { Ok(Found::Suspended) } else { Err(gone) };
                }
                other => other?,
            };
            if installation.suspended_at.is_some() {
                return Ok(Found::Suspended);
            }
            installed = Some(installation.permissions.unwrap_or_default());
        }
        let what = format!("looking at {}", self.shared.client.spoken(project));
        let answer = self.read(project, &Ask::get(what.as_str(), route::repository(project))).await?;
        let (read, more) = (answer.read::<wire::Repository>(&what)?, answer.read::<More>(&what)?);
        let rights = installed.map_or_else(|| more.rights(), |permissions| of_app(&permissions));
        Ok(Found::Here(Place {
            visibility: read.visibility(),
            archived: read.archived(),
            path: read.full_name.unwrap_or_else(|| project.to_owned()),
            hides_issues: false,
            internal_is_fine: self.shared.allow_internal,
            takes_issues: more.has_issues.unwrap_or(true),
            takes_mail: false,
            rights,
        }))
    }

    async fn hooks(&self, project: &str) -> Result<Shown<Vec<Hook>>, ForgeError> {
        if let Some(app) = self.shared.access.as_app() {
            return self.app_hook(app, project).await.map(Shown::Yes);
        }
        let what = format!("looking at the webhooks of {}", self.shared.client.spoken(project));
        let path = format!("{}/hooks?per_page=100", route::repository(project));
        match self.pages::<OneHook>(project, &what, path).await {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { status: 403, .. }) => {
                Ok(Shown::Needs(SEES_HOOKS.to_owned()))
            }
            hooks => {
                let ours = hooks?.into_iter().filter(|hook| hook.config.delivers_to(&self.shared.name));
                Ok(Shown::Yes(ours.map(OneHook::neutral).collect()))
            }
        }
    }

    async fn templates(&self, project: &str) -> Result<Shown<Vec<Template>>, ForgeError> {
        let Some(pass) = self.reader(project).await? else { return Ok(Shown::Needs("`contents: read`".to_owned())) };
        let what = format!("looking at the templates of {}", self.shared.client.spoken(project));
        let folder = format!("{}/contents/{FOLDER}", route::repository(project));
        let entries: Vec<File> = match self.shared.client.send(&pass, &Ask::get(what.as_str(), folder.as_str())).await {
            Err(ForgeError::Gone { .. }) => Vec::new(),
            Err(ForgeError::Denied { status: 403, .. }) => return Ok(Shown::Needs("`contents: read`".to_owned())),
            answer => answer?.read(&what)?,
        };
        let names = entries.into_iter().filter_map(|file| file.name).filter(|name| name != "config.yml");
        let mut templates = Vec::new();
        for name in names.take(MOST_TEMPLATES) {
            let path = format!("{folder}/{}", route::encoded(&name));
            let answer = self.shared.client.send(&pass, &Ask::get(what.as_str(), path)).await?;
            // What is no text of a fair size is no template.
            if let Some(text) = answer.read::<File>(&what)?.text() {
                templates.push(Template { name, text });
            }
        }
        Ok(Shown::Yes(templates))
    }

    fn template_folder(&self) -> &'static str {
        FOLDER
    }
}

impl Github {
    /// What the server says of itself and of the token.
    async fn bearer(&self, what: &str, path: &str) -> Result<Server, ForgeError> {
        let shared = &self.shared;
        let pass = match shared.access.as_app() {
            Some(app) => app.clone(),
            None => shared.access.any_pass(&shared.client, &shared.clock).await?,
        };
        let ask = Ask::get(what, path);
        let before = shared.clock.machine_now();
        let answer = shared.client.answer(&pass, &ask).await?;
        let ahead = ahead(&answer.headers, before, shared.clock.machine_now());
        let version = version(&answer.headers);
        if let status @ (401 | 403) = answer.status.as_u16() {
            return Ok(Server { version, ahead, token: Token::Refused { status, ended: None } });
        }
        let answer = ask.succeeded(answer)?;
        let is_app = shared.access.as_app().is_some();
        let bearer = if is_app { as_app(&answer, what)? } else { as_user(&answer, what)? };
        Ok(Server { version, ahead, token: Token::Good(bearer) })
    }

    async fn installation(&self, app: &Pass, project: &str) -> Result<Installation, ForgeError> {
        let what = format!("finding the App's installation on {}", self.shared.client.spoken(project));
        let path = format!("{}/installation", route::repository(project));
        self.shared.client.send(app, &Ask::get(what.as_str(), path)).await?.read(&what)
    }

    /// Whether the owner has switched the App off: a repository's own answer may then be that there is none.
    async fn is_suspended(&self, app: &Pass, project: &str) -> Result<bool, ForgeError> {
        let what = format!("listing the App's installations on {}", self.shared.name);
        let ask = Ask::get(what.as_str(), "/app/installations?per_page=100");
        let all: Vec<Installation> = self.shared.client.send(app, &ask).await?.read(&what)?;
        let owner = project.split('/').next().unwrap_or_default();
        Ok(all.iter().any(|one| one.is_suspended_at(owner)))
    }

    /// A pass that can read files; `None` where the App was not given that.
    async fn reader(&self, project: &str) -> Result<Option<Pass>, ForgeError> {
        let shared = &self.shared;
        let Some(app) = shared.access.as_app() else {
            return shared.access.pass(&shared.client, &shared.clock, project).await.map(Some);
        };
        let installation = self.installation(app, project).await?;
        let reads = installation.permissions.as_ref().is_some_and(|all| all.contains_key("contents"));
        let Some(id) = installation.id.filter(|_| reads) else { return Ok(None) };
        shared.access.pass_to(&shared.client, project, id, json!({ "contents": "read" })).await.map(Some)
    }

    /// The App's own webhook, which serves all its repositories.
    async fn app_hook(&self, app: &Pass, project: &str) -> Result<Vec<Hook>, ForgeError> {
        let what = format!("looking at the App's webhook on {}", self.shared.name);
        let ask = Ask::get(what.as_str(), "/app/hook/config");
        let config: Config = match self.shared.client.send(app, &ask).await {
            Err(ForgeError::Gone { .. }) => return Ok(Vec::new()),
            answer => answer?.read(&what)?,
        };
        if !config.delivers_to(&self.shared.name) {
            return Ok(Vec::new());
        }
        let own: Own = self.shared.client.send(app, &Ask::get(what.as_str(), "/app")).await?.read(&what)?;
        let recent = Ask::get(what.as_str(), "/app/hook/deliveries?per_page=30");
        let recent: Vec<Delivery> = self.shared.client.send(app, &recent).await?.read(&what)?;
        let number = self.facts(project).await?.id;
        let here = recent.into_iter().filter(|one| one.repository_id.is_none_or(|id| id == number));
        let failing = here.max_by_key(|one| one.delivered_at).and_then(Delivery::failure);
        Ok(vec![OneHook::of_app(config, own).with(failing)])
    }
}
