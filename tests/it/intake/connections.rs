//! Slow, silent and many peers.

use std::time::{Duration, Instant};

use hotwash::web::Limits;
use tokio::io::AsyncReadExt;

use super::door::{Door, Post, not_yet, soon};

const SHORT: Duration = Duration::from_millis(120);
const LONG: Duration = Duration::from_mins(1);

/// Everything may take for ever, except what a test shortens.
fn patient() -> Limits {
    Limits { first_byte: LONG, header: LONG, body: LONG, idle: LONG, ..Limits::default() }
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let door = Door::with("github", Limits { first_byte: SHORT, ..patient() }).await;
    let began = Instant::now();
    assert!(door.connect().await.closes_silently().await);
    assert!(began.elapsed() >= SHORT);
}

#[tokio::test]
async fn a_header_that_drips_is_closed_although_it_never_stops() {
    let door = Door::with("github", Limits { header: SHORT, ..patient() }).await;
    let mut wire = door.connect().await;
    let began = Instant::now();
    wire.write(b"POST /webhooks/github HTTP/1.1\r\nX-Drip: ").await;
    let drip = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        loop {
            ticks.tick().await;
            if wire.stream.try_write(b"a").is_err() || matches!(wire.stream.try_read(&mut [0; 8]), Ok(0)) {
                return;
            }
        }
    };
    soon(drip).await;
    assert!(began.elapsed() >= SHORT);
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_used_one_is_kept() {
    let door = Door::with("github", Limits { header: SHORT, idle: 12 * SHORT, ..patient() }).await;
    let mut wire = door.connect().await;
    for number in 1..=5 {
        wire.write(&Post::edited(&format!("id-{number}"), number).bytes()).await;
        assert_eq!(wire.reply().await.status, 202);
        // Longer than a header may take: waiting for a request is not sending one slowly.
        assert!(not_yet(wire.stream.readable()).await);
    }
    let began = Instant::now();
    assert!(wire.closes_silently().await);
    assert!(began.elapsed() >= 2 * SHORT);
}

#[tokio::test]
async fn a_second_header_has_its_own_deadline() {
    let door = Door::with("github", Limits { header: SHORT, ..patient() }).await;
    let mut wire = door.connect().await;
    wire.write(&Post::edited("id-1", 1).bytes()).await;
    assert_eq!(wire.reply().await.status, 202);
    wire.write(b"POST /webhooks").await;
    assert!(wire.closes_silently().await);
}

#[tokio::test]
async fn requests_sent_in_one_go_are_answered_in_order() {
    let door = Door::open().await;
    let mut wire = door.connect().await;
    let missing = Post::edited("id-x", 9).to("nobody");
    let together = [Post::edited("id-1", 1).bytes(), missing.bytes(), Post::edited("id-2", 2).chunked()].concat();
    wire.write(&together).await;
    for status in [202, 404, 202] {
        assert_eq!(wire.reply().await.status, status);
    }
    assert_eq!(door.store.rows().len(), 2);
}

#[tokio::test]
async fn silent_connections_make_room_for_deliveries() {
    let door = Door::with("github", Limits { connections: 4, ..patient() }).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(door.connect().await);
    }
    for number in 0..20 {
        assert_eq!(door.send(&Post::edited(&format!("id-{number}"), number).bytes()).await.status, 202);
    }
    let mut first = silent.swap_remove(0);
    assert!(first.closes_silently().await);
}

#[tokio::test]
async fn beyond_the_cap_of_busy_connections_accepting_pauses_and_resumes() {
    let door = Door::with("github", Limits { connections: 2, ..patient() }).await;
    door.store.hold();
    let mut wires = Vec::new();
    for number in 0..2 {
        let mut wire = door.connect().await;
        wire.write(&Post::edited(&format!("id-{number}"), number).bytes()).await;
        wires.push(wire);
    }
    door.store.entered(2).await;
    let mut third = door.connect().await;
    third.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(not_yet(third.stream.readable()).await);
    door.store.release();
    for wire in &mut wires {
        assert_eq!(wire.reply().await.status, 202);
    }
    assert_eq!(third.reply().await.status, 200);
}

#[tokio::test]
async fn deliveries_get_through_a_crowd_of_two_thousand_silent_connections() {
    let door = Door::with("github", Limits { connections: 64, ..patient() }).await;
    let mut crowd = Vec::new();
    for number in 0..2_000 {
        crowd.push(door.connect().await);
        if number % 100 == 0 {
            assert_eq!(door.send(&Post::edited(&format!("id-{number}"), number).bytes()).await.status, 202);
        }
    }
    assert_eq!(door.store.rows().len(), 20);
}

#[tokio::test]
async fn shutting_down_finishes_what_is_in_flight_and_closes_the_rest() {
    let mut door = Door::with("github", patient()).await;
    door.store.hold();
    let mut idle = door.connect().await;
    idle.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(idle.reply().await.status, 200);
    let mut silent = door.connect().await;
    let mut busy = door.connect().await;
    busy.write(&Post::edited("id-1", 1).bytes()).await;
    door.store.entered(1).await;
    door.shut();
    assert!(idle.closes_silently().await);
    assert!(silent.closes_silently().await);
    assert!(tokio::net::TcpStream::connect(door.addr).await.is_err());
    door.store.release();
    assert_eq!(busy.reply().await.status, 202);
    soon(door.served).await.unwrap();
    assert_eq!(door.store.rows().len(), 1);
}

#[tokio::test]
async fn shutting_down_ends_even_if_the_store_never_answers() {
    let mut door = Door::with("github", Limits { drain: SHORT, ..patient() }).await;
    door.store.hold();
    let mut busy = door.connect().await;
    busy.write(&Post::edited("id-1", 1).bytes()).await;
    door.store.entered(1).await;
    door.shut();
    soon(door.served).await.unwrap();
    let mut said = Vec::new();
    let _ = soon(busy.stream.read_to_end(&mut said)).await;
    assert!(said.is_empty());
}

#[tokio::test]
async fn readiness_ends_before_accepting_does() {
    let mut door = Door::with("github", Limits { notice: Duration::from_secs(2), ..patient() }).await;
    assert_eq!(door.get("/readyz").await.status, 200);
    door.shut();
    let reply = soon(async {
        loop {
            let reply = door.get("/readyz").await;
            if reply.status != 200 {
                break reply;
            }
        }
    })
    .await;
    assert_eq!((reply.status, reply.body.contains("draining")), (503, true));
    assert_eq!(door.send(&Post::edited("id-1", 1).bytes()).await.status, 202);
    soon(door.served).await.unwrap();
}
