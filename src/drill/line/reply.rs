//! Answers, before they are bytes.

use bytes::Bytes;
use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub(in super::super) struct Reply {
    pub(in super::super) status: u16,
    pub(in super::super) headers: Vec<(&'static str, String)>,
    pub(in super::super) body: Option<Value>,
    /// Spends nothing of the hourly budget.
    pub(in super::super) free: bool,
    /// What the words are, where they are no JSON.
    pub(in super::super) kind: Option<&'static str>,
}

/// An answer, or one that ends the work early.
pub(in super::super) type Answered = Result<Reply, Reply>;

impl Reply {
    pub(in super::super) fn new(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body), free: false, kind: None }
    }

    pub(in super::super) fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub(in super::super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None, free: false, kind: None }
    }

    /// Done, and nothing to show.
    pub(in super::super) fn done() -> Self {
        Self::empty(204)
    }

    pub(in super::super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Words that are no JSON.
    pub(in super::super) fn text(status: u16, kind: &'static str, words: &str) -> Self {
        Self { kind: Some(kind), ..Self::new(status, Value::String(words.to_owned())) }
    }

    /// What goes over the wire, and what it is.
    pub(super) fn bytes(self) -> (&'static str, Bytes) {
        match (self.kind, self.body) {
            (Some(kind), Some(Value::String(words))) => (kind, Bytes::from(words)),
            (_, Some(body)) => ("application/json; charset=utf-8", Bytes::from(body.to_string())),
            (_, None) => ("application/json; charset=utf-8", Bytes::new()),
        }
    }
}
