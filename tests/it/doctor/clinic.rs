//! A configuration, a simulated forge, and the program that is asked how both fare.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{
    clock::{Clock, SharedClock, SystemClock},
    domain::{snapshot::Visibility, time::Moment},
    drill::{
        faults::Faults,
        gitlab::{self, Options},
        model::{Access, Deed, HookConfig, HookId, Outcome, ProjectId, Token, World},
    },
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::bot::hotwash;

pub(super) const PATH: &str = "acme/incidents";
pub(super) const TOKEN: &str = "glpat-secret-of-the-bot";
pub(super) const SIGNING: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
pub(super) const PUBLIC: &str = "https://hotwash.example.org";
/// The bot's account.
pub(super) const BOT: &str = "project_1_bot_hotwash";
const EVENTS: [&str; 4] = ["issues_events", "confidential_issues_events", "note_events", "confidential_note_events"];

/// The machine's clock, wrong by so much.
struct Wrong(TimeDelta);

#[async_trait]
impl Clock for Wrong {
    fn now(&self) -> Moment {
        self.machine_now()
    }

    fn machine_now(&self) -> Moment {
        SystemClock::real().machine_now() + self.0
    }

    fn incident_time(&self, stated: Moment) -> Moment {
        stated
    }

    fn machine_time(&self, at: Moment) -> Moment {
        at
    }

    async fn sleep_until(&self, _: Moment) {}

    async fn pause(&self, _: Duration) {}
}

pub(super) fn clock(wrong_by: TimeDelta) -> SharedClock {
    Arc::new(Wrong(wrong_by))
}

pub(super) fn now() -> Moment {
    SystemClock::real().machine_now()
}

/// A folder with a configuration, in which the program runs.
pub(super) struct Desk(pub(super) TempDir);

