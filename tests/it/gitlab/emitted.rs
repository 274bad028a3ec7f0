//! What the simulated GitLab emits has at least the keys and the JSON types of what real ones sent.

use hotwash::{
    domain::{forge_severity::ForgeSeverity, hint::Hinted},
    drill::{
        gitlab::{Dates, Kinds, Options},
        model::{Deed, Login, Outcome},
    },
};
use serde_json::Value;

use super::{
    bench::Bench,
    captured::{bodies, hints},
};
use crate::drill_forge::bench::{Ear, Got};

/// Parts that depend on what the issue is like, not on what kind of event it is.
const VARIES: [&str; 3] = ["labels", "assignees", "changes"];

pub(super) fn lacking(captured: &Value, emitted: &Value, path: &str, out: &mut Vec<String>) {
    let (Value::Object(wanted), Value::Object(found)) = (captured, emitted) else {
        let same = captured.is_null()
            || emitted.is_null()
            || std::mem::discriminant(captured) == std::mem::discriminant(emitted);
        if !same {
            out.push(format!("{path}: {emitted} instead of {captured}"));
        }
        return;
    };
    for (key, value) in wanted.iter().filter(|(key, _)| !VARIES.contains(&key.as_str())) {
        match found.get(key) {
            Some(other) => lacking(value, other, &format!("{path}.{key}"), out),
            None => out.push(format!("{path}.{key} is missing")),
        }
    }
}

/// What is told of incidents alone. Nobody captured one.
const OF_INCIDENTS: [&str; 1] = ["escalation_status"];

/// What lacks in `changes`: whoever hears of the same change hears of the same parts of it.
fn lacking_changes(captured: &Value, emitted: &Value, name: &str, out: &mut Vec<String>) {
    let none = serde_json::Map::new();
    let parts = |body: &Value| body["changes"].as_object().unwrap_or(&none).clone();
    let (wanted, found) = (parts(captured), parts(emitted));
    lacking(&Value::Object(wanted.clone()), &Value::Object(found.clone()), &format!("{name}.changes"), out);
    let new = |key: &&String| !wanted.contains_key(*key) && !OF_INCIDENTS.contains(&key.as_str());
    out.extend(found.keys().filter(new).map(|key| format!("{name}.changes.{key} is new")));
}

/// Each captured body beside what was emitted for the same deed.
fn compared(captured: &[(String, Vec<u8>)], pairs: &[(&str, &Got)]) {
    let mut out = Vec::new();
    for (name, got) in pairs {
        let (_, body) = captured.iter().find(|(known, _)| known == name).unwrap();
        let body: Value = serde_json::from_slice(body).unwrap();
        lacking(&body, &got.body, name, &mut out);
        lacking_changes(&body, &got.body, name, &mut out);
        for kind in ["object_kind", "event_type"] {
            let same = body[kind] == got.body[kind];
            out.extend((!same).then(|| format!("{name}.{kind}: {} instead of {}", got.body[kind], body[kind])));
        }
        let (wanted, found) = (&body["object_attributes"]["action"], &got.body["object_attributes"]["action"]);
        out.extend((wanted != found).then(|| format!("{name}: {found} instead of {wanted}")));
    }
    assert!(out.is_empty(), "{out:#?}");
}

/// Somebody opens an issue, edits it, comments, edits the comment, closes and reopens it, each heard.
async fn a_life(confidential: bool) -> Vec<Got> {
    let options = Options { dates: Dates::Offset, ..Options::default() };
    let bench = Bench::with(hotwash::domain::snapshot::Visibility::Private, options).await;
    let ear = Ear::open().await;
    bench.listen(&ear, "token");
    let number = bench.file("x", confidential);
    let at = || Bench::at(number);
    bench.act("bob", Deed::Edit { at: at(), title: None, body: Some("y".to_owned()) });
    let said = bench.act("bob", Deed::Comment { at: at(), body: "z".to_owned() });
    let Outcome::Comment(id) = said else { panic!("nothing was said: {said:?}") };
    bench.clock.pass(5);
    bench.act("bob", Deed::EditComment { id, body: "zz".to_owned() });
    bench.act("bob", Deed::Close { at: at(), reason: hotwash::drill::model::Close::Completed });
    bench.clock.pass(5);
    bench.act("bob", Deed::Reopen { at: at() });
    bench.deliver().await;
    ear.heard()
}

#[tokio::test]
async fn emitted_bodies_have_the_shape_of_captured_ones() {
    let captured = bodies();
    if captured.is_empty() {
        return;
    }
    let heard = a_life(true).await;
    assert_eq!(heard.len(), 6);
    compared(
        &captured,
        &[
            ("hephaestus__issue.confidential.open", &heard[0]),
            ("hephaestus__issue.confidential.update", &heard[1]),
            ("hephaestus__note.confidential.issue.create", &heard[2]),
            ("hephaestus__issue.confidential.close", &heard[4]),
        ],
    );
    let heard = a_life(false).await;
    assert_eq!(heard.len(), 6);
    compared(
        &captured,
        &[
            ("hephaestus__issue.open", &heard[0]),
            ("hephaestus__note.issue.create", &heard[2]),
            ("hephaestus__note.issue.update", &heard[3]),
            ("hephaestus__issue.close", &heard[4]),
            ("hephaestus__issue.reopen", &heard[5]),
        ],
    );
}

