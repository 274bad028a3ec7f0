//! Who and what there is on the simulated forge before anything happens.

use super::Trouble;
use crate::{
    domain::snapshot::Visibility,
    drill::{
        face::{self, Face},
        github::AppKeys,
        gitlab,
        model::{
            self, AppId, Deed, Grants, HookConfig, HookId, Level, Login, Outcome, ProjectId, Refusal, Selection, Token,
            UserId, World,
        },
        script::{self, Script},
        service::Identity,
    },
};

/// The made-up secrets of a drill: they guard nothing but a simulation on this machine.
const TOKEN: &str = "drill-token-of-the-program";
const WEBHOOK_SECRET: &str = "drill-webhook-secret";
/// GitLab's deliveries are signed with a key of 32 bytes.
const SIGNING_TOKEN: &str = "whsec_ZHJpbGwtd2ViaG9vay1zaWduaW5nLWtleS0wMTIzNDU=";
pub(super) const MARKER_KEY: &str = "drill-marker-key";

/// What the stage must know of it.
pub(super) struct Furnished {
    /// Who owns the project.
    pub(super) owner: Login,
    /// As whom the program acts.
    pub(super) identity: Identity,
    project: String,
    forge: face::Kind,
    hook: Hook,
}

/// How the program is told what happens.
enum Hook {
    /// By a webhook of the project, once there is one.
    Project(Option<HookId>),
    /// By its own, as an App.
    App(AppId),
}

/// The forge as the script begins.
pub(super) fn furnish(script: &Script) -> Result<(World, Furnished), Trouble> {
    let mut world = World::new();
    let path = &script.project.path;
    let (owner_name, name) = path.split_once('/').unwrap_or(("acme", path));
    let owner = world.add_organisation(owner_name, &[]);
    let project = world.add_project(owner, name, Visibility::Private, script.start);
    for player in &script.people {
        let user = world.add_person(&player.login);
        world.give(project, user, access(player.access, script.forge));
    }
    let (identity, hook) = match script.identity {
        _ if script.forge == face::Kind::Gitlab => {
            world.caps = gitlab::caps();
            (project_bot(&mut world, project, &script.bot), Hook::Project(None))
        }
        script::Identity::Token => (machine_account(&mut world, project, &script.bot), Hook::Project(None)),
        script::Identity::App => {
            let (app, identity) = app(&mut world, owner, script)?;
            (identity, Hook::App(app))
        }
    };
    let (owner, project, forge) = (Login::new(owner_name), path.clone(), script.forge);
    Ok((world, Furnished { owner, identity, project, forge, hook }))
}

/// An administrator, because only those may see how deliveries fared and have them sent again.
fn machine_account(world: &mut World, project: ProjectId, login: &str) -> Identity {
    let bot = world.add_person(login);
    world.give(project, bot, model::Access::Admin);
    world.add_personal_token(TOKEN, bot);
    Identity::Token(TOKEN.to_owned())
}

/// The same on GitLab, where Maintainers may.
fn project_bot(world: &mut World, project: ProjectId, login: &str) -> Identity {
    let bot = world.add_person(login);
    world.give(project, bot, model::Access::Maintain);
    world.add_token(TOKEN, Token::Personal { user: bot, scopes: vec!["api".to_owned()], expires_at: None });
    Identity::GitlabToken(TOKEN.to_owned())
}

fn app(world: &mut World, owner: UserId, script: &Script) -> Result<(AppId, Identity), Trouble> {
    let keys = AppKeys::fresh().ok_or(Trouble::Keys)?;
    let grants = Grants::from([("issues".to_owned(), Level::Write), ("metadata".to_owned(), Level::Read)]);
    let slug = script.bot.trim_end_matches("[bot]");
    let app = world.add_app(owner, slug, keys.public_der, grants, None, script.start);
    world.install(app, owner, Selection::All, script.start);
    Ok((app, Identity::App { id: app.0, private_key_pem: keys.private_pem }))
}

impl Furnished {
    /// What deliveries are signed with.
    pub(super) fn webhook_secret(&self) -> &'static str {
        match self.forge {
            face::Kind::Github => WEBHOOK_SECRET,
            face::Kind::Gitlab => SIGNING_TOKEN,
        }
    }

    /// Of what the webhook is told: on GitLab, of what the guide has people switch on.
    fn heard(&self) -> Vec<String> {
        let names: &[&str] = match self.forge {
            face::Kind::Github => &["*"],
            face::Kind::Gitlab => {
                &["issues_events", "confidential_issues_events", "note_events", "confidential_note_events"]
            }
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Tells the forge where the program listens from now on.
    pub(super) fn point_hook(&mut self, forge: &Face, url: String) -> Result<(), Refusal> {
        let config =
            HookConfig { url, secret: Some(self.webhook_secret().to_owned()), events: self.heard(), active: true };
        let deed = match self.hook {
            Hook::App(app) => {
                forge.look(|world| world.set_app_hook(app, Some(config)));
                return Ok(());
            }
            Hook::Project(Some(id)) => Deed::ChangeHook { id, config },
            Hook::Project(None) => Deed::AddHook { project: self.project.clone(), config },
        };
        if let Outcome::Hook(id) = forge.act(self.owner.as_str(), deed)? {
            self.hook = Hook::Project(Some(id));
        }
        Ok(())
    }
}

/// Who may only read sees the incident all the same: on GitLab, where it is confidential, that takes a Planner.
fn access(access: script::Access, forge: face::Kind) -> model::Access {
    match access {
        script::Access::None => model::Access::None,
        script::Access::Read if forge == face::Kind::Gitlab => model::Access::Plan,
        script::Access::Read => model::Access::Read,
        script::Access::Triage => model::Access::Triage,
        script::Access::Write => model::Access::Write,
        script::Access::Maintain => model::Access::Maintain,
        script::Access::Admin => model::Access::Admin,
    }
}
