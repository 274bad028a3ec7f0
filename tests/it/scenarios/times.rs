//! Literal times: `09:00` is on Monday 2026-11-16, `Tue 09:00` and so on in the same week, `next Mon 09:00` in the one
//! after. All in UTC, which is the project's zone in these stories.

use chrono::{Datelike as _, Duration, NaiveDate, NaiveTime};
use hotwash::domain::time::Moment;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 16).unwrap()
}

/// The moment that a literal names.
pub(super) fn moment(text: &str) -> Moment {
    let (day, time) = text.rsplit_once(' ').unwrap_or(("Mon", text));
    let (week, name) = day.strip_prefix("next ").map_or((0, day), |name| (7, name));
    let offset = DAYS.iter().position(|known| *known == name).unwrap_or_else(|| panic!("{text:?} names no day"));
    let date = monday() + Duration::days(week + i64::try_from(offset).unwrap());
    date.and_time(NaiveTime::parse_from_str(time, "%H:%M").unwrap()).and_utc()
}

/// The literal that names a moment's minute.
pub(super) fn literal(at: Moment) -> String {
    let (date, time) = (at.date_naive(), at.format("%H:%M"));
    let day = DAYS[usize::try_from(date.weekday().num_days_from_monday()).unwrap()];
    match (date - monday()).num_days() {
        0 => time.to_string(),
        1..7 => format!("{day} {time}"),
        7..14 => format!("next {day} {time}"),
        _ => at.format("%Y-%m-%d %H:%M").to_string(),
    }
}

#[test]
fn a_literal_names_a_minute_and_back() {
    for text in ["09:00", "Tue 00:00", "Sun 23:59", "next Mon 10:00", "next Sat 16:30"] {
        assert_eq!(literal(moment(text)), text);
        assert_eq!(literal(moment(text) + Duration::seconds(59)), text);
    }
    assert_eq!(moment("next Tue 10:00").to_rfc3339(), "2026-11-24T10:00:00+00:00");
}
