//! What can be set about the simulated GitLab, and what can go wrong with it: how moments are written, a clock that is
//! off, lists that lag behind, limits, a project that moved, and tests of hooks.

use chrono::TimeDelta;
use hotwash::{
    domain::{hint::Hint, snapshot::Visibility},
    drill::{
        faults::{How, Switch},
        gitlab::{Dates, Options},
        model::Deed,
    },
    forge::gitlab::webhook::{Brought, Decoded, Proofs, decode, verify},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    bench::{Bench, PATH},
    captured::bodies,
    emitted::lacking,
    wire::{get, hear, post, send},
};
use crate::drill_forge::bench::Ear;

#[tokio::test]
async fn moments_are_written_in_three_ways_that_mean_the_same() {
    let mut told: Vec<(String, Hint)> = Vec::new();
    for dates in [Dates::Iso, Dates::Utc, Dates::Offset] {
        let bench = Bench::with(Visibility::Private, Options { dates, ..Options::default() }).await;
        let ear = Ear::open().await;
        hear(&bench, &ear, &["confidential_issues_events"]);
        bench.file("x", true);
        bench.deliver().await;
        let got = &ear.heard()[0];
        let Decoded::Issue { hints, .. } = decode("", &got.bytes) else { panic!("no issue") };
        told.push((got.body["object_attributes"]["created_at"].as_str().unwrap().to_owned(), hints[0].clone()));
    }
    let written: Vec<&str> = told.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(written, ["2026-11-20T10:00:00.000Z", "2026-11-20 10:00:00 UTC", "2026-11-20 12:00:00 +0200"]);
    assert!(told.iter().all(|(_, hint)| hint.at == told[0].1.at));
}

#[tokio::test]
async fn a_clock_that_is_off_dates_everything_and_delays_nothing() {
    for minutes in [3, -3, 6] {
        let bench = Bench::new().await;
        let ear = Ear::open().await;
        let key = "whsec_ZHJpbGwtd2ViaG9vay1zaWduaW5nLWtleS0wMTIzNDU=";
        bench.listen(&ear, key);
        bench.forge.faults().skew(TimeDelta::minutes(minutes));
        let number = bench.file("x", true);
        let theirs = bench.now() + TimeDelta::minutes(minutes);
        let said = get(&bench, "bob", &format!("issues/{number}")).await.expect(200);
        assert_eq!(said.body["created_at"], theirs.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
        assert_eq!(said.header("date"), theirs.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        assert_eq!(bench.deliver().await, 1, "at once, {minutes} minutes off");
        let got = &ear.heard()[0];
        assert_eq!(got.header("webhook-timestamp"), theirs.timestamp().to_string());
        let bytes = |name: &str| got.headers.get(name).map(http::HeaderValue::as_bytes);
        let (id, timestamp) = (bytes("webhook-id"), bytes("webhook-timestamp"));
        let brought = Brought { token: None, id, timestamp, signature: bytes("webhook-signature") };
        let proofs = Proofs { secret_tokens: Vec::new(), signing_tokens: vec![SecretString::from(key)] };
        let taken = verify(&proofs, &brought, &got.bytes, bench.now()).is_some();
        assert_eq!(taken, minutes < 5, "five minutes are tolerated");
    }
}

#[tokio::test]
async fn lists_that_lag_show_what_was_and_single_things_what_is() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.forge.faults().lag(Some(TimeDelta::seconds(20)));
    // Whoever asks first makes the forge remember.
    get(&bench, "bob", "issues").await.expect(200);
    bench.clock.pass(60);
    bench.act("bob", Deed::Edit { at: Bench::at(number), title: Some("Geese".to_owned()), body: None });
    bench.act("bob", Deed::Comment { at: Bench::at(number), body: "y".to_owned() });
    let notes = format!("issues/{number}/notes");
    let titles = async || get(&bench, "bob", "issues").await.expect(200).each("title");
    assert_eq!(titles().await, ["Chickens"]);
    assert_eq!(get(&bench, "bob", &notes).await.expect(200).body, json!([]));
    assert_eq!(get(&bench, "bob", &format!("issues/{number}")).await.expect(200).body["title"], "Geese");
    bench.clock.pass(30);
    assert_eq!(titles().await, ["Geese"]);
    assert_eq!(get(&bench, "bob", &notes).await.expect(200).each("system"), [json!(false), json!(true)]);
    assert!(bench.forge.faults().count("stale") >= 2);
}

#[tokio::test]
async fn the_two_limits_answer_in_two_ways() {
    let bench = Bench::new().await;
    let limit = |wait| bench.forge.faults().switch_on(Switch::reads(How::TooMany(wait)).at_most(1));
    limit(Some(30));
    let proxy = get(&bench, "bob", "issues").await.expect(429);
    assert_eq!((proxy.text.trim(), proxy.header("content-type")), ("Retry later", "text/plain"));
    let reset = (bench.now().timestamp() + 30).to_string();
    let wanted = ["30", "2000", "throttle_authenticated_api", "2001", "0", reset.as_str()];
    let names = [
        "retry-after",
        "ratelimit-limit",
        "ratelimit-name",
        "ratelimit-observed",
        "ratelimit-remaining",
        "ratelimit-reset",
    ];
    assert_eq!(names.map(|name| proxy.header(name)), wanted);
    limit(None);
    let application = get(&bench, "bob", "issues").await.expect(429);
    assert!(names.iter().all(|name| application.header(name).is_empty()), "{:?}", application.headers);
    let words = "This endpoint has been requested too many times. Try again later.";
    assert_eq!(application.body, json!({ "message": { "error": words } }));
    get(&bench, "bob", "issues").await.expect(200);
}

#[tokio::test]
async fn questions_of_a_project_that_moved_lead_to_its_number_and_changes_are_not_allowed() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let id = get(&bench, "bob", "issues").await.body[0]["project_id"].clone();
    bench.act("alice", Deed::Rename { project: PATH.to_owned(), name: "events".to_owned() });
    let root = format!("{}/api/v4/projects/{id}", bench.forge.base_url());
    for path in
        ["/api/v4/projects/acme%2Fincidents".to_owned(), format!("issues/{number}"), format!("issues/{number}/notes")]
    {
        let said = get(&bench, "bob", &path).await.expect(301);
        let rest = path.strip_prefix('/').map_or_else(|| format!("/{path}"), |_| String::new());
        assert_eq!(said.header("location"), format!("{root}{rest}"));
    }
    get(&bench, "mallory", "/api/v4/projects/acme%2Fincidents").await.expect(404);
    let refused = post(&bench, "bob", &format!("issues/{number}/notes"), json!({ "body": "y" })).await.expect(405).body;
    assert_eq!(refused["message"], "405 Non GET methods are not allowed for moved projects");
    get(&bench, "bob", &format!("/api/v4/projects/acme%2Fevents/issues/{number}")).await.expect(200);
    assert!(bench.forge.look(|world| world.issue("acme/events", number).unwrap().comments == 0));
}

