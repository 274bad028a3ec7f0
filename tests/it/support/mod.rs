//! What the tests share: the peers of the end-to-end stories (`stage` holds them together), clocks to compare with, and
//! repeatable chance.

pub(crate) mod bot;
pub(crate) mod child;
pub(crate) mod dice;
pub(crate) mod forge;
pub(crate) mod http;
pub(crate) mod kills;
pub(crate) mod person;
pub(crate) mod proxy;
pub(crate) mod settings;
pub(crate) mod stage;
pub(crate) mod story;
pub(crate) mod thread;

#[cfg(test)]
mod trial;
