//! The forge of the stories: one of the drill's simulated forges on loopback, beside the real program, as the machine's
//! clock goes.
//!
//! What always holds: what is due is delivered within a few milliseconds; every attempt and what became of it is in
//! `log`, in the order of sending; callers meet no budget, because a story of seconds stands for days. What is
//! deliberately not here: faults of the API, which the proxy answers with.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hotwash::{
    clock::{SharedClock, SystemClock},
    domain::snapshot::Visibility,
    drill::{
        face::{Face, Kind},
        faults::{Faults, Mail},
        github::{self, Budget},
        gitlab,
        model::{Access, Deed, HookConfig, HookId, Outcome as Done, Token, World},
    },
};
use sha2::Sha256;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use super::{
    bot::{SECRET, SIGNING},
    person::Person,
};

/// The repository whose issues are watched.
pub(crate) const PROJECT: &str = "acme/incidents";
/// The account that the bot's token belongs to.
pub(crate) const BOT: &str = "hotwash-bot";
/// The bot's token.
pub(crate) const BOT_TOKEN: &str = "test_token_hotwash";
/// Who owns the repository.
const OWNER: &str = "acme";
/// Nobody listens there: a port that is reserved and that no test is ever given.
const NOWHERE: &str = "http://127.0.0.1:9";
/// How often it is looked for something to deliver.
const TICK: Duration = Duration::from_millis(5);

/// One attempt to deliver.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    /// `issues.opened`, `issue_comment.created`, ...
    pub(crate) what: String,
    pub(crate) body: Bytes,
    pub(crate) outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 202: from now on it is the bot's.
    Acknowledged,
    Answered(u16),
    /// No connection, or broken off without an answer.
    Failed,
}

/// The running forge. Ends when dropped.
pub(crate) struct Forge {
    on: Kind,
    face: Arc<Face>,
    clock: SharedClock,
    hook: Mutex<HookId>,
    delivering: Arc<AtomicBool>,
    pump: JoinHandle<()>,
}

impl Forge {
    /// A private project, its owners, and the bot's account, which writes there. Deliveries go nowhere yet.
    pub(crate) async fn start(on: Kind, owners: &[&str], seed: u64) -> Self {
        let clock: SharedClock = Arc::new(SystemClock::real());
        let (world, faults) = (furnished(on, owners, &clock), Faults::new(seed));
        let face = Arc::new(face(on, world, SharedClock::clone(&clock), faults).await);
        let config = config(on, NOWHERE.to_owned());
        let added = face.act(OWNER, Deed::AddHook { project: PROJECT.to_owned(), config }).unwrap();
        let Done::Hook(hook) = added else { panic!("no webhook was added: {added:?}") };
        let delivering = Arc::new(AtomicBool::new(false));
        let pump = tokio::spawn(pump(Arc::clone(&face), Arc::clone(&clock), Arc::clone(&delivering)));
        Self { on, face, clock, hook: Mutex::new(hook), delivering, pump }
    }

    /// The API's address.
    pub(crate) fn url(&self) -> &str {
        self.face.base_url()
    }

    /// Which forge it is.
    pub(crate) fn kind(&self) -> Kind {
        self.on
    }

    /// Somebody with an account.
    pub(crate) fn person(&self, login: &'static str) -> Person {
        Person::new(Arc::clone(&self.face), self.on, login)
    }

    /// Returns in another second than this one: stamps tell no finer, and what people do has an order.
    pub(crate) async fn another_second(&self) {
        let passed = Duration::from_millis(self.clock.machine_now().timestamp_subsec_millis().into());
        self.clock.pause(Duration::from_millis(1_010).saturating_sub(passed)).await;
    }

    /// Points the webhook at the bot, or (`None`) at nothing: what is sent then fails, as with a bot that is down.
    pub(crate) fn point(&self, target: Option<String>) {
        let config = config(self.on, target.unwrap_or_else(|| NOWHERE.to_owned()));
        let id = *self.hook.lock().unwrap();
        self.face.act(OWNER, Deed::ChangeHook { id, config }).unwrap();
    }

    /// How deliveries travel from now on.
    pub(crate) fn weather(&self, mail: Mail) {
        self.face.faults().mail(mail);
    }

