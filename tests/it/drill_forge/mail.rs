//! Deliveries as they come in: bytes, headers, order, payloads, the log, and asking again.

use hmac::{Hmac, KeyInit, Mac};
use hotwash::{
    domain::snapshot::Visibility,
    drill::model::{At, Deed},
    forge::github::webhook,
};
use serde_json::json;
use sha2::Sha256;

use super::bench::{Bench, Ear, PATH, SECRET, hook};

#[tokio::test]
async fn a_new_hook_is_pinged_and_hears_what_happens_after_it() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.file("Before", &[]);
    bench.listen(&ear);
    let number = bench.file("After", &["bug"]);
    bench.comment("rita", number, "What is on fire?");
    assert_eq!(ear.heard().len(), 0, "nothing is sent before it is told to be");
    assert_eq!(bench.deliver().await, 4);
    assert_eq!(ear.spoken(), ["ping.", "issues.opened", "issues.labeled", "issue_comment.created"]);
    let heard = ear.heard();
    assert_eq!(heard[1].body["issue"]["title"], "After");
    assert_eq!(heard[2].body["label"]["name"], "bug");
    assert_eq!(heard[3].body["comment"]["body"], "What is on fire?");
    assert_eq!(heard[3].body["sender"]["login"], "rita");
    assert_eq!(heard[3].body["repository"]["full_name"], PATH);
    assert_eq!(heard[3].body["organization"]["login"], "acme");
    assert_eq!(heard[0].body["hook"]["config"]["secret"], "********");
}

#[tokio::test]
async fn headers_are_githubs_and_both_signatures_hold() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.listen(&ear);
    bench.file("It burns", &[]);
    bench.deliver().await;
    let got = &ear.heard()[1];
    assert_eq!(got.header("x-github-event"), "issues");
    assert_eq!(got.header("x-github-hook-installation-target-type"), "repository");
    let repository = got.body["repository"]["id"].as_u64().unwrap().to_string();
    assert_eq!(got.header("x-github-hook-installation-target-id"), repository);
    let hook = bench.forge.look(|world| world.hooks(world.project(PATH).unwrap().id).next().unwrap().id);
    assert_eq!(got.header("x-github-hook-id"), hook.to_string());
    assert!(got.header("user-agent").starts_with("GitHub-Hookshot/"));
    let id = got.header("x-github-delivery");
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
    // Signed over the very bytes, as an independent implementation computes it.
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&got.bytes);
    let expected: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(got.header("x-hub-signature-256"), format!("sha256={}", expected.concat()));
    assert!(webhook::verify(&[SECRET.into()], [got.header("x-hub-signature-256").as_bytes()], &got.bytes).is_some());
    let sha1 = got.header("x-hub-signature").strip_prefix("sha1=").unwrap();
    assert_eq!(sha1.len(), 40);
}

#[tokio::test]
async fn changes_say_what_it_was_before() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    let number = bench.file("It burns", &[]);
    let comment = bench.comment("bob", number, "first");
    bench.listen(&ear);
    let (title, body) = (Some("It smokes".to_owned()), Some("new".to_owned()));
    bench.forge.act("bob", Deed::Edit { at: At::new(PATH, number), title, body }).unwrap();
    bench.forge.act("bob", Deed::EditComment { id: comment, body: "second".to_owned() }).unwrap();
    bench.forge.act("bob", Deed::EditComment { id: comment, body: "second".to_owned() }).unwrap();
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(ear.spoken(), ["ping.", "issues.edited", "issue_comment.edited"]);
    let before = json!({ "title": { "from": "It burns" }, "body": { "from": "- **Status**: investigating\n" } });
    assert_eq!(heard[1].body["changes"], before);
    assert_eq!(heard[2].body["changes"], json!({ "body": { "from": "first" } }));
}

