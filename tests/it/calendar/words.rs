//! Moments as people read them, against the formatter of the library.

use chrono::{DateTime, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};
use hotwash::domain::time::{Moment, exact, spoken};

use crate::support::dice::Dice;

fn by_the_library(at: Moment, zone: Tz) -> String {
    if zone == Tz::UTC {
        return at.format("%Y-%m-%d %H:%M UTC").to_string();
    }
    let local = at.with_timezone(&zone);
    let utc = if local.date_naive() == at.date_naive() { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    format!("{} ({})", local.format("%Y-%m-%d %H:%M %Z"), at.format(utc))
}

#[test]
fn moments_read_as_the_library_writes_them_in_every_zone() {
    let seed = 20_261_121;
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let mut compared = 0;
    for zone in TZ_VARIANTS {
        for years in [1..9_998, 1_900..2_100, 2_020..2_030, 2_026..2_027] {
            let (from, to) = ((years.start - 1_970) * 31_556_952, (years.end - 1_970) * 31_556_952);
            let at = DateTime::from_timestamp(dice.within(from..to), 0).unwrap()
                + TimeDelta::milliseconds(dice.within(0..1_000));
            assert_eq!(spoken(at, zone), by_the_library(at, zone), "seed {seed}: {at} in {zone}");
            assert_eq!(exact(at), at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            compared += 1;
        }
    }
    assert!(compared > 2_000, "{compared}");
    for odd in ["-0044-03-15T12:00:00Z", "+12026-11-21T00:00:00Z"] {
        let at: Moment = odd.parse().unwrap();
        assert_eq!(exact(at), at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
}
