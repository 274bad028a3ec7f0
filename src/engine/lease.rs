//! The lease on an incident, made to last for as long as somebody works on it.
//!
//! What always holds: a read of the forge, however many pages it takes, keeps the lease; whoever lost it stops reading at
//! once. Writes are no part of this: nothing new leaves after `last_moment`, however often the lease was lengthened before.

use std::pin::pin;

use chrono::TimeDelta;

use crate::{domain::time::Moment, forge::ForgeError};

use super::{Trouble, desk::Desk};

/// What one request may take, its whole time limit (10 s) and a margin: the lease has to last longer than this.
const ONE_REQUEST: TimeDelta = TimeDelta::seconds(15);

impl Desk<'_> {
    /// Makes sure that the lease outlives one more request.
    pub(super) async fn stay(&mut self) -> Result<(), Trouble> {
        let now = self.machine_now();
        if self.claim.until - now <= self.reserve() {
            let until = now + self.lease().max(self.reserve() * 2);
            self.engine.ports.store.extend(&self.claim, until).await?;
            self.claim.until = until;
        }
        Ok(())
    }

    /// What a read gives that may take longer than the lease lasts: the lease is lengthened meanwhile. Where somebody else
    /// has the incident by then, the read ends, because that one reads as well.
    pub(super) async fn meanwhile<T>(
        &mut self,
        read: impl Future<Output = Result<T, ForgeError>> + Send,
    ) -> Result<T, Trouble> {
        let mut read = pin!(read);
        loop {
            self.stay().await?;
            let short = self.claim.until - self.reserve();
            tokio::select! {
                biased;
                read = &mut read => return Ok(read?),
                // Nothing is in hand here but the read.
                () = self.engine.ports.clock.nap(Some(short)) => {}
            }
        }
    }

    /// The moment after which nothing new may leave, so that its outcome is known before the lease ends.
    pub(super) fn last_moment(&self) -> Moment {
        self.claim.until - ONE_REQUEST
    }

    /// A lease that lasts no longer than this is short.
    fn reserve(&self) -> TimeDelta {
        (self.lease() / 2).max(ONE_REQUEST + TimeDelta::seconds(5))
    }

    fn lease(&self) -> TimeDelta {
        TimeDelta::from_std(self.engine.patience.lease).unwrap_or(TimeDelta::MAX)
    }
}
