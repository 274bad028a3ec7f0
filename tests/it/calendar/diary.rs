//! When business is done, kept as plain numbers: days since 1970 and minutes of the day. Nothing of it is the program's.

use chrono::{NaiveTime, Weekday};
use hotwash::domain::calendar::BusinessHours;

use super::{
    DAY,
    zones::{Clock, FIRST, naive},
};
use crate::support::dice::Dice;

pub(super) const MINUTES_A_DAY: i64 = 1_440;
const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

#[derive(Debug, Clone)]
pub(super) struct Diary {
    /// Monday first.
    week: [bool; 7],
    /// Days since 1970.
    holidays: Vec<i64>,
    /// Minutes of the day.
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Diary {
    /// At random; a third begin or end near the wall-clock time at which the zone's clock shifts.
    pub(super) fn some(dice: &mut Dice, clock: &Clock) -> Self {
        let mut week = [(); 7].map(|()| dice.chance(75));
        if week == [false; 7] {
            week[6] = true;
        }
        let holidays = (0..dice.within(0..60)).map(|_| FIRST / DAY + dice.within(-10..760)).collect();
        Self { week, holidays, from: time_of_day(dice, clock), to: time_of_day(dice, clock) }
    }

    pub(super) fn works_on(&self, day: i64) -> bool {
        // 1970 began on a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap();
        self.week[weekday] && !self.holidays.contains(&day)
    }

    /// Whether the shift that begins on a day ends on the next.
    pub(super) fn over_midnight(&self) -> bool {
        self.to <= self.from
    }

    /// The same in the program's words.
    pub(super) fn hours(&self) -> BusinessHours {
        let time = |minute: i64| {
            NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(minute * 60).unwrap(), 0).unwrap()
        };
        BusinessHours {
            days: WEEK.into_iter().zip(self.week).filter_map(|(day, works)| works.then_some(day)).collect(),
            from: time(self.from),
            to: time(self.to),
            holidays: self.holidays.iter().map(|day| naive(day * DAY).date()).collect(),
        }
    }
}

/// A minute of the day: any, a quarter of an hour, or one near a shift of the zone.
fn time_of_day(dice: &mut Dice, clock: &Clock) -> i64 {
    let shifts: Vec<i64> = clock.table.shifts().flat_map(|(at, before, after)| [at + before, at + after]).collect();
    match dice.within(0..3) {
        0 if !shifts.is_empty() => {
            (dice.pick(&shifts) / 60 + dice.within(-6..7) * 15 + dice.within(-1..2)).rem_euclid(MINUTES_A_DAY)
        }
        1 => dice.within(0..MINUTES_A_DAY),
        _ => dice.within(0..96) * 15,
    }
}
