//! Wall-clock schedules and business time in a zone, daylight saving included.
//!
//! What always holds: slots strictly increase; a wall-clock slot that does not exist moves forward by the gap, one
//! that exists twice fires once, except for rules that name every hour: those use both, so that they never pause for
//! an hour. The `cron` crate never sees a zone (it skips and doubles slots around daylight saving): it is asked on
//! wall-clock time disguised as UTC, and each answer is resolved to an instant here.
//!
//! What is deliberately not here: which rule applies to an incident, and what is said when it fires (`plan`).

mod words;

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::GapInfo;
use cron::{Schedule as CronSchedule, TimeUnitSpec};

use super::time::{Moment, Zone};

/// Business time gives up after this many days in a row without any business.
const LONGEST_CLOSURE_DAYS: u32 = 732;
/// Business time gives up this many days after its start, however long the span.
const FARTHEST_DAYS: u32 = 36_525;
/// A rule on business days gives up after this many of its days in a row that are days off.
const MOST_DAYS_OFF: u32 = 732;
/// Every shift of a zone's clock, the date line's whole day included, is shorter than this.
const LONGEST_SHIFT_HOURS: i64 = 26;

/// When business is done, in the project's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessHours {
    /// Working days. A shift over midnight belongs to the day on which it begins.
    pub days: Vec<Weekday>,
    /// Start of the working day.
    pub from: NaiveTime,
    /// End of the working day; at or before `from`, it is on the next day (`00:00` to `00:00` is the whole day).
    pub to: NaiveTime,
    /// Days off.
    pub holidays: BTreeSet<NaiveDate>,
}

impl Default for BusinessHours {
    fn default() -> Self {
        Self {
            days: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
            from: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            to: NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default(),
            holidays: BTreeSet::new(),
        }
    }
}

impl BusinessHours {
    /// Whether business is done on this day.
    #[must_use]
    pub fn works_on(&self, day: NaiveDate) -> bool {
        self.days.contains(&day.weekday()) && !self.holidays.contains(&day)
    }

    /// The earliest moment at which `span` of business time has passed since `start`; `start` itself for an empty
    /// span. `None` if no business is done for two years on end, or the answer lies more than a century away.
    #[must_use]
    pub fn add(&self, start: Moment, span: Duration, zone: Zone) -> Option<Moment> {
        if span <= Duration::zero() {
            return Some(start);
        }
        let (mut left, mut idle, mut since) = (span, 0, start);
        // Yesterday's shift may reach into today, and a gap at midnight pushes the end of the one before as far.
        let mut day = start.with_timezone(&zone).date_naive().pred_opt()?.pred_opt()?;
        for _ in 0..FARTHEST_DAYS {
            let (opens, closes) = self.shift(day, since, zone)?;
            let room = closes - opens;
            // A gap can push the end of a shift into the next one: no minute counts twice.
            since = closes;
            if room > Duration::zero() {
                if left <= room {
                    return Some(opens + left);
                }
                (left, idle) = (left - room, 0);
            } else {
                idle += 1;
                if idle > LONGEST_CLOSURE_DAYS {
                    return None;
                }
            }
            day = day.succ_opt()?;
        }
        None
    }

    /// What of the shift that begins on `day` lies at or after `since`; empty on a day off. `None` at the end of the
    /// calendar.
    fn shift(&self, day: NaiveDate, since: Moment, zone: Zone) -> Option<(Moment, Moment)> {
        if !self.works_on(day) {
            return Some((since, since));
        }
        let last = if self.to > self.from { day } else { day.succ_opt()? };
        let opens = resolve(day.and_time(self.from), zone).max(since);
        Some((opens, resolve(last.and_time(self.to), zone).max(opens)))
    }
}

/// A schedule in the `cron` crate's seven-field form, read on the wall clock of a zone.
#[derive(Clone)]
pub struct CronRule {
    text: String,
    schedule: Box<CronSchedule>,
    every_hour: bool,
}

impl fmt::Debug for CronRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CronRule").field(&self.text).finish()
    }
}

