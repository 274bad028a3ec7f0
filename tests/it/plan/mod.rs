//! What is planned when: each rule fires, stays silent, fires once.

mod answers;
mod board;
mod closing;
mod duties;
mod earlier;
mod escalation;
mod gates;
mod labels;
mod observe;
mod reminders;
mod roles;
mod starts;
mod state;
pub(crate) mod story;
