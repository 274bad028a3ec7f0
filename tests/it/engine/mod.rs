//! The engine on a forge in memory, a real database file and a clock that is held: whole stories, and every fault that
//! a forge, a network or a crash can bring.

mod audience;
mod clock;
mod crash;
mod deleting;
mod disorder;
mod entering;
mod faults;
mod filing;
mod gaps;
mod lease;
mod life;
mod model;
pub(crate) mod scene;
mod wild;
mod words;
