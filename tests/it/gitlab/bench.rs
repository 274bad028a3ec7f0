//! A simulated GitLab with people in it, the adapter on it, and an ear for its deliveries.

use std::sync::Arc;

use chrono::TimeDelta;
use hotwash::{
    clock::SharedClock,
    domain::{
        ids::{CommentId, IssueRef},
        snapshot::Visibility,
        time::Moment,
    },
    drill::{
        faults::Faults,
        gitlab::{self, Options, Simulated},
        model::{Access, At, Deed, HookConfig, HookId, Outcome, Token, World},
    },
    forge::{
        Forge,
        gitlab::{Gitlab, GitlabConfig},
    },
};

use crate::drill_forge::bench::{Ear, Hand, hand};

pub(super) const PATH: &str = "acme/incidents";
pub(super) const TOKEN: &str = "glpat-of-the-bot";

/// alice runs the project, bob develops, rita reports, gus is a guest, mallory is nobody. The bot is a Maintainer.
pub(super) struct Bench {
    pub(super) forge: Simulated,
    pub(super) port: Forge,
    pub(super) clock: Arc<Hand>,
}

impl Bench {
    pub(super) async fn new() -> Self {
        Self::with(Visibility::Private, Options::default()).await
    }

    pub(super) async fn with(visibility: Visibility, options: Options) -> Self {
        let clock = hand();
        let now = hotwash::clock::Clock::machine_now(clock.as_ref());
        let mut world = World::new();
        world.caps = gitlab::caps();
        let owner = world.add_organisation("acme", &[]);
        let project = world.add_project(owner, "incidents", visibility, now);
        for (login, access) in [
            ("alice", Access::Admin),
            ("bob", Access::Write),
            ("rita", Access::Triage),
            ("gus", Access::Read),
            ("hotwash", Access::Maintain),
        ] {
            let user = world.add_person(login);
            world.give(project, user, access);
        }
        world.add_person("mallory");
        let bot = world.user("hotwash").unwrap().id;
        world.add_token(TOKEN, Token::Personal { user: bot, scopes: vec!["api".to_owned()], expires_at: None });
        let shared: SharedClock = Arc::<Hand>::clone(&clock);
        let faults = Faults::default();
        let forge = Simulated::start_with(world, SharedClock::clone(&shared), faults, options).await.unwrap();
        let port = adapter(&forge, TOKEN, shared);
        Self { forge, port, clock }
    }

    /// Another adapter on the same forge, with another token.
    pub(super) fn with_token(&self, token: &str) -> Forge {
        adapter(&self.forge, token, Arc::<Hand>::clone(&self.clock))
    }

    pub(super) fn act(&self, by: &str, deed: Deed) -> Outcome {
        self.forge.act(by, deed).unwrap()
    }

    pub(super) fn file(&self, body: &str, confidential: bool) -> u64 {
        let deed = Deed::File {
            project: PATH.to_owned(),
            title: "Chickens".to_owned(),
            body: Some(body.to_owned()),
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential,
        };
        let Outcome::Issue(id) = self.act("rita", deed) else { panic!("not filed") };
        self.forge.look(|world| world.issue_by_id(id).unwrap().number)
    }

    pub(super) fn at(number: u64) -> At {
        At::new(PATH, number)
    }

    pub(super) fn issue(number: u64) -> IssueRef {
        IssueRef::new("gitlab", PATH, number)
    }

    pub(super) fn labels(&self, number: u64) -> Vec<String> {
        self.forge.look(|world| world.issue(PATH, number).unwrap().labels.clone())
    }

    /// Texts of the thread, oldest first.
    pub(super) fn said(&self, number: u64) -> Vec<String> {
        self.forge.look(|world| {
            let id = world.issue(PATH, number).unwrap().id;
            world.comments(id).map(|comment| comment.body.clone()).collect()
        })
    }

    pub(super) fn now(&self) -> Moment {
        hotwash::clock::Clock::machine_now(self.clock.as_ref())
    }

    /// A minute from now: time enough for any write.
    pub(super) fn soon(&self) -> Moment {
        self.now() + TimeDelta::minutes(10)
    }

    pub(super) async fn post(&self, number: u64, body: &str) -> CommentId {
        self.port.write.comment(&Self::issue(number), body, self.soon()).await.unwrap().id
    }

    pub(super) fn listen(&self, ear: &Ear, secret: &str) -> HookId {
        let config =
            HookConfig { url: ear.url(), secret: Some(secret.to_owned()), events: vec!["*".to_owned()], active: true };
        let Outcome::Hook(id) = self.act("alice", Deed::AddHook { project: PATH.to_owned(), config }) else {
            panic!("no hook")
        };
        id
    }

    /// The same at the address of this forge's intake: only such hooks are looked at.
    pub(super) fn listen_as_intake(&self, ear: &Ear) -> HookId {
        let hook = self.listen(ear, "token");
        let url = ear.url().replace("/webhooks/github", "/webhooks/gitlab");
        let config = self.forge.look(|world| world.hook(hook).unwrap().config.clone());
        self.act("alice", Deed::ChangeHook { id: hook, config: HookConfig { url, ..config } });
        hook
    }

    pub(super) async fn deliver(&self) -> usize {
        self.forge.deliver_due(self.now()).await
    }
}

fn adapter(forge: &Simulated, token: &str, clock: SharedClock) -> Forge {
    let config = GitlabConfig {
        write_interval: std::time::Duration::ZERO,
        ..GitlabConfig::new("gitlab", forge.base_url(), token.into())
    };
    Gitlab::new(&config, clock).unwrap().forge()
}
