//! Labels and links of the simulated GitLab: defining, naming anew, scopes that exclude each other, and taking links away.

use hotwash::{
    domain::snapshot::Visibility,
    drill::{gitlab::Options, model::Deed},
};
use serde_json::json;

use super::{
    bench::Bench,
    emitted::lacking,
    wire::{answers, delete, get, hear, noted, post, put},
};
use crate::drill_forge::bench::Ear;

#[tokio::test]
async fn a_label_is_defined_once_changed_and_carried_along_by_its_issues() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let made = json!({ "name": "severity::low", "color": "#d93f0b", "description": "later" });
    let given = post(&bench, "bob", "labels", made.clone()).await.expect(201).body;
    let again = post(&bench, "bob", "labels", made).await.expect(409).body;
    assert_eq!(again["message"], "Label already exists");
    post(&bench, "bob", "labels", json!({ "name": "x" })).await.expect(400);
    bench.act("bob", Deed::Label { at: Bench::at(number), names: vec!["severity::low".to_owned()] });
    let named = "labels/severity%3A%3Alow";
    assert_eq!(get(&bench, "bob", named).await.expect(200).body, given);
    put(&bench, "bob", named, json!({})).await.expect(400);
    put(&bench, "gus", named, json!({ "color": "#000000" })).await.expect(403);
    put(&bench, "bob", "labels/none", json!({ "color": "#000000" })).await.expect(404);
    let wanted = json!({ "new_name": "severity::minor", "color": "#00FF00" });
    let now = put(&bench, "bob", &format!("labels/{}", given["id"]), wanted).await.expect(200).body;
    assert_eq!(
        (now["name"].as_str(), now["color"].as_str(), &now["id"]),
        (Some("severity::minor"), Some("#00ff00"), &given["id"])
    );
    assert_eq!(now["description"], "later", "what was not named stays");
    assert_eq!(bench.labels(number), ["incident", "severity::minor"]);
    get(&bench, "bob", named).await.expect(404);
    delete(&bench, "bob", "labels/severity%3A%3Aminor").await.expect(204);
    assert_eq!(bench.labels(number), ["incident"]);
}

#[tokio::test]
async fn labels_of_one_scope_exclude_each_other_on_paid_tiers_by_whatever_way_they_come() {
    for (scoped, after) in [(true, vec!["severity::high"]), (false, vec!["severity::low", "severity::high"])] {
        let bench = Bench::with(Visibility::Private, Options { scoped, ..Options::default() }).await;
        let low = || json!({ "labels": "severity::low" });
        let path = |number: u64| format!("issues/{number}");
        let (by_request, by_comment) = (bench.file("x", true), bench.file("x", true));
        for number in [by_request, by_comment] {
            put(&bench, "bob", &path(number), low()).await.expect(200);
        }
        let ear = Ear::open().await;
        hear(&bench, &ear, &["confidential_issues_events"]);
        put(&bench, "bob", &path(by_request), json!({ "add_labels": "severity::high" })).await.expect(200);
        let note = json!({ "body": "/label ~\"severity::high\"" });
        post(&bench, "bob", &format!("issues/{by_comment}/notes"), note).await.expect(202);
        for number in [by_request, by_comment] {
            assert_eq!(bench.labels(number), after, "scoped: {scoped}");
            let events = get(&bench, "bob", &format!("issues/{number}/resource_label_events")).await.expect(200);
            let gone = events.each("action").iter().filter(|action| *action == "remove").count();
            assert_eq!(gone, 1 + usize::from(scoped), "incident, and the sibling");
        }
        bench.deliver().await;
        let told: Vec<usize> =
            ear.heard().iter().map(|got| got.body["changes"]["labels"]["current"].as_array().unwrap().len()).collect();
        assert_eq!(told, [after.len(); 2], "each at once");
    }
}

#[tokio::test]
async fn a_link_is_taken_away_from_either_side_by_members_and_noted_on_both() {
    let bench = Bench::new().await;
    let (one, other, third) = (bench.file("x", false), bench.file("y", false), bench.file("z", false));
    let project = get(&bench, "bob", "/api/v4/projects/acme%2Fincidents").await.body["id"].clone();
    let to = json!({ "target_project_id": project, "target_issue_iid": other });
    let path = format!("issues/{one}/links");
    let made = post(&bench, "bob", &path, to.clone()).await.expect(201).body;
    post(&bench, "bob", &path, to).await.expect(409);
    assert_eq!(made["link_type"], "relates_to");
    let listed = get(&bench, "bob", &format!("issues/{other}/links")).await.expect(200);
    let link = listed.body[0]["issue_link_id"].clone();
    assert_eq!(listed.each("iid"), [json!(one)]);
    delete(&bench, "bob", &format!("issues/{third}/links/{link}")).await.expect(404);
    delete(&bench, "gus", &format!("issues/{other}/links/{link}")).await.expect(403);
    let gone = delete(&bench, "bob", &format!("issues/{other}/links/{link}")).await.expect(200).body;
    assert_eq!((&gone["source_issue"]["iid"], &gone["target_issue"]["iid"]), (&json!(one), &json!(other)));
    assert_eq!(get(&bench, "bob", &path).await.expect(200).body, json!([]));
    for (number, to) in [(one, other), (other, one)] {
        let words = [format!("marked this issue as related to #{to}"), format!("removed the relation with #{to}")];
        assert_eq!(noted(&bench, number).await, words);
    }
    if let Some(captured) = answers("gitlab4j__issue-link") {
        let mut out = Vec::new();
        lacking(&captured, &made, "link", &mut out);
        assert!(out.is_empty(), "{out:#?}");
    }
}
