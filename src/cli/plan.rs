//! `hotwash plan ISSUE`: what would be done now, from the issue and, where there is one, the database. Beside
//! an exercise it is the exercise's plan: its clock, its marks.

use std::path::Path;

use clap::Parser;

use crate::engine::{Engine, Patience};

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
    /// Print the plan as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Failure> {
    let config = configuration(config)?;
    let issue = named(&args.issue, &config)?;
    runtime()?.block_on(async {
        let store = compose::store_to_read(&config)?;
        let exercise = Exercise::known(&store).await?;
        let ports = compose::ports(&config, store, exercise::clock(exercise), exercise.is_some())?;
        let engine = Engine::new(ports, Patience::default());
        match engine.preview(&issue).await? {
            None => say(&no_incident(&issue, args.json)),
            Some(plan) if args.json => say(&as_json(&plan)),
            Some(plan) => say(&plan.to_string()),
        }
        Ok(())
    })
}

fn as_json(plan: &crate::domain::action::Plan) -> String {
    let actions: Vec<serde_json::Value> = plan
        .actions
        .iter()
        .map(|action| serde_json::json!({ "key": action.key, "does": action.to_string() }))
        .collect();
    serde_json::json!({ "actions": actions, "wake_at": plan.wake_at.map(|at| at.to_rfc3339()) }).to_string()
}
