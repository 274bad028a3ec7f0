//! The suite with octocrab, by its typed models: they refuse answers that lack anything.

use std::collections::BTreeMap;

use octocrab::{
    Octocrab,
    models::{
        CommentId, IssueState,
        issues::{Comment, Issue, IssueStateReason},
    },
    params::{LockReason, State},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::Played;

/// Plays every step.
pub(super) async fn play(base: &str, token: &str, steps: &[Value]) -> Vec<Played> {
    let crab = Octocrab::builder().base_uri(base).unwrap().user_access_token(token.to_owned()).build().unwrap();
    let (mut played, mut kept) = (Vec::new(), BTreeMap::new());
    for step in steps {
        let name = step["step"].as_str().unwrap().to_owned();
        let mut given = step["with"].clone();
        if let Some(label) = given["comment"].as_str().map(str::to_owned) {
            given["comment"] = kept.get(&label).cloned().unwrap_or_default();
        }
        let call = step["call"].as_str().unwrap();
        match Box::pin(one(&crab, call, &given)).await {
            Ok(data) => {
                if let Some(label) = step["keep"].as_str() {
                    kept.insert(label.to_owned(), data["id"].clone());
                }
                played.push(Played { step: name, status: None, data });
            }
            Err(octocrab::Error::GitHub { source, .. }) => {
                let data = json!({ "message": source.message, "errors": source.errors });
                played.push(Played { step: name, status: Some(source.status_code.as_u16()), data });
            }
            Err(error) => {
                let data = json!({ "not understood": error.to_string() });
                played.push(Played { step: name, status: Some(0), data });
            }
        }
    }
    played
}

fn plain(data: impl Serialize) -> Value {
    serde_json::to_value(data).unwrap()
}

async fn one(crab: &Octocrab, call: &str, given: &Value) -> Result<Value, octocrab::Error> {
    let issues = crab.issues("acme", "incidents");
    let number = given["number"].as_u64().unwrap_or_default();
    let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| -> Vec<String> {
        let list = given[name].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let comment = CommentId(given["comment"].as_u64().unwrap_or_default());
    Ok(match call {
        "repo" => plain(crab.repos("acme", "incidents").get().await?),
        "create_label" => plain(issues.create_label(text("name"), text("color"), text("description")).await?),
        "create_issue" => {
            plain(Box::pin(issues.create(text("title")).body(text("body")).labels(list("labels")).send()).await?)
        }
        "get_issue" => plain(issues.get(number).await?),
        "update_issue" => plain(update(crab, number, given).await?),
        "add_labels" => plain(issues.add_labels(number, &list("labels")).await?),
        "set_labels" => plain(issues.replace_all_labels(number, &list("labels")).await?),
        "issue_labels" => plain(issues.list_labels_for_issue(number).send().await?.items),
        "remove_label" => plain(issues.remove_label(number, text("name")).await?),
        "assign" => {
            let assignees = list("assignees");
            let assignees: Vec<&str> = assignees.iter().map(String::as_str).collect();
            plain(issues.add_assignees(number, &assignees).await?)
        }
        "create_comment" => plain(issues.create_comment(number, text("body")).await?),
        "get_comment" => plain(issues.get_comment(comment).await?),
        "update_comment" => plain(issues.update_comment(comment, text("body")).await?),
        "delete_comment" => {
            issues.delete_comment(comment).await?;
            Value::Null
        }
        "list_comments" => {
            let per_page = u8::try_from(given["per_page"].as_u64().unwrap_or(100)).unwrap();
            let first = issues.list_comments(number).per_page(per_page).send().await?;
            plain(crab.all_pages::<Comment>(first).await?)
        }
        "list_issues" => {
            let state = if text("state") == "closed" { State::Closed } else { State::Open };
            let first = issues.list().state(state).send().await?;
            plain(crab.all_pages::<Issue>(first).await?)
        }
        "lock" => {
            issues.lock(number, LockReason::Resolved).await?;
            Value::Null
        }
        "unlock" => {
            issues.unlock(number).await?;
            Value::Null
        }
        "permission" => {
            crab.get(format!("/repos/acme/incidents/collaborators/{}/permission", text("login")), None::<&()>).await?
        }
        "me" => plain(crab.current().user().await?),
        other => panic!("no such call: {other}"),
    })
}

async fn update(crab: &Octocrab, number: u64, given: &Value) -> Result<Issue, octocrab::Error> {
    let issues = crab.issues("acme", "incidents");
    let mut update = issues.update(number);
    let (title, body) = (given["title"].as_str(), given["body"].as_str());
    if let Some(title) = title {
        update = update.title(title);
    }
    if let Some(body) = body {
        update = update.body(body);
    }
    match given["state"].as_str() {
        Some("closed") => update = update.state(IssueState::Closed).state_reason(IssueStateReason::Completed),
        Some(_) => update = update.state(IssueState::Open),
        None => {}
    }
    update.send().await
}
