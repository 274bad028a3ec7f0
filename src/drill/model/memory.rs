//! What the world was a little earlier, for readers that lag behind.
//!
//! What always holds: nothing is kept unless somebody asks for it; of what is older than asked, one state is kept.

use std::sync::Arc;

use chrono::TimeDelta;

use super::World;
use crate::domain::time::Moment;

/// States of the world, oldest first, each from the moment it began.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    span: Option<TimeDelta>,
    states: Vec<(Moment, Arc<World>)>,
}

impl World {
    /// Keeps what the world was, this far back.
    pub fn remember(&mut self, span: TimeDelta, now: Moment) {
        self.memory.span = Some(span);
        if self.memory.states.is_empty() {
            self.memorise(now);
        }
    }

    /// The world as it was then; the oldest that is remembered, if that is younger. `None` where nothing is.
    pub fn as_of(&self, then: Moment) -> Option<Arc<Self>> {
        let states = &self.memory.states;
        let kept = states.iter().rev().find(|(since, _)| *since <= then).or(states.first())?;
        Some(Arc::clone(&kept.1))
    }

    /// Keeps the present state, if anybody asked for it.
    pub(super) fn memorise(&mut self, now: Moment) {
        let Some(span) = self.memory.span else { return };
        let memory = std::mem::take(&mut self.memory);
        let mut states = memory.states;
        let present = Self { happenings: Vec::new(), ..self.clone() };
        states.push((now, Arc::new(present)));
        let old = states.iter().filter(|(since, _)| *since <= now - span).count().saturating_sub(1);
        states.drain(..old);
        self.memory = Memory { span: memory.span, states };
    }
}
