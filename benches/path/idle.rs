//! The program at rest: how soon it listens, what it occupies, and what a minute of nothing costs.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use hotwash::{
    clock::{Clock as _, SystemClock},
    domain::{
        event::{Event, What},
        ids::IssueRef,
        people::Actor,
    },
    store::{SharedStore, sqlite::SqliteStore},
};
use tokio::{task::JoinSet, time::sleep};

use super::{github::Hub, median, product::Product};

const STARTS: usize = 10;
const OPEN: u64 = 100_000;
const AT_ONCE: u64 = 500;
/// What the start leaves behind is over by then.
const SETTLED: Duration = Duration::from_secs(5);
const WATCHED: Duration = Duration::from_secs(30);

/// Measures and prints.
pub(crate) async fn measure() {
    let (hub, stub) = Hub::start().await;
    let folder = tempfile::tempdir().unwrap();
    drop(Product::start(folder.path(), stub, "5m"));
    let starts: Vec<f64> =
        (0..STARTS).map(|_| Product::start(folder.path(), stub, "5m").started_in.as_secs_f64() * 1e3).collect();
    println!("start to listening = {:.1} ms (median; limit 50, goal 20) of {starts:.1?}", median(&starts));
    let empty = rest(&Product::start(folder.path(), stub, "5m"), &hub).await;
    println!("idle: resident = {:.1} MB (limit 25, goal 15); cpu = {:.2} ms a minute", empty.0, empty.1);

    let began = Instant::now();
    fill(&folder.path().join("hotwash.db")).await;
    println!("{OPEN} open incidents written in {:.0} s", began.elapsed().as_secs_f64());
    let product = Product::start(folder.path(), stub, "5m");
    println!("with {OPEN} open incidents: start to listening = {:.1} ms", product.started_in.as_secs_f64() * 1e3);
    let quiet = rest(&product, &hub).await;
    let most = product.resident().1;
    drop(product);
    let swept = rest(&Product::start(folder.path(), stub, "3s"), &hub).await;
    println!("with {OPEN} open incidents: resident = {:.1} MB, at most {most:.1} MB", quiet.0);
    println!("with {OPEN} open incidents: cpu = {:.2} ms a minute (limit 10), sweeps apart", quiet.1);
    assert!(swept.2 > 3.0, "no sweep was seen");
    let a_sweep = (swept.1 - quiet.1) / swept.2;
    println!("with {OPEN} open incidents: a sweep = {a_sweep:.2} ms, one each 5 minutes");
    println!("with {OPEN} open incidents: cpu = {:.2} ms a minute, sweeps included", quiet.1 + a_sweep / 5.0);
}

/// Resident megabytes, and milliseconds of CPU and sweeps a minute.
async fn rest(product: &Product, hub: &Hub) -> (f64, f64, f64) {
    sleep(SETTLED).await;
    hub.take_calls();
    let before = product.cpu();
    sleep(WATCHED).await;
    let spent = product.cpu().saturating_sub(before).as_secs_f64() * 1e3;
    // Each sweep asks first who can read the repository.
    let sweeps = hub.take_calls().get("repository").copied().unwrap_or_default();
    let a_minute = 60.0 / WATCHED.as_secs_f64();
    (product.resident().0, spent * a_minute, f64::from(u32::try_from(sweeps).unwrap()) * a_minute)
}

/// Open incidents, each with a journal and a wake-up in the next hours.
async fn fill(database: &Path) {
    let store: SharedStore = Arc::new(SqliteStore::open(database).unwrap());
    let lease = TimeDelta::minutes(5);
    for batch in 0..OPEN / AT_ONCE {
        let now = SystemClock::real().machine_now();
        let issues = (1..=AT_ONCE).map(|nth| IssueRef::new("github", "acme/incidents", batch * AT_ONCE + nth));
        store.nudge(issues.collect(), now, false).await.unwrap();
        let claims = store.claim(now, usize::try_from(AT_ONCE).unwrap(), lease).await.unwrap();
        let mut work = JoinSet::new();
        for claim in claims {
            let store = Arc::clone(&store);
            work.spawn(async move {
                let opened = Event { at: now, by: Actor::Somebody, url: None, what: What::Opened };
                store.record(&claim, vec![opened], Vec::new()).await.unwrap();
                let spread = i64::try_from(claim.issue.number * 7_919 % 18_000).unwrap();
                store.finish(&claim, Some(now + TimeDelta::minutes(30) + TimeDelta::seconds(spread))).await.unwrap();
            });
        }
        while let Some(done) = work.join_next().await {
            done.unwrap();
        }
    }
    assert_eq!(store.counts().await.unwrap().scheduled, OPEN);
    assert_eq!(u64::try_from(store.incidents().await.unwrap().len()).unwrap(), OPEN);
}
