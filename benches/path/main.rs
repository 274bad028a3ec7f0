//! What the whole program costs: `hotwash serve` in a process of its own, against a stub of GitHub on loopback.
//!
//! The stub and the sender of deliveries live in this process, so the kernel's account of the other one is the
//! program's own cost and nothing else. `-- path` and `-- idle` run one half; without a word both run (about 4 minutes).
#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should stop the benchmark")]

mod deliveries;
mod github;
mod idle;
mod product;

use std::env;

fn main() {
    let asked = |word: &str| env::args().any(|argument| argument == word);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if !asked("idle") {
        runtime.block_on(deliveries::measure());
    }
    if !asked("path") {
        runtime.block_on(idle::measure());
    }
    runtime.shutdown_background();
}

/// The middle value.
fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
