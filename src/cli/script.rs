//! The script of a drill: read with the settings of its project and the words that it brings along, everything wrong with
//! any of them at once.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    config::{DrillSettings, Outline, Words},
    document::{Problem, Problems, Table},
    drill::{
        face::Kind,
        script::{self, Drafted, Script},
    },
};

use super::{Failure, out::complain, words};

/// The story that is told where nobody names another.
const SHIPPED: (&str, &str) = ("cloud-gov.toml", include_str!("../../drills/cloud-gov.toml"));

/// The largest script, in bytes: thousands of steps with long texts.
const LARGEST_SCRIPT: u64 = 1024 * 1024;
/// The most steps that a script may have.
const MOST_STEPS: usize = 2_000;

/// The script and the settings of its project, or every problem of it.
pub(super) fn read(file: Option<&Path>, forge: Kind) -> Result<(Script, DrillSettings), Failure> {
    let (name, text, folder) = match file {
        None => (SHIPPED.0.to_owned(), SHIPPED.1.to_owned(), PathBuf::new()),
        Some(path) => {
            let name = path.display().to_string();
            let text = text(path).map_err(|why| Failure::Usage(format!("{name}: {why}")))?;
            (name, text, path.parent().map(Path::to_path_buf).unwrap_or_default())
        }
    };
    let mut settings = None;
    let mut wrong = Vec::new();
    let script = script::read(&text, &name, &mut |table| {
        settings = DrillSettings::read(table, &folder);
        without_effect(table, forge);
        nested(table, forge);
        wrong = wording(table, &folder);
        drafted(table, settings.as_ref(), &folder)
    });
    let usage = |problems: Vec<Problem>| Failure::Usage(Problems(problems).to_string());
    let script = match script {
        Ok(script) if wrong.is_empty() => script,
        found => return Err(usage(found.err().into_iter().flatten().chain(wrong).collect())),
    };
    script.warnings.iter().for_each(|warning| complain(&warning.to_string()));
    let settings = settings.ok_or_else(|| Failure::Usage(format!("{name}: has no project")))?;
    if script.steps.len() > MOST_STEPS {
        let why = format!(
            "{name}: has {} steps, and {MOST_STEPS} are the most; tell it in several scripts",
            script.steps.len()
        );
        return Err(Failure::Usage(why));
    }
    Ok((script, settings))
}

/// The project; where something is wrong with it, as much of it as the rest of the script can be judged by.
fn drafted(table: &Table<'_>, settings: Option<&DrillSettings>, folder: &Path) -> Option<Drafted> {
    if let Some(project) = settings.and_then(DrillSettings::project) {
        return Some(project.clone().into());
    }
    let Outline { project, has_process } = DrillSettings::outline(table, folder)?;
    Some(Drafted { project, is_whole: false, has_process })
}

/// Says what the project sets that the forge does not have: the same script may be played on the other one.
fn without_effect(table: &Table<'_>, forge: Kind) {
    let node = table.get("timeline_events").filter(|node| forge == Kind::Github && node.plain() == Some("on"));
    if let Some(node) = node {
        node.warn("changes nothing on GitHub, which keeps no timeline of incidents; play it with --forge gitlab");
    }
}

/// A path that the forge cannot have.
fn nested(table: &Table<'_>, forge: Kind) {
    let deep = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        forge == Kind::Github && parts.len() > 2 && parts.iter().all(|part| !part.is_empty())
    };
    if let Some(node) = table.get("path").filter(|node| node.plain().is_some_and(deep)) {
        node.reject(
            "names groups within groups, which GitHub does not have; write owner/name, as in acme/incidents, or play it with \
             --forge gitlab",
        );
    }
}

/// What is wrong with the words of the project.
fn wording(table: &Table<'_>, folder: &Path) -> Vec<Problem> {
    let words = Words::of(table, folder);
    words::renderer(&words.wording, words.folder.as_deref()).err().map(|problems| problems.0).unwrap_or_default()
}

/// The text of a script, or why there is none.
fn text(path: &Path) -> Result<String, String> {
    let unread = |error| format!("cannot be read: {error}");
    let mut bytes = Vec::new();
    // One byte more than is allowed tells that there is more, however much that is.
    File::open(path).map_err(unread)?.take(LARGEST_SCRIPT + 1).read_to_end(&mut bytes).map_err(unread)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST_SCRIPT) {
        return Err("is larger than 1 MiB, the most that a script may have; tell it in several scripts".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| format!("cannot be read: {error}; write it in UTF-8"))
}
