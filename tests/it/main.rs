//! One integration binary: contracts, scenarios, and the whole program against a real peer.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed setup step should stop the test")]

mod bad_input;
mod calendar;
mod campaign;
mod canary;
mod cli;
mod commands;
mod config;
mod doctor;
mod drill;
mod drill_forge;
mod engine;
mod exercise;
mod fields;
mod foreign;
mod github;
mod gitlab;
mod holidays;
mod intake;
mod layers;
mod lifecycle;
mod neutral;
mod page;
mod plan;
mod process;
mod render;
mod report;
mod scenarios;
mod store_contract;
mod support;
