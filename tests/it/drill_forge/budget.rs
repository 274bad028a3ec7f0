//! Pages, tags, and limits.

use hotwash::drill::{
    faults::Faults,
    github::{Budget, Options},
};
use serde_json::json;

use super::bench::{Bench, PATH, at};

#[tokio::test]
async fn pages_hold_thirty_or_at_most_a_hundred_and_name_their_neighbours() {
    let bench = Bench::open().await;
    for nth in 0..130 {
        bench.file(&format!("{nth}"), &[]);
    }
    let count = async |query: &str| {
        let said = bench.ask("bob", "GET", &format!("/repos/{PATH}/issues{query}"), None).await;
        (said.body.as_array().unwrap().len(), said.header("link").to_owned())
    };
    assert_eq!(count("").await.0, 30);
    let (size, link) = count("?per_page=500&state=open").await;
    assert_eq!(size, 100);
    let base = bench.forge.base_url();
    let expected = format!(
        "<{base}/repos/{PATH}/issues?per_page=500&state=open&page=2>; rel=\"next\", \
         <{base}/repos/{PATH}/issues?per_page=500&state=open&page=2>; rel=\"last\""
    );
    assert_eq!(link, expected);
    let (size, link) = count("?per_page=100&page=2").await;
    assert_eq!((size, link.contains("rel=\"prev\""), link.contains("rel=\"next\"")), (30, true, false));
    assert_eq!(count("?page=99").await.0, 0);
}

#[tokio::test]
async fn what_is_unchanged_costs_nothing() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let path = format!("/repos/{PATH}/issues/{number}");
    let first = bench.ask("bob", "GET", &path, None).await;
    let tag = first.header("etag").to_owned();
    let remaining = first.header("x-ratelimit-remaining").to_owned();
    let again = bench.ask_with(Some("ghp_bob"), "GET", &path, None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.header("x-ratelimit-remaining")), (304, remaining.as_str()));
    bench.comment("bob", number, "changed");
    let changed = bench.ask_with(Some("ghp_bob"), "GET", &path, None, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert_ne!(changed.header("x-ratelimit-remaining"), remaining);
    let forge = bench.as_app();
    let before = forge.read.issue(&at(number)).await.unwrap();
    assert!(forge.read.issue(&at(number)).await.unwrap() == before);
}

#[tokio::test]
async fn the_hourly_budget_ends_and_comes_back() {
    let options = Options { budget: Budget { hourly: 3, ..Budget::default() }, ..Options::default() };
    let bench = Bench::with(Faults::new(1), options).await;
    let number = bench.file("It burns", &[]);
    let path = format!("/repos/{PATH}/issues/{number}");
    for left in ["2", "1", "0"] {
        let said = bench.ask("bob", "GET", &path, None).await;
        assert_eq!((said.status, said.header("x-ratelimit-remaining")), (200, left));
    }
    let said = bench.ask("bob", "GET", &path, None).await;
    assert_eq!((said.status, said.header("x-ratelimit-remaining")), (403, "0"));
    let reset: i64 = said.header("x-ratelimit-reset").parse().unwrap();
    assert_eq!(reset, bench.now().timestamp() + 3_600);
    assert_eq!(bench.ask("bob", "GET", "/rate_limit", None).await.body["rate"]["remaining"], 0);
    assert_eq!(bench.ask("rita", "GET", &path, None).await.status, 200, "everybody has a purse of their own");
    let error = bench.as_person("bob").read.issue(&at(number)).await.unwrap_err();
    assert!(matches!(error, hotwash::forge::ForgeError::Later { after, .. } if after.as_secs() == 3_600), "{error:?}");
    bench.hand.pass(3_600);
    assert_eq!(bench.ask("bob", "GET", &path, None).await.status, 200);
}

#[tokio::test]
async fn who_writes_too_much_is_told_how_long_to_wait() {
    let options = Options { budget: Budget { contents: 2, ..Budget::default() }, ..Options::default() };
    let bench = Bench::with(Faults::new(1), options).await;
    let number = bench.file("It burns", &[]);
    let path = format!("/repos/{PATH}/issues/{number}/comments");
    for expected in [201, 201, 403] {
        let said = bench.ask("bob", "POST", &path, Some(json!({ "body": "hi" }))).await;
        assert_eq!(said.status, expected);
        assert_eq!(said.header("retry-after"), if expected == 403 { "60" } else { "" });
    }
    assert_eq!(bench.forge.look(|world| world.issue(PATH, number).unwrap().comments), 2);
    bench.hand.pass(60);
    assert_eq!(bench.ask("bob", "POST", &path, Some(json!({ "body": "hi" }))).await.status, 201);
}
