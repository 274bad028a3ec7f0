//! Nothing is acknowledged that is not stored, and nothing is stored by halves.

use std::{sync::atomic::Ordering, time::Duration};

use hotwash::web::{Limits, Signal};

use super::{
    door::{Door, Post, issue, not_yet, soon},
    signatures::random,
};

#[tokio::test]
async fn the_acknowledgement_waits_for_the_store() {
    let door = Door::open().await;
    door.store.hold();
    let mut wire = door.connect().await;
    wire.write(&Post::edited("id-1", 1).bytes()).await;
    door.store.entered(1).await;
    assert!(not_yet(wire.stream.readable()).await);
    door.store.release();
    assert_eq!(wire.reply().await.status, 202);
}

#[tokio::test]
async fn a_failing_store_is_503_until_it_recovers() {
    let door = Door::open().await;
    door.store.failing.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let reply = door.send(&Post::edited("id-1", 1).bytes()).await;
        assert_eq!((reply.status, reply.head.contains("retry-after: 30")), (503, true));
        assert!(!reply.body.contains("disk full"));
    }
    assert!(door.signals.lock().unwrap().is_empty());
    door.store.failing.store(false, Ordering::SeqCst);
    assert_eq!(door.send(&Post::edited("id-1", 1).bytes()).await.status, 202);
    assert_eq!(door.store.rows().len(), 1);
}

#[tokio::test]
async fn a_store_slower_than_a_forge_waits_is_503_and_still_writes() {
    let limits = Limits { acknowledge: Duration::from_millis(100), ..Limits::default() };
    let door = Door::with("github", limits).await;
    door.store.hold();
    assert_eq!(door.send(&Post::edited("id-1", 1).bytes()).await.status, 503);
    door.store.release();
    door.store.stored(1).await;
    // The redelivery finds it.
    assert_eq!(door.send(&Post::edited("id-1", 1).bytes()).await.status, 202);
    assert_eq!(door.store.rows().len(), 1);
}

#[tokio::test]
async fn hanging_up_during_the_write_does_not_stop_it() {
    let door = Door::open().await;
    door.store.hold();
    let mut wire = door.connect().await;
    wire.write(&Post::edited("id-1", 1).bytes()).await;
    door.store.entered(1).await;
    drop(wire);
    // The server has seen the end of the connection once it answers somebody who came later.
    assert_eq!(door.get("/healthz").await.status, 200);
    door.store.release();
    door.store.stored(1).await;
    assert_eq!(door.send(&Post::edited("id-2", 2).bytes()).await.status, 202);
    assert_eq!(*door.signals.lock().unwrap(), [Signal::Issue, Signal::Issue]);
}

#[tokio::test]
async fn shutting_down_waits_for_a_write_whose_client_is_gone() {
    let mut door = Door::open().await;
    door.store.hold();
    let mut wire = door.connect().await;
    wire.write(&Post::edited("id-1", 1).bytes()).await;
    door.store.entered(1).await;
    drop(wire);
    door.shut();
    assert!(not_yet(&mut door.served).await);
    door.store.release();
    soon(door.served).await.unwrap();
    assert_eq!(door.store.rows().len(), 1);
}

#[tokio::test]
async fn hanging_up_anywhere_leaves_a_whole_row_or_none() {
    let door = Door::open().await;
    let mut seed = 0x0005_eed0_0a80_7777_u64;
    println!("seed {seed:#x}");
    for number in 0..300 {
        let bytes = Post::edited(&format!("id-{number}"), number).bytes();
        let cut = usize::try_from(random(&mut seed)).unwrap() % (bytes.len() + 1);
        let mut wire = door.connect().await;
        wire.write(&bytes[..cut]).await;
        drop(wire);
    }
    assert_eq!(door.send(&Post::edited("id-last", 9_999).bytes()).await.status, 202);
    for row in door.store.rows() {
        let number = row.issue.as_ref().unwrap().number;
        assert_eq!(row.body, issue(number, &row.id), "row {}", row.id);
    }
}

#[tokio::test]
async fn sixty_four_at_once_are_all_stored() {
    let door = Door::open().await;
    door.store.hold();
    let mut wires = Vec::new();
    for number in 0..64 {
        let mut wire = door.connect().await;
        wire.write(&Post::edited(&format!("id-{number}"), number).bytes()).await;
        wires.push(wire);
    }
    // All are inside the store together: nothing serialises them on the way.
    door.store.entered(64).await;
    door.store.release();
    for wire in &mut wires {
        assert_eq!(wire.reply().await.status, 202);
    }
    assert_eq!(door.store.rows().len(), 64);
}
