//! Everything a story needs: the simulated forge, the proxy before it, the real bot, and people. All of it ends with the
//! stage.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use hotwash::drill::face::Kind;
use tempfile::TempDir;

use super::{
    bot::{Bot, Settings, configure_on},
    forge::{BOT, Forge},
    person::{Person, Said},
    proxy::Proxy,
    thread::{Marker, doubled, written},
};

/// How long a step of a story may take before it has failed.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often is looked while waiting.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Nothing more is coming when nothing has changed for this long: longer than a sweep and a look-up take.
const CALM: Duration = Duration::from_millis(3_500);

/// The stage. Fields are dropped in this order: the bot first.
pub(crate) struct Stage {
    bot: Mutex<Option<Bot>>,
    pub(crate) forge: Forge,
    pub(crate) proxy: Proxy,
    pub(crate) reporter: Person,
    pub(crate) responder: Person,
    folder: TempDir,
    spectator: Mutex<Option<Spectator>>,
    /// The bot's comments that were ever seen, by issue: one that is gone from GitLab was met, as folding is elsewhere.
    seen: Mutex<BTreeMap<u64, BTreeMap<u64, Said>>>,
}

/// Is shown every look at the issue, in order.
pub(crate) type Spectator = Box<dyn Fn(&Scene) + Send + Sync>;

/// An issue as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scene {
    pub(crate) labels: Vec<String>,
    pub(crate) thread: Vec<Said>,
}

impl Stage {
    /// Sets the stage with a GitHub and starts the bot.
    pub(crate) async fn set(settings: &Settings, seed: u64) -> Self {
        Self::set_on(Kind::Github, settings, seed).await
    }

    /// The same on either forge.
    pub(crate) async fn set_on(on: Kind, settings: &Settings, seed: u64) -> Self {
        let stage = Self::without_bot_on(on, seed).await;
        configure_on(on, stage.folder.path(), &stage.proxy.url(), settings);
        stage.start_bot();
        stage
    }

    /// The stage with a GitHub, without a bot, its deliveries going nowhere yet.
    pub(crate) async fn without_bot(seed: u64) -> Self {
        Self::without_bot_on(Kind::Github, seed).await
    }

