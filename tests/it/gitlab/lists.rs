//! Lists of the simulated GitLab: what they filter by, how they lead on, and one entry of them.

use hotwash::drill::model::{Close, Deed};
use serde_json::{Value, json};

use super::{
    bench::{Bench, PATH},
    emitted::lacking,
    wire::{answers, get, post},
};

/// Files with a title and a text.
async fn file(bench: &Bench, title: &str, text: &str) -> u64 {
    let wanted = json!({ "title": title, "description": text });
    post(bench, "bob", "issues", wanted).await.expect(201).body["iid"].as_u64().unwrap()
}

#[tokio::test]
async fn issues_are_searched_by_every_word_in_title_and_text() {
    let bench = Bench::new().await;
    let first = file(&bench, "Odd logins", "From the gate").await;
    let second = file(&bench, "The gate is open", "Nobody knows since when").await;
    let ask = async |query: &str| get(&bench, "bob", &format!("issues?sort=asc&{query}")).await.expect(200).each("iid");
    assert_eq!(ask("search=GATE").await, [json!(first), json!(second)]);
    assert_eq!(ask("search=gate%20logins").await, [json!(first)]);
    assert_eq!(ask("search=gate&in=title").await, [json!(second)]);
    assert_eq!(ask("search=fence").await, Vec::<Value>::new());
    assert_eq!(ask(&format!("iids[]={second}")).await, [json!(second)]);
    bench.clock.pass(60);
    bench.act("bob", Deed::Close { at: Bench::at(second), reason: Close::Completed });
    assert_eq!(ask("updated_before=2026-11-20T10:00:30Z").await, [json!(first)]);
    assert_eq!(ask("updated_after=2026-11-20T10:00:30Z&state=closed").await, [json!(second)]);
    for bad in
        ["state=gone", "sort=up", "order_by=colour", "issue_type=epic", "updated_after=noon", "confidential=maybe"]
    {
        get(&bench, "bob", &format!("issues?{bad}")).await.expect(400);
    }
}

#[tokio::test]
async fn a_list_says_in_two_ways_where_it_goes_on() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        bench.file("x", true);
    }
    let page = get(&bench, "bob", "issues?state=opened&per_page=2&page=2").await.expect(200);
    let said =
        ["x-page", "x-per-page", "x-next-page", "x-prev-page", "x-total", "x-total-pages"].map(|it| page.header(it));
    assert_eq!(said, ["2", "2", "3", "1", "5", "3"]);
    let links: Vec<&str> = page.header("link").split(", ").collect();
    let address = format!("<{}/api/v4/projects/acme%2Fincidents/issues?state=opened&page=", bench.forge.base_url());
    for (link, (to, rel)) in links.iter().zip([(1, "prev"), (3, "next"), (1, "first"), (3, "last")]) {
        assert_eq!(*link, format!("{address}{to}&per_page=2>; rel=\"{rel}\""));
    }
    assert_eq!(links.len(), 4);
    assert_eq!(get(&bench, "bob", "issues?per_page=1000").await.expect(200).header("x-per-page"), "100");
    assert_eq!(get(&bench, "bob", "issues?page=9").await.expect(200).body, json!([]));
}

#[tokio::test]
async fn one_event_of_labels_and_states_is_read_by_its_number() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.act("bob", Deed::Close { at: Bench::at(number), reason: Close::Completed });
    bench.act("bob", Deed::Reopen { at: Bench::at(number) });
    for (kind, states) in [("label", vec![Value::Null]), ("state", vec![json!("closed"), json!("reopened")])] {
        let path = format!("issues/{number}/resource_{kind}_events");
        let all = get(&bench, "alice", &path).await.expect(200);
        assert_eq!(all.each("state"), states, "creation is none");
        let one = get(&bench, "alice", &format!("{path}/{}", all.body[0]["id"])).await.expect(200).body;
        assert_eq!(one, all.body[0]);
        get(&bench, "alice", &format!("{path}/4711")).await.expect(404);
    }
    if let Some(captured) = answers("gitlab4j__label-events") {
        let all = get(&bench, "alice", &format!("issues/{number}/resource_label_events")).await.expect(200).body;
        let mut out = Vec::new();
        // The one here has no description, which is null.
        lacking(&captured[0], &all[0], "event", &mut out);
        assert!(out.is_empty(), "{out:#?}");
    }
    assert!(bench.forge.look(|world| world.issue(PATH, number).unwrap().open));
}
