//! `hotwash doctor` as people run it, against both simulated forges; the rules it judges by; and the webhook's health in a
//! running server.

mod adapter;
mod clinic;
mod database;
mod github;
mod gitlab;
mod judging;
mod readyz;
