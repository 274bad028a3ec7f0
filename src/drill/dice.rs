//! Numbers that a seed and an occasion alone decide.

use std::hash::{Hash, Hasher};

/// Whether something happens that happens so many times of a hundred.
pub(super) fn chance(seed: u64, of: impl Hash, percent: u8) -> bool {
    throw(seed, of) % 100 < u64::from(percent)
}

/// FNV-1a: the library's own hasher may change from one release to the next, and a seed should not.
struct Steady(u64);

impl Hasher for Steady {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A number that seed and occasion alone decide.
pub(super) fn throw(seed: u64, of: impl Hash) -> u64 {
    let mut hasher = Steady(0xCBF2_9CE4_8422_2325);
    seed.hash(&mut hasher);
    of.hash(&mut hasher);
    mixed(hasher.finish())
}

/// The mixing function of splitmix64.
pub(super) fn mixed(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
