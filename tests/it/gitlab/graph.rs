//! GraphQL of the simulated GitLab: the status of an incident, and tasks as children of work items.

use hotwash::drill::model::{Close, Deed, Escalation, IssueId};
use serde_json::{Value, json};

use super::{
    bench::{Bench, PATH},
    wire::{get, graphql, hear, noted, post},
};
use crate::drill_forge::bench::Ear;

const STATUS: &str = "mutation($input: IssueSetEscalationStatusInput!) { issueSetEscalationStatus(input: $input) { errors \
                      issue { iid escalationStatus } } }";
const UPDATE: &str = "mutation($input: WorkItemUpdateInput!) { workItemUpdate(input: $input) { errors workItem { id iid \
                      widgets { type ... on WorkItemWidgetHierarchy { hasParent parent { iid } hasChildren children { \
                      nodes { iid title state } } } } } } }";
const SHOW: &str = "query($id: WorkItemID!, $after: String) { workItem(id: $id) { id iid widgets { type ... on \
                    WorkItemWidgetHierarchy { hasParent parent { iid } hasChildren children(after: $after) { nodes { iid } \
                    pageInfo { hasNextPage endCursor } } } } } }";

/// Files over HTTP; the number and the name in GraphQL.
async fn file(bench: &Bench, kind: &str, confidential: bool) -> (u64, String) {
    let wanted = json!({ "title": kind, "issue_type": kind, "confidential": confidential });
    let filed = post(bench, "bob", "issues", wanted).await.expect(201).body;
    (filed["iid"].as_u64().unwrap(), format!("gid://gitlab/WorkItem/{}", filed["id"]))
}

async fn set(bench: &Bench, who: &str, number: u64, status: &str) -> Value {
    let input = json!({ "projectPath": PATH, "iid": number.to_string(), "status": status });
    graphql(bench, who, STATUS, json!({ "input": input })).await
}

fn status(bench: &Bench, number: u64) -> Escalation {
    bench.forge.look(|world| world.issue(PATH, number).unwrap().escalation)
}

#[tokio::test]
async fn the_status_is_set_noted_and_told_with_both_sides() {
    let bench = Bench::new().await;
    let (number, _) = file(&bench, "incident", true).await;
    let ear = Ear::open().await;
    hear(&bench, &ear, &["confidential_issues_events"]);
    bench.clock.pass(5);
    let said = set(&bench, "bob", number, "ACKNOWLEDGED").await;
    let payload = &said["data"]["issueSetEscalationStatus"];
    let wanted = json!({ "errors": [], "issue": { "iid": number.to_string(), "escalationStatus": "ACKNOWLEDGED" } });
    assert_eq!((payload, said.get("errors")), (&wanted, None));
    set(&bench, "bob", number, "ACKNOWLEDGED").await;
    assert_eq!(noted(&bench, number).await, ["changed the incident status to **Acknowledged**"], "once");
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(heard.len(), 1);
    let (told, changes) = (&heard[0].body["object_attributes"], &heard[0].body["changes"]);
    assert_eq!(changes["escalation_status"], json!({ "previous": "triggered", "current": "acknowledged" }));
    assert_eq!((&told["action"], &told["escalation_status"]), (&json!("update"), &json!("acknowledged")));
    assert_eq!(heard[0].header("x-gitlab-event"), "Confidential Issue Hook");
}

#[tokio::test]
async fn what_has_no_status_may_not_be_touched_or_is_no_status_is_an_error_in_an_answer_of_200() {
    let bench = Bench::new().await;
    let ((incident, _), (plain, _)) = (file(&bench, "incident", true).await, file(&bench, "issue", true).await);
    let said = set(&bench, "bob", plain, "RESOLVED").await;
    assert_eq!(said["data"], json!({ "issueSetEscalationStatus": null }));
    assert_eq!(said["errors"][0]["message"], "Feature unavailable for provided issue");
    assert_eq!(said["errors"][0]["path"], json!(["issueSetEscalationStatus"]));
    let said = set(&bench, "bob", incident, "OVER").await;
    assert!(said.get("data").is_none(), "{said}");
    assert!(said["errors"][0]["message"].as_str().unwrap().contains("\"OVER\" to be one of: TRIGGERED, "), "{said}");
    for (who, number) in [("rita", incident), ("mallory", incident), ("bob", 99)] {
        let said = set(&bench, who, number, "RESOLVED").await;
        assert_eq!(said["data"], json!({ "issueSetEscalationStatus": null }), "{who} {number}");
        assert!(said["errors"][0]["message"].as_str().unwrap().contains("don't have permission"), "{said}");
    }
    assert_eq!((status(&bench, incident), status(&bench, plain)), (Escalation::Triggered, Escalation::Triggered));
}

