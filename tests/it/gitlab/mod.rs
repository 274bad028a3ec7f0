//! GitLab: what it delivers, the adapter against the simulated one, and the whole program on it.

mod adapter;
mod bad_input;
mod bench;
mod big_threads;
mod boxes;
mod captured;
mod deliveries;
mod emitted;
mod emoji;
mod evidence;
mod graph;
mod incident;
mod lists;
mod play;
mod proofs;
mod quick;
mod renamed;
mod service_desk;
mod short_pages;
mod sorting;
mod stories;
mod switches;
mod threads;
mod timeline;
mod traps;
mod wire;
