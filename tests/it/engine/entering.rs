//! The forge's own timeline: a forge that takes no entries from the bot is asked once, and that is said for as long as it
//! matters.

use hotwash::domain::forge_severity::ForgeSeverity;

use super::scene::{BODY, Scene, alice, bob};

async fn started() -> (Scene, u64) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.model.open().issues.get_mut(&issue).unwrap().forge_severity = Some(ForgeSeverity::Unknown);
    scene.settle().await;
    (scene, issue)
}

fn tried(scene: &Scene) -> u32 {
    scene.model.open().writes.get("enter").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_refusal_is_a_trouble_that_says_what_to_do_until_the_incident_is_over() {
    let (mut scene, issue) = started().await;
    scene.model.open().denied.insert("enter");
    scene.model.say(&bob(), issue, "@hotwash timeline The gate was open");
    scene.until("10:30").await;
    scene.model.say(&bob(), issue, "@hotwash timeline Nobody had closed it");
    scene.until("12:00").await;
    assert_eq!(tried(&scene), 1, "no endless retry");
    let said = |scene: &Scene| scene.engine.troubles().iter().any(|what| what.contains("the role Developer"));
    assert!(said(&scene), "{:?}", scene.engine.troubles());
    assert!(scene.text(issue, "board").contains("needs the role Developer"));
    scene.restart();
    scene.model.say(&bob(), issue, "still here");
    scene.until("12:30").await;
    assert!(said(&scene), "a restart does not forget it");
    assert_eq!(tried(&scene), 1);
    scene.model.close(&alice(), issue);
    scene.until("12:40").await;
    assert!(!said(&scene), "{:?}", scene.engine.troubles());
}

#[tokio::test]
async fn a_timeline_out_of_reach_holds_nothing_else_back() {
    let (mut scene, issue) = started().await;
    scene.model.open().broken.insert("enter");
    scene.model.say(&bob(), issue, "@hotwash timeline The gate was open");
    scene.model.label(&bob(), issue, "severity::high");
    scene.until("11:10").await;
    let shown = scene.model.open().issues[&issue].forge_severity;
    assert_eq!(shown, Some(ForgeSeverity::High));
    assert!(scene.keys(issue).iter().any(|key| key.starts_with("reminder/")), "{:?}", scene.keys(issue));
    let before = tried(&scene);
    assert!((2..=200).contains(&before), "one at a time, each 40 seconds after the one before: {before}");
    scene.model.open().broken.clear();
    scene.until("11:20").await;
    let after = tried(&scene);
    scene.until("12:30").await;
    assert_eq!(tried(&scene), after, "done is done");
    assert!(!scene.text(issue, "board").contains("refused for good"));
}
