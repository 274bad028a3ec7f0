//! Business time by brute force: what the wall clock shows at each minute of two years, one after another, which of them
//! are business, and a walk that counts them. It goes from instants to the wall clock only, never back.

use super::{
    DAY,
    diary::{Diary, MINUTES_A_DAY},
    zones::{Clock, END, START},
};

/// Up to here every shift is marked, and the count ends.
pub(super) const COUNT_ENDS: i64 = END - 4 * DAY;

/// The least wall-clock minute that any zone shows, and how many there are: a day more than UTC's on either side.
const LEAST: i64 = START / 60 - MINUTES_A_DAY;
const SHOWN: i64 = (END - START) / 60 + 2 * MINUTES_A_DAY;

/// For each wall-clock minute from [`LEAST`] on, the first minute of the years under test that shows it.
pub(super) struct Walls(Vec<Option<usize>>);

impl Walls {
    pub(super) fn of(clock: &Clock) -> Self {
        let mut first = vec![None; index(SHOWN)];
        let mut minute = 0;
        for hour in (START..END).step_by(3_600) {
            let (early, late) = (clock.offset(hour), clock.offset(hour + 3_599));
            // The hour of a shift is looked at minute by minute.
            let step = if early == late { 60 } else { 1 };
            for at in (0..60).step_by(step) {
                let offset = if early == late { early } else { clock.offset(hour + at * 60) };
                let wall = index((hour + offset).div_euclid(60) + at - LEAST);
                for shown in &mut first[wall..wall + step] {
                    shown.get_or_insert(minute);
                    minute += 1;
                }
            }
        }
        Self(first)
    }

    /// The first minute that shows this wall-clock minute. One that is never shown lies in a gap: it counts as so many
    /// minutes later as the gap is long.
    fn minute(&self, wall: i64) -> usize {
        let at = index(wall - LEAST);
        if let Some(minute) = self.0[at] {
            return minute;
        }
        let hidden = |wall: &&Option<usize>| wall.is_none();
        let before = self.0[..at].iter().rev().take_while(hidden).count();
        let after = self.0[at..].iter().take_while(hidden).count();
        self.0[at + before + after].unwrap()
    }
}

/// Which minutes of the years under test are business.
pub(super) struct Minutes(Vec<bool>);

impl Minutes {
    pub(super) fn walk(walls: &Walls, diary: &Diary) -> Self {
        let mut business = vec![false; index((END - START) / 60)];
        // Two days are left out at either end, where the walls do not reach.
        for day in START / DAY + 2..END / DAY - 2 {
            if diary.works_on(day) {
                let last = day + i64::from(diary.over_midnight());
                let opens = walls.minute(day * MINUTES_A_DAY + diary.from);
                let closes = walls.minute(last * MINUTES_A_DAY + diary.to);
                // A shift that lies in a gap may end before it begins: then nobody works.
                if opens < closes {
                    business[opens..closes].fill(true);
                }
            }
        }
        Self(business)
    }

    /// The first second by which so many seconds of business have passed; `None` if there are not so many.
    pub(super) fn count(&self, start: i64, span: i64) -> Option<i64> {
        let (mut at, mut left) = (start, span);
        if left <= 0 {
            return Some(start);
        }
        for business in &self.0[index((start - START) / 60)..index((COUNT_ENDS - START) / 60)] {
            let next = (at / 60 + 1) * 60;
            if *business {
                if left <= next - at {
                    return Some(at + left);
                }
                left -= next - at;
            }
            at = next;
        }
        None
    }
}

fn index(minutes: i64) -> usize {
    usize::try_from(minutes).unwrap()
}
