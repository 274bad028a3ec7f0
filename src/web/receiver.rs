//! What the intake asks of a forge's adapter.
//!
//! What always holds: `decode` is only called on what `verify` accepted, and neither may panic, whatever the bytes.
//! What is deliberately not here: how either is done.

use http::HeaderMap;

use crate::domain::{hint::Hint, ids::IssueRef};

/// Tells authentic deliveries from others and reads what they point at.
pub trait Receiver: Send + Sync + 'static {
    /// The digest of the body if the delivery is authentic, by any of the secrets in force. Compares in constant time.
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 16]>;
    /// What an authentic delivery points at.
    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Received;
}

/// What an authentic delivery points at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// The forge's id of the delivery; empty if it sent none.
    pub id: String,
    /// Event name from the header.
    pub event: String,
    /// The issue to look at, if it belongs to a configured project.
    pub issue: Option<IssueRef>,
    /// Who did what when: nothing, one thing, or several at once.
    pub hints: Vec<Hint>,
    /// The body cannot be understood.
    pub unreadable: bool,
    /// The configured path of a project that itself changed.
    pub project_changed: Option<String>,
}
