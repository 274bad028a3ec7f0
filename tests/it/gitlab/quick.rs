//! The simulated GitLab's quick actions: what they do, and what disarms them.

use hotwash::drill::model::{Close, Deed};
use serde_json::json;

use super::{
    bench::{Bench, PATH},
    wire::post,
};

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
        let issue = world.issue(PATH, number).unwrap();
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
        assert!(bench.forge.look(|world| world.issue(PATH, number).unwrap().open), "{text}");
    }
}

#[tokio::test]
async fn nobody_does_more_by_an_action_than_they_may() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    bench.act("gus", Deed::Comment { at: Bench::at(number), body: "hm\n/close\n/label ~urgent".to_owned() });
    assert!(bench.forge.look(|world| world.issue(PATH, number).unwrap().open));
    assert_eq!(bench.labels(number), ["incident"]);
}

#[tokio::test]
async fn without_a_name_all_go_and_me_is_whoever_types() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    let people = || bench.forge.look(|world| world.issue(PATH, number).unwrap().assignees.len());
    comment(&bench, number, "/label ~one ~two\n/assign me @alice");
    assert_eq!((bench.labels(number).len(), people()), (3, 2));
    comment(&bench, number, "/unassign me\n/unlabel ~one");
    assert_eq!((bench.labels(number), people()), (vec!["incident".to_owned(), "two".to_owned()], 1));
    comment(&bench, number, "/unassign\n/unlabel");
    assert_eq!((bench.labels(number).len(), people()), (0, 0));
    comment(&bench, number, "/relabel ~three");
    assert_eq!(bench.labels(number), ["three"]);
    assert!(bench.said(number).is_empty());
}

#[tokio::test]
async fn words_that_change_nothing_here_are_taken_out_all_the_same_and_drawings_stay() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    comment(&bench, number, "Hm.\n/health_status at_risk\n/spend 1h\n/done\n/SHRUG who knows");
    assert_eq!(bench.said(number), ["Hm.\nwho knows ¯\\＿(ツ)＿/¯"]);
    assert!(bench.forge.look(|world| world.issue(PATH, number).unwrap().open), "a to-do was done, not the issue");
}

#[tokio::test]
async fn whoever_types_nothing_else_is_told_what_came_of_it() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    let path = format!("issues/{number}/notes");
    let typed = json!({ "body": "/label ~urgent\n/title Geese\n/close" });
    let said = post(&bench, "bob", &path, typed).await.expect(202).body;
    assert_eq!(said["commands_changes"], json!({ "title": "Geese", "state_event": "close" }));
    let wanted = ["Added ~urgent label(s).", "Changed the title to \"Geese\".", "Closed this issue."];
    assert_eq!(said["summary"], json!(wanted));
    let said = post(&bench, "gus", &path, json!({ "body": "/reopen\n/label ~mine" })).await.expect(400).body;
    assert_eq!(said["message"], "400 Bad request - Could not apply reopen command., Could not apply label command.");
    let said = post(&bench, "gus", &path, json!({ "body": "hm\n/reopen" })).await.expect(201).body;
    assert_eq!(said["body"], "hm", "beside a text, what may not be done is left undone without a word");
    assert!(bench.said(number) == ["hm"] && bench.labels(number) == ["incident", "urgent"]);
}