/// What it said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Desk {
    pub(super) fn new(configuration: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("hotwash.toml"), configuration).unwrap();
        Self(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn doctor(&self, args: &[&str]) -> Said {
        let mut command = hotwash(self.path());
        command.env("HOTWASH_GITLAB_TOKEN", TOKEN).env("HOTWASH_GITLAB_SIGNING", SIGNING);
        let output = command.arg("doctor").args(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let said = Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        for secret in [TOKEN, SIGNING, crate::support::bot::SECRET, crate::support::forge::BOT_TOKEN] {
            assert!(!said.out.contains(secret) && !said.err.contains(secret), "a secret was printed: {said:?}");
        }
        said
    }

    /// The lines of one place, each with the outcome first.
    pub(super) fn about(&self, place: &str) -> (Said, Vec<String>) {
        let said = self.doctor(&[]);
        let mut lines = said.out.lines().skip_while(|line| *line != place).skip(1);
        let mut of = Vec::new();
        for line in lines.by_ref().take_while(|line| line.starts_with("  ")) {
            of.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        assert!(!of.is_empty(), "nothing about {place}: {said:?}");
        (said, of)
    }

    /// It ends so, and one line of a place begins with the one text and holds the others.
    #[track_caller]
    pub(super) fn finds(&self, code: i32, place: &str, begins: &str, holds: &[&str]) {
        let (said, lines) = self.about(place);
        let fits = |line: &&String| line.starts_with(begins) && holds.iter().all(|words| line.contains(words));
        assert!(lines.iter().any(|line| fits(&line)), "no line {begins:?} with {holds:?} in {lines:#?}");
        assert_eq!(said.code, Some(code), "{said:?}");
    }
}

/// A simulated GitLab that is set up well, with a configuration for it.
pub(super) struct Gitlab {
    pub(super) forge: gitlab::Simulated,
    pub(super) desk: Desk,
    pub(super) hook: HookId,
}

/// What differs from being well.
pub(super) struct Ill {
    pub(super) access: Access,
    pub(super) scopes: &'static [&'static str],
    pub(super) expires_at: Option<Moment>,
    pub(super) visibility: Visibility,
    pub(super) template: Option<&'static str>,
    pub(super) clock: TimeDelta,
    pub(super) project: &'static str,
}

impl Default for Ill {
    fn default() -> Self {
        Self {
            access: Access::Maintain,
            scopes: &["api"],
            expires_at: None,
            visibility: Visibility::Private,
            template: Some(include_str!("../../../issue-templates/gitlab/incident.md")),
            clock: TimeDelta::zero(),
            project: "",
        }
    }
}

impl Gitlab {
    pub(super) async fn well() -> Self {
        Self::with(Ill::default()).await
    }

    pub(super) async fn with(ill: Ill) -> Self {
        let clock = clock(ill.clock);
        let mut world = World::new();
        world.caps = gitlab::caps();
        let project = furnished(&mut world, &ill, clock.machine_now());
        let bot = world.add_person(BOT);
        world.give(project, bot, ill.access);
        let scopes = ill.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        world.add_token(TOKEN, Token::Personal { user: bot, scopes, expires_at: ill.expires_at });
        if let Some(text) = ill.template {
            world.put_file(project, ".gitlab/issue_templates/Incident.md", text);
        }
        let forge = gitlab::Simulated::start_with(world, clock, Faults::default(), Options::default()).await.unwrap();
        define(|deed| forge.act("alice", deed).map(drop).unwrap());
        let config = hook(&format!("{PUBLIC}/webhooks/gitlab"), Some(SIGNING), &EVENTS);
        let Outcome::Hook(hook) = forge.act("alice", Deed::AddHook { project: PATH.to_owned(), config }).unwrap()
        else {
            panic!("no hook was added")
        };
        let desk = Desk::new(&configuration(forge.base_url(), PUBLIC, ill.project));
        Self { forge, desk, hook }
    }

    /// Changes the webhook.
    pub(super) fn rehook(&self, change: impl FnOnce(HookConfig) -> HookConfig) {
        let config = self.forge.look(|world| world.hook(self.hook).unwrap().config.clone());
        self.forge.act("alice", Deed::ChangeHook { id: self.hook, config: change(config) }).unwrap();
    }
}

/// A configuration for a GitLab; `more` goes to the project.
pub(super) fn configuration(url: &str, public: &str, more: &str) -> String {
    format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{public}\"\nmarker_key = {{ env = \"HOTWASH_MARKER_KEY\" }}\n\
         [[gitlab]]\nurl = \"{url}\"\ntoken = {{ env = \"HOTWASH_GITLAB_TOKEN\" }}\n\
         signing_token = {{ env = \"HOTWASH_GITLAB_SIGNING\" }}\n[[project]]\nforge = \"gitlab\"\npath = \"{PATH}\"\n\
         process = \"cloud-gov\"\n{more}\n"
    )
}

/// The owners, alice among them, and their project.
pub(super) fn furnished(world: &mut World, ill: &Ill, now: Moment) -> ProjectId {
    let owner = world.add_organisation("acme", &[("alice", true)]);
    world.add_project(owner, "incidents", ill.visibility, now)
}

/// The label that the template needs.
pub(super) fn define(act: impl FnOnce(Deed)) {
    act(Deed::DefineLabel { project: PATH.to_owned(), name: "incident".to_owned(), color: None, description: None });
}

pub(super) fn hook(url: &str, secret: Option<&str>, events: &[&str]) -> HookConfig {
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    HookConfig { url: url.to_owned(), secret: secret.map(str::to_owned), events, active: true }
}

/// The checks of a JSON answer: place, check, outcome.
pub(super) fn listed(said: &Said) -> Vec<(String, String, String)> {
    let read: Value = serde_json::from_str(&said.out).unwrap();
    let text = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    let all = read["checks"].as_array().unwrap();
    all.iter().map(|check| (text(check, "about"), text(check, "check"), text(check, "outcome"))).collect()
}
