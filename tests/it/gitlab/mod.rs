//! GitLab: what it delivers, the adapter against the simulated one, and the whole program on it.

mod adapter;
mod bad_input;
mod bench;
mod big_threads;
mod captured;
mod deliveries;
mod emitted;
mod incident;
mod play;
mod proofs;
mod quick;
mod renamed;
mod service_desk;
mod stories;
mod timeline;
mod traps;
