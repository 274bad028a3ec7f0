//! Every payload that GitHub's own examples hold goes through the door.

use std::{env, fs, path::PathBuf};

use hotwash::web::Signal;

use super::door::{Door, PROJECT, Post};

/// Where the examples are, if they were installed.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment where its peers are")]
fn installed() -> Result<PathBuf, PathBuf> {
    let shipped =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/peers/node_modules/@octokit/webhooks-examples");
    let folder = env::var_os("HOTWASH_OCTOKIT_EXAMPLES").map_or_else(shipped, PathBuf::from);
    let required = env::var("HOTWASH_PEERS").is_ok_and(|peers| peers == "required");
    assert!(folder.exists() || !required, "install @octokit/webhooks-examples below target/peers: it is required");
    if folder.exists() { Ok(folder) } else { Err(folder) }
}

#[tokio::test]
async fn every_official_example_is_taken_and_understood() {
    let folder = match installed() {
        Ok(folder) => folder,
        Err(missing) => return println!("not tried: {} is not there", missing.display()),
    };
    let index = fs::read(folder.join("api.github.com/index.json")).unwrap();
    let events: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let door = Door::open().await;
    let mut wire = door.connect().await;
    let (mut count, mut of_interest) = (0, 0);
    for event in events.as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        for example in event["examples"].as_array().unwrap() {
            count += 1;
            let issue = &example["issue"];
            of_interest += usize::from(issue.is_object() && issue["pull_request"].is_null());
            // A watched project, so that issues are of interest.
            let mut example = example.clone();
            example["repository"]["full_name"] = PROJECT.into();
            let post = Post::new(&format!("id-{count}"), name, example.to_string());
            wire.write(&post.bytes()).await;
            assert_eq!(wire.reply().await.status, 202, "{name} {count}");
        }
    }
    let rows = door.store.rows();
    assert!(count >= 300, "{count} examples");
    assert!(rows.iter().all(|row| !row.unreadable));
    // A duplicate wakes the engine like a new one.
    assert_eq!(door.signals.lock().unwrap().iter().filter(|signal| **signal == Signal::Issue).count(), of_interest);
    assert!(of_interest >= 30, "{of_interest} of interest");
}
