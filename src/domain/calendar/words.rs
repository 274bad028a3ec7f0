//! A schedule in words that people read, and what to say of weekdays that run backwards.

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
