//! Who can read an incident, on a forge with a confidential flag and on one with private projects.

use hotwash::domain::{
    event::{Exposure, What},
    hint::{Hint, Hinted},
    ids::IssueRef,
    people::{Account, Actor},
};

use super::scene::{BODY, Scene, alice, at, bob};

async fn happened(scene: &Scene, issue: u64) -> Vec<(Actor, What)> {
    let journal = scene.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    journal.into_iter().map(|entry| (entry.event.by, entry.event.what)).collect()
}

async fn exposures(scene: &Scene, issue: u64) -> Vec<(Actor, What)> {
    let mut all = happened(scene, issue).await;
    all.retain(|(_, what)| matches!(what, What::Exposed { .. } | What::Hidden));
    all
}

fn person(account: Account) -> Actor {
    Actor::Person(account)
}

fn alarms(scene: &Scene, issue: u64) -> usize {
    scene.keys(issue).iter().filter(|key| key.starts_with("alarm/")).count()
}

fn made_confidential(scene: &Scene) -> u32 {
    scene.model.open().writes.get("make confidential").copied().unwrap_or_default()
}

/// An incident on a forge with a flag, made confidential by the bot.
async fn flagged() -> (Scene, u64) {
    let mut scene = Scene::new();
    scene.model.open().flags = true;
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    (scene, issue)
}

async fn in_a_project() -> (Scene, u64) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    (scene, issue)
}

/// The project is opened or closed, and a delivery says so.
async fn publish(scene: &mut Scene, public: bool) {
    scene.model.open().public = public;
    scene.engine.project_changed("github", "acme/incidents");
    scene.settle().await;
}

#[tokio::test]
async fn an_incident_without_the_flag_gets_it_once_and_then_its_board() {
    let (mut scene, issue) = flagged().await;
    assert_eq!(made_confidential(&scene), 1);
    assert_eq!(scene.keys(issue), ["board"]);
    let filed = What::Exposed { how: Exposure::Filed };
    assert_eq!(exposures(&scene, issue).await, [(person(alice()), filed), (Actor::Bot, What::Hidden)]);
    assert!(scene.engine.troubles().is_empty(), "{:?}", scene.engine.troubles());
    scene.until("10:30").await;
    assert_eq!(made_confidential(&scene), 1);
    assert_eq!(alarms(&scene, issue), 0);
}

#[tokio::test]
async fn nothing_is_written_while_the_flag_cannot_be_put_on() {
    let mut scene = Scene::new();
    scene.model.open().flags = true;
    scene.model.open().broken.insert("make confidential");
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("09:20").await;
    assert_eq!(scene.keys(issue), Vec::<String>::new());
    assert_eq!(scene.labels(issue), ["incident"]);
    assert!(scene.engine.troubles()[0].contains("acme/incidents#1"), "{:?}", scene.engine.troubles());
    scene.model.open().broken.clear();
    scene.until("09:30").await;
    assert_eq!(scene.keys(issue)[0], "board");
}

#[tokio::test]
async fn a_flag_that_the_forge_refuses_for_good_is_alarmed_about_once_and_not_hammered_for() {
    let mut scene = Scene::new();
    {
        let mut model = scene.model.open();
        model.flags = true;
        model.denied.insert("make confidential");
    }
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("12:00").await;
    assert_eq!(made_confidential(&scene), 3, "tried a few times, then given up");
    assert_eq!(scene.keys(issue).len(), 1, "one alarm and nothing else: {:?}", scene.keys(issue));
    let text = scene.text(issue, "alarm/");
    assert!(text.contains("is not confidential, and I may not make it so") && text.contains("@alice"), "{text}");
    assert!(!text.contains("Chickens") && !text.contains("chickens"), "{text}");
    let troubles = scene.engine.troubles();
    assert!(troubles.len() == 1 && troubles[0].contains("does not let the bot put it on"), "{troubles:?}");
    // Neither a restart nor a lost database says it again; people do what the bot may not.
    scene.restart();
    scene.until("12:30").await;
    assert_eq!((made_confidential(&scene), alarms(&scene, issue)), (3, 1));
    scene.model.flag(&bob(), issue, true);
    scene.until("12:31").await;
    assert_eq!(exposures(&scene, issue).await.last(), Some(&(person(bob()), What::Hidden)));
    assert!(scene.keys(issue).contains(&"board".to_owned()), "{:?}", scene.keys(issue));
    assert!(scene.engine.troubles().is_empty(), "{:?}", scene.engine.troubles());
    let (_, alarm) = scene.bots(issue).into_iter().find(|(key, _)| key.starts_with("alarm/")).unwrap();
    assert!(scene.model.open().collapsed.contains(&alarm), "the alarm is folded away");
    assert!(!scene.text(issue, "board").contains("refused for good"), "{}", scene.text(issue, "board"));
}

