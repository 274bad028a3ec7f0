//! What the severity allows somebody who wants to disrupt service, as a card to post, and who decides.

use chrono::Duration;

use crate::domain::{
    incident::{Disruption, Given},
    message::{Authority, Message, Wild},
    people::Actor,
    process::{self, Due, EvidenceKind, Process, Start},
    time::Moment,
};

use super::{
    roles,
    view::{View, plain},
};

/// How long the leads have to answer where the process has no duty that says so.
const CONSULT: Duration = Duration::hours(1);

/// The card that answers `disrupt`.
pub(super) fn card(view: &View<'_>, given: &Given, text: &str) -> Message {
    let process = &view.project.process;
    let asked = view.incident.disruptions.iter().find(|asked| asked.comment == given.comment && asked.at == given.at);
    let severity = asked.map(|asked| asked.severity.clone()).unwrap_or_default();
    let authority = process.severity(&severity).and_then(|severity| severity.authority);
    let consult = authority == Some(process::Authority::Consult);
    let mention = view.mention();
    let oneself = mention.eq_ignore_ascii_case(&given.by.spoken());
    Message::Authority(Authority {
        exercise: view.project.exercise,
        to: given.by.spoken(),
        mention: if oneself { String::new() } else { mention },
        quoted: Wild(text.to_owned()),
        severity,
        allows: authority.map(word).unwrap_or_default().to_owned(),
        alone_at: consult.then(|| view.when(given.at + patience(process))),
        bot: view.bot(),
        why: view.because("disrupt", format!("a command by {}", plain(&given.by.spoken())), Some(given.at)),
    })
}

fn word(authority: process::Authority) -> &'static str {
    match authority {
        process::Authority::Act => "act",
        process::Authority::Consult => "consult",
        process::Authority::Agree => "agree",
    }
}

/// How long the process waits for an answer.
fn patience(process: &Process) -> Duration {
    let waits = process.duties.iter().filter(|duty| duty.start == Start::Disruption);
    let spans = waits.flat_map(|duty| &duty.schedules).filter_map(|schedule| match schedule.due {
        Due::Within(span, _) => Some(span),
        _ => None,
    });
    spans.max().unwrap_or(CONSULT)
}

/// Whether somebody can let a disruption go ahead. Who asked cannot where others are to be asked, unless those did not
/// answer for as long as the process waits.
pub(super) fn may_approve(asked: &Disruption, by: &Actor, at: Moment, process: &Process) -> bool {
    let oneself = match (asked.by.account(), by.account()) {
        (Some(one), Some(other)) => one.id == other.id,
        _ => asked.by == *by,
    };
    match process.severity(&asked.severity).and_then(|severity| severity.authority) {
        Some(authority) if oneself && authority.wants_others() => {
            authority == process::Authority::Consult && at >= asked.at + patience(process)
        }
        _ => true,
    }
}

/// What somebody hears who tried to approve what they asked for themselves; nothing where they did not.
pub(super) fn not_oneself(view: &View<'_>, given: &Given) -> Option<String> {
    let process = &view.project.process;
    let open = |asked: &&Disruption| {
        asked.at <= given.at && asked.decided.as_ref().is_none_or(|(decided, ..)| *decided > given.at)
    };
    let asked = view.incident.disruptions.iter().rev().find(open)?;
    if may_approve(asked, &given.by, given.at, process) {
        return None;
    }
    let consult = process.severity(&asked.severity)?.authority == Some(process::Authority::Consult);
    let alone = if consult {
        format!(
            " If nobody answers until {}, you may go ahead and approve it.",
            view.when(asked.at + patience(process)).spoken
        )
    } else {
        String::new()
    };
    Some(format!(
        "You asked for this yourself, and at severity {} somebody else has to agree: {}.{alone}",
        asked.severity,
        deciders(view, given).join(", or "),
    ))
}

/// The roles whom the process asks about a disruption, and the commander, with who plays them.
fn deciders(view: &View<'_>, given: &Given) -> Vec<String> {
    let asked = view.project.process.duties.iter().filter(|duty| duty.met_by.contains(&EvidenceKind::Decided));
    let mut named: Vec<&str> = asked.map(|duty| duty.owes.as_str()).collect();
    named.push("ic");
    let mut all: Vec<String> = Vec::new();
    for role in named {
        let players = roles::players(view, role);
        let others: Vec<String> =
            players.iter().filter(|who| !who.eq_ignore_ascii_case(&given.by.spoken())).map(|who| plain(who)).collect();
        let title = roles::title(view, role);
        let said = if others.is_empty() { title } else { format!("{title} ({})", others.join(", ")) };
        if (players.is_empty() || !others.is_empty()) && !all.contains(&said) {
            all.push(said);
        }
    }
    if all.is_empty() {
        all.push("anybody else with write access".to_owned());
    }
    all
}
