//! Incidents played through on this machine: the real program on a simulated forge and a virtual clock.
//!
//! What always holds: the program under drill is the one that runs in earnest, with another clock and another forge as
//! arguments; everything it writes says EXERCISE; nothing leaves the loopback; the same script and seed tell the same
//! story. What is deliberately not here: putting the program together (`cli` implements [`service::Service`]).

pub mod clock; // stands still while anything moves
mod dice; // numbers that a seed decides
pub mod face; // the simulated forge, whichever it is
pub mod faults; // what goes wrong, by switch and seed
pub mod github; // the GitHub face of a world
pub mod gitlab; // the GitLab face of a world
mod line; // what both have in common
pub mod model; // people, projects, issues: a forge without a wire
pub mod page; // where people take part, in a browser
pub mod play; // a script from its start to its end
pub mod script; // who does what when, and what must then be true
pub mod service; // the program under drill, as seen from here
pub mod stage; // forge, program and clock together
pub mod traffic; // what is under way between a program and its database