#[tokio::test]
async fn a_test_of_a_hook_sends_what_is_newest_or_says_what_the_project_lacks() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let hook = hear(&bench, &ear, &[]);
    let test = async |trigger: &str| post(&bench, "alice", &format!("hooks/{hook}/test/{trigger}"), json!({})).await;
    assert_eq!(test("issues_events").await.expect(422).body["message"], "Ensure the project has issues.");
    let number = bench.file("x", false);
    assert_eq!(test("note_events").await.expect(422).body["message"], "Ensure the project has notes.");
    assert_eq!(test("emoji_events").await.expect(422).body["message"], "Ensure the project has notes.");
    test("nothing_events").await.expect(400);
    post(&bench, "bob", &format!("hooks/{hook}/test/issues_events"), json!({})).await.expect(403);
    bench.act("bob", Deed::Comment { at: Bench::at(number), body: "y".to_owned() });
    bench.file("newer, and nobody spoke", false);
    let triggers = ["issues_events", "note_events", "emoji_events", "resource_access_token_events"];
    for trigger in triggers {
        test(trigger).await.expect(201);
    }
    bench.deliver().await;
    let heard = ear.heard();
    let headers: Vec<&str> = heard.iter().map(|got| got.header("x-gitlab-event")).collect();
    assert_eq!(headers, ["Issue Hook", "Note Hook", "Emoji Hook", "Resource Access Token Hook"]);
    assert_eq!(heard[0].body["object_attributes"]["iid"], json!(number + 1));
    assert_eq!((&heard[1].body["issue"]["iid"], &heard[2].body["event_type"]), (&json!(number), &json!("award")));
    assert!(bench.forge.look(|world| {
        let issue = world.issue(PATH, number).unwrap();
        world
            .comments(issue.id)
            .all(|one| world.reactions(hotwash::drill::model::Target::Comment(one.id)).next().is_none())
    }));
    if let Some((name, body)) = bodies().into_iter().find(|(name, _)| name == "gogitlab__resource_access_token_project")
    {
        let mut out = Vec::new();
        lacking(&serde_json::from_slice::<Value>(&body).unwrap(), &heard[3].body, &name, &mut out);
        assert!(out.is_empty(), "{out:#?}");
    }
    test("issues_events").await.expect(201);
    test("issues_events").await.expect(429);
    send(&bench, "alice", "GET", &format!("hooks/{hook}/events"), None).await.expect(200);
}
