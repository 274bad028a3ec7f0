//! The server, its clock, and the token that the bot comes with.

use chrono::Duration;

use super::{
    super::{Check, Outcome},
    rights,
};
use crate::domain::{
    setup::{Bearer, Ended, Server, Token},
    time::{Moment, lasting},
};

/// From here on somebody should look at the machine's clock.
const DRIFTED: Duration = Duration::seconds(30);
/// From here on signatures fail: GitLab's deliveries and a GitHub App's own are refused.
const APART: Duration = Duration::minutes(5);
/// So long before its end a token should be replaced.
const ENDING: Duration = Duration::days(14);
/// The oldest GitLab that tells of edited comments.
const OLDEST_GITLAB: (u32, u32) = (16, 11);

/// Everything about a forge that answered. `people` are logins that the configuration gives rights or roles to.
#[must_use]
pub fn checks(server: &Server, is_gitlab: bool, people: &[String], now: Moment) -> Vec<Check> {
    let mut checks = vec![answers(server, is_gitlab)];
    checks.push(clock(server.ahead));
    match &server.token {
        Token::Refused { status, ended } => checks.push(refused(*status, *ended)),
        Token::Good(bearer) => {
            checks.push(Check::ok("token", "the forge takes it"));
            checks.push(account(bearer, people));
            checks.push(rights("scopes", "the token", &bearer.rights, "make one that has them, and replace it"));
            checks.push(expiry(bearer.expires_at, now));
        }
    }
    checks
}

fn answers(server: &Server, is_gitlab: bool) -> Check {
    let Some(version) = &server.version else { return Check::ok("server", "it answers") };
    let says = format!("it answers, version {version}");
    if is_gitlab && is_older(version, OLDEST_GITLAB) {
        let mend =
            "before 16.11, GitLab tells nobody of edited comments: the sweep finds them minutes later; upgrade it";
        return Check::new("server", Outcome::Warning, says, mend);
    }
    Check::ok("server", says)
}

/// False where the version cannot be read.
fn is_older(version: &str, than: (u32, u32)) -> bool {
    let mut parts = version.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) < than)
}

fn clock(ahead: Option<Duration>) -> Check {
    let Some(ahead) = ahead else {
        return Check::new(
            "clock",
            Outcome::Unasked,
            "the forge's answer has no date",
            "keep the machine's clock synchronised",
        );
    };
    let apart = ahead.abs();
    let way = if ahead < Duration::zero() { "behind" } else { "ahead of" };
    let says = format!("this machine's clock is {} {way} the forge's", lasting(apart));
    let mend = "synchronise it (NTP)";
    if apart > APART {
        let mend = format!("{mend}: from 5 minutes on, signatures are refused");
        return Check::new("clock", Outcome::Error, says, mend);
    }
    if apart > DRIFTED {
        return Check::new("clock", Outcome::Warning, says, mend);
    }
    Check::ok("clock", "this machine's clock and the forge's agree")
}

fn refused(status: u16, ended: Option<Ended>) -> Check {
    let why = match ended {
        Some(Ended::Expired) => "it has expired",
        Some(Ended::Revoked) => "it was revoked",
        None => "it is expired, revoked or mistyped, or the clocks are apart",
    };
    let mend = "make a new one, put it where the configuration says, and restart";
    Check::new("token", Outcome::Error, format!("the forge refuses it ({status}): {why}"), mend)
}

/// What this account writes is taken for the bot's own, so it must be nobody else's.
fn account(bearer: &Bearer, people: &[String]) -> Check {
    let login = &bearer.account.login;
    if people.iter().any(|name| name.trim_start_matches('@').eq_ignore_ascii_case(login)) {
        let says = format!("the bot acts as @{login}, whom the configuration names as a person");
        let mend = "what that account writes is taken for the bot's own, and obeyed in nothing; give the bot an account of its own";
        return Check::new("account", Outcome::Error, says, mend);
    }
    if bearer.is_program || bearer.account.is_program() {
        return Check::ok("account", format!("the bot acts as @{login}, a program's account"));
    }
    let says = format!("the bot acts as @{login}, an ordinary account");
    Check::new(
        "account",
        Outcome::Note,
        says,
        "see that it is the bot's alone: what it writes is taken for the bot's own",
    )
}

fn expiry(at: Option<Moment>, now: Moment) -> Check {
    let Some(at) = at else { return Check::ok("expiry", "the forge tells of no end of the token") };
    let day = at.format("%Y-%m-%d %H:%M UTC");
    let mend = "make a new one, put it where the configuration says, and restart";
    if at <= now {
        return Check::new("expiry", Outcome::Error, format!("the token ended on {day}"), mend);
    }
    let says = format!("the token ends on {day}, in {}", lasting(at - now));
    if at - now < ENDING { Check::new("expiry", Outcome::Warning, says, mend) } else { Check::ok("expiry", says) }
}
