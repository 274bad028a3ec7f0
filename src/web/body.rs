//! Reading a body whole, within its size, its time, and what all bodies together may hold.
//!
//! What always holds: memory held for bodies is bounded whatever strangers send, and small bodies always have room.
//! What is deliberately not here: any look at the content.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use super::limits::Limits;

/// What is granted at a time, and to every body without asking.
const UNIT: usize = 64 * 1024;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is longer than allowed.
    TooLarge,
    /// It did not come in time.
    Slow,
    /// The peer went away, or its framing is wrong.
    Broken,
    /// Others hold all the memory there is for large bodies.
    NoRoom,
}

/// The room for large bodies.
#[derive(Clone)]
pub(super) struct Room {
    units: Arc<Semaphore>,
    longest: usize,
    within: Duration,
}

/// A body and the room it takes; dropping it gives the room back.
#[derive(Debug)]
pub(super) struct Held {
    /// The body.
    pub(super) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// As much room as the limits allow.
    pub(super) fn new(limits: &Limits) -> Self {
        let units = Arc::new(Semaphore::new(limits.bodies_bytes / UNIT));
        Self { units, longest: limits.body_bytes, within: limits.body }
    }

    /// Reads a body to its end. One that says it is too large is not read at all.
    pub(super) async fn read(&self, mut body: Body) -> Result<Held, Unread> {
        let stated = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if stated > self.longest {
            return Err(Unread::TooLarge);
        }
        let deadline = Instant::now() + self.within;
        let Some(first) = next(&mut body, deadline).await? else {
            return Ok(Held { bytes: Bytes::new(), _room: None });
        };
        if body.is_end_stream() && first.len() <= self.longest.min(UNIT) {
            // Most deliveries come in one piece: no copy.
            return Ok(Held { bytes: first, _room: None });
        }
        // What the peer says is believed only as far as the room that needs no asking.
        self.gather(BytesMut::with_capacity(stated.min(UNIT)), first, body, deadline).await
    }

    async fn gather(
        &self,
        mut whole: BytesMut,
        first: Bytes,
        mut body: Body,
        deadline: Instant,
    ) -> Result<Held, Unread> {
        let mut room = None;
        let mut piece = Some(first);
        while let Some(data) = piece {
            let size = whole.len().saturating_add(data.len());
            if size > self.longest {
                return Err(Unread::TooLarge);
            }
            self.grow(&mut room, size, deadline).await?;
            whole.extend_from_slice(&data);
            piece = next(&mut body, deadline).await?;
        }
        Ok(Held { bytes: whole.freeze(), _room: room })
    }

    /// Takes room until `size` bytes are covered.
    async fn grow(
        &self,
        room: &mut Option<OwnedSemaphorePermit>,
        size: usize,
        deadline: Instant,
    ) -> Result<(), Unread> {
        let wanted = size.div_ceil(UNIT).saturating_sub(1);
        let missing = wanted.saturating_sub(room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        let Some(missing) = u32::try_from(missing).ok().filter(|missing| *missing > 0) else {
            return Ok(());
        };
        let more = Arc::clone(&self.units).acquire_many_owned(missing);
        let more = timeout_at(deadline, more).await.map_err(|_| Unread::NoRoom)?.map_err(|_| Unread::NoRoom)?;
        match room {
            Some(held) => held.merge(more),
            None => *room = Some(more),
        }
        Ok(())
    }
}

/// The next piece of data; trailers are passed over.
async fn next(body: &mut Body, deadline: Instant) -> Result<Option<Bytes>, Unread> {
    loop {
        match timeout_at(deadline, body.frame()).await.map_err(|_| Unread::Slow)? {
            None => return Ok(None),
            Some(Err(_)) => return Err(Unread::Broken),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}
