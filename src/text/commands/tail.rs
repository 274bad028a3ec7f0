//! What may stand at the end of a text: `@who`, `deferred`, `by 2026-12-01`, in any order, each at most once.
//!
//! What always holds: only the very end is read so; a handle or a date in the middle of the text is text.

use chrono::NaiveDate;

use crate::{domain::people::Person, text::fields::people};

/// A text, and what stood behind it.
pub(super) struct Tail {
    pub(super) text: String,
    pub(super) owner: Option<Person>,
    pub(super) deferred: bool,
    pub(super) by: Option<NaiveDate>,
}

impl Tail {
    pub(super) fn of(said: &str) -> Self {
        Self { text: said.to_owned(), owner: None, deferred: false, by: None }
    }

    pub(super) fn owner(mut self) -> Self {
        self.take_owner();
        self
    }

    pub(super) fn owner_and_deferred(mut self) -> Self {
        while self.take_owner() || self.take_deferred() {}
        self
    }

    /// The error is a `by` that is followed by something like a date that is none.
    pub(super) fn owner_and_date(mut self) -> Result<Self, ()> {
        while self.take_owner() || self.take_date()? {}
        Ok(self)
    }

    /// The last word, and the text before it.
    fn last(&self) -> Option<(&str, &str)> {
        self.text.trim_end().rsplit_once(' ').map(|(before, word)| (before.trim_end(), word))
    }

    fn take_owner(&mut self) -> bool {
        let Some((before, word)) = self.last() else { return false };
        let (Some(handle), true) = (people::handle(word), self.owner.is_none()) else { return false };
        let (owner, before) = (Person::Handle(handle.to_owned()), before.to_owned());
        (self.owner, self.text) = (Some(owner), before);
        true
    }

    fn take_deferred(&mut self) -> bool {
        let Some((before, word)) = self.last() else { return false };
        let said = word.trim_matches(['(', ')', '[', ']', '`', '*', '.']).eq_ignore_ascii_case("deferred");
        if !said || self.deferred {
            return false;
        }
        (self.deferred, self.text) = (true, before.trim_end_matches([',', ';', ' ']).to_owned());
        true
    }

    fn take_date(&mut self) -> Result<bool, ()> {
        let Some((before, word)) = self.last() else { return Ok(false) };
        let Some((text, by)) = before.rsplit_once(' ') else { return Ok(false) };
        let word = word.trim_end_matches(['.', ')', ',']);
        let dated = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(['-', '/', '.']);
        if !by.trim_start_matches('(').eq_ignore_ascii_case("by") || !dated || self.by.is_some() {
            return Ok(false);
        }
        let date = NaiveDate::parse_from_str(word, "%Y-%m-%d").map_err(drop)?;
        (self.by, self.text) = (Some(date), text.trim_end_matches([',', ';', ' ']).to_owned());
        Ok(true)
    }
}
