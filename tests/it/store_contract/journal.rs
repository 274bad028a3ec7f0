//! The journal tells what happened, and tells when somebody changed it; the ledger remembers effects.

use hotwash::{
    domain::ids::CommentId,
    store::{
        Entry,
        chain::{self, Broken, GENESIS},
    },
};

use super::*;

/// An open store with a claim on issue 7.
async fn at_work(database: &dyn Backend) -> (SharedStore, Claim) {
    let store = database.open().await;
    store.nudge(vec![issue(7)], at("09:00"), false).await.unwrap();
    let claim = claim_one(&store, "09:00").await;
    (store, claim)
}

pub(super) async fn entries_are_numbered_and_linked(database: &dyn Backend) {
    let (store, claim) = at_work(database).await;
    assert!(store.journal(&issue(7)).await.unwrap().is_empty());
    store.record(&claim, vec![opened("09:00"), opened("09:01")], vec![]).await.unwrap();
    store.record(&claim, vec![opened("09:02")], vec![]).await.unwrap();
    let journal = store.journal(&issue(7)).await.unwrap();
    assert_eq!(journal.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(journal.iter().map(|entry| entry.event.at).collect::<Vec<_>>(), [at("09:00"), at("09:01"), at("09:02")]);
    let first = &journal[0];
    assert_eq!(serde_json::from_str::<Event>(&first.json).unwrap(), first.event);
    let by_hand = Sha256::digest(format!(
        "{}
{}",
        "0".repeat(64),
        first.json
    ));
    let stored: Vec<u8> =
        (0..64).step_by(2).map(|at| u8::from_str_radix(&first.hash[at..at + 2], 16).unwrap()).collect();
    assert_eq!(stored, by_hand[..]);
    assert_eq!(chain::verify(&journal).unwrap(), journal[2].hash);
}

pub(super) async fn each_incident_has_its_own_chain(database: &dyn Backend) {
    let store = database.open().await;
    store.nudge(vec![issue(7), issue(8)], at("09:00"), false).await.unwrap();
    for claim in claim_all(&store, "09:00").await {
        store.record(&claim, vec![opened("09:00")], vec![]).await.unwrap();
    }
    let (one, other) = (store.journal(&issue(7)).await.unwrap(), store.journal(&issue(8)).await.unwrap());
    assert_eq!(one, other, "the same first fact, the same first entry");
    assert_eq!(one.len(), 1);
}

pub(super) async fn a_changed_journal_is_found_out(database: &dyn Backend) {
    let (store, claim) = at_work(database).await;
    let events = (0..5).map(|minute| opened(&format!("09:0{minute}"))).collect();
    store.record(&claim, events, vec![]).await.unwrap();
    let journal = store.journal(&issue(7)).await.unwrap();
    let broken_at = |change: fn(&mut Vec<Entry>)| {
        let mut changed = journal.clone();
        change(&mut changed);
        chain::verify(&changed).map_err(|Broken { seq, .. }| seq)
    };
    assert_eq!(broken_at(|entries| entries[2].json.push(' ')), Err(3), "edited");
    assert_eq!(broken_at(|entries| drop(entries.remove(1))), Err(2), "deleted");
    assert_eq!(broken_at(|entries| entries.swap(1, 3)), Err(2), "reordered");
    assert_eq!(broken_at(|entries| drop(entries.drain(1..4))), Err(2), "cut in the middle");
    assert_eq!(broken_at(|entries| entries.insert(2, entries[1].clone())), Err(3), "repeated");
    assert_eq!(broken_at(|entries| drop(entries.remove(0))), Err(1), "beheaded");
    let rewritten = |entries: &mut Vec<Entry>| {
        entries[2].json = entries[0].json.clone();
        entries[2].hash = chain::link(&entries[1].hash, &entries[2].json);
    };
    assert_eq!(broken_at(rewritten), Err(4), "edited, and its own hash made to fit");
    let renumbered = |entries: &mut Vec<Entry>| {
        entries.remove(1);
        (1..).zip(entries.iter_mut()).for_each(|(seq, entry)| entry.seq = seq);
    };
    assert_eq!(broken_at(renumbered), Err(2), "deleted, and the rest renumbered");
    assert_eq!(chain::verify(&[]), Ok(GENESIS.to_owned()));
}

pub(super) async fn a_lost_lease_writes_nothing(database: &dyn Backend) {
    let (store, stale) = at_work(database).await;
    let claim = claim_one(&store, "09:10").await;
    store.record(&claim, vec![opened("09:10")], vec![effect("board", EffectState::Sending)]).await.unwrap();
    is_lost(store.record(&stale, vec![opened("09:00")], vec![effect("board", EffectState::Done)]).await);
    assert_eq!(store.journal(&issue(7)).await.unwrap().len(), 1);
    assert_eq!(store.ledger(&issue(7)).await.unwrap()["board"].state, EffectState::Sending);
}

pub(super) async fn an_effect_is_kept_by_its_key(database: &dyn Backend) {
    let (store, claim) = at_work(database).await;
    let planned = effect("reminder/sitrep@10:00", EffectState::Planned);
    let board = effect("board", EffectState::Done);
    store.record(&claim, vec![], vec![planned.clone(), board.clone()]).await.unwrap();
    let sent = EffectRow {
        state: EffectState::Uncertain,
        attempts: 2,
        sent_at: Some(at("10:00")),
        not_before: Some(at("10:01")),
        absences: 1,
        remote: Some(CommentId(99)),
        digest: Some("d1".to_owned()),
        ..planned
    };
    store.record(&claim, vec![], vec![sent.clone()]).await.unwrap();
    let ledger = store.ledger(&issue(7)).await.unwrap();
    assert_eq!(ledger.values().cloned().collect::<Vec<_>>(), [board, sent]);
    assert!(store.ledger(&issue(8)).await.unwrap().is_empty());
    for (name, state) in EffectState::ALL {
        store.record(&claim, vec![], vec![effect("board", state)]).await.unwrap();
        assert_eq!(store.ledger(&issue(7)).await.unwrap()["board"].state, state, "{name}");
    }
}

pub(super) async fn the_largest_numbers_come_back(database: &dyn Backend) {
    let store = database.open().await;
    store.nudge(vec![issue(u64::MAX)], at("09:00"), false).await.unwrap();
    let claim = claim_one(&store, "09:00").await;
    assert_eq!(claim.issue.number, u64::MAX);
    let row = EffectRow { remote: Some(CommentId(u64::MAX)), ..effect("board", EffectState::Done) };
    store.record(&claim, vec![], vec![row.clone()]).await.unwrap();
    assert_eq!(store.ledger(&claim.issue).await.unwrap()["board"], row);
    store.extend(&claim, Moment::MAX_UTC).await.unwrap();
    assert!(store.next_due().await.unwrap().unwrap() > at("23:59"));
}

pub(super) async fn incidents_are_those_with_a_journal(database: &dyn Backend) {
    let store = database.open().await;
    store.nudge(vec![issue(9), issue(7), issue(8)], at("09:00"), false).await.unwrap();
    for claim in claim_all(&store, "09:00").await.into_iter().filter(|claim| claim.issue.number != 8) {
        store.record(&claim, vec![opened("09:00")], vec![]).await.unwrap();
    }
    assert_eq!(store.incidents().await.unwrap(), [issue(7), issue(9)]);
}

pub(super) async fn named_values_are_replaced(database: &dyn Backend) {
    let store = database.open().await;
    assert_eq!(store.value("sweep/github").await.unwrap(), None);
    store.set_value("sweep/github", "2026-11-20T09:00:00Z").await.unwrap();
    store.set_value("sweep/github", "2026-11-20T10:00:00Z").await.unwrap();
    drop(store);
    let store = database.open().await;
    assert_eq!(store.value("sweep/github").await.unwrap().as_deref(), Some("2026-11-20T10:00:00Z"));
}

pub(super) async fn a_working_store_passes_the_probe(database: &dyn Backend) {
    let store = database.open().await;
    store.probe().await.unwrap();
    store.probe().await.unwrap();
    assert_eq!(store.counts().await.unwrap(), hotwash::store::Counts::default());
}