    /// How many deliveries the weather did this to.
    pub(crate) fn met(&self, what: &str) -> usize {
        self.face.faults().count(what)
    }

    pub(crate) fn log(&self) -> Vec<Sent> {
        match self.face.as_ref() {
            Face::Github(forge) => {
                let all = forge.attempts().into_iter();
                all.map(|one| sent(one.guid.clone(), one.spoken(), one.payload, one.status)).collect()
            }
            Face::Gitlab(forge) => {
                let all = forge.attempts().into_iter();
                all.map(|one| sent(one.key.clone(), one.spoken(), one.payload, one.status)).collect()
            }
        }
    }

    /// What the forge's own timelines of incidents say, oldest entry first; nothing on a forge that has none.
    pub(crate) fn timeline(&self) -> Vec<String> {
        match self.face.as_ref() {
            Face::Github(_) => Vec::new(),
            Face::Gitlab(forge) => forge.timeline().into_iter().map(|(_, _, text)| text).collect(),
        }
    }

    /// How bad an issue is by the forge's own measure, such as `HIGH`; `None` on a forge that has none.
    pub(crate) fn severity(&self, issue: u64) -> Option<String> {
        let id = self.face.look(|world| world.issue(PROJECT, issue).map(|issue| issue.id))?;
        self.face.severity(id)
    }

    /// Whether there are deliveries made and not yet dealt with.
    pub(crate) fn under_way(&self) -> bool {
        // In this order: what is not waiting any more was taken by a pump that says so.
        self.face.next_due().is_some() || self.delivering.load(Ordering::SeqCst)
    }
}

impl Drop for Forge {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

async fn face(on: Kind, world: World, clock: SharedClock, faults: Faults) -> Face {
    match on {
        Kind::Github => {
            let options = github::Options { budget: Budget::boundless(), ..github::Options::default() };
            Face::Github(github::Simulated::start_with(world, clock, faults, options).await.unwrap())
        }
        Kind::Gitlab => Face::start(on, world, clock, faults).await.unwrap(),
    }
}

fn furnished(on: Kind, owners: &[&str], clock: &SharedClock) -> World {
    let mut world = World::new();
    let members: Vec<(&str, bool)> = owners.iter().map(|login| (*login, true)).collect();
    let owner = world.add_organisation(OWNER, &members);
    let name = PROJECT.split_once('/').unwrap().1;
    let project = world.add_project(owner, name, Visibility::Private, clock.machine_now());
    let bot = world.add_person(BOT);
    world.give(project, bot, Access::Write);
    match on {
        Kind::Github => world.add_personal_token(BOT_TOKEN, bot),
        Kind::Gitlab => {
            world.caps = gitlab::caps();
            let scopes = vec!["api".to_owned()];
            world.add_token(BOT_TOKEN, Token::Personal { user: bot, scopes, expires_at: None });
        }
    }
    world
}

fn config(on: Kind, url: String) -> HookConfig {
    let (secret, events) = match on {
        Kind::Github => (SECRET, vec!["issues", "issue_comment", "label", "repository"]),
        Kind::Gitlab => (SIGNING, vec!["*"]),
    };
    let events = events.into_iter().map(str::to_owned).collect();
    HookConfig { url, secret: Some(secret.to_owned()), events, active: true }
}

/// Sends what is due when it is due.
async fn pump(forge: Arc<Face>, clock: SharedClock, delivering: Arc<AtomicBool>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        delivering.store(true, Ordering::SeqCst);
        let now = clock.machine_now();
        while forge.next_due().is_some_and(|due| due <= now) {
            forge.deliver_one(now).await;
        }
        delivering.store(false, Ordering::SeqCst);
    }
}

fn sent(id: String, what: String, body: Bytes, status: Option<u16>) -> Sent {
    let outcome = match status {
        Some(202) => Outcome::Acknowledged,
        Some(status) => Outcome::Answered(status),
        None => Outcome::Failed,
    };
    Sent { id, what, body, outcome }
}

/// `sha256=` and the hexadecimal MAC of the bytes.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={}", hex.concat())
}

/// `v1,` and the MAC of id, moment and body, as Standard Webhooks has it.
pub(crate) fn standard(signing: &str, id: &str, stamp: &str, body: &str) -> String {
    let key = STANDARD.decode(signing.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{stamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