#[tokio::test]
async fn closing_resolves_an_incident_which_is_told_on_its_own_unless_it_was_resolved_before() {
    let bench = Bench::new().await;
    let (number, _) = file(&bench, "incident", true).await;
    let ear = Ear::open().await;
    hear(&bench, &ear, &["confidential_issues_events"]);
    let close = || Deed::Close { at: Bench::at(number), reason: Close::Completed };
    set(&bench, "bob", number, "ACKNOWLEDGED").await;
    bench.clock.pass(5);
    bench.act("bob", close());
    bench.act("bob", Deed::Reopen { at: Bench::at(number) });
    assert_eq!(status(&bench, number), Escalation::Resolved, "opening it again changes nothing about that");
    bench.act("bob", close());
    bench.deliver().await;
    let told: Vec<(Value, Value)> = ear
        .heard()
        .iter()
        .map(|got| (got.body["object_attributes"]["action"].clone(), got.body["changes"]["escalation_status"].clone()))
        .collect();
    let turn = |from: &str, to: &str| json!({ "previous": from, "current": to });
    let wanted = [
        (json!("update"), turn("triggered", "acknowledged")),
        (json!("close"), Value::Null),
        (json!("update"), turn("acknowledged", "resolved")),
        (json!("reopen"), Value::Null),
        (json!("close"), Value::Null),
    ];
    assert_eq!(told, wanted);
    let twice = &ear.heard()[2].body["changes"];
    assert_eq!(twice["state_id"], json!({ "previous": 1, "current": 2 }), "the closing is told of again");
    let words = noted(&bench, number).await;
    assert_eq!(words[1], "changed the incident status to **Resolved** by closing the incident");
}

#[tokio::test]
async fn tasks_become_children_and_are_shown_from_both_sides() {
    let bench = Bench::new().await;
    let ((number, incident), (first, one), (second, other)) =
        (file(&bench, "incident", true).await, file(&bench, "task", true).await, file(&bench, "task", true).await);
    let input = json!({ "id": incident, "hierarchyWidget": { "childrenIds": [one, other] } });
    let said = graphql(&bench, "rita", UPDATE, json!({ "input": input })).await;
    let payload = &said["data"]["workItemUpdate"];
    assert_eq!((&payload["errors"], &payload["workItem"]["iid"]), (&json!([]), &json!(number.to_string())));
    let numbers = |said: &Value| -> Vec<String> {
        let nodes = said["data"]["workItem"]["widgets"][0]["children"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["iid"].as_str().unwrap().to_owned()).collect()
    };
    let shown = graphql(&bench, "rita", SHOW, json!({ "id": incident })).await;
    let widget = &shown["data"]["workItem"]["widgets"][0];
    assert_eq!(
        (&widget["type"], &widget["hasChildren"], &widget["hasParent"]),
        (&json!("HIERARCHY"), &json!(true), &json!(false))
    );
    assert_eq!(numbers(&shown), [first.to_string(), second.to_string()]);
    let child = graphql(&bench, "rita", SHOW, json!({ "id": one })).await;
    let widget = &child["data"]["workItem"]["widgets"][0];
    assert_eq!((&widget["parent"]["iid"], &widget["hasChildren"]), (&json!(number.to_string()), &json!(false)));
    assert_eq!(child["data"]["workItem"]["workItemType"]["name"], "Task");
    // The same once more changes nothing; taking the parent away does.
    graphql(&bench, "rita", UPDATE, json!({ "input": input })).await;
    let away = json!({ "id": one, "hierarchyWidget": { "parentId": null } });
    graphql(&bench, "rita", UPDATE, json!({ "input": away })).await;
    assert_eq!(numbers(&graphql(&bench, "rita", SHOW, json!({ "id": incident })).await), [second.to_string()]);
    let wanted = [first, second].map(|task| format!("added #{task} as child task"));
    assert_eq!(noted(&bench, number).await, [&wanted[..], &[format!("removed child task #{first}")]].concat());
    let of_child = [format!("added #{number} as parent incident"), format!("removed parent incident #{number}")];
    assert_eq!(noted(&bench, first).await, of_child);
}

