//! A forge as facts: who there is, who may do what, what they did, and what is to be told about it.
//!
//! What always holds: pure and synchronous; everything anybody does goes through [`World::perform`], whether a person in
//! a script does it or a program through an API, so both have the same effects; ids count up from one number, so the
//! same deeds give the same world. What is deliberately not here: HTTP, wire formats, tokens' cryptography, and when
//! hooks are told.

mod access;
mod caps;
mod deed;
mod escalation;
mod furnish;
mod happening;
mod hook;
mod ids;
mod issue;
mod label;
mod memory;
mod outcome;
mod people;
mod perform;
mod project;
mod record;
mod refusal;
mod world;

pub use access::{App, Grants, Installation, Level, Selection, Token};
pub use caps::Caps;
pub use deed::{At, Close, Deed};
pub use escalation::Escalation;
pub use happening::{Happening, What};
pub use hook::{Hook, HookConfig};
pub use ids::{AppId, HookId, InstallationId, IssueId, ProjectId, ReactionId, UserId};
pub use issue::{Comment, Edit, Entry, Event, Issue, Lock, Reaction, Reason, Target};
pub use label::Label;
pub use outcome::Outcome;
pub use people::{Kind, Login, User};
pub use project::{Access, Project};
pub use record::{About, Record, Said, role};
pub use refusal::{Fault, Refusal};
pub use world::{Place, World};