    /// The same on either forge.
    pub(crate) async fn without_bot_on(on: Kind, seed: u64) -> Self {
        let forge = Forge::start(on, &["robin", "alice"], seed).await;
        let proxy = Proxy::start(forge.url()).await;
        let [reporter, responder] = ["robin", "alice"].map(|login| forge.person(login));
        Self {
            bot: Mutex::default(),
            forge,
            proxy,
            reporter,
            responder,
            folder: TempDir::new().unwrap(),
            spectator: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// Lets somebody watch.
    pub(crate) fn watched_by(&self, spectator: Spectator) {
        *self.spectator.lock().unwrap() = Some(spectator);
    }

    /// Starts the bot on the database that is there.
    pub(crate) fn start_bot(&self) {
        let bot = Bot::start(self.folder.path());
        self.forge.point(Some(bot.hook_of(self.forge.kind())));
        *self.bot.lock().unwrap() = Some(bot);
    }

    /// Ends the bot as a power cut would; deliveries fail until it is started again.
    pub(crate) fn kill_bot(&self) {
        self.forge.point(None);
        if let Some(bot) = self.bot.lock().unwrap().take() {
            bot.kill();
        }
    }

    /// Ends the bot as an operator does; its exit code.
    pub(crate) fn stop_bot(&self) -> Option<i32> {
        let bot = self.bot.lock().unwrap().take();
        let code = bot.and_then(|mut bot| bot.stop());
        self.forge.point(None);
        code
    }

    /// Ends the bot as an operator does; everything it said in its life.
    pub(crate) fn stop_bot_and_hear(&self) -> String {
        let mut bot = self.bot.lock().unwrap().take().expect("a bot that runs");
        assert_eq!(bot.stop(), Some(0), "a graceful stop");
        self.forge.point(None);
        bot.said()
    }

    /// What the bot has said so far.
    pub(crate) fn bot_said(&self) -> String {
        self.bot.lock().unwrap().as_ref().map_or_else(String::new, Bot::said)
    }

    /// Where the bot answers.
    pub(crate) fn bot_url(&self) -> String {
        self.bot.lock().unwrap().as_ref().map(|bot| bot.url().to_owned()).expect("a bot that runs")
    }

    /// Where the bot's database is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The issue now. A comment that stands twice in the thread stops the test, whenever it is seen.
    pub(crate) fn look(&self, issue: u64) -> Scene {
        let (labels, thread) = self.responder.sees(issue);
        let scene = Scene { labels, thread: self.with_what_is_gone(issue, thread) };
        if let Some(show) = self.spectator.lock().unwrap().as_ref() {
            show(&scene);
        }
        let doubled = doubled(&scene.thread);
        assert!(doubled.is_empty(), "said twice: {doubled:?}\n{}", self.report(&scene));
        scene
    }

    /// The thread with the bot's comments that were deleted since, in their places.
    fn with_what_is_gone(&self, issue: u64, mut thread: Vec<Said>) -> Vec<Said> {
        if self.forge.kind() == Kind::Github {
            return thread;
        }
        let mut seen = self.seen.lock().unwrap();
        let seen = seen.entry(issue).or_default();
        let gone = seen.values().filter(|known| !thread.iter().any(|said| said.id == known.id));
        let gone: Vec<Said> = gone.map(|said| Said { folded: true, ..said.clone() }).collect();
        seen.extend(thread.iter().filter(|said| said.by == BOT).map(|said| (said.id, said.clone())));
        thread.extend(gone);
        thread.sort_by_key(|said| said.id);
        thread
    }

    /// Waits until `check` finds something on the issue.
    pub(crate) async fn until<T>(&self, what: &str, issue: u64, check: impl Fn(&Scene) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            let scene = self.look(issue);
            if let Some(found) = check(&scene) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "no {what} within {PATIENCE:?}\n{}", self.report(&scene));
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until no delivery is under way and nothing has changed for a while.
    pub(crate) async fn calm(&self, issue: u64) -> Scene {
        let (start, mut last, mut since) = (Instant::now(), self.look(issue), Instant::now());
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let scene = self.look(issue);
            if scene != last || self.forge.under_way() {
                (last, since) = (scene, Instant::now());
            } else if since.elapsed() >= CALM {
                return last;
            }
            assert!(start.elapsed() < PATIENCE, "no end of changes within {PATIENCE:?}\n{}", self.report(&last));
        }
    }

    /// What a person needs to see why a story failed.
    fn report(&self, scene: &Scene) -> String {
        let bot = self.bot.lock().unwrap().as_ref().map_or("not running".to_owned(), Bot::said);
        let comments: Vec<String> = scene
            .thread
            .iter()
            .map(|it| {
                format!("  {} {} {}{}: {:?}", it.id, it.at, it.by, if it.folded { " (folded)" } else { "" }, it.body)
            })
            .collect();
        let calls: Vec<String> = self.proxy.calls().iter().rev().take(30).rev().map(|it| format!("  {it:?}")).collect();
        format!(
            "labels: {:?}\nthread:\n{}\nlast calls:\n{}\nhotwash said:\n{bot}",
            scene.labels,
            comments.join("\n"),
            calls.join("\n"),
        )
    }
}

impl Scene {
    /// The bot's comments of a kind, oldest first.
    pub(crate) fn of_kind(&self, kind: &str) -> Vec<(Marker, Said)> {
        written(&self.thread).into_iter().filter(|(marker, _)| marker.kind == kind).collect()
    }

    /// The newest reminder (or catch-up) that speaks of a duty.
    pub(crate) fn reminder(&self, duty: &str) -> Option<Said> {
        let speaks = |(marker, said): &(Marker, Said)| match marker.kind.as_str() {
            "reminder" => marker.key.contains(duty),
            "catch-up" => said.body.to_lowercase().contains(duty),
            _ => false,
        };
        written(&self.thread).into_iter().rev().find(speaks).map(|(_, said)| said)
    }

    /// Whether a comment seen before has been folded away, or down to less than it was.
    pub(crate) fn folded(&self, before: &Said) -> bool {
        let less = |said: &Said| said.body.len() < before.body.len() || (said.folded && !before.folded);
        self.thread.iter().any(|said| said.id == before.id && less(said))
    }

    /// The one label of a dimension, such as `severity::`; `None` while there is none or more than one.
    pub(crate) fn only(&self, prefix: &str) -> Option<&str> {
        let mut labels = self.labels.iter().filter_map(|label| label.strip_prefix(prefix));
        labels.next().filter(|_| labels.next().is_none())
    }
}
