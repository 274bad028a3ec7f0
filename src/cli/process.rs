//! `hotwash process`: list, show and check processes.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    document::{Problem, nearest, text_of, unread},
    domain::{
        calendar::BusinessHours,
        process::{Process, Wording},
        time::Zone,
    },
    process,
};

use super::{
    Failure,
    out::{complain, say},
    words,
};

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
        /// The file, or the name of a process that comes with the program.
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
                Failure::Usage(format!("no process called {name:?} comes with the program; there are: {}", names()))
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
    /// What is wrong with the file, its wording included, each with its line.
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

fn check(file: &std::path::Path, as_json: bool) -> Result<(), Failure> {
    let name = file.display().to_string();
    let text = match text_of(file) {
        Ok(text) => text,
        // Files go before the names of what comes with the program.
        Err(error) => match process::shipped(&name) {
            Some(text) => {
                complain(&format!(
                    "{name} comes with the program; `hotwash process show {name} > my-process.toml` copies it to a file, to \
                     be changed and checked"
                ));
                text.to_owned()
            }
            None => return Err(Failure::Usage(format!("{name}: cannot be read ({}){}", unread(&error), meant(&name)))),
        },
    };
    let checked = checked(name, &text);
    let wrong: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    if as_json {
        say(&in_json(&checked).to_string());
    } else if let (Some(process), true) = (&checked.process, wrong.is_empty()) {
        say(&summary(&checked.name, process));
        checked.warnings.iter().for_each(|warning| say(&format!("{}: warning: {warning}", checked.name)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Findings(wrong.join("\n"))) }
}

/// What somebody may have meant who names no file: a process that comes with the program.
fn meant(name: &str) -> String {
    match nearest(name, process::names()) {
        Some(near) => format!("; nearest: {near}, which comes with the program"),
        None => format!("; name a file, or a process that comes with the program: {}", names()),
    }
}

fn names() -> String {
    process::names().collect::<Vec<_>>().join(", ")
}

fn checked(name: String, text: &str) -> Checked {
    let tried =
        |wording: &[Wording]| words::renderer(wording, None).err().map(|problems| problems.0).unwrap_or_default();
    match process::read(text, &name) {
        Ok(process) => {
            let (problems, warnings) = (tried(&process.wording), warnings(&process));
            Checked { name, process: Some(process), problems, warnings }
        }
        Err(mut problems) => {
            problems.extend(tried(&process::wording(text, &name)));
            Checked { name, process: None, problems, warnings: Vec::new() }
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

/// A line or column; `null` where the whole is meant.
fn placed(number: u32) -> Option<u32> {
    (number > 0).then_some(number)
}

fn in_json(checked: &Checked) -> Value {
    let problems: Vec<Value> = checked
        .problems
        .iter()
        .map(|problem| {
            json!({
                "file": problem.file, "line": placed(problem.line), "column": placed(problem.column), "key": problem.key,
                "says": problem.to_string(),
            })
        })
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
