//! Answers field by field.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

use super::Played;

/// Where `emulate` is known to be wrong, or to be another world: step (every one, if empty), end of the field's path,
/// which clients see it, why.
const KNOWN: &[(&str, &str, &[&str], &str)] = &[
    ("repository", ".allow_forking", RAW, "off by default for the private repositories of an organisation"),
    ("repository", ".size", RAW, "its repository has a first commit, ours has no contents"),
    ("repository", ".owner.description", RAW, "an owner is a plain account, without what organisations have"),
    ("repository", ".owner.hooks_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.issues_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.members_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.public_members_url", RAW, "an owner is a plain account"),
    ("repository", ".owner.url", RAW, "GitHub names every owner of a repository under users"),
    ("repository", ".owner.repos_url", RAW, "GitHub names every owner of a repository under users"),
    ("repository", ".owner.events_url", RAW, "GitHub names every owner of a repository under users"),
    ("repository", ".git_refs_url", RAW, "GitHub writes git/refs{/sha}"),
    ("repository", ".ssh_url", RAW, "GitHub's has no port"),
    ("", ".avatar_url", ALL, "GitHub's pictures lie under ids, emulate's under names"),
    ("", ".documentation_url", RAW, "emulate has a page of its own for all of GitHub"),
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

/// What of a value is the same from run to run and from host to host: all of it; of an address, all but the host and the
/// numbers that are ids; of an id or a moment, that it is one.
fn sort(path: &str, value: &Value) -> String {
    let name = path.rsplit('.').next().unwrap_or_default();
    match value {
        Value::String(address) if name.ends_with("url") => shape(address),
        Value::String(at) if moment(path, value).is_some() => format!("a moment of {} letters", at.len().min(20)),
        Value::Number(_) if name == "id" => "a number".to_owned(),
        Value::String(_) if name == "node_id" => "a text".to_owned(),
        other => other.to_string(),
    }
}

/// An address without its host, and with `N` in place of ids; the numbers of issues stay.
fn shape(address: &str) -> String {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => address,
    };
    let (mut out, mut rest) = (String::from("HOST"), path);
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(at);
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let number = &digits[..length];
        out.push_str(before);
        out.push_str(if before.ends_with("/issues/") { number } else { "N" });
        rest = &digits[length..];
    }
    out + rest
}

fn moment(path: &str, value: &Value) -> Option<DateTime<FixedOffset>> {
    path.ends_with("_at").then(|| DateTime::parse_from_rfc3339(value.as_str()?).ok())?
}

/// Every moment of a step by its path.
fn moments(path: &str, value: &Value, out: &mut BTreeMap<String, DateTime<FixedOffset>>) {
    if let Some(at) = moment(path, value) {
        out.insert(path.to_owned(), at);
    }
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| moments(&format!("{path}.{name}"), value, out)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| moments(&format!("{path}.{index}"), value, out));
        }
        _ => {}
    }
}

/// Of two moments in both plays, none is earlier here and later there; and where something was just made, what is one
/// moment there is one moment here. (A second may end between two that the peer on the machine's clock stamps apart.)
fn in_the_same_order(ours: &[Played], theirs: &[Played]) -> (usize, Vec<String>) {
    let (mut both, mut complaints) = (Vec::new(), Vec::new());
    for (our, their) in ours.iter().zip(theirs) {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        moments("", &our.data, &mut a);
        moments("", &their.data, &mut b);
        let made =
            ["define a label", "define another", "file", "comment", "comment again"].contains(&our.step.as_str());
        both.extend(b.into_iter().filter_map(|(path, there)| Some((&our.step, made, *a.get(&path)?, there, path))));
    }
    for (nth, (step, made, here, there, path)) in both.iter().enumerate() {
        for (other_step, _, other_here, other_there, other_path) in &both[..nth] {
            let (ours, theirs) = (here.cmp(other_here), there.cmp(other_there));
            let apart = *made && step == other_step && theirs.is_eq() && ours.is_ne();
            let differ = apart || (ours == theirs.reverse() && ours.is_ne());
            if differ {
                complaints.push(format!(
                    "{step}: {path} is {theirs:?} there, {ours:?} here, than {other_path} of {other_step}"
                ));
            }
        }
    }
    (both.len(), complaints)
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
    assert_eq!(ours.len(), theirs.len(), "{client}: as many steps here as there");
    let (moments, mut complaints) = in_the_same_order(ours, theirs);
    let (mut used, mut compared) = (BTreeSet::new(), 0);
    for (our, their) in ours.iter().zip(theirs) {
        assert_eq!(our.step, their.step, "{client}: the same steps in the same order");
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
    assert!(compared > 500 && moments > 20, "{client}: only {compared} fields and {moments} moments were compared");
    let known = KNOWN.iter().enumerate().filter(|(_, (_, _, clients, _))| clients.contains(&client));
    let idle: Vec<_> = known.filter(|(at, _)| !used.contains(at)).collect();
    assert!(idle.is_empty(), "{client}: no longer different: {idle:?}");
}

fn known(client: &str, step: &str, path: &str) -> Option<usize> {
    KNOWN.iter().position(|(when, field, clients, _)| {
        (when.is_empty() || *when == step) && path.ends_with(field) && clients.contains(&client)
    })
}

#[test]
fn addresses_are_compared_by_their_shape() {
    let ours = "http://127.0.0.1:4711/repos/acme/incidents/issues/1/comments";
    assert_eq!(shape(ours), "HOST/repos/acme/incidents/issues/1/comments");
    assert_eq!(shape("https://github.example/acme/i/issues/2#issuecomment-77"), "HOST/acme/i/issues/2#issuecomment-N");
    assert_eq!(
        shape("http://h/repos/acme/incidents/issues/comments/9{/x}"),
        "HOST/repos/acme/incidents/issues/comments/N{/x}"
    );
    assert_ne!(shape("http://h/repos/acme/incidents"), shape("http://h/acme/incidents"));
    assert_ne!(shape("http://h/issues/1"), shape("http://h/issues/2"));
}

#[test]
fn moments_are_compared_by_their_order() {
    let play = |created: &str, updated: &str| {
        let data = json!({ "created_at": created, "updated_at": updated });
        vec![Played { step: "file".to_owned(), status: None, data }]
    };
    let (early, late) = ("2026-11-20T10:00:00Z", "2026-11-20T10:00:05Z");
    let differ = |ours: &[Played], theirs: &[Played]| in_the_same_order(ours, theirs).1.len();
    assert_eq!(differ(&play(early, early), &play(late, late)), 0);
    assert_eq!(differ(&play(early, late), &play(late, late)), 1, "made and changed at once");
    assert_eq!(differ(&play(early, late), &play(late, early)), 1, "the other way round");
}
