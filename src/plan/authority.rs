//! What the severity allows somebody who wants to disrupt service, as a card to post.

use chrono::Duration;

use crate::domain::{
    incident::Given,
    message::{Authority, Message, Wild},
    process::{self, Due, Start},
};

use super::view::{View, plain};

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
        alone_at: consult.then(|| view.when(given.at + patience(view))),
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
fn patience(view: &View<'_>) -> Duration {
    let waits = view.project.process.duties.iter().filter(|duty| duty.start == Start::Disruption);
    let spans = waits.flat_map(|duty| &duty.schedules).filter_map(|schedule| match schedule.due {
        Due::Within(span, _) => Some(span),
        _ => None,
    });
    spans.max().unwrap_or(CONSULT)
}
