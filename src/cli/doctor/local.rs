//! What can be looked at without any forge: configuration and database.

use std::path::Path;

use crate::{
    audit::{Check, Outcome, setup::hook::is_loopback},
    config::Config,
    document::{Level, Problem, Problems},
    store::sqlite,
};

use super::{
    super::{exercise::Exercise, with_causes},
    Section,
};

/// A configuration that `serve` would not start with.
pub(super) fn broken(file: &Path, problems: &Problems) -> Section {
    Section { about: file.display().to_string(), checks: problems.0.iter().map(problem).collect() }
}

/// A configuration that can be read, but that `serve` would not start with.
pub(super) fn obstructed(file: &Path, obstacles: &str) -> Section {
    let checks = obstacles.lines().map(|line| Check::new("configuration", Outcome::Error, line, ""));
    Section { about: file.display().to_string(), checks: checks.collect() }
}

/// A configuration that is whole, and the database that it names.
pub(super) fn checks(file: &Path, config: &Config) -> Section {
    let mut checks: Vec<Check> = config.warnings.iter().map(problem).collect();
    if checks.is_empty() {
        let (forges, projects) = (config.github.len() + config.gitlab.len(), config.projects.len());
        checks.push(Check::ok("configuration", format!("read: forges {forges}, projects {projects}")));
    }
    checks.push(address(&config.server.public_url));
    checks.push(store(&config.store.path));
    checks.extend(unwritable(&config.store.path));
    checks.extend(exercise(&config.store.path));
    Section { about: file.display().to_string(), checks }
}

fn problem(problem: &Problem) -> Check {
    let outcome = if problem.level == Level::Error { Outcome::Error } else { Outcome::Warning };
    Check::new("configuration", outcome, problem.to_string(), "")
}

/// The webhook's address is compared with it.
fn address(public: &str) -> Check {
    if is_loopback(public) {
        let says = format!("server.public_url leads to this machine alone: {public}");
        let mend = "say how the forge reaches the server, so that the webhook's address can be compared";
        return Check::new("address", Outcome::Note, says, mend);
    }
    if public.starts_with("http://") {
        let mend = "put a proxy with TLS before the server: deliveries hold what is confidential";
        return Check::new("address", Outcome::Warning, format!("server.public_url is in clear: {public}"), mend);
    }
    Check::ok("address", format!("the forge reaches the server at {public}"))
}

fn store(path: &Path) -> Check {
    let file = path.display();
    match sqlite::look(path) {
        Ok(Some(look)) if look.version == 0 => {
            let says = format!("{file} holds nothing yet");
            Check::new("store", Outcome::Note, says, "`serve` fills it at its first start")
        }
        Ok(Some(look)) if look.version < look.newest => {
            let says = format!("{file} has schema version {} of {}", look.version, look.newest);
            Check::new(
                "store",
                Outcome::Note,
                says,
                "nothing to do: `serve` brings it to the newest; copy it before an upgrade",
            )
        }
        Ok(Some(look)) => Check::ok("store", format!("{file} can be read, schema version {}", look.version)),
        Ok(None) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if folder.is_dir() {
                return Check::new(
                    "store",
                    Outcome::Note,
                    format!("there is no {file} yet"),
                    "`serve` makes it at its first start",
                );
            }
            let says = format!("the folder of {file} does not exist");
            Check::new("store", Outcome::Error, says, "create it, or correct store.url")
        }
        Err(error) => Check::new("store", Outcome::Error, with_causes(&error), "`serve` will not start with it"),
    }
}

/// Reading it is not enough.
fn unwritable(path: &Path) -> Option<Check> {
    let mend = "`serve` will not start: check who owns the folder and the files in it, and that they are on a disk that is \
                mounted for writing";
    sqlite::obstacle(path).map(|says| Check::new("store", Outcome::Error, says, mend))
}

/// What was begun as an exercise is never worked on as real.
fn exercise(path: &Path) -> Option<Check> {
    sqlite::look(path).ok().flatten().filter(|look| look.version > 0)?;
    match Exercise::in_file(path) {
        Ok(None) => None,
        Ok(Some(known)) => {
            let says = format!("{} belongs to an exercise at --exercise-speed {}", path.display(), known.speed);
            let mend = "for real incidents, set store.url to a database of its own; `serve` goes on with this one with \
                        exactly that flag only, and marks all that it writes as an exercise";
            Some(Check::new("exercise", Outcome::Warning, says, mend))
        }
        Err(failure) => Some(Check::new("exercise", Outcome::Error, failure.to_string(), "")),
    }
}
