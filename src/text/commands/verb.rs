//! One command: its verb is known, its arguments are read.

use crate::{
    domain::{
        command::{Command, FORMS},
        people::Person,
    },
    text::{
        chars::{cut, folded},
        fields::people,
        nearest::nearest,
    },
};

use super::span;

/// Names and values longer than this many characters are cut.
const LONGEST: usize = 100;

/// `verb` is in lower case; `rest` is all that follows it. The error is one sentence without text from people.
pub(super) fn read(verb: &str, rest: &str) -> Result<Command, String> {
    let rest = rest.trim_start().trim_start_matches([':', '=']);
    let said = folded(rest);
    match verb {
        "ack" => Ok(Command::Ack),
        "help" => Ok(Command::Help),
        "ic" => Ok(Command::Ic { who: person("ic", &said)? }),
        "handoff" => Ok(Command::Handoff { who: person("handoff", &said)? }),
        "status" => Ok(Command::Status { to: value("status", &said)? }),
        "severity" => Ok(Command::Severity { to: value("severity", &said)? }),
        "phase" => Ok(Command::Phase { to: value("phase", &said)? }),
        "sitrep" => Ok(Command::Sitrep { text: report(rest) }),
        "snooze" => snooze(&said),
        "why" => Ok(Command::Why { duty: duty(&said).ok_or_else(|| needs("why", "needs the id of one duty"))? }),
        "" => Err("Nothing follows the mention: write a command such as `ack`, or `help` to see them all.".to_owned()),
        unknown => Err(unknown_verb(unknown)),
    }
}

/// ``Write `ic @who`: ...``
fn needs(verb: &str, what: &str) -> String {
    format!("Write `{}`: the command {what}.", form(verb))
}

fn form(verb: &str) -> &'static str {
    FORMS.iter().map(|(form, _)| *form).find(|form| form.split(' ').next() == Some(verb)).unwrap_or("help")
}

fn unknown_verb(verb: &str) -> String {
    let verbs = FORMS.iter().filter_map(|(form, _)| form.split(' ').next());
    match nearest(verb, verbs).first() {
        Some(meant) => format!("This is not a command; did you mean `{}`?", form(meant)),
        None => "This is not a command: write `help` to see them all.".to_owned(),
    }
}

fn person(verb: &str, said: &str) -> Result<Person, String> {
    if matches!(said.to_lowercase().as_str(), "me" | "myself" | "@me") {
        return Err(needs(verb, "needs your handle, written out"));
    }
    let named = <[Person; 1]>::try_from(people::read(said));
    named.map(|[who]| who).map_err(|_| needs(verb, "needs exactly one person"))
}

fn value(verb: &str, said: &str) -> Result<String, String> {
    let value = said.trim_matches(['`', '*', '"', '\'', '“', '”', ' ']);
    if value.is_empty() { Err(needs(verb, "needs the new value")) } else { Ok(cut(value, LONGEST)) }
}

/// The report's lines without blank ones at either end.
fn report(rest: &str) -> Option<String> {
    let lines: Vec<&str> = rest.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    let text = text.trim();
    if folded(text).is_empty() { None } else { Some(text.to_owned()) }
}

fn snooze(said: &str) -> Result<Command, String> {
    let expected =
        || needs("snooze", "needs the id of a duty and a span such as `30m`, `2h` or `1h30m`, at most 30 days");
    let (first, rest) = said.split_once(' ').ok_or_else(expected)?;
    let rest = rest.strip_prefix("for ").unwrap_or(rest);
    match (duty(first), span::read(rest)) {
        (Some(duty), Some(span)) => Ok(Command::Snooze { duty, span }),
        _ => Err(expected()),
    }
}

/// A duty's id: one word of letters, digits, `-`, `_` and `.`, in lower case.
fn duty(said: &str) -> Option<String> {
    let id = said.trim_matches(['`', '"', '\'', '?', '.']);
    let valid = !id.is_empty()
        && id.chars().count() <= LONGEST
        && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    valid.then(|| id.to_lowercase())
}
