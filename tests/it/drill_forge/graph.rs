//! GraphQL: what only it can do, and what it can do at once.

use hotwash::drill::model::{At, Deed};
use serde_json::{Value, json};

use super::bench::{Bench, PATH, at};

impl Bench {
    async fn graph(&self, who: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let said = self.ask(who, "POST", "/graphql", Some(body)).await;
        assert_eq!(said.status, 200, "{}", said.body);
        said.body
    }
}

#[tokio::test]
async fn the_adapter_folds_a_comment_away() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let forge = bench.as_app();
    let posted = forge.write.comment(&at(number), "Reminder", bench.later()).await.unwrap();
    forge.write.collapse(&at(number), posted.id, "done").await.unwrap();
    let (reason, body) = bench.forge.look(|world| {
        let comment = world.comment(posted.id).unwrap();
        (comment.minimised.clone(), comment.body.clone())
    });
    assert_eq!((reason.as_deref(), body.as_str()), (Some("resolved"), "Reminder"));
}

#[tokio::test]
async fn a_whole_issue_comes_in_one_request() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &["incident"]);
    for nth in 0..3 {
        bench.comment("bob", number, &format!("{nth}"));
    }
    let body = Some("second".to_owned());
    bench.forge.act("bob", Deed::Edit { at: At::new(PATH, number), title: None, body }).unwrap();
    let query = "query($number: Int!) { repository(owner: \"acme\", name: \"incidents\") { issue(number: $number) {
        title ...on Issue { state } author { login __typename } labels(first: 5) { nodes { name } }
        comments(first: 2) { totalCount nodes { body } pageInfo { hasNextPage endCursor } }
        timelineItems(first: 10, itemTypes: [LABELED_EVENT]) { nodes { __typename ...Labelled } }
        userContentEdits(first: 10) { nodes { diff editor { login } } }
      } } rateLimit { remaining } }
      fragment Labelled on LabeledEvent { label { name } actor { login } }";
    let said = bench.graph("bob", query, json!({ "number": number })).await;
    let issue = &said["data"]["repository"]["issue"];
    assert_eq!((&issue["title"], &issue["state"]), (&json!("It burns"), &json!("OPEN")), "{said}");
    assert_eq!(issue["author"], json!({ "login": "bob", "__typename": "User" }));
    assert_eq!(issue["comments"]["totalCount"], 3);
    assert_eq!(issue["comments"]["nodes"], json!([{ "body": "0" }, { "body": "1" }]));
    assert_eq!(issue["comments"]["pageInfo"]["hasNextPage"], true);
    let label = json!({ "__typename": "LabeledEvent", "label": { "name": "incident" }, "actor": { "login": "bob" } });
    assert_eq!(issue["timelineItems"]["nodes"], json!([label]));
    let texts: Vec<&Value> =
        issue["userContentEdits"]["nodes"].as_array().unwrap().iter().map(|one| &one["diff"]).collect();
    assert_eq!(texts, [&json!("second"), &json!("- **Status**: investigating\n")]);
    assert!(said["data"]["rateLimit"]["remaining"].as_u64().is_some());
    let next = "query($after: String) { repository(owner: \"acme\", name: \"incidents\") { issue(number: 1) {
        comments(first: 2, after: $after) { nodes { body } pageInfo { hasNextPage } } } } }";
    let after = issue["comments"]["pageInfo"]["endCursor"].clone();
    let said = bench.graph("bob", next, json!({ "after": after })).await;
    let comments = &said["data"]["repository"]["issue"]["comments"];
    assert_eq!(*comments, json!({ "nodes": [{ "body": "2" }], "pageInfo": { "hasNextPage": false } }));
}

#[tokio::test]
async fn refusals_come_with_status_200_and_a_type() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let comment = bench.comment("bob", number, "Not yours");
    let asked = bench.ask("bob", "GET", &format!("/repos/{PATH}/issues/comments/{comment}"), None).await;
    let node = asked.body["node_id"].clone();
    let fold = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) \
                { minimizedComment { isMinimized minimizedReason } } }";
    let said = bench.graph("rita", fold, json!({ "id": node })).await;
    assert_eq!((&said["errors"][0]["type"], &said["data"]["minimizeComment"]), (&json!("FORBIDDEN"), &json!(null)));
    let said = bench.graph("mallory", fold, json!({ "id": node })).await;
    assert_eq!(said["errors"][0]["type"], "NOT_FOUND");
    let said = bench.graph("bob", fold, json!({ "id": node })).await;
    let folded = json!({ "isMinimized": true, "minimizedReason": "resolved" });
    assert_eq!(said, json!({ "data": { "minimizeComment": { "minimizedComment": folded } } }));
    let said = bench.graph("bob", "{ viewer { shoeSize } }", json!({})).await;
    assert_eq!(said["errors"][0]["extensions"]["code"], "undefinedField");
    assert_eq!(said.get("data"), None);
    let said = bench.graph("bob", "{ viewer { login ", json!({})).await;
    assert_eq!(said["errors"][0]["extensions"]["code"], "parseError");
    let all = "{ repository(owner: \"acme\", name: \"incidents\") { issues { nodes { id } } } }";
    let said = bench.graph("bob", all, json!({})).await;
    assert_eq!(said["errors"][0]["type"], "MISSING_PAGINATION_BOUNDARIES");
}

#[tokio::test]
async fn only_graphql_deletes_and_transfers() {
    let bench = Bench::open().await;
    let (doomed, moving) = (bench.file("Doomed", &[]), bench.file("Moving", &[]));
    let issue = async |number: u64| {
        let said = bench.ask("alice", "GET", &format!("/repos/{PATH}/issues/{number}"), None).await;
        said.body["node_id"].clone()
    };
    let delete = "mutation($id: ID!) { deleteIssue(input: {issueId: $id}) { repository { name } } }";
    let said = bench.graph("alice", delete, json!({ "id": issue(doomed).await })).await;
    assert_eq!(said["data"]["deleteIssue"]["repository"]["name"], "incidents");
    let gone = bench.ask("alice", "GET", &format!("/repos/{PATH}/issues/{doomed}"), None).await;
    assert_eq!((gone.status, &gone.body["message"]), (410, &json!("This issue was deleted")));
    let other = bench.ask("alice", "GET", "/repos/acme/other", None).await.body["node_id"].clone();
    let transfer = "mutation($id: ID!, $to: ID!) { transferIssue(input: {issueId: $id, repositoryId: $to}) \
                    { issue { number repository { nameWithOwner } } } }";
    let said = bench.graph("alice", transfer, json!({ "id": issue(moving).await, "to": other })).await;
    let expected = json!({ "number": 1, "repository": { "nameWithOwner": "acme/other" } });
    assert_eq!(said["data"]["transferIssue"]["issue"], expected, "{said}");
    let moved = bench.ask("alice", "GET", &format!("/repos/{PATH}/issues/{moving}"), None).await;
    assert_eq!(moved.status, 301);
    let there = bench.ask("alice", "GET", moved.header("location"), None).await;
    assert_eq!((there.status, &there.body["title"]), (200, &json!("Moving")));
    assert_eq!(bench.as_app().read.issue(&at(moving)).await.unwrap_err().class(), "gone");
}
