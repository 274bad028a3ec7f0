//! What is counted about one forge's deliveries.
//!
//! What always holds: labels are configured forge names and fixed words, never text from a request. What is deliberately
//! not here: the names and what they mean to an operator (`telemetry`).

use metrics::{Counter, Histogram, counter, histogram};

use crate::telemetry;

/// Counters of one forge; made once, so that a delivery costs no look-up and every series exists from the start.
pub(super) struct Meters {
    /// Stored for the first time.
    pub(super) accepted: Counter,
    /// Stored already.
    pub(super) duplicate: Counter,
    /// The signature does not match.
    pub(super) unauthentic: Counter,
    /// Authentic, but not understood; parked.
    pub(super) unreadable: Counter,
    /// Too large, too slow, broken off, or the store was not able to take it.
    pub(super) refused: Counter,
    /// Seconds from the end of the header to the answer.
    pub(super) seconds: Histogram,
}

impl Meters {
    /// The counters of a configured forge.
    pub(super) fn of(forge: &str) -> Self {
        let count =
            |outcome: &'static str| counter!(telemetry::DELIVERIES, "forge" => forge.to_owned(), "outcome" => outcome);
        Self {
            accepted: count("accepted"),
            duplicate: count("duplicate"),
            unauthentic: count("unauthentic"),
            unreadable: count("unreadable"),
            refused: count("refused"),
            seconds: histogram!(telemetry::INTAKE_SECONDS, "forge" => forge.to_owned()),
        }
    }
}