#[tokio::test]
async fn a_refusal_that_passes_leaves_nothing_behind() {
    let mut scene = Scene::new();
    {
        let mut model = scene.model.open();
        model.flags = true;
        model.denied.insert("make confidential");
    }
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    scene.model.open().denied.clear();
    scene.until("09:05").await;
    assert_eq!((made_confidential(&scene), alarms(&scene, issue)), (2, 0));
    assert_eq!(scene.keys(issue)[0], "board");
}

#[tokio::test]
async fn who_takes_the_flag_off_is_not_fought_but_alarmed_about_once() {
    let (mut scene, issue) = flagged().await;
    scene.until("09:20").await;
    let before = scene.keys(issue);
    scene.model.flag(&bob(), issue, false);
    scene.until("09:21").await;
    assert_eq!(exposures(&scene, issue).await.last(), Some(&(person(bob()), What::Exposed { how: Exposure::Flag })));
    let text = scene.text(issue, "alarm/");
    assert!(text.contains("no longer confidential") && text.contains("@alice"), "{text}");
    assert!(!text.contains("Chickens") && !text.contains("chickens") && !text.contains("high"), "{text}");
    let board = scene.text(issue, "board");
    // People go on: a label, a command, a due sitrep.
    scene.model.label(&bob(), issue, "severity::high");
    scene.model.say(&bob(), issue, "@hotwash ack");
    scene.until("11:30").await;
    assert_eq!(scene.keys(issue).len(), before.len() + 1, "{:?}", scene.keys(issue));
    assert_eq!(scene.text(issue, "board"), board);
    assert!(scene.labels(issue).contains(&"severity::unknown".to_owned()), "the bot moved no label");
    assert_eq!(made_confidential(&scene), 1, "nobody is fought");
    assert!(scene.engine.troubles().iter().any(|what| what.contains("flag was taken off")));
}

#[tokio::test]
async fn when_the_flag_is_back_the_alarm_is_folded_and_work_goes_on_with_one_catch_up() {
    let (mut scene, issue) = flagged().await;
    scene.model.label(&bob(), issue, "severity::high");
    scene.until("09:20").await;
    scene.model.flag(&bob(), issue, false);
    scene.until("12:10").await;
    scene.model.flag(&alice(), issue, true);
    scene.until("12:11").await;
    assert_eq!(exposures(&scene, issue).await.last(), Some(&(person(alice()), What::Hidden)));
    let (_, alarm) = scene.bots(issue).into_iter().find(|(key, _)| key.starts_with("alarm/")).unwrap();
    assert!(scene.model.open().collapsed.contains(&alarm));
    let keys = scene.keys(issue);
    assert_eq!(keys.iter().filter(|key| key.starts_with("catch-up/")).count(), 1, "{keys:?}");
    assert!(scene.engine.troubles().is_empty(), "{:?}", scene.engine.troubles());
}

#[tokio::test]
async fn neither_a_restart_nor_a_lost_database_raises_the_alarm_again() {
    let (mut scene, issue) = flagged().await;
    scene.until("09:20").await;
    scene.model.flag(&bob(), issue, false);
    scene.until("09:30").await;
    scene.restart();
    scene.engine.sweep_once().await;
    scene.until("09:50").await;
    assert_eq!(alarms(&scene, issue), 1);
    let empty = scene.path.with_extension("second");
    scene.restart_with(std::sync::Arc::new(hotwash::store::sqlite::SqliteStore::open(&empty).unwrap()));
    scene.engine.sweep_once().await;
    scene.until("10:20").await;
    assert_eq!(exposures(&scene, issue).await, [(person(bob()), What::Exposed { how: Exposure::Flag })]);
    assert_eq!((alarms(&scene, issue), made_confidential(&scene)), (1, 1), "{:?}", scene.keys(issue));
}

