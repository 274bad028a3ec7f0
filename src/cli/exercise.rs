//! Exercises: which clock a database was begun with.
//!
//! What always holds: a database that holds an exercise is only ever worked on with that exercise's clock, and one that
//! holds real incidents with none, because due times computed on one clock mean nothing on another. What is deliberately
//! not here: the clock itself (`clock`), and the mark on every comment (`render`).

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    clock::{Clock as _, SharedClock, SystemClock},
    domain::time::Moment,
    store::{SharedStore, sqlite},
};

use super::Failure;

/// Where the database keeps the moment at which an exercise's clock began to run fast, and how fast: one value, so that
/// neither is ever there without the other.
const EPOCH: &str = "exercise/epoch";

/// An exercise, as the database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exercise {
    epoch: Moment,
    /// How many times as fast as the machine's its clock runs.
    pub(super) speed: u32,
}

impl Exercise {
    /// The exercise that the database holds, if it holds one.
    pub(super) async fn known(store: &SharedStore) -> Result<Option<Self>, Failure> {
        store.value(EPOCH).await?.as_deref().map(Self::read).transpose()
    }

    /// The same of a database that is only looked at.
    pub(super) fn in_file(database: &Path) -> Result<Option<Self>, Failure> {
        sqlite::peek(database, EPOCH)?.as_deref().map(Self::read).transpose()
    }

    fn read(text: &str) -> Result<Self, Failure> {
        let known = text.split_once(' ').and_then(|(epoch, speed)| {
            let epoch = DateTime::parse_from_rfc3339(epoch).ok()?.with_timezone(&Utc);
            Some(Self { epoch, speed: speed.parse().ok()? })
        });
        known.ok_or_else(|| {
            Failure::Usage(format!("the database holds an exercise whose clock cannot be read; {OWN_DATABASE}"))
        })
    }

    /// The exercise to work on: the one that the database holds, or one that begins now.
    pub(super) async fn to_serve(store: &SharedStore, wanted: Option<u32>) -> Result<Option<Self>, Failure> {
        match (wanted, Self::known(store).await?) {
            (None, None) => Ok(None),
            (Some(speed), Some(known)) if speed == known.speed => Ok(Some(known)),
            (_, Some(Self { speed, .. })) => Err(Failure::Usage(format!(
                "the database holds an exercise at --exercise-speed {speed}; start with exactly that to go on with it, \
                 or {OWN_DATABASE}"
            ))),
            (Some(_), None) if !store.incidents().await?.is_empty() => Err(Failure::Usage(format!(
                "the database holds real incidents, and an exercise would falsify their clocks; {OWN_DATABASE}"
            ))),
            (Some(speed), None) => Self::begin(store, speed).await.map(Some),
        }
    }

    async fn begin(store: &SharedStore, speed: u32) -> Result<Self, Failure> {
        let epoch = SystemClock::real().machine_now();
        store.set_value(EPOCH, &format!("{} {speed}", epoch.to_rfc3339())).await?;
        Ok(Self { epoch, speed })
    }
}

/// What to do about a database that does not fit.
const OWN_DATABASE: &str = "give each exercise, and your real incidents, a database of its own (`url` under [store])";

/// The machine's clock; in an exercise, sped up from the moment at which the exercise first started.
pub(super) fn clock(exercise: Option<Exercise>) -> SharedClock {
    Arc::new(match exercise {
        Some(Exercise { epoch, speed }) => SystemClock::exercise(epoch, speed),
        None => SystemClock::real(),
    })
}