#[tokio::test]
async fn what_cannot_be_a_child_is_refused_in_the_payload_and_nothing_is_changed() {
    let bench = Bench::new().await;
    let ((_, incident), (_, task), (open, public), (plain, issue)) = (
        file(&bench, "incident", true).await,
        file(&bench, "task", true).await,
        file(&bench, "task", false).await,
        file(&bench, "issue", true).await,
    );
    for (child, number, why) in
        [(&public, open, "non-confidential"), (&issue, plain, "it's not allowed to add this type of parent item")]
    {
        let input = json!({ "id": incident, "hierarchyWidget": { "childrenIds": [task, child] } });
        let said = graphql(&bench, "rita", UPDATE, json!({ "input": input })).await;
        let payload = &said["data"]["workItemUpdate"];
        let words = payload["errors"][0].as_str().unwrap();
        assert!(words.starts_with(&format!("#{number} cannot be added: ")) && words.contains(why), "{words}");
        assert_eq!(payload["workItem"], Value::Null);
    }
    let shown = graphql(&bench, "rita", SHOW, json!({ "id": incident })).await;
    assert_eq!(shown["data"]["workItem"]["widgets"][0]["hasChildren"], false, "not even the one that could");
}

#[tokio::test]
async fn items_that_are_hidden_or_none_are_errors_at_the_top() {
    let bench = Bench::new().await;
    let ((_, incident), (_, task)) = (file(&bench, "incident", true).await, file(&bench, "task", true).await);
    let under = |child: &str| json!({ "input": { "id": incident, "hierarchyWidget": { "childrenIds": [child] } } });
    for (who, query, variables) in [
        ("gus", SHOW, json!({ "id": incident })),
        ("mallory", UPDATE, under(&task)),
        ("rita", UPDATE, under("gid://gitlab/WorkItem/4711")),
    ] {
        let said = graphql(&bench, who, query, variables).await;
        assert!(said["data"].as_object().unwrap().values().all(Value::is_null), "{said}");
        assert!(said["errors"][0]["message"].as_str().unwrap().contains("does not exist or you don't"), "{said}");
    }
    let said = graphql(&bench, "rita", SHOW, json!({ "id": "17" })).await;
    assert_eq!(said["errors"][0]["message"], "\"17\" does not represent an instance of WorkItem");
    let input = json!({ "id": incident, "weightWidget": { "weight": 3 } });
    let said = graphql(&bench, "rita", UPDATE, json!({ "input": input })).await;
    assert!(
        said["errors"][0]["message"].as_str().unwrap().ends_with("doesn't accept argument 'weightWidget'"),
        "{said}"
    );
}

#[tokio::test]
async fn many_children_come_in_pages_and_hidden_ones_not_at_all() {
    let bench = Bench::new().await;
    let (_, incident) = file(&bench, "issue", false).await;
    let mut tasks = Vec::new();
    for nth in 0..130 {
        let number = bench.file("x", nth == 0);
        bench.act("bob", Deed::SetKind { at: Bench::at(number), kind: Some("task".to_owned()) });
        let IssueId(id) = bench.forge.look(|world| world.issue(PATH, number).unwrap().id);
        tasks.push(format!("gid://gitlab/WorkItem/{id}"));
    }
    let input = json!({ "id": incident, "hierarchyWidget": { "childrenIds": tasks } });
    graphql(&bench, "bob", UPDATE, json!({ "input": input })).await;
    for (who, all) in [("bob", 130), ("gus", 129)] {
        let mut seen = 0;
        let mut after = Value::Null;
        loop {
            let said = graphql(&bench, who, SHOW, json!({ "id": incident, "after": after })).await;
            let children = &said["data"]["workItem"]["widgets"][0]["children"];
            seen += children["nodes"].as_array().unwrap().len();
            if children["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = children["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, all, "{who}");
    }
    assert_eq!(get(&bench, "gus", "issues/1").await.expect(200).body["issue_type"], "issue");
}