#[tokio::test]
async fn guard_events_come_in_githubs_words() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.listen(&ear);
    let project = || PATH.to_owned();
    bench.forge.act("alice", Deed::SetVisibility { project: project(), visibility: Visibility::Public }).unwrap();
    bench.forge.act("alice", Deed::SetVisibility { project: project(), visibility: Visibility::Private }).unwrap();
    bench.forge.act("alice", Deed::Rename { project: project(), name: "fires".to_owned() }).unwrap();
    bench.forge.act("alice", Deed::MoveProject { project: project(), to: "bob".into() }).unwrap();
    bench.forge.act("bob", Deed::SetArchived { project: project(), archived: true }).unwrap();
    bench.deliver().await;
    let expected = [
        "ping.",
        "public.",
        "repository.publicized",
        "repository.privatized",
        "repository.renamed",
        "repository.transferred",
        "repository.archived",
    ];
    assert_eq!(ear.spoken(), expected);
    let heard = ear.heard();
    assert_eq!(heard[2].body["repository"]["private"], false);
    assert_eq!(heard[4].body["changes"]["repository"]["name"]["from"], "incidents");
    assert_eq!(heard[5].body["changes"]["owner"]["from"]["organization"]["login"], "acme");
    assert_eq!(heard[5].body["repository"]["full_name"], "bob/fires");
}

#[tokio::test]
async fn an_app_hears_of_its_installations_and_is_named_in_what_it_wrote() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.forge.look(|world| world.set_app_hook(bench.app, Some(hook(&ear.url()))));
    let number = bench.file("It burns", &[]);
    bench.as_app().write.comment(&super::bench::at(number), "On it", bench.later()).await.unwrap();
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(ear.spoken(), ["issues.opened", "issue_comment.created"]);
    assert_eq!(heard[0].body["installation"]["id"], bench.installation.0);
    assert_eq!(heard[0].header("x-github-hook-installation-target-type"), "integration");
    let comment = &heard[1].body["comment"];
    assert_eq!(comment["performed_via_github_app"]["id"], bench.app.0);
    assert_eq!((&comment["user"]["login"], &comment["user"]["type"]), (&json!("hotwash[bot]"), &json!("Bot")));
    assert_eq!(heard[0].body["issue"]["performed_via_github_app"], json!(null));
}

#[tokio::test]
async fn a_failed_delivery_is_in_the_log_and_comes_again_under_its_own_id() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.listen(&ear);
    bench.deliver().await;
    ear.answers(500);
    bench.file("It burns", &[]);
    bench.deliver().await;
    ear.answers(202);
    let hook = bench.forge.look(|world| world.hooks(world.project(PATH).unwrap().id).next().unwrap().id);
    let base = format!("/repos/{PATH}/hooks/{hook}/deliveries");
    let log = bench.ask("alice", "GET", &base, None).await.body;
    assert_eq!(log[0]["status_code"], 500);
    assert_eq!((&log[0]["event"], &log[0]["action"]), (&json!("issues"), &json!("opened")));
    assert_eq!(log[1]["status"], "OK");
    let failed = bench.ask("alice", "GET", &format!("{base}?status=failure"), None).await.body;
    assert_eq!(failed.as_array().unwrap().len(), 1);
    let one = bench.ask("alice", "GET", &format!("{base}/{}", log[0]["id"]), None).await.body;
    assert_eq!(one["request"]["payload"]["issue"]["title"], "It burns");
    let again = bench.ask("alice", "POST", &format!("{base}/{}/attempts", log[0]["id"]), None).await;
    assert_eq!(again.status, 202);
    assert_eq!(bench.deliver().await, 1);
    let heard = ear.heard();
    assert_eq!(heard[1].header("x-github-delivery"), heard[2].header("x-github-delivery"));
    assert_eq!(heard[1].bytes, heard[2].bytes);
    let log = bench.ask("alice", "GET", &base, None).await.body;
    assert_eq!((&log[0]["redelivery"], &log[0]["status"]), (&json!(true), &json!("OK")));
}

