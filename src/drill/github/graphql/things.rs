//! What a query walks over.

use serde_json::Value;

use crate::{
    domain::ids::CommentId,
    drill::model::{Edit, Entry, IssueId, Label, ProjectId, UserId},
};

/// A thing with fields.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    Query,
    Mutation,
    RateLimit,
    Repository(ProjectId),
    Issue(IssueId),
    Comment(CommentId),
    Actor(UserId),
    Label(Label),
    Entry(Entry),
    Edit(Edit),
    /// A part of a list.
    Connection(Part),
    PageInfo(Part),
    Edge(Box<Self>, usize),
    /// What a change answers: named values and things.
    Payload(&'static str, Vec<(&'static str, Got)>),
}

/// Part of a list, with what one needs to ask for the next.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) of: &'static str,
    pub(super) things: Vec<Thing>,
    pub(super) first: usize,
    pub(super) total: usize,
}

/// What a field holds.
#[derive(Debug, Clone)]
pub(super) enum Got {
    Leaf(Value),
    One(Thing),
    Many(Vec<Thing>),
}

impl Got {
    pub(super) fn maybe(thing: Option<Thing>) -> Self {
        thing.map_or(Self::Leaf(Value::Null), Self::One)
    }
}

/// A place in a list.
pub(super) fn cursor(index: usize) -> String {
    format!("Y3Vyc29y{index:06}")
}

pub(super) fn index(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("Y3Vyc29y")?.parse().ok()
}
