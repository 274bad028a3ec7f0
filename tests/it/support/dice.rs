//! Repeatable chance: the same seed gives the same throws on every machine.

use std::ops::Range;

/// A small generator (the mixing function of splitmix64), good enough to pick cases.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range. An empty range stops the test.
    pub(crate) fn within(&mut self, range: Range<i64>) -> i64 {
        let width = u64::try_from(range.end - range.start).expect("a range that holds something");
        range.start + i64::try_from(self.throw() % width).expect("smaller than the width")
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn chance(&mut self, percent: u8) -> bool {
        self.throw() % 100 < u64::from(percent)
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.throw() % u64::try_from(from.len()).expect("fits");
        &from[usize::try_from(at).expect("fits")]
    }
}
