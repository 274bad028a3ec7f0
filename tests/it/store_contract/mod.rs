//! What every store promises, told against the port, so that each database passes the same stories.
//!
//! A new database adds its `Backend` and one `contract!` line. What only SQLite can do wrong is in `sqlite`.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::Duration;
use hotwash::{
    domain::{
        event::{Event, What},
        ids::IssueRef,
        people::Actor,
        time::Moment,
    },
    store::{Accepted, Claim, Delivery, EffectRow, EffectState, Failed, SharedStore, StoreError},
};
use sha2::{Digest, Sha256};

mod inbox;
mod journal;
mod model;
mod schedule;
mod sqlite;

/// One database that can be closed and opened again.
#[async_trait]
trait Backend: Send + Sync {
    async fn open(&self) -> SharedStore;
}

/// One test per story, in a module named after the database.
macro_rules! contract {
    ($backend:ident, $fresh:path; $($room:ident { $($story:ident)+ })+) => {
        mod $backend {
            $(mod $room {
                $(#[tokio::test]
                async fn $story() {
                    crate::store_contract::$room::$story(&$fresh()).await;
                })+
            })+
        }
    };
}

contract! {
    on_sqlite, crate::store_contract::sqlite::fresh;
    inbox {
        a_new_delivery_makes_its_issue_due
        the_same_id_is_kept_once
        the_same_content_under_another_id_is_kept_once
        another_forge_may_use_the_same_id
        a_duplicate_of_finished_work_marks_its_issue_once_more
        a_delivery_of_no_interest_is_kept_and_done
        an_unreadable_delivery_is_parked_until_a_copy_can_be_read
        a_parked_delivery_is_opened_by_a_redelivery
        a_delivery_opened_during_a_lease_outlives_it
        forgetting_bodies_keeps_deduplication
        what_many_callers_were_told_is_there_after_a_restart
    }
    schedule {
        one_issue_has_one_holder
        an_expired_lease_can_be_taken_and_its_holder_is_refused
        a_lease_that_was_handed_back_is_lost
        a_longer_lease_keeps_others_out
        the_longest_waiting_come_first
        finishing_sets_the_next_look
        deliveries_that_came_meanwhile_are_due_at_once
        a_nudge_moves_a_look_forward_and_never_back
        a_nudge_during_a_lease_waits_for_its_end
        a_full_look_is_asked_for_once
        a_failure_keeps_deliveries_and_waits
        a_success_forgets_failures
        too_many_failures_park_what_the_claim_saw
        the_next_moment_is_the_end_of_a_lease
        nothing_asked_for_is_nothing_done
    }
    journal {
        entries_are_numbered_and_linked
        each_incident_has_its_own_chain
        a_changed_journal_is_found_out
        a_lost_lease_writes_nothing
        an_effect_is_kept_by_its_key
        the_largest_numbers_come_back
        incidents_are_those_with_a_journal
        named_values_are_replaced
        a_working_store_passes_the_probe
    }
    model {
        random_histories_agree_with_the_model
    }
}

/// A moment of the day on which everything happens.
fn at(clock: &str) -> Moment {
    format!("2026-11-20T{clock}:00Z").parse().unwrap()
}

fn minutes(count: i64) -> Duration {
    Duration::minutes(count)
}

fn issue(number: u64) -> IssueRef {
    IssueRef::new("github", "acme/incidents", number)
}

/// A readable delivery about issue 7, received at 09:00; its content and hint follow from its id.
fn delivery(id: &str) -> Delivery {
    let body = format!("content of {id}");
    Delivery {
        forge: "github".to_owned(),
        id: id.to_owned(),
        digest: digest(&body),
        event: "issues".to_owned(),
        received_at: at("09:00"),
        issue: Some(issue(7)),
        hint: Some(format!("hint of {id}")),
        unreadable: false,
        body: Bytes::from(body),
    }
}

fn digest(body: &str) -> [u8; 16] {
    Sha256::digest(body)[..16].try_into().unwrap()
}

/// Accepts a delivery that is new.
async fn accept(store: &SharedStore, delivery: Delivery) {
    assert_eq!(store.accept(delivery).await.unwrap(), Accepted::New);
}

/// Accepts a delivery that is not.
async fn repeat(store: &SharedStore, delivery: Delivery) {
    assert_eq!(store.accept(delivery).await.unwrap(), Accepted::Duplicate);
}

/// Claims everything due, for ten minutes.
async fn claim_all(store: &SharedStore, now: &str) -> Vec<Claim> {
    store.claim(at(now), 100, minutes(10)).await.unwrap()
}

/// Claims the only issue that is due.
async fn claim_one(store: &SharedStore, now: &str) -> Claim {
    let claims = claim_all(store, now).await;
    assert_eq!(claims.len(), 1, "due at {now}: {claims:?}");
    claims.into_iter().next().unwrap()
}

/// (pending, parked)
async fn waiting(store: &SharedStore) -> (u64, u64) {
    let counts = store.counts().await.unwrap();
    (counts.pending, counts.parked)
}

fn opened(clock: &str) -> Event {
    Event { at: at(clock), by: Actor::Bot, url: None, what: What::Opened }
}

fn effect(key: &str, state: EffectState) -> EffectRow {
    EffectRow {
        key: key.to_owned(),
        state,
        attempts: 0,
        sent_at: None,
        not_before: None,
        absences: 0,
        remote: None,
        digest: None,
    }
}

fn is_lost<T: std::fmt::Debug>(outcome: Result<T, StoreError>) {
    let error = outcome.expect_err("the lease is lost");
    assert!(matches!(&error, StoreError::LeaseLost(lost) if *lost == issue(7)), "{error:?}");
}
