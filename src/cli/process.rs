//! `hotwash process`: list, show and check processes.

use std::path::PathBuf;

use clap::Subcommand;

use crate::{
    document::unread,
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
    List,
    /// Print a process that comes with the program, ready to copy and change.
    Show {
        /// Its name.
        name: String,
    },
    /// Check a process file; says every problem at once.
    Check {
        /// The file.
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::List => {
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
        Command::Check { file } => check(file),
    }
}

fn check(file: &std::path::Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Usage(format!("{name}: cannot be read ({})", unread(&error))))?;
    let tried = |wording: &[Wording]| Renderer::with_wording(wording, None, neutral::inline).err();
    match process::read(&text, &name) {
        Ok(process) => {
            if let Some(error) = tried(&process.wording) {
                return Err(Failure::Findings(error.to_string()));
            }
            say(&summary(&name, &process));
            for (duty, rule) in process.never_due(Zone::UTC, &BusinessHours::default()) {
                say(&format!(
                    "{name}: warning: the duty {} never comes due where business is done from Monday to Friday: \
                     \"{rule}\" names no such day, so a project needs other calendar.days",
                    duty.id
                ));
            }
            Ok(())
        }
        Err(problems) => {
            let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            lines.extend(tried(&process::wording(&text, &name)).map(|error| error.to_string()));
            Err(Failure::Findings(lines.join("\n")))
        }
    }
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
