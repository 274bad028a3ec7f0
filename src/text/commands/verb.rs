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

use super::{Here, span, tail::Tail, when, who};

/// Names and values longer than this many characters are cut.
const LONGEST: usize = 100;

/// Texts of one line longer than this many characters are cut.
const LONGEST_TEXT: usize = 500;

/// `verb` is in lower case; `rest` is all that follows it. The error is one sentence without text from people.
pub(super) fn read(verb: &str, rest: &str, here: Here) -> Result<Command, String> {
    let rest = rest.trim_start().trim_start_matches([':', '=']);
    let said = folded(rest);
    match verb {
        "ack" => Ok(Command::Ack),
        "help" => Ok(Command::Help),
        "approve" => Ok(Command::Approve),
        "decline" => Ok(Command::Decline),
        "ic" => Ok(Command::Ic { who: person("ic", &said)? }),
        "handoff" => Ok(Command::Handoff { who: person("handoff", &said)? }),
        "status" => Ok(Command::Status { to: value("status", &said)? }),
        "severity" => Ok(Command::Severity { to: value("severity", &said)? }),
        "phase" => Ok(Command::Phase { to: value("phase", &said)? }),
        "sitrep" => Ok(Command::Sitrep { text: report(rest) }),
        "snooze" => snooze(&said),
        "waive" => waive(&said),
        "why" => Ok(Command::Why { duty: duty(&said).ok_or_else(|| needs("why", "needs the id of one duty"))? }),
        "responders" | "shift" => people_at_work(verb, &said),
        "lead" | "step" | "done" | "followup" => work(verb, &said),
        "playbook" => Ok(Command::Playbook { name: named("playbook", &said)? }),
        "flag" => Ok(Command::Flag { name: named("flag", &said)? }),
        "disrupt" => Ok(Command::Disrupt { text: text("disrupt", &said)? }),
        "notified" => notified(&said, here),
        "timeline" => timeline(&said, here),
        "" => Err("Nothing follows the mention: write a command such as `ack`, or `help` to see them all.".to_owned()),
        unknown => Err(unknown_verb(unknown)),
    }
}

fn people_at_work(verb: &str, said: &str) -> Result<Command, String> {
    if verb == "shift" {
        let (who, span) = who::with_span(said).ok_or_else(|| {
            needs("shift", "needs who works now, by handle or name, and if you like how long, such as `3h`")
        })?;
        return Ok(Command::Shift { who, span });
    }
    let (add, remove) = who::signed(said)
        .ok_or_else(|| needs("responders", "needs who joins, after a `+`, or who leaves, after a `-`"))?;
    Ok(Command::Responders { add, remove })
}

fn work(verb: &str, said: &str) -> Result<Command, String> {
    if verb == "done" {
        let what = "needs the number of a lead or step, the name of an item on the board, or a duty";
        let said = value("done", said).map_err(|_| needs("done", what))?;
        return Ok(Command::Done { what: said });
    }
    if verb == "followup" && value(verb, said)?.trim_end_matches('.').eq_ignore_ascii_case("none") {
        return Ok(Command::NoFollowup);
    }
    let tail = match verb {
        "lead" => Tail::of(said).owner(),
        "step" => Tail::of(said).owner_and_deferred(),
        _ => {
            let dated = Tail::of(said).owner_and_date();
            dated.map_err(|()| needs("followup", "needs a date such as `2026-12-01` after `by`"))?
        }
    };
    let text = text(verb, &tail.text)?;
    let Tail { owner, deferred, by, .. } = tail;
    Ok(match verb {
        "lead" => Command::Lead { text, owner },
        "step" => Command::Step { text, owner, deferred },
        _ => Command::Followup { text, owner, by },
    })
}

fn notified(said: &str, here: Here) -> Result<Command, String> {
    let refused = || needs("notified", "needs who was told, and if you like when, such as `at 14:05`");
    let (who, at) = when::last(said, here).map_err(|wrong| format!("{} {}", refused(), wrong.sentence()))?;
    let who = value("notified", who).map_err(|_| refused())?;
    Ok(Command::Notified { who, at })
}

fn timeline(said: &str, here: Here) -> Result<Command, String> {
    let refused = || needs("timeline", "needs what happened, and if you like when before it, such as `14:05`");
    let (at, what) = when::first(said, here).map_err(|wrong| format!("{} {}", refused(), wrong.sentence()))?;
    let text = text("timeline", what).map_err(|_| refused())?;
    Ok(Command::Timeline { at, text })
}

fn waive(said: &str) -> Result<Command, String> {
    let expected = || needs("waive", "needs the id of a duty and, behind it, the reason why it need not be");
    let (first, rest) = said.split_once(' ').ok_or_else(expected)?;
    let rest = rest.strip_prefix("because ").unwrap_or(rest);
    match (duty(first), text("waive", rest)) {
        (Some(duty), Ok(reason)) => Ok(Command::Waive { duty, reason }),
        _ => Err(expected()),
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

fn named(verb: &str, said: &str) -> Result<String, String> {
    value(verb, said).map_err(|_| needs(verb, "needs one name"))
}

/// One line of plain words.
fn text(verb: &str, said: &str) -> Result<String, String> {
    let seen = said.chars().any(char::is_alphanumeric);
    if seen { Ok(cut(said.trim(), LONGEST_TEXT)) } else { Err(needs(verb, "needs a few words behind it")) }
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
