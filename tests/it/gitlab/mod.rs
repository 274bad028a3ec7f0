//! GitLab: what it delivers, and the adapter against the simulated one.

mod adapter;
mod bad_input;
mod bench;
mod captured;
mod deliveries;
mod emitted;
mod proofs;
mod quick;
