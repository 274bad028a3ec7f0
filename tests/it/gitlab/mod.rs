//! GitLab: what it delivers, and the adapter against the simulated one.

mod adapter;
mod bench;
mod captured;
mod deliveries;
mod emitted;
mod proofs;
mod quick;
