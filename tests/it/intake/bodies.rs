//! How much, and how fast.

use std::time::{Duration, Instant};

use hotwash::web::Limits;

use super::door::{Door, Post, issue};

const MIB: usize = 1024 * 1024;

/// A delivery of exactly this many bytes.
fn sized(id: &str, bytes: usize) -> Post {
    let mut body = issue(1, id).into_bytes();
    body.resize(bytes, b' ');
    Post::new(id, "issues", body)
}

#[tokio::test]
async fn exactly_25_mib_are_taken_with_and_without_a_stated_length() {
    let door = Door::open().await;
    let stated = door.connect().await.exchange(sized("id-1", 25 * MIB).bytes()).await;
    let unstated = door.connect().await.exchange(sized("id-2", 25 * MIB).chunked()).await;
    assert_eq!((stated.status, unstated.status), (202, 202));
    assert!(door.store.rows().iter().all(|row| row.body.len() == 25 * MIB && row.issue.is_some()));
    assert_eq!(door.store.rows().len(), 2);
}

#[tokio::test]
async fn one_byte_more_is_refused_and_the_answer_arrives() {
    let door = Door::open().await;
    // Not worth signing: it is refused before that.
    let mut post = Post::edited("id-1", 1);
    for bytes in [25 * MIB + 1, 26 * MIB] {
        post.body = vec![b' '; bytes];
        assert_eq!(door.connect().await.exchange(post.bytes()).await.status, 413, "{bytes} stated");
        assert_eq!(door.connect().await.exchange(post.chunked()).await.status, 413, "{bytes} chunked");
    }
    assert!(door.store.rows().is_empty());
}

#[tokio::test]
async fn a_stated_length_over_the_limit_is_refused_before_the_body_is_sent() {
    let door = Door::open().await;
    // The last is more than HTTP libraries count to; it does not get as far as a handler.
    for (length, status) in [("26214401", 413), ("99999999999", 413), ("18446744073709551615", 431)] {
        let head = Post::edited("id-1", 1).head(&format!("Content-Length: {length}"));
        assert_eq!(door.send(head.as_bytes()).await.status, status, "{length}");
    }
}

#[tokio::test]
async fn a_slow_body_is_given_up_and_others_are_served_meanwhile() {
    let limits = Limits { body: Duration::from_millis(200), ..Limits::default() };
    let door = Door::with("github", limits).await;
    let mut slow = door.connect().await;
    let bytes = Post::edited("id-1", 1).bytes();
    let began = Instant::now();
    slow.write(&bytes[..bytes.len() - 1]).await;
    assert_eq!(door.send(&Post::edited("id-2", 2).bytes()).await.status, 202);
    assert_eq!(slow.reply().await.status, 408);
    assert!(began.elapsed() >= Duration::from_millis(200));
    assert_eq!(door.store.rows().len(), 1);
}

#[tokio::test]
async fn large_bodies_share_bounded_room_and_small_ones_always_fit() {
    let limits = Limits { body: Duration::from_millis(300), bodies_bytes: 128 * 1024, ..Limits::default() };
    let door = Door::with("github", limits).await;
    // Takes all the room there is, and then stalls.
    let mut hog = door.connect().await;
    hog.write(&sized("id-1", 192 * 1024 + 1).bytes()[..192 * 1024]).await;
    assert_eq!(door.send(&Post::edited("id-2", 2).bytes()).await.status, 202);
    let large = door.connect().await.exchange(sized("id-3", MIB).bytes()).await;
    assert_eq!((large.status, large.head.contains("retry-after: ")), (503, true));
    assert_eq!(hog.reply().await.status, 408);
    // The room was given back.
    assert_eq!(door.connect().await.exchange(sized("id-4", 160 * 1024).bytes()).await.status, 202);
}

#[tokio::test]
async fn a_header_beyond_64_kib_is_refused() {
    let door = Door::open().await;
    let fits = Post::edited("id-1", 1).header("X-Filler", &"f".repeat(60 * 1024));
    assert_eq!(door.connect().await.exchange(fits.bytes()).await.status, 202);
    let too_long = Post::edited("id-2", 2).header("X-Filler", &"f".repeat(70 * 1024));
    assert_eq!(door.connect().await.exchange(too_long.bytes()).await.status, 431);
    assert_eq!(door.store.rows().len(), 1);
}
