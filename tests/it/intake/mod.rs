//! The webhook door, through real TCP on loopback.

mod bodies;
mod connections;
mod door;
mod durability;
mod examples;
mod health;
mod leaks;
mod signatures;
