//! Where a list is read, in pages that fit: where one is larger than is taken at once, smaller ones are asked for from
//! there on, and the next time from the start.
//!
//! What always holds: a place in smaller pages is the same place; nothing is stepped over but a single entry that is
//! too large by itself, and the caller is told of that. What is deliberately not here: sending (the adapters).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{ForgeError, answer::TooMuch};

/// Bytes of one page that are taken. GitLab's longest note fills 6 MB, if each of its characters is escaped.
pub(super) const MOST_OF_A_PAGE: usize = 16 * 1024 * 1024;

/// Entries of a list that are read.
pub(super) const MOST_ENTRIES: u64 = 30_000;

/// Entries on a page. Each size divides the ones before it.
const SIZES: [u32; 5] = [100, 50, 10, 5, 1];

/// Smaller pages are no remedy for a forge that answers slowly whatever it is asked.
const LEAST_OF_SLOW: u32 = 10;

/// So many entries of a list are stepped over because each is too large by itself; then the rest is not read.
pub(super) const MOST_SKIPPED: u32 = 20;

/// Lists whose size of pages is remembered; then all are forgotten, and found out again.
const MOST_LISTS: usize = 1_000;

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Entries on a page.
    pub(super) size: u32,
    /// Which page, from 1.
    pub(super) page: u32,
}

impl Place {
    /// How many entries stand before it.
    pub(super) fn before(self) -> u64 {
        u64::from(self.size) * u64::from(self.page.saturating_sub(1))
    }

    /// The same place in smaller pages; `None` where they cannot be smaller.
    pub(super) fn smaller(self) -> Option<Self> {
        let size = SIZES.into_iter().find(|size| *size < self.size && self.size.is_multiple_of(*size))?;
        let page = (self.page.saturating_sub(1)).saturating_mul(self.size / size).saturating_add(1);
        Some(Self { size, page })
    }

    /// The page after it.
    pub(super) fn next(self) -> Self {
        Self { page: self.page.saturating_add(1), ..self }
    }
}

/// How large pages may be, of the lists of which the usual ones were too large.
#[derive(Default)]
pub(super) struct Sizes(Mutex<HashMap<String, u32>>);

impl Sizes {
    /// Where to begin with a list that has pages of this size otherwise.
    pub(super) fn first(&self, list: &str, usual: u32) -> Place {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Place { size: known.get(list).copied().unwrap_or(usual).min(usual), page: 1 }
    }

    /// Where to go on after a page that did not come: the same place in smaller pages, or the next one, where it was a
    /// single entry. An answer that was too slow is not asked for again now, but in smaller pages the next time.
    ///
    /// # Errors
    /// What it was, where smaller pages are no remedy.
    pub(super) fn after(&self, list: &str, at: Place, error: ForgeError) -> Result<Place, ForgeError> {
        let Some(too_much) = TooMuch::of(&error) else { return Err(error) };
        let is_slow = too_much.is_slow;
        match at.smaller().filter(|smaller| !is_slow || smaller.size >= LEAST_OF_SLOW) {
            Some(smaller) => {
                self.keep(list, smaller.size);
                if is_slow { Err(error) } else { Ok(smaller) }
            }
            None if is_slow => Err(error),
            None => Ok(at.next()),
        }
    }

    /// A list was read in pages of this size, of which the largest had so many bytes: the next time they are as large as
    /// has room to spare.
    pub(super) fn read(&self, list: &str, size: u32, usual: u32, largest: usize) {
        let fits = |one: &u32| {
            let factor = usize::try_from(one.div_ceil(size.max(1))).unwrap_or(usize::MAX);
            largest.saturating_mul(factor) < MOST_OF_A_PAGE / 4
        };
        let larger = std::iter::once(usual).chain(SIZES).filter(|one| *one > size && *one <= usual).find(fits);
        if let Some(larger) = larger {
            self.keep(list, larger);
        }
    }

    fn keep(&self, list: &str, size: u32) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_LISTS && !known.contains_key(list) {
            known.clear();
        }
        known.insert(list.to_owned(), size);
    }
}
