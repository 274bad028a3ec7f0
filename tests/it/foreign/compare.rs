//! Answers field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Played;

/// Where `emulate` is known to be wrong, or to be another world: step, end of the field's path, which clients see it, why.
const KNOWN: &[(&str, &str, &[&str], &str)] = &[
    ("repository", ".allow_forking", RAW, "off by default for the private repositories of an organisation"),
    ("repository", ".size", RAW, "its repository has a first commit, ours has no contents"),
    ("repository", ".owner.description", RAW, "an owner is a plain account, without what organisations have"),
    ("repository", ".owner.hooks_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.issues_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.members_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.public_members_url", RAW, "an owner is a plain account"),
    ("repository", ".status", &["octocrab"], "its owner lacks gravatar_id, which octocrab cannot do without"),
    ("repository", ".not understood", &["octocrab"], "its owner lacks gravatar_id, which octocrab cannot do without"),
    ("define it twice", ".message", ALL, "GitHub writes Validation Failed"),
    ("define it twice", ".errors", &["octocrab"], "GitHub lists what is wrong"),
    ("say nothing", ".message", ALL, "GitHub writes Validation Failed"),
    ("say nothing", ".errors", &["octocrab"], "GitHub lists what is wrong"),
    ("assign", ".status", &["octokit"], "GitHub answers 201"),
    ("edit a comment", ".message", &["octocrab"], "it knows no POST in place of PATCH, which octocrab sends"),
    ("edit a comment", ".errors", &["octocrab"], "it knows no POST in place of PATCH"),
    ("edit a comment", ".status", &["octocrab"], "it knows no POST in place of PATCH"),
    ("list comments", ".0.body", &["octocrab"], "the edit before was not understood"),
    ("list comments one a page", ".0.body", &["octocrab"], "the edit before was not understood"),
];
/// Those that see every field as it was sent.
const RAW: &[&str] = &["octokit", "pygithub"];
const ALL: &[&str] = &["octokit", "pygithub", "octocrab"];

/// Values that differ from run to run or from host to host; that they are there, and of which sort, is compared.
fn sort(path: &str, value: &Value) -> String {
    let name = path.rsplit('.').next().unwrap_or_default();
    let varies = name == "id" || name == "node_id" || name.ends_with("url") || name.ends_with("_at");
    match value {
        _ if !varies => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a text".to_owned(),
        other => other.to_string(),
    }
}

/// Every leaf of a value by its path; empty lists and objects are leaves.
fn leaves(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                leaves(&format!("{path}.{name}"), value, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (index, value) in list.iter().enumerate() {
                leaves(&format!("{path}.{index}"), value, out);
            }
        }
        leaf => {
            out.insert(path.to_owned(), sort(path, leaf));
        }
    }
}

/// Whatever `theirs` has, `ours` has too, but for what is known.
pub(super) fn same(client: &str, ours: &[Played], theirs: &[Played]) {
    let (mut complaints, mut used, mut compared) = (Vec::new(), BTreeSet::new(), 0);
    for (our, their) in ours.iter().zip(theirs) {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        leaves("", &our.data, &mut a);
        leaves("", &their.data, &mut b);
        if our.status != their.status {
            a.insert(".status".to_owned(), format!("{:?}", our.status));
            b.insert(".status".to_owned(), format!("{:?}", their.status));
        }
        for (path, value) in &b {
            compared += 1;
            if a.get(path) == Some(value) {
                continue;
            }
            match known(client, &our.step, path) {
                Some(index) => {
                    used.insert(index);
                }
                None => complaints.push(format!("{}: {path}: {value} there, {:?} here", our.step, a.get(path))),
            }
        }
    }
    assert!(complaints.is_empty(), "{client}: {} differences\n{}", complaints.len(), complaints.join("\n"));
    assert!(compared > 500, "{client}: only {compared} fields were compared");
    let known = KNOWN.iter().enumerate().filter(|(_, (_, _, clients, _))| clients.contains(&client));
    let idle: Vec<_> = known.filter(|(at, _)| !used.contains(at)).collect();
    assert!(idle.is_empty(), "{client}: no longer different: {idle:?}");
}

fn known(client: &str, step: &str, path: &str) -> Option<usize> {
    KNOWN
        .iter()
        .position(|(when, field, clients, _)| *when == step && path.ends_with(field) && clients.contains(&client))
}
