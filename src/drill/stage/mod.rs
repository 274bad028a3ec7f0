//! The stage: a simulated forge, the program under drill, and a clock that leaps only when nobody moves any more.
//!
//! What always holds: time stands still until every request that was sent, every delivery and every database call is
//! answered, and whoever has something in hand waits for the clock or for somebody who does; then it leaps to the next
//! moment that anybody waits for. There, things happen one after the other: the next waits until the one before has come
//! to rest. No simulated wait costs real time; while the disk or the loopback is at work, the stage looks again every
//! millisecond, and says so when nothing has moved for half a minute.
//!
//! It must be driven on a current-thread runtime, on which a task that yields sees everybody else run first. What is
//! deliberately not here: what people do (`play`).

mod folder; // where the program keeps its database
mod furnish; // who and what there is before anything happens

use std::{sync::Arc, time::Duration};

use tokio::{runtime::RuntimeFlavor, task::yield_now, time::sleep};

use self::{
    folder::Folder,
    furnish::{Furnished, MARKER_KEY},
};
use super::{
    clock::VirtualClock,
    face::Face,
    faults::Faults,
    model::{Deed, Login, Outcome, Refusal, World},
    script::Script,
    service::{Broken, Running, Service, Surroundings, Watch},
    traffic::Traffic,
};
use crate::{
    clock::{Clock as _, SharedClock},
    domain::time::Moment,
    store::SharedStore,
    text::marker::MarkerKey,
};

/// So many looks in a row must see nobody move: a task that was just woken needs a few turns of the runtime to show itself.
const CALM: u32 = 12;
/// The same where a millisecond lies between two looks, in which everybody had a turn.
const CALM_AT_THE_END: u32 = 3;
/// So many looks are made without a pause at a program that has something in hand and asks nobody anything: it thinks.
const THOUGHT: u32 = 64;
/// Looks of a millisecond or a little more without anything moving, until it is given up.
const PATIENCE: u32 = 30_000;

/// Why a drill cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The program under drill.
    #[error(transparent)]
    Service(#[from] Broken),
    /// The machine.
    #[error("the drill cannot be set up: {what}: {source}")]
    Machine {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// Something never comes to an end.
    #[error("nothing has moved for half a minute, and yet it is not quiet: {0}")]
    Stuck(String),
    /// No pair of keys could be made.
    #[error("the machine has no randomness to make keys from")]
    Keys,
    /// The stage was set on the wrong runtime.
    #[error("a drill needs a current-thread runtime")]
    Runtime,
    /// The simulated forge refused what the stage itself does.
    #[error("the simulated forge refused {what}: {why}")]
    Refused {
        /// What was tried.
        what: &'static str,
        /// What it said.
        why: Refusal,
    },
}

/// The stage. Ends the simulated forge and removes its folder when dropped; the program is ended by [`Stage::strike`].
pub struct Stage<'s> {
    clock: VirtualClock,
    forge: Face,
    service: &'s dyn Service,
    running: Option<Box<dyn Running>>,
    /// Of the program that was started last; it outlives `running`, because a program that stops still works.
    watch: Option<Arc<dyn Watch>>,
    surroundings: Surroundings,
    furnished: Furnished,
    _folder: Folder,
}

impl<'s> Stage<'s> {
    /// Furnishes the forge as the script says, and starts the program against it.
    ///
    /// # Errors
    /// Where the machine or the program does not play along.
    pub async fn set(script: &Script, service: &'s dyn Service, faults: Faults) -> Result<Self, Trouble> {
        if tokio::runtime::Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread {
            return Err(Trouble::Runtime);
        }
        let clock = VirtualClock::at(script.start);
        let shared: SharedClock = Arc::new(clock.clone());
        let folder = Folder::new()?;
        let (world, furnished) = furnish::furnish(script)?;
        let forge = Face::start(script.forge, world, SharedClock::clone(&shared), faults)
            .await
            .map_err(|source| Trouble::Machine { what: "the simulated forge cannot listen", source })?;
        let surroundings = Surroundings {
            forge_url: forge.base_url().to_owned(),
            identity: furnished.identity.clone(),
            webhook_secret: furnished.webhook_secret().to_owned(),
            marker_key: MARKER_KEY.to_owned(),
            folder: folder.path().to_owned(),
            clock: shared,
            traffic: Traffic::default(),
        };
        let mut stage =
            Self { clock, forge, service, running: None, watch: None, surroundings, furnished, _folder: folder };
        stage.start().await?;
        Ok(stage)
    }

    /// Starts the program, on the database that is there, and tells the forge where it is.
    ///
    /// # Errors
    /// Where the program does not start.
    pub async fn start(&mut self) -> Result<(), Trouble> {
        let running = self.service.start(&self.surroundings).await?;
        let url = format!("http://{}{}", running.address(), running.webhook());
        self.watch = Some(running.watch());
        self.running = Some(running);
        self.furnished.point_hook(&self.forge, url).map_err(|why| Trouble::Refused { what: "the webhook", why })?;
        self.settle().await
    }

    /// Kills the program.
    ///
    /// # Errors
    /// Where its database does not come free.
    pub async fn kill(&mut self) -> Result<(), Trouble> {
        if let Some(running) = self.running.take() {
            running.kill().await?;
        }
        Ok(())
    }