impl fmt::Display for CronRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl CronRule {
    /// Reads a rule: six or seven fields, weekdays by name only (numbers mean different days to different readers).
    ///
    /// # Errors
    /// What is wrong and what is allowed, as the end of a sentence that begins with the rule.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let (Some(weekday), 6..=7) = (fields.get(5), fields.len()) else {
            return Err(format!(
                "has {} of seven fields; write second minute hour day month weekday year, as in `0 0 10,16 * * Mon-Fri *`",
                fields.len()
            ));
        };
        if weekday.chars().any(|c| c.is_ascii_digit()) {
            return Err("counts weekdays in numbers, which mean different days to different readers; \
                        write names, as in `Mon-Fri`"
                .to_owned());
        }
        if let Some((range, days)) = words::backwards(weekday) {
            return Err(format!(
                "has the weekdays `{range}`, which run over the end of a week (it begins with Sun); list them: `{days}`"
            ));
        }
        let schedule = CronSchedule::from_str(text).map_err(|_| words::unreadable(&fields))?;
        let every_hour = schedule.hours().is_all();
        Ok(Self { every_hour, schedule: Box::new(schedule), text: text.to_owned() })
    }

    /// `at 10:00 and 16:00, Monday to Friday`; a rule that is more than times on weekdays stays as it is written.
    #[must_use]
    pub fn in_words(&self) -> String {
        words::spelled(&self.text).unwrap_or_else(|| format!("at the times of “{}”", self.text))
    }

    /// The first slot after `after` in `zone`. `None` when the rule never fires again (schedules end with the year
    /// 2100).
    #[must_use]
    pub fn next(&self, after: Moment, zone: Zone) -> Option<Moment> {
        self.next_on(after, zone, |_| true)
    }

    /// The first slot after `after` that the wall clock puts on a business day. `None` also where more than 700 of its
    /// days on end are days off: nobody waits for what comes only then.
    #[must_use]
    pub fn next_business(&self, after: Moment, zone: Zone, hours: &BusinessHours) -> Option<Moment> {
        if !self.names_any(&hours.days) {
            return None;
        }
        self.next_on(after, zone, |day| hours.works_on(day))
    }

    /// Walls come in the order of the wall clock, which around a shift is not the order of instants. So the search
    /// begins one shift early, goes one shift beyond the first instant that fits, and keeps the least.
    fn next_on(&self, after: Moment, zone: Zone, on: impl Fn(NaiveDate) -> bool) -> Option<Moment> {
        let start = after.with_timezone(&zone).naive_local().checked_sub_signed(swing(after, zone))?;
        let mut wall = self.wall_after(start, &on)?;
        let mut found: Option<(Moment, NaiveDateTime)> = None;
        loop {
            for slot in self.instants(wall, zone).into_iter().flatten().filter(|slot| *slot > after) {
                found = Some(match found {
                    None => (slot, wall + swing(slot, zone)),
                    Some((least, until)) => (least.min(slot), until),
                });
            }
            if let Some((least, until)) = found
                && until <= wall
            {
                // No shift is near, as nearly always: later walls are later instants.
                return Some(least);
            }
            match (self.wall_after(wall, &on), found) {
                (Some(next), Some((_, until))) if next < until => wall = next,
                (Some(next), None) => wall = next,
                (_, found) => return found.map(|(least, _)| least),
            }
        }
    }

    /// Whether one of the days of the week is the rule's. Days that are never worked on need not be tried, year by year.
    fn names_any(&self, days: &[Weekday]) -> bool {
        let weekdays = self.schedule.days_of_week();
        days.iter().any(|day| weekdays.includes(day.number_from_sunday()))
    }

    /// The first wall-clock moment after `from` that the rule names, on a day that counts.
    fn wall_after(&self, mut from: NaiveDateTime, on: impl Fn(NaiveDate) -> bool) -> Option<NaiveDateTime> {
        for _ in 0..MOST_DAYS_OFF {
            let fake: DateTime<Utc> = Utc.from_utc_datetime(&from);
            let wall = self.schedule.after(&fake).next()?.naive_utc();
            if on(wall.date()) {
                return Some(wall);
            }
            // The rest of this day does not count either.
            from = wall.date().succ_opt()?.and_time(NaiveTime::MIN) - Duration::seconds(1);
        }
        None
    }

    fn instants(&self, wall: NaiveDateTime, zone: Zone) -> [Option<Moment>; 2] {
        match zone.from_local_datetime(&wall) {
            chrono::LocalResult::Ambiguous(first, second) if self.every_hour => {
                [Some(first.with_timezone(&Utc)), Some(second.with_timezone(&Utc))]
            }
            _ => [Some(resolve(wall, zone)), None],
        }
    }
}

/// By how much the zone's clock shifts around this instant; zero almost always.
fn swing(at: Moment, zone: Zone) -> Duration {
    let reach = Duration::hours(LONGEST_SHIFT_HOURS);
    let offsets = [at - reach, at, at + reach]
        .map(|near| zone.offset_from_utc_datetime(&near.naive_utc()).fix().local_minus_utc());
    let (least, most) = offsets.iter().fold((i32::MAX, i32::MIN), |(low, high), it| (low.min(*it), high.max(*it)));
    Duration::seconds(i64::from(most) - i64::from(least))
}

/// The instant of a wall-clock moment: moved forward by the gap where it does not exist, the first where it exists
/// twice.
#[must_use]
pub fn resolve(wall: NaiveDateTime, zone: Zone) -> Moment {
    match zone.from_local_datetime(&wall) {
        chrono::LocalResult::Single(at) | chrono::LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        chrono::LocalResult::None => {
            // The offset before the gap carries the wall clock over it by the gap's length.
            let before = GapInfo::new(&wall, &zone).and_then(|gap| gap.begin);
            let seconds = before.map_or(0, |(_, offset)| offset.fix().local_minus_utc());
            Utc.from_utc_datetime(&(wall - Duration::seconds(i64::from(seconds))))
        }
    }
}
