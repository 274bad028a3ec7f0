//! Deliveries of the simulated GitLab: proofs, sending again, and hooks that are switched off.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use hotwash::{
    drill::model::Deed,
    forge::gitlab::webhook::{Brought, Proofs, verify},
};

use super::bench::Bench;
use crate::drill_forge::bench::{Ear, Got};

fn signing() -> String {
    format!("whsec_{}", STANDARD.encode(b"0123456789abcdef0123456789abcdef"))
}

fn is_proven(got: &Got, proofs: &Proofs, bench: &Bench) -> bool {
    let brought = Brought {
        token: got.headers.get("x-gitlab-token").map(http::HeaderValue::as_bytes),
        id: got.headers.get("webhook-id").map(http::HeaderValue::as_bytes),
        timestamp: got.headers.get("webhook-timestamp").map(http::HeaderValue::as_bytes),
        signature: got.headers.get("webhook-signature").map(http::HeaderValue::as_bytes),
    };
    verify(proofs, &brought, &got.bytes, bench.now()).is_some()
}

fn say(bench: &Bench, number: u64) {
    bench.clock.pass(1);
    bench.act("bob", Deed::Comment { at: Bench::at(number), body: "x".to_owned() });
}

#[tokio::test]
async fn both_proofs_are_sent_and_hold() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    bench.listen(&ear, &format!("a-secret-token {}", signing()));
    bench.file("x", true);
    bench.deliver().await;
    let got = &ear.heard()[0];
    let secret = Proofs { secret_tokens: vec!["a-secret-token".into()], signing_tokens: Vec::new() };
    let signed = Proofs { secret_tokens: Vec::new(), signing_tokens: vec![signing().into()] };
    assert!(is_proven(got, &secret, &bench) && is_proven(got, &signed, &bench));
    assert_eq!(got.header("idempotency-key"), got.header("webhook-id"));
}

#[tokio::test]
async fn a_hook_that_fails_is_switched_off_for_longer_and_longer_and_a_success_resets_it() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    let hook = bench.listen(&ear, "token");
    ear.answers(500);
    for _ in 0..4 {
        say(&bench, number);
        bench.deliver().await;
    }
    assert_eq!(ear.heard().len(), 4);
    say(&bench, number);
    bench.deliver().await;
    assert_eq!(ear.heard().len(), 4, "switched off: nothing is sent, nothing kept");
    assert_eq!(bench.forge.attempts().len(), 4);
    bench.clock.pass(61);
    ear.answers(202);
    say(&bench, number);
    bench.deliver().await;
    assert_eq!(ear.heard().len(), 5);
    assert!(bench.forge.look(|world| world.hook(hook).is_some()));
}

#[tokio::test]
async fn what_failed_is_asked_for_again_with_the_same_key() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    bench.listen_as_intake(&ear);
    ear.answers(500);
    say(&bench, number);
    bench.deliver().await;
    ear.answers(202);
    let since = bench.now() - TimeDelta::hours(1);
    assert_eq!(bench.port.read.redeliver_failed(super::bench::PATH, since).await.unwrap(), 1);
    bench.deliver().await;
    let heard = ear.heard();
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0].header("idempotency-key"), heard[1].header("idempotency-key"));
    assert_eq!(bench.port.read.redeliver_failed(super::bench::PATH, since).await.unwrap(), 0, "it arrived");
}

#[tokio::test]
async fn a_flood_of_failures_is_asked_for_a_few_at_a_time() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    bench.listen_as_intake(&ear);
    ear.answers(500);
    // Three failures leave a hook on; each success in between lets three more fail.
    for nth in 0..8 {
        ear.answers(if nth % 4 == 3 { 202 } else { 500 });
        say(&bench, number);
        bench.deliver().await;
    }
    let since = bench.now() - TimeDelta::hours(1);
    assert_eq!(bench.port.read.redeliver_failed(super::bench::PATH, since).await.unwrap(), 4, "of six");
    // GitLab takes a fifth within the minute and no sixth. That limit is of sending again alone.
    assert_eq!(bench.port.read.redeliver_failed(super::bench::PATH, since).await.unwrap(), 1, "five a minute");
    bench.port.read.issue(&Bench::issue(number)).await.unwrap();
    bench.post(number, "nothing else has to wait").await;
}
