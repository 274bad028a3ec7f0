//! What a caller of the tests may set in the environment. The only place in the tests that reads it.

use std::hash::{BuildHasher, RandomState};

/// The value of a variable, if it is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the tests' own settings, read in this one place")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A number from the environment, or `otherwise`. A value that is no number stops the test.
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    setting(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// `HOTWASH_SEED`, or a fresh one; printed, so that a failure can be repeated.
pub(crate) fn seed() -> u64 {
    let seed = number("HOTWASH_SEED", RandomState::new().hash_one("seed") >> 16);
    say(&format!("repeat with HOTWASH_SEED={seed}"));
    seed
}

/// One line for whoever runs the tests.
#[expect(clippy::print_stdout, reason = "tests report on the standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