    /// Ends the program in good order.
    ///
    /// # Errors
    /// Where it broke, or did not end within half a minute or so.
    pub async fn strike(&mut self) -> Result<(), Trouble> {
        let Some(running) = self.running.take() else { return Ok(()) };
        let mut stopping = running.stop();
        let mut calm = 0;
        for _ in 0..PATIENCE {
            tokio::select! {
                biased;
                stopped = &mut stopping => return Ok(stopped?),
                () = sleep(Duration::from_millis(1)) => {}
            }
            calm = if self.rests() { calm + 1 } else { 0 };
            // What it still has in hand may wait for its turn to write.
            if calm >= CALM_AT_THE_END
                && let Some(next) = self.clock.next_in_hand()
            {
                self.clock.advance_to(next);
                calm = 0;
            }
        }
        Err(Trouble::Stuck(self.state()))
    }

    /// The time on the stage.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// How often time leapt.
    #[must_use]
    pub fn jumps(&self) -> u64 {
        self.clock.jumps()
    }

    /// Looks at the forge.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.forge.look(|world| look(world))
    }

    /// The forge itself, with its faults.
    #[must_use]
    pub fn forge(&self) -> &Face {
        &self.forge
    }

    /// The owner of the project.
    #[must_use]
    pub fn owner(&self) -> &Login {
        &self.furnished.owner
    }

    /// What the program knows, while it runs.
    #[must_use]
    pub fn store(&self) -> Option<SharedStore> {
        self.running.as_ref().map(|running| running.store())
    }

    /// Where the program keeps its database.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.surroundings.folder
    }

    /// The keys of the program's hidden marks.
    #[must_use]
    pub fn marker_keys(&self) -> Vec<MarkerKey> {
        vec![MarkerKey::derive(MARKER_KEY.as_bytes())]
    }

    /// Somebody does something on the forge, now.
    ///
    /// # Errors
    /// What the forge says, if it refuses.
    pub fn perform(&mut self, by: &Login, deed: Deed) -> Result<Outcome, Refusal> {
        self.forge.act(by.as_str(), deed)
    }

    /// One leap towards `until`: to the next moment that anybody waits for, or to `until` itself. False once it is
    /// there and quiet.
    ///
    /// # Errors
    /// Where something never comes to rest.
    pub async fn towards(&mut self, until: Moment) -> Result<bool, Trouble> {
        self.settle().await?;
        let now = self.now();
        if now >= until {
            return Ok(false);
        }
        let next = self.next_moment().map_or(until, |next| next.min(until));
        self.leap(next).await?;
        Ok(true)
    }

    /// Time leaps without anybody waking on the way, as on a machine that was suspended.
    ///
    /// # Errors
    /// Where something never comes to rest.
    pub async fn leap(&mut self, to: Moment) -> Result<(), Trouble> {
        self.settle().await?;
        self.clock.move_to(to);
        // One after the other: who of two that wake at once comes first would be up to the machine.
        while self.clock.wake_one() {
            self.quiet().await?;
        }
        self.settle().await
    }

    /// The next moment that anybody waits for.
    #[must_use]
    pub fn next_moment(&self) -> Option<Moment> {
        self.clock.next_waiter().into_iter().chain(self.forge.next_due()).min()
    }

    /// Lets everything that is due at this moment happen.
    ///
    /// # Errors
    /// Where something never comes to rest.
    pub async fn settle(&mut self) -> Result<(), Trouble> {
        loop {
            self.quiet().await?;
            let now = self.now();
            if self.forge.next_due().is_none_or(|due| due > now) {
                return Ok(());
            }
            self.forge.deliver_one(now).await;
        }
    }

    /// Returns once nobody moves any more without time passing.
    async fn quiet(&self) -> Result<(), Trouble> {
        let (mut calm, mut thought, mut waited, mut last) = (0, 0, 0, self.pulse());
        while calm < CALM {
            yield_now().await;
            let pulse = self.pulse();
            if pulse != last {
                (calm, thought, waited, last) = (0, 0, 0, pulse);
            }
            if self.rests() {
                calm += 1;
                continue;
            }
            calm = 0;
            if !self.moves() && thought < THOUGHT {
                thought += 1;
                continue;
            }
            waited += 1;
            if waited > PATIENCE {
                return Err(Trouble::Stuck(self.state()));
            }
            sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Whether nothing happens any more without time passing: nothing is under way, and if anything is in hand, then
    /// somebody waits for the clock with it. Others may wait for that one's turn to end; nobody else has anything to wait for.
    fn rests(&self) -> bool {
        !self.moves() && (self.is_idle() || self.clock.next_in_hand().is_some())
    }

    /// Whether something is under way that will end without time passing.
    fn moves(&self) -> bool {
        self.surroundings.traffic.under_way() > 0 || self.requests() + self.forge.in_flight() > 0
    }

    fn requests(&self) -> usize {
        self.watch.as_ref().map_or(0, |watch| watch.requests())
    }

    fn is_idle(&self) -> bool {
        self.watch.as_ref().is_none_or(|watch| watch.is_idle())
    }

    /// Grows whenever somebody does anything.
    fn pulse(&self) -> (u64, u64, u64) {
        (self.surroundings.traffic.made(), self.clock.waits(), self.forge.served())
    }

    fn state(&self) -> String {
        format!(
            "{} requests to the forge, {} calls to the database, {} requests and deliveries at the forge, \
             {} tasks waiting for the clock, {} in hand, at {}",
            self.requests(),
            self.surroundings.traffic.under_way(),
            self.forge.in_flight(),
            self.clock.waiting(),
            if self.is_idle() { "nothing" } else { "something" },
            self.now()
        )
    }
}
