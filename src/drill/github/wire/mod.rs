//! Facts as GitHub writes them.
//!
//! What always holds: addresses of the API are this machine's; addresses that people would open are fixed, so that they
//! are the same in every run; moments are cut to the second.

mod apps;
mod issues;
mod people;
mod projects;
mod timeline;

use serde_json::Value;

use crate::{domain::time::Moment, drill::model::World};

pub(super) use apps::{grants, hook, hook_config, selection};
pub(super) use issues::closed;
pub(super) use people::{access, association, merge, role};
pub(super) use projects::visibility;

/// What a wire form is made from.
#[derive(Clone, Copy)]
pub(super) struct Wire<'a> {
    pub(super) world: &'a World,
    pub(super) base: &'a str,
}

/// `2026-11-20T10:00:00Z`
pub(super) fn stamp(at: Moment) -> Value {
    Value::String(at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The id by which GraphQL knows a thing: a letter code of its kind and its number.
pub(super) fn node(kind: &str, id: u64) -> String {
    format!("{kind}_kwDO{id:010x}")
}

/// Kind and number behind such an id.
pub(super) fn denode(node: &str) -> Option<(&str, u64)> {
    let (kind, digits) = node.split_once("_kwDO")?;
    Some((kind, u64::from_str_radix(digits, 16).ok()?))
}
