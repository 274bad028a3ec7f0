//! Discussions of the simulated GitLab: begun, answered, told of, and read by whoever may.

use hotwash::drill::model::Deed;
use serde_json::{Value, json};

use super::{
    bench::Bench,
    emitted::lacking,
    wire::{answers, delete, get, hear, post, put},
};
use crate::drill_forge::bench::Ear;

fn bodies(discussion: &Value) -> Vec<&str> {
    discussion["notes"].as_array().unwrap().iter().map(|note| note["body"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn answers_stand_in_the_discussion_that_they_answer() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let path = format!("issues/{number}/discussions");
    bench.act("bob", Deed::Comment { at: Bench::at(number), body: "alone".to_owned() });
    let begun = post(&bench, "bob", &path, json!({ "body": "Which one?" })).await.expect(201).body;
    let id = begun["id"].as_str().unwrap();
    assert!(id.len() == 40 && begun["individual_note"] == false, "{begun}");
    let reply = format!("{path}/{id}/notes");
    let answer = post(&bench, "rita", &reply, json!({ "body": "That one." })).await.expect(201).body;
    assert_eq!((answer["type"].as_str(), answer["body"].as_str()), (Some("DiscussionNote"), Some("That one.")));
    post(&bench, "rita", &format!("{path}/{}/notes", "0".repeat(40)), json!({ "body": "?" })).await.expect(404);
    post(&bench, "rita", &reply, json!({})).await.expect(400);
    let all = get(&bench, "alice", &path).await.expect(200).body;
    let shown: Vec<Vec<&str>> = all.as_array().unwrap().iter().map(bodies).collect();
    assert_eq!(shown, [vec!["alone"], vec!["Which one?", "That one."]]);
    assert_eq!(get(&bench, "alice", &format!("{path}/{id}")).await.expect(200).body, all[1]);
    // A comment that is answered becomes a discussion, under the name it had.
    let alone = all[0]["id"].as_str().unwrap();
    assert_eq!(all[0]["individual_note"], true);
    post(&bench, "rita", &format!("{path}/{alone}/notes"), json!({ "body": "not any more" })).await.expect(201);
    let turned = get(&bench, "alice", &format!("{path}/{alone}")).await.expect(200).body;
    assert_eq!((bodies(&turned), &turned["individual_note"]), (vec!["alone", "not any more"], &json!(false)));
    // Its notes are notes: they are edited and deleted, and count.
    let note = format!("{path}/{id}/notes/{}", answer["id"]);
    put(&bench, "rita", &note, json!({ "body": "The other." })).await.expect(200);
    assert_eq!(bodies(&get(&bench, "alice", &format!("{path}/{id}")).await.body), ["Which one?", "The other."]);
    delete(&bench, "rita", &note).await.expect(204);
    assert_eq!(bodies(&get(&bench, "alice", &format!("{path}/{id}")).await.body), ["Which one?"]);
    assert_eq!(get(&bench, "alice", &format!("issues/{number}")).await.body["user_notes_count"], 3);
}

#[tokio::test]
async fn a_guest_sees_no_discussion_of_the_team_and_what_gitlab_noted_is_one_of_its_own() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    let path = format!("issues/{number}/discussions");
    bench.act("bob", Deed::Note { at: Bench::at(number), body: "for us".to_owned() });
    bench.act("bob", Deed::Edit { at: Bench::at(number), title: Some("Geese".to_owned()), body: None });
    let seen = get(&bench, "rita", &path).await.expect(200).body;
    let ours = seen[0]["id"].as_str().unwrap();
    assert_eq!(
        (bodies(&seen[0]), bodies(&seen[1])),
        (vec!["for us"], vec!["changed title from **{-Chickens-}** to **{+Geese+}**"])
    );
    assert_eq!(seen[1]["notes"][0]["system"], true);
    let answer =
        post(&bench, "rita", &format!("{path}/{ours}/notes"), json!({ "body": "so too" })).await.expect(201).body;
    assert_eq!(answer["internal"], true, "what answers the team is for the team");
    assert_eq!(get(&bench, "gus", &path).await.expect(200).body.as_array().unwrap().len(), 1);
    get(&bench, "gus", &format!("{path}/{ours}")).await.expect(404);
    post(&bench, "gus", &format!("{path}/{ours}/notes"), json!({ "body": "hm" })).await.expect(404);
}

#[tokio::test]
async fn deliveries_name_the_discussion_and_actions_alone_are_no_note() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let ear = Ear::open().await;
    hear(&bench, &ear, &["confidential_note_events"]);
    let path = format!("issues/{number}/discussions");
    let begun = post(&bench, "bob", &path, json!({ "body": "Which one?" })).await.expect(201).body;
    let reply = format!("{path}/{}/notes", begun["id"].as_str().unwrap());
    post(&bench, "rita", &reply, json!({ "body": "That one." })).await.expect(201);
    post(&bench, "rita", &reply, json!({ "body": "/label ~urgent" })).await.expect(202);
    post(&bench, "rita", &path, json!({ "body": "/unlabel ~urgent" })).await.expect(202);
    bench.deliver().await;
    let told: Vec<Value> =
        ear.heard().iter().map(|got| got.body["object_attributes"]["discussion_id"].clone()).collect();
    assert_eq!(told, [begun["id"].clone(), begun["id"].clone()]);
    assert!(ear.heard().iter().all(|got| got.body["object_attributes"]["type"] == "DiscussionNote"));
    let said = bench.port.read.comments(&Bench::issue(number), None).await.unwrap();
    assert_eq!(said.iter().map(|one| one.body.as_str()).collect::<Vec<_>>(), ["Which one?", "That one."]);
}

#[tokio::test]
async fn discussions_have_the_shape_of_captured_ones() {
    let Some(captured) = answers("gitlab4j__issue-discussions") else { return };
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let path = format!("issues/{number}/discussions");
    let begun = post(&bench, "bob", &path, json!({ "body": "x" })).await.expect(201).body;
    let mut out = Vec::new();
    lacking(&captured[0], &begun, "discussion", &mut out);
    lacking(&captured[0]["notes"][1], &begun["notes"][0], "note", &mut out);
    assert!(out.is_empty(), "{out:#?}");
}
