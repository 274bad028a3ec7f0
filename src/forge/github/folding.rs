//! What makes folding a comment away cheap: node ids of comments posted lately, and whether GraphQL answers at all.
//!
//! What always holds: at most 512 node ids are kept, in memory only; that folding is not to be had is believed for an
//! hour, because tokens and servers change.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use crate::domain::{ids::CommentId, time::Moment};

const MOST: usize = 512;
const BELIEVED: TimeDelta = TimeDelta::hours(1);

/// Remembered between calls.
#[derive(Default)]
pub(super) struct Folding {
    nodes: Mutex<VecDeque<(CommentId, String)>>,
    refused_at: Mutex<Option<Moment>>,
}

impl Folding {
    /// Keeps the node id of a comment that was just posted.
    pub(super) fn keep(&self, comment: CommentId, node: Option<String>) {
        let Some(node) = node else { return };
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if nodes.len() >= MOST {
            nodes.pop_front();
        }
        nodes.push_back((comment, node));
    }

    /// The node id of a comment posted lately.
    pub(super) fn node(&self, comment: CommentId) -> Option<String> {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.iter().find(|(known, _)| *known == comment).map(|(_, node)| node.clone())
    }

    /// Whether folding was refused lately.
    pub(super) fn is_refused(&self, now: Moment) -> bool {
        let refused_at = self.refused_at.lock().unwrap_or_else(PoisonError::into_inner);
        refused_at.is_some_and(|at| now < at + BELIEVED)
    }

    /// Folding is not to be had here.
    pub(super) fn refuse(&self, now: Moment) {
        *self.refused_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}
