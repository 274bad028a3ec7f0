//! What is planned when: each rule fires, stays silent, fires once.

mod answers;
mod audience;
mod board;
mod closing;
mod disruptions;
mod duties;
mod earlier;
mod escalation;
mod false_alarms;
mod follow_ups;
mod forge_severity;
mod gates;
mod judging;
mod labels;
mod observe;
mod reminders;
mod roles;
mod starts;
mod state;
pub(crate) mod story;
