//! `hotwash why ISSUE DUTY`: where a duty's clock comes from, who owes it, and what came of it before.

use std::path::Path;

use clap::Parser;

use crate::{
    config::Config,
    domain::{ids::IssueRef, message::When},
    engine::{Engine, Patience},
    plan::why::Explained,
};

use super::{
    Failure, compose, configuration,
    exercise::{self, Exercise},
    issue::{named, no_incident},
    out::say,
    runtime,
};

#[derive(Debug, Parser)]
pub(super) struct Args {
    /// The issue: 12, acme/incidents#12, github:acme/incidents#12, or its web address.
    issue: String,
    /// The duty's id, such as sitrep.
    duty: String,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Failure> {
    let config = configuration(config)?;
    let issue = named(&args.issue, &config)?;
    known(&args.duty, &issue, &config)?;
    runtime()?.block_on(async {
        let store = compose::store_to_read(&config)?;
        let exercise = Exercise::known(&store).await?;
        let ports = compose::ports(&config, store, exercise::clock(exercise), exercise.is_some())?;
        let engine = Engine::new(ports, Patience::default());
        let Some(explained) = engine.explain(&issue, &args.duty).await? else {
            say(&no_incident(&issue, args.json));
            return Ok(());
        };
        say(&if args.json { as_json(&args.duty, &explained) } else { as_text(&explained) });
        Ok(())
    })
}

/// Asks nobody about a duty that the process does not have.
fn known(duty: &str, issue: &IssueRef, config: &Config) -> Result<(), Failure> {
    let mut projects = config.projects.iter();
    let project = projects.find(|project| project.forge == issue.forge && project.path == issue.project);
    let duties: Vec<&str> =
        project.into_iter().flat_map(|project| &project.process.duties).map(|duty| duty.id.as_str()).collect();
    if duties.iter().any(|known| known.eq_ignore_ascii_case(duty)) {
        return Ok(());
    }
    Err(Failure::Usage(format!("{duty:?} is no duty of this project's process; there are {}", duties.join(", "))))
}

fn as_text(of: &Explained) -> String {
    let mut lines = vec![format!("{} ({})", of.title, of.source)];
    lines.push(match of.by.as_slice() {
        [] => format!("owed by: {}, whom nobody is known to be", of.owes),
        by => format!("owed by: {} ({})", of.owes, by.join(", ")),
    });
    lines.extend(Some(format!("posted in: {}", of.place)).filter(|_| !of.place.is_empty()));
    match &of.open {
        Some(open) => {
            lines.push(format!("state: {}", of.state));
            lines.push(format!("rule: {}", open.rule));
            let since = open.started_at.as_ref().map(|at| format!(", at {}", at.spoken)).unwrap_or_default();
            lines.push(format!("clock started by: {}{since}", open.started_by));
            lines.extend(open.due.as_ref().map(|due| format!("due: {}", due.spoken)));
        }
        None if of.state.is_empty() => lines.push("state: it never applied so far".to_owned()),
        None => lines.push(format!("state: {}; nothing of it is open now", of.state)),
    }
    lines.extend(of.reminders.iter().map(|at| format!("reminds: {}", at.spoken)));
    lines.extend(of.next.iter().map(|(at, roles)| format!("escalates: {} to {}", at.spoken, roles.join(", "))));
    lines.extend(of.earlier.iter().map(|(due, state)| format!("earlier: due {}, {state}", due.spoken)));
    lines.join("\n")
}

fn as_json(duty: &str, of: &Explained) -> String {
    let exact = |at: &Option<When>| at.as_ref().map(|at| at.exact.clone());
    let open = of.open.as_ref().map(|open| {
        serde_json::json!({
            "rule": open.rule,
            "started_by": open.started_by,
            "started_at": exact(&open.started_at),
            "due": exact(&open.due),
        })
    });
    let next = of.next.iter().map(|(at, roles)| serde_json::json!({ "at": at.exact, "to": roles }));
    let earlier = of.earlier.iter().map(|(due, state)| serde_json::json!({ "due": due.exact, "state": state }));
    serde_json::json!({
        "duty": duty.to_lowercase(),
        "title": of.title,
        "source": of.source,
        "owes": of.owes,
        "by": of.by,
        "place": of.place,
        "state": of.state,
        "open": open,
        "reminds": of.reminders.iter().map(|at| at.exact.as_str()).collect::<Vec<_>>(),
        "escalates": next.collect::<Vec<_>>(),
        "earlier": earlier.collect::<Vec<_>>(),
    })
    .to_string()
}