/// The captured update is the second thing that GitLab told of a closing.
#[tokio::test]
async fn the_second_word_on_a_closing_has_the_shape_of_the_captured_one() {
    let captured = bodies();
    if captured.is_empty() {
        return;
    }
    let options = Options { dates: Dates::Offset, kinds: Kinds::Issue, ..Options::default() };
    let bench = Bench::with(hotwash::domain::snapshot::Visibility::Private, options).await;
    let ear = Ear::open().await;
    let number = bench.file("x", false);
    bench.act("bob", Deed::SetKind { at: Bench::at(number), kind: Some("incident".to_owned()) });
    bench.listen(&ear, "token");
    bench.clock.pass(5);
    bench.act("bob", Deed::Close { at: Bench::at(number), reason: hotwash::drill::model::Close::Completed });
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(heard.len(), 2);
    compared(&captured, &[("hephaestus__issue.update", &heard[1])]);
}

#[tokio::test]
async fn an_incident_is_a_work_item_when_it_opens_and_closing_it_is_told_twice() {
    for (kinds, wanted) in [
        (Kinds::Mixed, ["work_item", "issue", "issue"]),
        (Kinds::Issue, ["issue", "issue", "issue"]),
        (Kinds::WorkItem, ["work_item", "work_item", "work_item"]),
    ] {
        let bench =
            Bench::with(hotwash::domain::snapshot::Visibility::Private, Options { kinds, ..Options::default() }).await;
        let ear = Ear::open().await;
        bench.listen(&ear, "token");
        let filed = reqwest::Client::new()
            .post(format!("{}/api/v4/projects/acme%2Fincidents/issues", bench.forge.base_url()))
            .header("private-token", super::bench::TOKEN)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("title=x&issue_type=incident&confidential=true")
            .send();
        let filed: Value = filed.await.unwrap().json().await.unwrap();
        let number = filed["iid"].as_u64().unwrap();
        bench.deliver().await;
        bench.clock.pass(5);
        bench.act("bob", Deed::Close { at: Bench::at(number), reason: hotwash::drill::model::Close::Completed });
        bench.deliver().await;
        let kinds: Vec<String> =
            ear.heard().iter().map(|got| got.body["object_kind"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, wanted, "{wanted:?}");
        let actions: Vec<Value> =
            ear.heard().iter().map(|got| got.body["object_attributes"]["action"].clone()).collect();
        assert_eq!(actions, ["open", "close", "update"]);
    }
}

#[tokio::test]
async fn confidentiality_after_the_change_decides_who_hears_it() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    bench.listen(&ear, "token");
    let number = bench.file("x", false);
    bench.act("alice", Deed::SetConfidential { at: Bench::at(number), confidential: true });
    bench.clock.pass(5);
    bench.act("alice", Deed::SetConfidential { at: Bench::at(number), confidential: false });
    bench.deliver().await;
    let headers: Vec<String> = ear.heard().iter().map(|got| got.header("x-gitlab-event").to_owned()).collect();
    assert_eq!(headers, ["Issue Hook", "Confidential Issue Hook", "Issue Hook"]);
    let last = &ear.heard()[2].body["changes"]["confidential"];
    let told: Vec<Vec<Hinted>> = ear.heard()[1..].iter().map(|got| hints(&got.bytes)).collect();
    assert_eq!(told, [[Hinted::Hidden], [Hinted::Exposed]], "who did it is known by the delivery");
    assert_eq!((last["previous"].as_bool(), last["current"].as_bool()), (Some(true), Some(false)));
}

#[tokio::test]
async fn what_one_request_changed_is_told_at_once() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    bench.listen(&ear, "token");
    let names = ["incident", "severity::high", "status::confirmed"].map(str::to_owned).to_vec();
    bench.act("bob", Deed::SetLabels { at: Bench::at(number), names });
    bench.clock.pass(5);
    bench.act("bob", Deed::Assign { at: Bench::at(number), who: vec![Login::new("bob")] });
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(heard.len(), 2);
    let changed = &heard[0].body["changes"]["labels"];
    assert_eq!((changed["previous"].as_array().unwrap().len(), changed["current"].as_array().unwrap().len()), (1, 3));
    assert_eq!(heard[1].body["changes"]["assignees"]["current"][0]["username"], "bob");
}

#[tokio::test]
async fn a_severity_that_was_set_is_told_in_small_letters_with_both_sides() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    bench.act("bob", Deed::SetKind { at: Bench::at(number), kind: Some("incident".to_owned()) });
    bench.listen(&ear, "token");
    bench.clock.pass(5);
    bench.act("bob", Deed::SetSeverity { at: Bench::at(number), severity: ForgeSeverity::High });
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(heard.len(), 1);
    let (changed, attributes) = (&heard[0].body["changes"]["severity"], &heard[0].body["object_attributes"]);
    assert_eq!((changed["previous"].as_str(), changed["current"].as_str()), (Some("unknown"), Some("high")));
    assert_eq!((attributes["action"].as_str(), attributes["severity"].as_str()), (Some("update"), Some("high")));
    assert_eq!(hints(&heard[0].bytes), [Hinted::ForgeSeverity { to: ForgeSeverity::High }]);
    assert_eq!(heard[0].body["user"]["username"], "bob");
}