#[tokio::test]
async fn an_alarm_of_unknown_fate_is_raised_once() {
    for fault in [super::model::Fault::Lost, super::model::Fault::Ghost] {
        let (mut scene, issue) = in_a_project().await;
        scene.until("09:20").await;
        scene.model.open().faults.push_back(fault);
        publish(&mut scene, true).await;
        scene.until("09:40").await;
        assert_eq!(alarms(&scene, issue), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_project_made_public_is_alarmed_about_at_once_and_work_goes_on_once_it_is_private() {
    let (mut scene, issue) = in_a_project().await;
    scene.until("09:20").await;
    publish(&mut scene, true).await;
    assert_eq!(scene.keys(issue).last().map(String::as_str), Some("alarm/2026-11-16T09:20:00Z"));
    assert!(scene.text(issue, "alarm/").contains("this project is not private"));
    let writes: u32 = scene.model.open().writes.values().sum();
    scene.until("11:30").await;
    assert_eq!(scene.model.open().writes.values().sum::<u32>(), writes, "{:?}", scene.model.open().writes);
    publish(&mut scene, false).await;
    let what: Vec<What> = exposures(&scene, issue).await.into_iter().map(|(_, what)| what).collect();
    assert_eq!(what, [What::Exposed { how: Exposure::Project }, What::Hidden]);
    assert!(scene.keys(issue).len() > 2, "what came due meanwhile is said: {:?}", scene.keys(issue));
}

#[tokio::test]
async fn the_sweep_finds_a_project_whose_delivery_was_lost() {
    let (mut scene, issue) = in_a_project().await;
    scene.engine.sweep_once().await;
    scene.until("09:02").await;
    scene.model.open().public = true;
    scene.engine.sweep_once().await;
    scene.settle().await;
    assert_eq!(alarms(&scene, issue), 1);
}

#[tokio::test]
async fn an_incident_filed_in_a_public_project_gets_an_alarm_and_nothing_else() {
    let mut scene = Scene::new();
    scene.model.open().public = true;
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("12:00").await;
    assert_eq!(scene.keys(issue), ["alarm/2026-11-16T09:00:00Z"]);
    assert_eq!(scene.labels(issue), ["incident"]);
    scene.model.open().public = false;
    scene.until("12:10").await;
    assert!(scene.keys(issue).contains(&"board".to_owned()), "work goes on once the project is private");
}

#[tokio::test]
async fn an_issue_that_was_moved_away_is_journalled_and_followed_nowhere() {
    let (mut scene, issue) = in_a_project().await;
    scene.until("09:20").await;
    let moved = scene.model.open().issues.remove(&issue).unwrap();
    let writes: u32 = scene.model.open().writes.values().sum();
    let hint = Hint { at: at("09:20"), by: Some(bob()), what: Hinted::Left };
    scene.deliver(issue, &hint).await;
    scene.until("11:00").await;
    let lost: Vec<_> = happened(&scene, issue).await.into_iter().filter(|(_, what)| *what == What::Lost).collect();
    assert_eq!(lost, [(person(bob()), What::Lost)], "once");
    assert_eq!(scene.model.open().writes.values().sum::<u32>(), writes);
    let troubles = scene.engine.troubles().join("\n");
    assert!(troubles.contains("acme/incidents#1 is gone") && !troubles.contains("Chickens"), "{troubles}");
    scene.model.open().issues.insert(issue, moved);
    scene.until("11:30").await;
    assert_eq!(happened(&scene, issue).await.iter().filter(|(_, what)| *what == What::Found).count(), 1);
    assert!(scene.engine.troubles().is_empty(), "{:?}", scene.engine.troubles());
}

#[tokio::test]
async fn an_issue_that_vanished_without_a_word_is_journalled_after_a_minute() {
    let (mut scene, issue) = in_a_project().await;
    scene.until("09:20").await;
    scene.model.open().issues.remove(&issue);
    // A delivery that says nothing of it has it looked at.
    scene.deliver(issue, &Hint { at: at("09:20"), by: Some(bob()), what: Hinted::Other }).await;
    scene.settle().await;
    assert!(!happened(&scene, issue).await.iter().any(|(_, what)| *what == What::Lost), "it may only lag");
    scene.until("09:30").await;
    let lost: Vec<_> = happened(&scene, issue).await.into_iter().filter(|(_, what)| *what == What::Lost).collect();
    assert_eq!(lost, [(Actor::Somebody, What::Lost)]);
}
