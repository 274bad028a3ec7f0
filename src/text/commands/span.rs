//! How long something lasts, as people write it: `30m`, `2h`, `1h30m`, `1d`, `45 min`, `2 hours`.

use chrono::Duration;

/// The longest span that is understood: longer ones are slips of the finger.
pub(super) const LONGEST_DAYS: i64 = 30;

/// The span, or `None` where it is not one, is nothing, or is longer than 30 days. Every number needs its unit.
pub(super) fn read(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut minutes: i64 = 0;
    while !rest.is_empty() {
        let (number, after) = leading(rest, |c| c.is_ascii_digit());
        let (unit, after) = leading(after.trim_start(), char::is_alphabetic);
        let step = number.parse::<i64>().ok()?.checked_mul(minutes_in(unit)?)?;
        minutes = minutes.checked_add(step)?;
        rest = after.trim_start();
    }
    (1..=LONGEST_DAYS * 24 * 60).contains(&minutes).then(|| Duration::minutes(minutes))
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn minutes_in(unit: &str) -> Option<i64> {
    match unit.to_lowercase().as_str() {
        "m" | "min" | "mins" | "minute" | "minutes" => Some(1),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(60),
        "d" | "day" | "days" => Some(24 * 60),
        _ => None,
    }
}
