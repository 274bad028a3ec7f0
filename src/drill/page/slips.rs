//! One-use numbers: every form carries one, and it acts once however often it is sent.
//!
//! What always holds: a number acts at most once; numbers that were not given out by this very drill do not act at all;
//! what is remembered is bounded, and what is forgotten does not act.

use std::collections::BTreeMap;

use super::fields::hex;

/// How many numbers back a form may still be sent.
const KEPT: u64 = 20_000;

/// The numbers.
pub(super) struct Slips {
    /// Tells this drill from others on the same port.
    drill: String,
    next: u64,
    spent: BTreeMap<u64, Spent>,
}

/// What became of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spent {
    /// What was typed.
    digest: String,
    /// Where it led.
    to: String,
}

/// How a number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may act.
    Fresh(u64),
    /// The same was carried out; it led there.
    Done(String),
    /// The number was used up by something else.
    Used,
    /// It is not of this drill, or long forgotten.
    Strange,
}

impl Slips {
    /// # Errors
    /// Where the machine gives no chance.
    pub(super) fn new() -> Result<Self, std::io::Error> {
        let mut chance = [0; 12];
        aws_lc_rs::rand::fill(&mut chance).map_err(|_| std::io::Error::other("the machine gives no random numbers"))?;
        Ok(Self { drill: hex(&chance), next: 0, spent: BTreeMap::new() })
    }

    /// A number for a form.
    pub(super) fn give(&mut self) -> String {
        self.next += 1;
        format!("{}-{}", self.drill, self.next)
    }

    pub(super) fn look(&self, number: &str, digest: &str) -> Standing {
        let of_this = number.rsplit_once('-').filter(|(drill, _)| *drill == self.drill);
        let Some(number) = of_this.and_then(|(_, number)| number.parse::<u64>().ok()) else { return Standing::Strange };
        if number > self.next || number + KEPT <= self.next {
            return Standing::Strange;
        }
        match self.spent.get(&number) {
            None => Standing::Fresh(number),
            Some(spent) if spent.digest == digest => Standing::Done(spent.to.clone()),
            Some(_) => Standing::Used,
        }
    }

    /// Uses a number up.
    pub(super) fn spend(&mut self, number: u64, digest: String, to: String) {
        self.spent.insert(number, Spent { digest, to });
        let forgotten = self.next.saturating_sub(KEPT);
        self.spent = self.spent.split_off(&forgotten);
    }
}
