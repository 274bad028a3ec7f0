//! A value of a document and the ways to read it. A value that does not fit is reported and read as `None`.

use std::ops::RangeInclusive;

use chrono::{Duration, NaiveDate};
use toml::de::DeValue;

use super::{
    log::Log,
    problem::Hint,
    secret::looks_secret,
    table::Table,
    words::{duration, quoted, written},
};

/// A value and where it stands: at its key, or at itself inside a list.
#[derive(Clone)]
pub struct Node<'d> {
    pub(super) log: &'d Log<'d>,
    pub(super) path: String,
    pub(super) name: &'d str,
    pub(super) at: usize,
    /// Where the value itself begins.
    pub(super) begins: usize,
    pub(super) value: &'d DeValue<'d>,
}

/// A text as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Block<'d> {
    /// Line breaks and all.
    pub text: &'d str,
    /// 1-based line on which it begins.
    pub line: u32,
    /// 1-based column there, in characters.
    pub column: u32,
    /// Its lines are lines of the document; where they are written `\\n`, they are not.
    pub in_lines: bool,
}

impl<'d> Node<'d> {
    /// The last part of its path; empty inside a list.
    #[must_use]
    pub fn name(&self) -> &'d str {
        self.name
    }

    /// 1-based line.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.log.line(self.at)
    }

    /// Text in quotes, trimmed, not blank.
    #[must_use]
    pub fn text(&self) -> Option<&'d str> {
        let Some(text) = self.value.as_str() else { return self.misfit("text in quotes") };
        let text = text.trim();
        if text.is_empty() {
            self.reject("is empty");
            return None;
        }
        Some(text)
    }

    /// Text as it was written, line breaks and all, and where it begins. `None` where it is none.
    #[must_use]
    pub fn block(&self) -> Option<Block<'d>> {
        let text = self.value.as_str()?;
        let stands = |all: &[&str]| all.iter().any(|it| self.log.stands(self.begins, it));
        let below = stands(&["\"\"\"\n", "\"\"\"\r\n", "'''\n", "'''\r\n"]);
        let in_lines = stands(&["\"\"\"", "'''"]);
        let quotes = if in_lines { 3 } else { 1 };
        let column = if below { 1 } else { self.log.column(self.begins) + quotes };
        Some(Block { text, line: self.log.line(self.begins) + u32::from(below), column, in_lines })
    }

    /// Text, trimmed, without reporting what does not fit: for looking ahead at what is read elsewhere.
    #[must_use]
    pub fn plain(&self) -> Option<&'d str> {
        self.value.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether it is text in quotes, blank or not.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// The members of a list.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        let Some(list) = self.value.as_array() else {
            return self.misfit("a list in [ ]").unwrap_or_default();
        };
        let member = |(index, item): (usize, &'d toml::Spanned<DeValue<'d>>)| Self {
            log: self.log,
            path: format!("{}[{index}]", self.path),
            name: "",
            at: item.span().start,
            begins: item.span().start,
            value: item.get_ref(),
        };
        list.iter().enumerate().map(member).collect()
    }

    /// The texts of a list, each with its place.
    #[must_use]
    pub fn texts(&self) -> Vec<(Self, &'d str)> {
        self.items().into_iter().filter_map(|item| item.text().map(|text| (item, text))).collect()
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> Option<Table<'d>> {
        let Some(table) = self.value.as_table() else { return self.misfit("a table") };
        Some(Table { log: self.log, path: self.path.clone(), at: self.at, table })
    }

    /// `true` or `false`.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.misfit("true or false"))
    }

    /// A whole number of this range.
    #[must_use]
    pub fn whole(&self, range: &RangeInclusive<u32>) -> Option<u32> {
        let Some(written) = self.value.as_integer() else { return self.misfit("a whole number") };
        let number = i64::from_str_radix(written.as_str(), written.radix()).ok().and_then(|n| u32::try_from(n).ok());
        let fits = number.filter(|number| range.contains(number));
        if fits.is_none() {
            let hint = Hint::Allowed(vec![format!("{} to {}", range.start(), range.end())]);
            self.log.report(self.at, &self.path, "is out of range".to_owned(), hint);
        }
        fits
    }

    /// A duration such as `1h30m`, of this range.
    #[must_use]
    pub fn span(&self, range: &RangeInclusive<Duration>) -> Option<Duration> {
        if !self.is_text() {
            return self.misfit("a duration in quotes, such as \"30s\" or \"1h30m\"");
        }
        let text = self.text()?;
        let Some(span) = duration(text) else {
            let advice = "write numbers with units, larger first, as in \"30s\", \"10m\", \"1h30m\" or \"3d\"";
            self.reject(format!("{} is not a duration; {advice}", quoted(text)));
            return None;
        };
        if range.contains(&span) {
            return Some(span);
        }
        let hint = Hint::Allowed(vec![format!("{} to {}", written(*range.start()), written(*range.end()))]);
        self.log.report(self.at, &self.path, format!("{} is out of range", quoted(text)), hint);
        None
    }

    /// A day, as a TOML date or as text: `2026-12-25`.
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        let text = self.value.as_datetime().map(ToString::to_string).or_else(|| self.value.as_str().map(str::to_owned));
        let day = text.as_deref().and_then(|text| text.trim().parse().ok());
        day.or_else(|| self.misfit("a day such as 2026-12-25"))
    }

    /// One of a few words.
    #[must_use]
    pub fn choice<T: Copy>(&self, allowed: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = allowed.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names = allowed.iter().map(|(name, _)| (*name).to_owned()).collect();
            self.log.report(self.at, &self.path, format!("{} is not allowed", quoted(text)), Hint::Allowed(names));
        }
        found
    }

    /// Reports a problem of this value.
    pub fn reject(&self, what: impl Into<String>) {
        self.reject_for(what, Hint::None);
    }

    /// Reports a problem of this value and what would be right.
    pub fn reject_for(&self, what: impl Into<String>, hint: Hint) {
        self.log.report(self.at, &self.path, what.into(), hint);
    }

    /// Reports a name that refers to nothing; said only where the document's syntax is whole.
    pub fn reject_reference(&self, what: impl Into<String>, hint: Hint) {
        self.log.report_consequence(self.at, &self.path, what.into(), hint);
    }

    /// Says something that does not stop the program.
    pub fn warn(&self, what: impl Into<String>) {
        self.log.warn(self.at, &self.path, what.into());
    }

    /// Reports each text at or below this one that looks like a secret, unless something was said about it already.
    pub(super) fn holds_no_secret(&self) {
        if self.value.is_array() {
            self.items().iter().for_each(Self::holds_no_secret);
        } else if self.value.is_table() {
            self.table().iter().flat_map(Table::entries).for_each(|node| node.holds_no_secret());
        } else if self.value.as_str().is_some_and(looks_secret) && !self.log.is_told(self.at) {
            let advice = "secrets are kept as { env = \"NAME\" } or { file = \"PATH\" }";
            self.reject(format!("is what looks like a secret: take it out and revoke it; {advice}"));
        }
    }

    /// Quotes nothing: the value could be a secret in the wrong place.
    fn misfit<T>(&self, expected: &str) -> Option<T> {
        self.reject(format!("expects {expected}, found {}", found(self.value)));
        None
    }
}

fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
