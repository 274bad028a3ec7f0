//! Whether a forge, a project and its webhook are set up so that the bot can work.

pub mod forge; // the server, its clock, the token
pub mod hook; // the webhook
pub mod labels; // label definitions
pub mod place; // the project: who reads it, what the bot may do in it
pub mod routes; // where the process tells others
pub mod template; // what people file incidents with

use crate::domain::setup::Rights;

use super::{Check, Outcome};

/// One check of what is allowed; `of` is whose, such as `the token`.
fn rights(id: &'static str, of: &str, rights: &Rights, give: &str) -> Check {
    let Some(held) = &rights.held else {
        let says = format!("the forge does not tell what {of} may be used for");
        return Check::new(id, Outcome::Unasked, says, "compare it with what the README asks for");
    };
    let held = if held.is_empty() { "nothing".to_owned() } else { held.join(", ") };
    if !rights.missing.is_empty() {
        let says = format!("{of} allows {held}; it lacks {}", rights.missing.join(", "));
        return Check::new(id, Outcome::Error, says, give);
    }
    if rights.useful.is_empty() {
        return Check::ok(id, format!("{of} allows {held}"));
    }
    let more: Vec<String> = rights.useful.iter().map(|(right, what)| format!("{right} for {what}")).collect();
    Check::new(
        id,
        Outcome::Note,
        format!("{of} allows {held}, which is enough"),
        format!("more is for: {}", more.join("; ")),
    )
}
