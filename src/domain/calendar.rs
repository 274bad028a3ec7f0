//! Wall-clock schedules and business time in a zone, daylight saving included.
//!
//! What always holds: slots strictly increase; a wall-clock slot that does not exist moves forward by the gap, one
//! that exists twice fires once. The `cron` crate never sees a zone (it skips and doubles slots around daylight
//! saving): it is asked on wall-clock time disguised as UTC, and each answer is resolved to an instant here.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use cron::Schedule as CronSchedule;

use super::time::{Moment, Zone};

/// When business is done, in the project's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessHours {
    /// Working days.
    pub days: Vec<Weekday>,
    /// Start of the working day.
    pub from: NaiveTime,
    /// End of the working day, later than `from`.
    pub to: NaiveTime,
    /// Days off.
    pub holidays: Vec<NaiveDate>,
}

impl Default for BusinessHours {
    fn default() -> Self {
        Self {
            days: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
            from: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            to: NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default(),
            holidays: Vec::new(),
        }
    }
}

impl BusinessHours {
    /// Whether business is done on this day.
    #[must_use]
    pub fn works_on(&self, day: NaiveDate) -> bool {
        self.days.contains(&day.weekday()) && !self.holidays.contains(&day)
    }

    /// The moment at which `span` of business time has passed since `start`. `None` if no business is done within
    /// two years (every day is a holiday).
    #[must_use]
    pub fn add(&self, start: Moment, span: Duration, zone: Zone) -> Option<Moment> {
        let mut left = span;
        let mut day = start.with_timezone(&zone).date_naive();
        for _ in 0..732 {
            if self.works_on(day) {
                let opens = resolve(day.and_time(self.from), zone).max(start);
                let closes = resolve(day.and_time(self.to), zone);
                if closes > opens {
                    let room = closes - opens;
                    if left <= room {
                        return Some(opens + left);
                    }
                    left -= room;
                }
            }
            day = day.succ_opt()?;
        }
        None
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
    /// One sentence that says what is wrong and what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let (Some(hours), Some(weekday)) = (fields.get(2), fields.get(5)) else {
            return Err(format!(
                "has {} fields; write seven: second minute hour day month weekday year, as in `0 0 10,16 * * Mon-Fri *`",
                fields.len()
            ));
        };
        if weekday.chars().any(|c| c.is_ascii_digit()) {
            return Err("counts weekdays in numbers, which mean different days to different readers; write names, as in `Mon-Fri`".to_owned());
        }
        let schedule = CronSchedule::from_str(text).map_err(|error| {
            let first = error.to_string();
            format!("is not a schedule: {}", first.lines().next().unwrap_or("unreadable"))
        })?;
        Ok(Self { every_hour: hours.starts_with('*'), schedule: Box::new(schedule), text: text.to_owned() })
    }

    /// The first slot after `after` in `zone`. `None` when the rule never fires again.
    #[must_use]
    pub fn next(&self, after: Moment, zone: Zone) -> Option<Moment> {
        let wall = after.with_timezone(&zone).naive_local() - Duration::hours(25);
        self.walls_from(wall)
            .take(100_000)
            .flat_map(|wall| self.instants(wall, zone))
            .take_while(|slot| *slot <= after + Duration::days(366 * 5))
            .filter(|slot| *slot > after)
            .fold_first_window(after)
    }

    /// The first slot after `after` whose day is a business day.
    #[must_use]
    pub fn next_business(&self, after: Moment, zone: Zone, hours: &BusinessHours) -> Option<Moment> {
        let mut from = after;
        for _ in 0..5_000 {
            let slot = self.next(from, zone)?;
            if hours.works_on(slot.with_timezone(&zone).date_naive()) {
                return Some(slot);
            }
            from = slot;
        }
        None
    }

    fn walls_from(&self, wall: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + '_ {
        let start: DateTime<Utc> = Utc.from_utc_datetime(&wall);
        self.schedule.after_owned(start).map(|fake| fake.naive_utc())
    }

    fn instants(&self, wall: NaiveDateTime, zone: Zone) -> Vec<Moment> {
        match zone.from_local_datetime(&wall) {
            chrono::LocalResult::Single(at) => vec![at.with_timezone(&Utc)],
            chrono::LocalResult::Ambiguous(first, second) if self.every_hour => {
                vec![first.with_timezone(&Utc), second.with_timezone(&Utc)]
            }
            chrono::LocalResult::Ambiguous(first, _) => vec![first.with_timezone(&Utc)],
            chrono::LocalResult::None if self.every_hour => Vec::new(),
            chrono::LocalResult::None => vec![resolve(wall, zone)],
        }
    }
}

/// Slots come in the order of the wall clock, which is not the order of instants around a fold: look a little
/// further than the first that fits, and keep the least.
trait FoldFirstWindow {
    fn fold_first_window(self, after: Moment) -> Option<Moment>;
}

impl<I: Iterator<Item = Moment>> FoldFirstWindow for I {
    fn fold_first_window(mut self, _after: Moment) -> Option<Moment> {
        let first = self.next()?;
        let horizon = first + Duration::hours(3);
        let mut least = first;
        for slot in self.take(256) {
            if slot > horizon {
                break;
            }
            least = least.min(slot);
        }
        Some(least)
    }
}

/// The instant of a wall-clock moment: moved forward by the gap where it does not exist, the first where it exists twice.
#[must_use]
pub fn resolve(wall: NaiveDateTime, zone: Zone) -> Moment {
    match zone.from_local_datetime(&wall) {
        chrono::LocalResult::Single(at) | chrono::LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        chrono::LocalResult::None => {
            // The offset before the gap carries the wall clock over it by the gap's length.
            let before = zone.offset_from_utc_datetime(&(wall - Duration::hours(26)));
            Utc.from_utc_datetime(
                &(wall - Duration::seconds(i64::from(chrono::Offset::fix(&before).local_minus_utc()))),
            )
        }
    }
}
