//! The calendar: stories with literal times, and two independent clocks in every zone of the database.
//!
//! The normal run takes the zones with the oddest nights, the days around their shifts and 20,000 business spans. The
//! long form (`scripts/oracles`) takes every zone, every day of two years and 1,000,000 spans: `HOTWASH_LONG=1`,
//! `HOTWASH_CASES`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use hotwash::domain::calendar::CronRule;

mod business;
mod diary;
mod editions;
mod minutes;
mod rules;
mod shifts;
mod slots;
mod words;
mod zones;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

fn rule(text: &str) -> CronRule {
    CronRule::parse(text).unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Zones whose clocks do what others never do: shifts by half an hour or by two, at midnight, just before it, on other
/// days than the neighbours, twice around Ramadan, backwards in summer, at odd offsets, or not at all.
const ODD_ZONES: [Tz; 42] = [
    Tz::UTC,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Africa__El_Aaiun,
    Tz::America__Adak,
    Tz::America__Anchorage,
    Tz::America__Asuncion,
    Tz::America__Chicago,
    Tz::America__Havana,
    Tz::America__Los_Angeles,
    Tz::America__Miquelon,
    Tz::America__New_York,
    Tz::America__Nuuk,
    Tz::America__Phoenix,
    Tz::America__Santiago,
    Tz::America__Scoresbysund,
    Tz::America__St_Johns,
    Tz::America__Vancouver,
    Tz::Antarctica__Macquarie,
    Tz::Antarctica__Troll,
    Tz::Asia__Beirut,
    Tz::Asia__Gaza,
    Tz::Asia__Jerusalem,
    Tz::Asia__Kathmandu,
    Tz::Asia__Kolkata,
    Tz::Asia__Tehran,
    Tz::Asia__Tokyo,
    Tz::Atlantic__Azores,
    Tz::Australia__Adelaide,
    Tz::Australia__Eucla,
    Tz::Australia__Lord_Howe,
    Tz::Australia__Sydney,
    Tz::Europe__Berlin,
    Tz::Europe__Chisinau,
    Tz::Europe__Dublin,
    Tz::Europe__London,
    Tz::Pacific__Apia,
    Tz::Pacific__Auckland,
    Tz::Pacific__Chatham,
    Tz::Pacific__Easter,
    Tz::Pacific__Kiritimati,
    Tz::Pacific__Norfolk,
];
