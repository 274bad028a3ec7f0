//! Boxes in a description: what the simulated GitLab counts, and how it notes that one was ticked.

use hotwash::{domain::snapshot::Changed, drill::model::Deed};
use serde_json::json;

use super::{
    bench::Bench,
    wire::{get, noted, put},
};

const BEFORE: &str =
    "- [ ] Lock the gate\n* [x] Count the hens\n1. [ ] Call the vet\n\n```\n- [ ] code\n```\n- [] no box";

#[tokio::test]
async fn ticks_are_noted_one_by_one_in_place_of_a_changed_description() {
    let bench = Bench::new().await;
    let number = bench.file(BEFORE, true);
    let path = format!("issues/{number}");
    let shown = get(&bench, "bob", &path).await.expect(200).body;
    assert_eq!(shown["task_completion_status"], json!({ "count": 3, "completed_count": 1 }));
    assert_eq!(shown["has_tasks"], true);
    bench.clock.pass(60);
    let after = BEFORE.replace("[ ] Lock", "[x] Lock").replace("[x] Count", "[ ] Count");
    let shown = put(&bench, "bob", &path, json!({ "description": after })).await.expect(200).body;
    assert_eq!(shown["task_completion_status"], json!({ "count": 3, "completed_count": 1 }));
    let wanted = [
        "marked the checklist item **Lock the gate** as completed",
        "marked the checklist item **Count the hens** as incomplete",
    ];
    assert_eq!(noted(&bench, number).await, wanted);
    bench.clock.pass(60);
    put(&bench, "bob", &path, json!({ "description": format!("{after}\n\nAnd the ducks.") })).await.expect(200);
    assert_eq!(noted(&bench, number).await[2], "changed the description");
    let notes = get(&bench, "bob", &format!("{path}/notes?activity_filter=only_activity")).await.expect(200);
    let mut numbers: Vec<u64> = notes.each("id").iter().map(|id| id.as_u64().unwrap()).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "each its own");
    get(&bench, "bob", &format!("{path}/notes/{}", numbers[0])).await.expect(200);
}

#[tokio::test]
async fn the_adapter_takes_a_tick_for_an_edit_of_the_text() {
    let bench = Bench::new().await;
    let number = bench.file(BEFORE, true);
    bench.clock.pass(60);
    let body = Some(BEFORE.replace("[ ] Lock", "[x] Lock"));
    bench.act("bob", Deed::Edit { at: Bench::at(number), title: None, body: body.clone() });
    let edits = bench.port.read.edits(&Bench::issue(number), None).await.unwrap();
    assert_eq!(edits.iter().map(|edit| edit.body.clone()).collect::<Vec<_>>(), [None, body]);
    assert_eq!(edits[1].by.spoken(), "@bob");
    let history = bench.port.read.history(&Bench::issue(number)).await.unwrap();
    assert!(history.iter().any(|change| change.what == Changed::Edited && change.by.spoken() == "@bob"));
}
