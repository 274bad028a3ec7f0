//! The webhook: that there is one, that it delivers here, tells of everything, proves itself, and is switched on.
//!
//! What always holds: the same rule speaks in `doctor` and in `/readyz`; an address shown here has neither user nor query.

use super::super::{Check, Outcome};
use crate::domain::{
    setup::{Hook, Intake, Proof, Shown, Standing},
    time::Moment,
};

/// What checks of the webhook itself are called.
pub const ID: &str = "webhook";

/// Everything about the webhooks that a project has for this intake.
#[must_use]
pub fn checks(hooks: &Shown<Vec<Hook>>, intake: &Intake) -> Vec<Check> {
    let hooks = match hooks {
        Shown::Yes(hooks) => hooks,
        Shown::Needs(right) => {
            let says = format!("the bot may not see the webhook: that takes {right}");
            let mend =
                "look at it yourself, or leave it: what a webhook does not deliver, the sweep finds minutes later";
            return vec![Check::new(ID, Outcome::Unasked, says, mend)];
        }
    };
    // Two instances of this program may watch one project, each with a webhook of its own.
    let exactly: Vec<&Hook> = hooks.iter().filter(|hook| same(&hook.url, &intake.url)).collect();
    let ours = if exactly.is_empty() { hooks.iter().collect() } else { exactly };
    let judged = ours.iter().map(|hook| faults(hook, intake));
    let Some(best) = judged.min_by_key(|faults| weight(faults)) else { return vec![none(intake)] };
    let mut checks = best;
    if ours.len() > 1 {
        let says = format!("{} webhooks deliver here", ours.len());
        checks.push(Check::new(ID, Outcome::Note, says, "one is enough; what comes twice is worked on once"));
    }
    if checks.is_empty() {
        checks.push(Check::ok(ID, "it is on, tells of everything, and proves itself"));
    }
    checks
}

fn weight(faults: &[Check]) -> (usize, usize) {
    (faults.iter().filter(|check| check.outcome == Outcome::Error).count(), faults.len())
}

fn none(intake: &Intake) -> Check {
    let says = "no webhook of the project delivers here, so everything waits for the sweep".to_owned();
    let mend =
        format!("add one for {}, as the README says; a group's or an organisation's is not seen from here", intake.url);
    Check::new(ID, Outcome::Error, says, mend)
}

fn faults(hook: &Hook, intake: &Intake) -> Vec<Check> {
    [
        off(hook),
        failing(hook),
        unproven(hook, intake.proof),
        unheard(hook),
        missed(hook),
        unsafe_way(hook),
        form(hook),
        elsewhere(hook, intake),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const AGAIN: &str = "mend what made the deliveries fail, then send a test: on the webhook's page (Test), or POST \
                     .../hooks/ID/test/issues_events, at most 5 a minute; one answer with 2xx switches it on again";

fn off(hook: &Hook) -> Option<Check> {
    let (says, mend) = match hook.standing {
        Standing::On => return None,
        Standing::Off => ("it is switched off".to_owned(), "switch it on (Active) on its page"),
        Standing::Dropped => {
            ("the forge has switched it off for good, because too many deliveries failed".to_owned(), AGAIN)
        }
        Standing::Paused(until) => (
            format!(
                "the forge has switched it off{}, because deliveries failed",
                until.map(spoken).unwrap_or_default()
            ),
            AGAIN,
        ),
    };
    Some(Check::new(ID, Outcome::Error, says, mend))
}

fn spoken(until: Moment) -> String {
    format!(" until {}", until.format("%Y-%m-%d %H:%M UTC"))
}

fn failing(hook: &Hook) -> Option<Check> {
    // What is off fails no more; the reason why it is off has been said.
    let how = hook.failing.as_ref().filter(|_| hook.standing == Standing::On)?;
    let mend = "look at its recent deliveries on its page: address, proxy, certificate, secret";
    Some(Check::new(ID, Outcome::Warning, format!("its last delivery failed ({how})"), mend))
}

fn unproven(hook: &Hook, wanted: Proof) -> Option<Check> {
    if hook.proofs.as_ref().is_none_or(|proofs| proofs.contains(&wanted)) {
        return None;
    }
    let (says, mend) = match wanted {
        Proof::SigningToken => (
            "it has no signing token, so its deliveries are refused",
            "enter the one that the configuration has under `signing_token`; a changed address takes the secret away",
        ),
        Proof::Secret => (
            "it has no secret, so its deliveries are refused",
            "enter the one that the configuration has under `webhook_secret`; on GitLab, a changed address takes it away",
        ),
    };
    Some(Check::new(ID, Outcome::Error, says, mend))
}

fn unheard(hook: &Hook) -> Option<Check> {
    let events = listed(&hook.unheard)?;
    let mend = "switch them on on its page: without them, work is noticed at the next sweep";
    Some(Check::new(ID, Outcome::Error, format!("it does not tell of {events}"), mend))
}

fn missed(hook: &Hook) -> Option<Check> {
    let events = listed(&hook.missed)?;
    let mend =
        "switch them on on its page: without them, it is known only at the next sweep that the project was made public";
    Some(Check::new(ID, Outcome::Warning, format!("it does not tell of {events}"), mend))
}

fn listed(events: &[String]) -> Option<String> {
    (!events.is_empty()).then(|| events.join(", "))
}

/// Deliveries hold what is confidential.
fn unsafe_way(hook: &Hook) -> Option<Check> {
    let (says, mend) = if hook.url.starts_with("http://") && !is_loopback(&hook.url) {
        ("it delivers in clear, over http://", "give it an https:// address")
    } else if !hook.verifies_tls {
        ("it does not verify the certificate of where it delivers", "switch SSL verification on on its page")
    } else {
        return None;
    };
    Some(Check::new(ID, Outcome::Warning, says, mend))
}

fn form(hook: &Hook) -> Option<Check> {
    let mend = "choose the content type application/json: a form is a third larger, and limits cut sooner";
    (!hook.is_json).then(|| Check::new(ID, Outcome::Warning, "its deliveries are forms", mend))
}

fn elsewhere(hook: &Hook, intake: &Intake) -> Option<Check> {
    if same(&hook.url, &intake.url) || is_loopback(&intake.url) {
        return None;
    }
    let says = format!("it delivers to {}, which is not what server.public_url says", hook.url);
    let mend = format!("correct the one that is wrong; by the configuration it is {}", intake.url);
    Some(Check::new("webhook-address", Outcome::Warning, says, mend))
}

fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/').eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// An address that leads to the machine itself: nobody says so who was asked for the public one.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
}
