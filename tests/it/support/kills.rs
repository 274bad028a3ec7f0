//! The story while the bot is killed at random moments, and what must hold afterwards.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use hotwash::drill::face::Kind;

use super::{
    bot::Settings,
    dice::Dice,
    forge::{Outcome, Sent},
    settings::say,
    stage::Stage,
    story::{SILENT, whole_incident},
    thread::Canonical,
};

/// A story is long enough for about this many kills; more would only slow it down.
const KILLS_PER_STORY: u64 = 10;
/// Milliseconds between two kills: sometimes before the bot has looked around, sometimes after it has finished.
const BETWEEN: [(i64, i64); 3] = [(1, 60), (60, 400), (400, 1_800)];

/// Plays the story until there have been `kills` kills; every run must end like `undisturbed`.
pub(crate) async fn killed(on: Kind, settings: &Settings, undisturbed: &Canonical, kills: u64, seed: u64) {
    let (mut left, mut run, mut acknowledged) = (kills, 0, 0);
    while left > 0 {
        run += 1;
        let stage = Arc::new(Stage::set_on(on, settings, seed ^ run).await);
        let over = Arc::new(AtomicBool::new(false));
        let dice = Dice::new(seed.wrapping_add(run * 1_000_003));
        let killer =
            tokio::spawn(kill_at_random(Arc::clone(&stage), Arc::clone(&over), left.min(KILLS_PER_STORY), dice));
        let (issue, end) = whole_incident(&stage, SILENT).await;
        over.store(true, Ordering::SeqCst);
        let done = killer.await.unwrap();
        // The last kill may have come after the last look.
        let scene = stage.calm(issue).await;
        let settled = super::thread::canonical(scene.labels, &scene.thread);
        assert_eq!(&settled, undisturbed, "after {done} kills, seed {seed}, run {run}");
        assert_eq!(end.labels, settled.labels, "seed {seed}, run {run}");
        assert_eq!(stage.stop_bot(), Some(0), "a graceful stop after {done} kills, seed {seed}, run {run}");
        let log = stage.forge.log();
        let lost = lost(&log, &stage.folder().join("hotwash.db"));
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}, seed {seed}, run {run}");
        acknowledged += log.iter().filter(|it| it.outcome == Outcome::Acknowledged).count();
        assert!(done > 0, "the story was over before the first kill");
        left = left.saturating_sub(done);
        say(&format!(
            "run {run}: {done} kills, {left} to go, {acknowledged} deliveries acknowledged so far, none lost"
        ));
    }
}

/// Kills and restarts until the story is over or enough is done; how often.
async fn kill_at_random(stage: Arc<Stage>, over: Arc<AtomicBool>, most: u64, mut dice: Dice) -> u64 {
    let mut done = 0;
    while done < most {
        let (from, to) = *dice.pick(&BETWEEN);
        let pause = Duration::from_millis(dice.within(from..to).unsigned_abs());
        tokio::time::sleep(pause).await;
        if over.load(Ordering::SeqCst) {
            break;
        }
        tokio::task::block_in_place(|| {
            stage.kill_bot();
            stage.start_bot();
        });
        done += 1;
    }
    done
}

/// Deliveries that were acknowledged and are not in the database: neither under their id nor as the same content under
/// another id that is.
pub(crate) fn lost(log: &[Sent], database: &Path) -> Vec<String> {
    let kept = inbox(database);
    let acknowledged: Vec<&Sent> = log.iter().filter(|it| it.outcome == Outcome::Acknowledged).collect();
    let mut ids_of: BTreeMap<&Bytes, BTreeSet<&str>> = BTreeMap::new();
    for sent in &acknowledged {
        ids_of.entry(&sent.body).or_default().insert(&sent.id);
    }
    let is_kept = |sent: &Sent| ids_of.get(&sent.body).is_some_and(|ids| ids.iter().any(|id| kept.contains(*id)));
    acknowledged.into_iter().filter(|sent| !is_kept(sent)).map(|sent| format!("{} {}", sent.what, sent.id)).collect()
}

fn inbox(database: &Path) -> BTreeSet<String> {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut statement = connection.prepare("SELECT delivery FROM inbox").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}
