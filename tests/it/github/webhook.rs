//! Deliveries: which are authentic, and what they say.

use hmac::{Hmac, KeyInit, Mac};
use hotwash::{
    domain::{hint::Hinted, ids::CommentId, people::Account},
    forge::github::webhook::{Decoded, ProjectChange, decode, verify},
};
use proptest::{
    collection::vec,
    prelude::{any, prop},
    prop_assert, prop_assert_eq,
    test_runner::{Config, RngSeed, TestRunner},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;

use super::moment;

const BODY: &[u8] = br#"{"action":"opened"}"#;

fn mac(secret: &str, body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().into()
}

fn signed(secret: &str, body: &[u8]) -> String {
    mac(secret, body).iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

fn check(secrets: &[&str], headers: &[&str], body: &[u8]) -> Option<[u8; 16]> {
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    verify(&secrets, headers.iter().map(|header| header.as_bytes()), body)
}

#[test]
fn a_published_example_verifies() {
    // The example of GitHub's own documentation.
    let header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert!(check(&["It's a Secret to Everybody"], &[header], b"Hello, World!").is_some());
}

#[test]
fn the_digest_is_the_beginning_of_the_matching_mac() {
    let good = signed("new", BODY);
    assert_eq!(check(&["old", "new"], &[&good], BODY).unwrap(), mac("new", BODY)[..16]);
}

#[test]
fn either_secret_counts_while_they_are_rotated() {
    for secret in ["old", "new"] {
        assert!(check(&["old", "new"], &[&signed(secret, BODY)], BODY).is_some());
    }
    assert!(check(&["old", "new"], &[&signed("stolen", BODY)], BODY).is_none());
    assert!(check(&["new", "new"], &[&signed("new", BODY)], BODY).is_some());
}

#[test]
fn upper_case_digits_are_the_same_digits() {
    let digits = signed("s", BODY).trim_start_matches("sha256=").to_uppercase();
    assert!(check(&["s"], &[&format!("sha256={digits}")], BODY).is_some());
    assert!(check(&["s"], &[&format!("SHA256={digits}")], BODY).is_none());
}

#[test]
fn anything_but_one_whole_signature_is_refused() {
    let good = signed("s", BODY);
    let table: [&[&str]; 10] = [
        &[],
        &[&good, &good],
        &[&good, "sha256=00"],
        &[""],
        &["sha256="],
        &[good.trim_start_matches("sha256=")],
        &[&good[..good.len() - 1]],
        &[&format!("{good}0")],
        &[&format!("{}g", &good[..good.len() - 1])],
        &["sha1=0000000000000000000000000000000000000000"],
    ];
    for (row, headers) in table.into_iter().enumerate() {
        assert!(check(&["s"], headers, BODY).is_none(), "row {row}");
    }
}

#[test]
fn another_body_no_secret_or_an_empty_secret_is_refused() {
    let good = signed("s", BODY);
    assert!(check(&["s"], &[&good], b"{\"action\":\"opened\"} ").is_none());
    assert!(check(&[], &[&good], BODY).is_none());
    assert!(check(&[""], &[&signed("", BODY)], BODY).is_none());
}

fn delivery(action: &str) -> Value {
    json!({
        "action": action,
        "issue": {
            "number": 5, "title": "caf\u{e9} \"x\"", "body": "text", "user": null, "labels": [],
            "created_at": "2026-11-20T14:00:00Z", "updated_at": "2026-11-20T15:00:00Z",
            "closed_at": "2026-11-20T14:59:00Z"
        },
        "repository": { "id": 77, "full_name": "acme/incidents", "private": true },
        "sender": { "id": 1, "login": "alice" }
    })
}

fn read(event: &str, payload: &Value) -> Decoded {
    decode(event, payload.to_string().as_bytes())
}

fn hint_of(event: &str, payload: &Value) -> hotwash::domain::hint::Hint {
    match read(event, payload) {
        Decoded::Issue { number: 5, hint, .. } => hint,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_issue_delivery_says_where_who_when_and_what() {
    let Decoded::Issue { project, number, is_change_request, hint } = read("issues", &delivery("edited")) else {
        panic!("no issue");
    };
    assert_eq!((project.id, project.full_name.as_str(), project.private), (77, "acme/incidents", true));
    assert_eq!((number, is_change_request), (5, false));
    assert_eq!((hint.at, hint.by), (moment("2026-11-20T15:00:00Z"), Some(Account::new(1, "alice"))));
    assert_eq!(hint.what, Hinted::Edited);
    let mut title = delivery("edited");
    title["changes"] = json!({ "title": { "from": "Old" } });
    let hint = hint_of("issues", &title);
    assert_eq!(hint.what, Hinted::Other, "a new title is no edit of the body");
    title["changes"]["body"] = json!({ "from": "old" });
    assert_eq!(hint_of("issues", &title).what, Hinted::Edited);
}

#[test]
fn each_issue_action_has_its_hint() {
    let label = || "phase::assess".to_owned();
    let bob = || Account::new(2, "bob");
    let table = [
        ("opened", Hinted::Opened, "2026-11-20T14:00:00Z"),
        ("closed", Hinted::Closed, "2026-11-20T14:59:00Z"),
        ("reopened", Hinted::Reopened, "2026-11-20T15:00:00Z"),
        ("labeled", Hinted::LabelAdded { label: label() }, "2026-11-20T15:00:00Z"),
        ("unlabeled", Hinted::LabelRemoved { label: label() }, "2026-11-20T15:00:00Z"),
        ("assigned", Hinted::Assigned { who: bob() }, "2026-11-20T15:00:00Z"),
        ("unassigned", Hinted::Unassigned { who: bob() }, "2026-11-20T15:00:00Z"),
        ("transferred", Hinted::Left, "2026-11-20T15:00:00Z"),
        ("deleted", Hinted::Left, "2026-11-20T15:00:00Z"),
        ("typed", Hinted::Other, "2026-11-20T15:00:00Z"),
        ("invented", Hinted::Other, "2026-11-20T15:00:00Z"),
    ];
    for (action, what, at) in table {
        let mut payload = delivery(action);
        payload["label"] = json!({ "name": "phase::assess", "color": "ff0000" });
        payload["assignee"] = json!({ "id": 2, "login": "bob" });
        let hint = hint_of("issues", &payload);
        assert_eq!((hint.what, hint.at), (what, moment(at)), "{action}");
    }
}

#[test]
fn each_comment_action_has_its_hint() {
    let comment = CommentId(99);
    for (action, what, at) in [
        ("created", Hinted::CommentPosted { comment }, "2026-11-20T15:01:00Z"),
        ("edited", Hinted::CommentEdited { comment }, "2026-11-20T15:02:00Z"),
        ("deleted", Hinted::CommentDeleted { comment }, "2026-11-20T15:00:00Z"),
        ("pinned", Hinted::Other, "2026-11-20T15:00:00Z"),
    ] {
        let mut payload = delivery(action);
        payload["comment"] = json!({ "id": 99, "user": null, "body": "x", "created_at": "2026-11-20T15:01:00Z",
                                     "updated_at": "2026-11-20T15:02:00Z" });
        let hint = hint_of("issue_comment", &payload);
        assert_eq!((hint.what, hint.at), (what, moment(at)), "{action}");
    }
}

#[test]
fn a_comment_on_a_pull_request_is_known_as_such() {
    let mut payload = delivery("created");
    payload["issue"]["pull_request"] = json!({ "url": "x" });
    assert!(matches!(read("issue_comment", &payload), Decoded::Issue { is_change_request: true, .. }));
}

#[test]
fn what_is_missing_costs_the_detail_and_not_the_delivery() {
    let mut payload = delivery("labeled");
    payload["sender"] = Value::Null;
    let hint = hint_of("issues", &payload);
    assert_eq!((hint.by, hint.what), (None, Hinted::Other));
    let bare = json!({ "issue": { "number": 5 }, "repository": { "full_name": "acme/incidents" } });
    let Decoded::Issue { project, hint, .. } = read("issues", &bare) else { panic!("no issue") };
    assert_eq!((project.id, project.private, hint.what), (0, false, Hinted::Other));
    assert_eq!(hint.at, moment("1970-01-01T00:00:00Z"));
}

#[test]
fn each_repository_action_has_its_meaning() {
    for (action, what) in [
        ("publicized", ProjectChange::Publicized),
        ("privatized", ProjectChange::Privatized),
        ("renamed", ProjectChange::Renamed),
        ("transferred", ProjectChange::Transferred),
        ("deleted", ProjectChange::Deleted),
        ("archived", ProjectChange::Archived),
        ("edited", ProjectChange::Other),
    ] {
        let mut payload = delivery(action);
        // The form of an organisation: no user to take it from.
        payload["changes"] = json!({ "owner": { "from": { "organization": { "login": "acme" } } } });
        assert!(matches!(read("repository", &payload), Decoded::Project { what: is, .. } if is == what), "{action}");
    }
    let public = json!({ "repository": { "id": 77, "full_name": "acme/incidents", "private": false } });
    assert!(matches!(read("public", &public), Decoded::Project { what: ProjectChange::Publicized, .. }));
}

#[test]
fn a_delivery_in_the_form_of_a_form_is_read_as_well() {
    let payload = json!({
        "action": "opened", "issue": { "number": 5, "title": "a&b=c %26 \u{e9}" },
        "repository": { "id": 77, "full_name": "acme/incidents", "private": true }
    });
    let mut form = b"payload=".to_vec();
    for byte in payload.to_string().bytes() {
        form.extend(format!("%{byte:02X}").bytes());
    }
    let plain = decode("issues", payload.to_string().as_bytes());
    assert!(matches!(plain, Decoded::Issue { number: 5, .. }), "{plain:?}");
    assert_eq!(decode("issues", &form), plain);
    assert_eq!(decode("issues", b"payload=%7B"), Decoded::Unreadable);
    assert_eq!(decode("issues", b"payload="), Decoded::Unreadable);
}

#[test]
fn what_nobody_needs_is_told_from_what_nobody_understands() {
    assert_eq!(decode("ping", b"not json"), Decoded::Ping);
    assert_eq!(decode("installation", b"not json"), Decoded::Other);
    for body in [&b"not json"[..], b"", b"[]", b"{}", b"null", b"\xff\xfe", br#"{"issue":{"number":5}}"#] {
        assert_eq!(decode("issues", body), Decoded::Unreadable);
    }
    let no_issue = json!({ "repository": { "full_name": "acme/incidents" } });
    assert_eq!(read("issues", &no_issue), Decoded::Unreadable);
}

#[test]
fn escaped_text_is_read_like_any_other() {
    let body = r#"{"action":"label\u0065d","label":{"name":"caf\u00e9"},"issue":{"number":5,"updated_at":
        "2026-11-20T15:00:00Z"},"repository":{"full_name":"acme\/incidents"}}"#;
    let Decoded::Issue { project, hint, .. } = decode("issues", body.as_bytes()) else { panic!("no issue") };
    assert_eq!(project.full_name, "acme/incidents");
    assert_eq!(hint.what, Hinted::LabelAdded { label: "café".to_owned() });
}

/// A runner whose seed is printed; `HOTWASH_SEED=n` repeats a run.
fn runner() -> TestRunner {
    // Read when it runs: what is read when it is built has everything built anew for each seed.
    let seed = crate::support::settings::seed();
    TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() })
}

#[test]
fn any_bytes_are_decoded_as_something_and_none_as_a_panic() {
    let bytes = vec(any::<u8>(), 0..200);
    let any = (prop::sample::select(vec!["issues", "issue_comment", "repository", "public", "ping", "label"]), bytes);
    runner()
        .run(&any, |(event, body)| {
            let of_interest = !["ping", "label"].contains(&event);
            prop_assert_eq!(decode(event, &body) == Decoded::Unreadable, of_interest);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_changed_bit_is_noticed() {
    let any = (vec(any::<u8>(), 1..200), any::<prop::sample::Index>(), 0..8_u8);
    runner()
        .run(&any, |(body, at, bit)| {
            let header = signed("s", &body);
            prop_assert!(check(&["s"], &[&header], &body).is_some());
            let mut changed = body.clone();
            changed[at.index(body.len())] ^= 1 << bit;
            prop_assert!(check(&["s"], &[&header], &changed).is_none());
            Ok(())
        })
        .unwrap();
}
