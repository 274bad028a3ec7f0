//! Runs a security incident from the issue that tracks it.
//!
//! Facts come in, a pure function decides, the shell acts, the ledger remembers. `docs/architecture.md` has the map.

pub mod audit; // pure rules: facts to findings
pub mod cli; // one file a command; the composition root
pub mod clock; // the only caller of the machine's clock
pub mod config; // the only reader of the environment
pub mod document; // TOML documents with lines: every problem at once
pub mod domain; // pure nouns: ids, snapshot, incident, process, duty, action, event, finding
pub mod drill; // the real program on a simulated forge and a virtual clock
pub mod engine; // reconcile: the only place that combines the ports
pub mod forge; // reading and writing issues on a forge
pub mod plan; // pure verbs: fold the journal, observe, decide
pub mod process; // TOML to checked process
pub mod render; // templates: messages to text
pub mod report; // pure: journal to retrospective
pub mod store; // inbox, journal, ledger, schedule
pub mod telemetry; // logs and metrics
pub mod text; // pure text in and out: body fields, commands, markers, neutralising
pub mod web; // webhook intake, health, metrics
