//! Who is let in.

use hotwash::web::Signal;

use super::door::{Door, OLD_SECRET, Post, SECRET, issue, sign};

#[tokio::test]
async fn only_a_right_signature_over_the_very_bytes_is_let_in() {
    let door = Door::open().await;
    let body = issue(1, "table");
    let unsigned = Post::new("id-1", "issues", body.clone()).without("X-Hub-Signature-256");
    let right = sign(SECRET, body.as_bytes());
    let signed = |value: &str| unsigned.clone().header("X-Hub-Signature-256", value);
    let mut altered = signed(&right);
    altered.body[3] ^= 1;
    let forged = [
        ("none", unsigned.clone()),
        ("empty", signed("")),
        ("of another secret", signed(&sign("guess", body.as_bytes()))),
        ("cut short", signed(&right[..right.len() - 2])),
        ("without scheme", signed(&right[7..])),
        ("not hex", signed(&right.replace(['a', 'b', 'c', 'd', 'e', 'f'], "z"))),
        ("doubled", signed(&right).header("X-Hub-Signature-256", &right)),
        ("SHA-1 only", unsigned.clone().header("X-Hub-Signature", &format!("sha1={}", "0".repeat(40)))),
        ("of another body", altered),
    ];
    for (what, post) in forged {
        assert_eq!(door.send(&post.bytes()).await.status, 401, "signature {what}");
    }
    assert!(door.store.rows().is_empty());
    assert!(door.signals.lock().unwrap().is_empty());
    assert_eq!(door.send(&signed(&right).bytes()).await.status, 202);
}

#[tokio::test]
async fn ten_thousand_random_signatures_are_all_refused() {
    let door = Door::open().await;
    let mut seed = 0x5eed_0001_u64;
    println!("seed {seed:#x}");
    let mut wire = door.connect().await;
    for round in 0..10_000 {
        let words = [(); 4].map(|()| format!("{:016x}", random(&mut seed))).concat();
        let post = Post::edited("id", round).without("X-Hub-Signature-256");
        wire.write(&post.header("X-Hub-Signature-256", &format!("sha256={words}")).bytes()).await;
        assert_eq!(wire.reply().await.status, 401);
    }
    assert!(door.store.rows().is_empty());
}

/// The next number of a xorshift.
pub(super) fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[tokio::test]
async fn both_secrets_are_good_during_rotation() {
    let door = Door::open().await;
    for (number, secret) in [(1, SECRET), (2, OLD_SECRET)] {
        let body = issue(number, secret);
        let post = Post::new(&format!("id-{number}"), "issues", body.clone()).without("X-Hub-Signature-256");
        let post = post.header("X-Hub-Signature-256", &sign(secret, body.as_bytes()));
        assert_eq!(door.send(&post.bytes()).await.status, 202);
    }
    assert_eq!(door.store.rows().len(), 2);
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_say_so() {
    let door = Door::open().await;
    let elsewhere = Post::edited("id-1", 1);
    for forge in ["gitlab", "", "github/extra", "%ff", "GITHUB", "github%00"] {
        assert_eq!(door.send(&elsewhere.clone().to(forge).bytes()).await.status, 404, "forge {forge:?}");
    }
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let request = format!("{method} /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        let reply = door.send(request.as_bytes()).await;
        assert_eq!((reply.status, reply.head.contains("allow: post")), (405, true), "{method}");
    }
    assert_eq!(door.get("/").await.status, 404);
    assert!(door.store.rows().is_empty());
}

#[tokio::test]
async fn an_interesting_delivery_wakes_the_engine_and_a_duplicate_wakes_it_again() {
    let door = Door::open().await;
    for _ in 0..2 {
        assert_eq!(door.send(&Post::edited("id-1", 7).bytes()).await.status, 202);
    }
    assert_eq!(*door.signals.lock().unwrap(), [Signal::Issue, Signal::Issue]);
    let rows = door.store.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].issue.as_ref().unwrap().to_string(), "github:acme/incidents#7");
    assert_eq!((rows[0].forge.as_str(), rows[0].event.as_str(), rows[0].id.as_str()), ("github", "issues", "id-1"));
    assert_eq!(rows[0].body, issue(7, "id-1"));
}

#[tokio::test]
async fn authentic_deliveries_of_no_interest_are_stored_without_an_issue() {
    let door = Door::open().await;
    let user_null = r#"{"action":"edited","issue":{"number":3,"user":null},"repository":{"full_name":"x/y"}}"#;
    let posts = [
        Post::new("id-1", "ping", r#"{"zen":"Speak like a human."}"#),
        Post::new("id-2", "no_such_event", r#"{"action":"whatever"}"#),
        Post::new("id-3", "issues", r#"{"action":"no-such-action"}"#),
        Post::new("id-4", "issues", user_null),
    ];
    for post in posts {
        assert_eq!(door.send(&post.bytes()).await.status, 202);
    }
    assert_eq!(door.store.rows().len(), 4);
    assert!(door.store.rows().iter().all(|row| row.issue.is_none() && !row.unreadable));
    assert!(door.signals.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_project_made_public_is_told_to_the_engine() {
    let door = Door::open().await;
    let post = Post::new("id-1", "public", r#"{"repository":{"full_name":"acme/incidents"}}"#);
    assert_eq!(door.send(&post.bytes()).await.status, 202);
    let expected = Signal::Project { forge: "github".into(), path: "acme/incidents".into() };
    assert_eq!(*door.signals.lock().unwrap(), [expected]);
}

#[tokio::test]
async fn an_authentic_body_that_is_not_json_is_parked() {
    let door = Door::open().await;
    let deep = "[".repeat(100_000);
    for (number, body) in ["not json", "", "{\"issue\":", deep.as_str(), "\u{0}\u{1}"].into_iter().enumerate() {
        let post = Post::new(&format!("id-{number}"), "issues", body);
        assert_eq!(door.send(&post.bytes()).await.status, 202, "body {number}");
    }
    assert_eq!(door.store.rows().iter().filter(|row| row.unreadable && row.issue.is_none()).count(), 5);
}

#[tokio::test]
async fn a_delivery_without_a_usable_id_is_known_by_its_content() {
    let door = Door::open().await;
    let none = Post::edited("", 1).without("X-GitHub-Delivery");
    let endless = Post::edited(&"9".repeat(4_000), 2);
    for post in [&none, &endless, &none] {
        assert_eq!(door.send(&post.bytes()).await.status, 202);
    }
    let rows = door.store.rows();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.id.starts_with("content-") && row.id.len() == 40));
    assert_ne!(rows[0].id, rows[1].id);
}
