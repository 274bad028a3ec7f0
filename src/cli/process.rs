//! `hotwash process`: list, show and check processes.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    document::{Problem, unread},
    domain::{
        calendar::BusinessHours,
        process::{Process, Wording},
        time::Zone,
    },
    process,
    render::Renderer,
    text::neutral,
};

use super::{Failure, out::say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Name the processes that come with the program.
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a process that comes with the program, ready to copy and change.
    Show {
        /// Its name.
        name: String,
    },
    /// Check a process file; says every problem at once.
    Check {
        /// The file.
        file: PathBuf,
        /// Print what is found as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::List { json: true } => {
            say(&json!({ "processes": process::names().collect::<Vec<_>>() }).to_string());
            Ok(())
        }
        Command::List { json: false } => {
            for name in process::names() {
                say(name);
            }
            Ok(())
        }
        Command::Show { name } => {
            let text = process::shipped(name).ok_or_else(|| {
                let names: Vec<&str> = process::names().collect();
                Failure::Usage(format!("there is no process {name:?}; there are: {}", names.join(", ")))
            })?;
            say(text.trim_end());
            Ok(())
        }
        Command::Check { file, json } => check(file, *json),
    }
}

/// What a check found.
struct Checked {
    name: String,
    process: Option<Process>,
    /// The file's own, each with its line.
    problems: Vec<Problem>,
    /// What is wrong with the wording.
    wording: Option<String>,
    warnings: Vec<String>,
}

impl Checked {
    /// Everything that must be mended, a line each.
    fn wrong(&self) -> Vec<String> {
        self.problems.iter().map(ToString::to_string).chain(self.wording.clone()).collect()
    }
}

fn check(file: &std::path::Path, as_json: bool) -> Result<(), Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Usage(format!("{name}: cannot be read ({})", unread(&error))))?;
    let checked = checked(name, &text);
    let wrong = checked.wrong();
    if as_json {
        say(&in_json(&checked).to_string());
    } else if let (Some(process), true) = (&checked.process, wrong.is_empty()) {
        say(&summary(&checked.name, process));
        checked.warnings.iter().for_each(|warning| say(&format!("{}: warning: {warning}", checked.name)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Findings(wrong.join("\n"))) }
}

fn checked(name: String, text: &str) -> Checked {
    let tried = |wording: &[Wording]| {
        Renderer::with_wording(wording, None, neutral::inline).err().map(|error| error.to_string())
    };
    match process::read(text, &name) {
        Ok(process) => {
            let (wording, warnings) = (tried(&process.wording), warnings(&process));
            Checked { name, process: Some(process), problems: Vec::new(), wording, warnings }
        }
        Err(problems) => {
            let wording = tried(&process::wording(text, &name));
            Checked { name, process: None, problems, wording, warnings: Vec::new() }
        }
    }
}

fn warnings(process: &Process) -> Vec<String> {
    let never = process.never_due(Zone::UTC, &BusinessHours::default());
    let told = never.into_iter().map(|(duty, rule)| {
        format!(
            "the duty {} never comes due where business is done from Monday to Friday: \"{rule}\" names no such day, so \
             a project needs other calendar.days",
            duty.id
        )
    });
    let review = process.review_never_due(Zone::UTC, &BusinessHours::default()).map(|rule| {
        format!(
            "the agenda of the review is never filed where business is done from Monday to Friday: \"{rule}\" names no such \
             day, so a project needs other calendar.days"
        )
    });
    told.chain(review).collect()
}

fn in_json(checked: &Checked) -> Value {
    let problems: Vec<Value> = checked
        .problems
        .iter()
        .map(|problem| {
            json!({
                "file": problem.file, "line": problem.line, "column": problem.column, "key": problem.key,
                "says": problem.to_string(),
            })
        })
        .chain(checked.wording.iter().map(|says| json!({ "file": checked.name, "says": says })))
        .collect();
    let process = checked.process.as_ref().map(|process| {
        json!({
            "name": process.name, "phases": process.phases.len(), "statuses": process.statuses.len(),
            "severities": process.severities.len(), "duties": process.duties.len(),
        })
    });
    json!({ "file": checked.name, "process": process, "problems": problems, "warnings": checked.warnings })
}

fn summary(name: &str, process: &Process) -> String {
    format!(
        "{name}: {} is right: {} phases, {} statuses, {} severities, {} duties",
        process.name,
        process.phases.len(),
        process.statuses.len(),
        process.severities.len(),
        process.duties.len()
    )
}
