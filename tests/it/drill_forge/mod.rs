//! The simulated GitHub: with Hotwash's own adapter as a client, and with plain requests where the wire itself matters.

mod adapter;
pub(crate) mod bench;
mod budget;
mod door;
mod facts;
mod graph;
mod mail;
mod weather;
mod whole;
