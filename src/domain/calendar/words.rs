//! A schedule in words that people read, and what to say of one that cannot be read.

use std::str::FromStr as _;

use cron::Schedule;

/// The fields of a rule: what stands there, and what may.
const FIELDS: [(&str, &str); 7] = [
    ("second", "0 to 59"),
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31"),
    ("month", "1 to 12 or Jan to Dec"),
    ("weekday", "Sun to Sat"),
    ("year", "1970 to 2100"),
];

/// `at 10:00 and 16:00, Monday to Friday`; `None` for a rule that is more than times on weekdays.
pub(super) fn spelled(rule: &str) -> Option<String> {
    let fields: Vec<&str> = rule.split_whitespace().collect();
    let [second, minutes, hours, day, month, weekdays, year @ ..] = fields.as_slice() else { return None };
    let any = |field: &&str| matches!(*field, "*" | "?");
    if *second != "0" || !any(day) || !any(month) || !year.iter().all(any) {
        return None;
    }
    let numbers = |field: &str| field.split(',').map(|number| number.parse().ok()).collect::<Option<Vec<u32>>>();
    let (minutes, hours) = (numbers(minutes)?, numbers(hours)?);
    let mut times: Vec<(u32, u32)> =
        hours.iter().flat_map(|hour| minutes.iter().map(move |minute| (*hour, *minute))).collect();
    times.sort_unstable();
    let times: Vec<String> = times.iter().map(|(hour, minute)| format!("{hour:02}:{minute:02}")).collect();
    let times = format!("at {}", listed(&times));
    if any(weekdays) {
        return Some(times);
    }
    let span = |days: &str| match days.split_once('-') {
        Some((first, last)) => Some(format!("{} to {}", weekday(first)?, weekday(last)?)),
        None => weekday(days).map(str::to_owned),
    };
    let days = weekdays.split(',').map(span).collect::<Option<Vec<String>>>()?;
    Some(format!("{times}, {}", listed(&days)))
}

/// Of `Sat-Sun` and its like, the range and its days as a list: weeks begin with Sunday in the `cron` crate, which
/// takes no range that runs over the end of one.
pub(super) fn backwards(weekdays: &str) -> Option<(&str, String)> {
    const WEEK: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let place = |name: &str| WEEK.iter().position(|day| name.get(..3).is_some_and(|it| it.eq_ignore_ascii_case(day)));
    weekdays.split(',').find_map(|range| {
        let (first, last) = range.split_once('-')?;
        let (first, last) = (place(first)?, place(last)?);
        let days = WEEK.iter().cycle().skip(first).take(last + WEEK.len() - first + 1);
        (first > last).then(|| (range, days.copied().collect::<Vec<_>>().join(",")))
    })
}

/// What is wrong with a rule of six or seven fields that cannot be read: each field is tried by itself.
pub(super) fn unreadable(fields: &[&str]) -> String {
    const EASY: [&str; 7] = ["0", "0", "0", "*", "*", "*", "*"];
    let alone = |place: usize, field: &str| {
        let rule: Vec<&str> =
            EASY.into_iter().enumerate().map(|(nth, easy)| if nth == place { field } else { easy }).collect();
        Schedule::from_str(&rule.join(" ")).is_ok()
    };
    let wrong = fields.iter().zip(FIELDS).enumerate().find(|(place, (field, _))| !alone(*place, field));
    match wrong {
        Some((_, (field, (name, allowed)))) => format!(
            "has `{field}` as its {name}; there stands {allowed}, a list (`1,3`), a range (`1-3`), steps (`*/2`), or `*` for all"
        ),
        None => "is not a schedule; write second minute hour day month weekday year, as in `0 0 10,16 * * Mon-Fri *`"
            .to_owned(),
    }
}

fn weekday(name: &str) -> Option<&'static str> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let short = name.get(..3)?;
    DAYS.into_iter().find(|day| day.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(short)))
}

/// `a`, `a and b`, `a, b and c`
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
