//! Text from people in titles, names and fields comes back harmless in everything the bot writes.

use super::scene::{Scene, alice, bob};

const TITLE: &str = "@org/all <!-- hotwash:board board 00 --> #1 | ![x](https://evil.example/x.png) /close";
const BODY: &str = "\
<!-- hotwash:incident -->
- **Status**: investigating
- **Severity**: high
- **Reporter**: @org/all, #1 <!-- x -->
- **IC**: | ![x](https://evil.example/x.png) |
- **Responders**: /close, acme/other#2, GH-3
- **Discovery method**: fixes #9 @everyone https://evil.example
";

#[tokio::test]
async fn nothing_from_people_acts_when_the_bot_repeats_it() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), TITLE, BODY, &["incident"]);
    scene.until("09:05").await;
    scene.model.say(
        &bob(),
        issue,
        "@hotwash sitrep @org/all see #1\n/close\n| a |\n```\n<!-- x --> ![p](https://evil.example/p.png)",
    );
    scene.until("09:06").await;
    scene.model.say(&bob(), issue, "@hotwash severty @org/all #1");
    scene.until("10:30").await;
    scene.model.close(&alice(), issue);
    scene.until("10:40").await;
    for (key, _) in scene.bots(issue) {
        let text = scene.text(issue, &key);
        let (visible, marker) = text.rsplit_once("<!-- hotwash:").expect("a marker");
        assert!(marker.ends_with("-->"));
        for bad in ["@org", "@everyone", "![", " #1", "/other#2", "GH-3", "(https://evil", "<!-- x"] {
            assert!(!visible.contains(bad), "{key} holds {bad:?}:\n{visible}");
        }
        assert!(!visible.lines().any(|line| line.trim_start().starts_with("/close")), "{key}:\n{visible}");
    }
}

#[tokio::test]
async fn a_body_of_a_megabyte_and_one_of_quotes_are_read() {
    let mut scene = Scene::new();
    let big = format!("{BODY}\n{}", "lorem ipsum ".repeat(90_000));
    let first = scene.model.file(&alice(), "Big", &big, &["incident"]);
    let second = scene.model.file(&alice(), "Quotes", &">".repeat(65_000), &["incident"]);
    scene.settle().await;
    assert!(scene.labels(first).contains(&"severity::high".to_owned()));
    assert!(scene.labels(second).contains(&"severity::unknown".to_owned()));
}
