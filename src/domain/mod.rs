//! The nouns of incident response, in the words of the glossary.
//!
//! What always holds: values here are plain data; nothing reads a clock, a network or a disk, and the same input
//! always gives the same output. What is deliberately not here: decisions (`plan`), reading of text (`text`), wording
//! (`render`).

pub mod action;
pub mod calendar;
pub mod command;
pub mod event;
pub mod finding;
pub mod forge_severity;
pub mod hint;
pub mod ids;
pub mod incident;
pub mod message;
pub mod people;
pub mod process;
pub mod project;
pub mod reading;
pub mod setup;
pub mod snapshot;
pub mod time;
