//! One attempt to deliver, as GitHub's log shows it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    super::wire::{merge, stamp},
    Letter, Via,
};
use crate::domain::time::Moment;

/// One attempt to deliver.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its number; every attempt has its own.
    pub id: u64,
    /// The id of the delivery; the same for every attempt.
    pub guid: String,
    /// When it was sent.
    pub at: Moment,
    /// `issues`, `issue_comment`, ...
    pub event: String,
    /// `opened`, `created`, ...
    pub action: Option<String>,
    /// The status that was answered; `None` where there was no answer in time.
    pub status: Option<u16>,
    /// It was asked for again.
    pub again: bool,
    /// The bytes that were sent.
    pub payload: bytes::Bytes,
    pub(in super::super) via: Via,
    pub(super) took: TimeDelta,
    pub(in super::super) words: &'static str,
    pub(super) url: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) answer: (BTreeMap<String, String>, String),
    pub(super) letter: Letter,
}

impl Attempt {
    /// `issues.opened`
    pub fn spoken(&self) -> String {
        self.action.as_ref().map_or_else(|| self.event.clone(), |action| format!("{}.{action}", self.event))
    }

    /// True if the other side took it.
    pub fn arrived(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// As a list shows it.
    pub(in super::super) fn brief(&self) -> Value {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds below a minute")]
        let seconds = self.took.num_milliseconds() as f64 / 1_000.0;
        json!({
            "id": self.id, "guid": self.guid, "delivered_at": stamp(self.at), "redelivery": self.again,
            "duration": seconds, "status": self.words, "status_code": self.status.unwrap_or_default(),
            "event": self.event, "action": self.action,
            "installation_id": self.letter.installation.map(|id| id.0), "repository_id": self.letter.repository,
            "throttled_at": null,
        })
    }

    /// As it is shown on its own.
    pub(in super::super) fn whole(&self) -> Value {
        let mut whole = self.brief();
        let payload: Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let more = json!({
            "url": self.url, "request": { "headers": self.headers, "payload": payload },
            "response": { "headers": self.answer.0, "payload": self.answer.1 },
        });
        merge(&mut whole, more);
        whole
    }
}
