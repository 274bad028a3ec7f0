//! The simulated GitLab's quick actions: what they do, and what disarms them.

use hotwash::drill::model::{Close, Deed};

use super::bench::Bench;

fn comment(bench: &Bench, number: u64, body: &str) {
    bench.act("bob", Deed::Comment { at: Bench::at(number), body: body.to_owned() });
}

#[tokio::test]
async fn actions_are_carried_out_and_taken_out_of_the_text() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    comment(&bench, number, "On it.\n/assign @alice\n/label ~\"severity::high\" ~urgent\r\n/CONFIDENTIAL");
    assert_eq!(bench.said(number), ["On it."]);
    assert_eq!(bench.labels(number), ["incident", "severity::high", "urgent"]);
    let (confidential, assignees) = bench.forge.look(|world| {
        let issue = world.issue(super::bench::PATH, number).unwrap();
        (issue.confidential, issue.assignees.len())
    });
    assert!(confidential && assignees == 1);
    comment(&bench, number, "/close");
    assert_eq!(bench.said(number).len(), 1, "a comment of nothing but actions is none");
    bench.act("bob", Deed::Reopen { at: Bench::at(number) });
    bench.act("bob", Deed::Close { at: Bench::at(number), reason: Close::Completed });
}

#[tokio::test]
async fn code_quotes_html_and_a_space_disarm() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    for text in [
        "```\n/close\n```",
        "~~~\n/close\n~~~",
        ">>>\n/close\n>>>",
        "<div>\n/close\n</div>",
        "<!--\n/close\n-->",
        " /close",
        "> /close",
        "\\/close",
        "/closed for lunch",
        "see /close",
    ] {
        comment(&bench, number, text);
        assert!(bench.forge.look(|world| world.issue(super::bench::PATH, number).unwrap().open), "{text}");
    }
}

#[tokio::test]
async fn nobody_does_more_by_an_action_than_they_may() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    bench.act("gus", Deed::Comment { at: Bench::at(number), body: "hm\n/close\n/label ~urgent".to_owned() });
    assert!(bench.forge.look(|world| world.issue(super::bench::PATH, number).unwrap().open));
    assert_eq!(bench.labels(number), ["incident"]);
}