#[tokio::test]
async fn the_adapter_asks_again_for_what_failed_by_both_kinds_of_hook() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    let since = bench.now();
    bench.listen(&ear);
    bench.forge.look(|world| world.set_app_hook(bench.app, Some(hook(&ear.url()))));
    ear.answers(0);
    bench.file("It burns", &["incident"]);
    bench.deliver().await;
    ear.answers(202);
    bench.hand.pass(60);
    for forge in [bench.as_person("alice"), bench.as_app()] {
        // Neither the trial nor the label's definition says anything about an incident.
        assert_eq!(forge.read.redeliver_failed(PATH, since).await.unwrap(), 2);
        assert_eq!(bench.deliver().await, 2);
        assert_eq!(forge.read.redeliver_failed(PATH, since).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn the_log_goes_back_three_days_and_pages_by_cursor() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.listen(&ear);
    for nth in 0..5 {
        bench.file(&format!("{nth}"), &[]);
    }
    bench.deliver().await;
    let hook = bench.forge.look(|world| world.hooks(world.project(PATH).unwrap().id).next().unwrap().id);
    let mut next = format!("/repos/{PATH}/hooks/{hook}/deliveries?per_page=4");
    let mut seen = Vec::new();
    while !next.is_empty() {
        let said = bench.ask("alice", "GET", &next, None).await;
        seen.extend(said.body.as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()));
        let link = said.header("link").to_owned();
        next = link.split_once('>').map(|(target, _)| target.trim_start_matches('<').to_owned()).unwrap_or_default();
    }
    assert_eq!(seen.len(), 6);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    bench.hand.pass(3 * 86_400 + 1);
    let log = bench.ask("alice", "GET", &format!("/repos/{PATH}/hooks/{hook}/deliveries"), None).await.body;
    assert_eq!(log, json!([]));
}

#[tokio::test]
async fn nothing_is_sent_off_the_machine() {
    let bench = Bench::open().await;
    let config = hook("http://192.0.2.1/webhooks/github");
    bench.forge.act("alice", Deed::AddHook { project: PATH.to_owned(), config }).unwrap();
    assert_eq!(bench.deliver().await, 1);
    let attempts = bench.forge.attempts();
    assert_eq!(attempts.iter().map(|one| (one.spoken(), one.status)).collect::<Vec<_>>(), [("ping".to_owned(), None)]);
}

#[tokio::test]
async fn every_payload_is_understood_by_the_intake() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.listen(&ear);
    let number = bench.file("It burns", &["incident"]);
    let place = || At::new(PATH, number);
    let comment = bench.comment("bob", number, "On it");
    bench.forge.act("bob", Deed::DeleteComment { id: comment }).unwrap();
    bench.forge.act("bob", Deed::Assign { at: place(), who: vec!["alice".into()] }).unwrap();
    bench.forge.act("alice", Deed::Transfer { at: place(), to: "acme/other".to_owned() }).unwrap();
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(heard.len(), 8);
    for got in heard.iter().filter(|got| got.spoken() != "ping.") {
        let decoded = webhook::decode(got.header("x-github-event"), &got.bytes);
        let known = matches!(&decoded, webhook::Decoded::Issue { number: it, .. } if *it == number)
            || (got.spoken() == "label.created" && decoded == webhook::Decoded::Other);
        assert!(known, "{} {decoded:?}", got.spoken());
    }
    assert_eq!(heard[7].spoken(), "issues.transferred");
    assert_eq!(heard[7].body["changes"]["new_repository"]["full_name"], "acme/other");
}

#[tokio::test]
async fn a_deleted_label_is_told_of_every_issue_that_bore_it_and_named_to_none() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    let (burning, _) = (bench.file("It burns", &["fire"]), bench.file("It does not", &[]));
    bench.deliver().await;
    bench.listen(&ear);
    bench.forge.act("alice", Deed::DropLabel { project: PATH.to_owned(), name: "fire".to_owned() }).unwrap();
    bench.deliver().await;
    assert_eq!(ear.spoken(), ["ping.", "issues.unlabeled", "label.deleted"]);
    let told = ear.heard()[1].body.clone();
    assert_eq!((&told["issue"]["number"], &told["issue"]["labels"]), (&json!(burning), &json!([])));
    assert_eq!(told.get("label"), None);
}
