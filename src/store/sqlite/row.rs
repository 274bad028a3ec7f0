//! How values of this program look in the database.
//!
//! What always holds: what is written is read back as the same value (moments to the microsecond).

use chrono::DateTime;
use rusqlite::{
    Row,
    types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef},
};

use crate::{
    domain::{ids::IssueRef, time::Moment},
    store::EffectState,
};

/// Microseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Micros(pub(super) i64);

impl Micros {
    /// The moment; the end of time where the number is beyond it.
    pub(super) fn moment(self) -> Moment {
        DateTime::from_timestamp_micros(self.0).unwrap_or(Moment::MAX_UTC)
    }
}

impl From<Moment> for Micros {
    fn from(moment: Moment) -> Self {
        Self(moment.timestamp_micros())
    }
}

impl ToSql for Micros {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Micros {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for EffectState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let name = Self::ALL.iter().find(|(_, state)| state == self).map_or("planned", |(name, _)| name);
        Ok(name.into())
    }
}

impl FromSql for EffectState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let stored = value.as_str()?;
        Self::ALL.iter().find(|(name, _)| *name == stored).map(|(_, state)| *state).ok_or(FromSqlError::InvalidType)
    }
}

/// Reads `forge, project, number` from the columns that start at `first`.
pub(super) fn issue(row: &Row<'_>, first: usize) -> rusqlite::Result<IssueRef> {
    let number: i64 = row.get(first + 2)?;
    Ok(IssueRef { forge: row.get(first)?, project: row.get(first + 1)?, number: number.cast_unsigned() })
}
