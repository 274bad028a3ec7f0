//! How an issue is named on the command line.

use crate::{config::Config, domain::ids::IssueRef};

use super::Failure;

/// `12` where one project is configured, `acme/incidents#12` where the path is unique, `github:acme/incidents#12` always.
pub(super) fn named(text: &str, config: &Config) -> Result<IssueRef, Failure> {
    let forms = "name it as 12 (with one project), acme/incidents#12, or github:acme/incidents#12";
    let wrong = |why: &str| Failure::Usage(format!("{text:?} {why}; {forms}"));
    let (place, number) = text.rsplit_once('#').unwrap_or(("", text));
    let number: u64 = number.parse().ok().filter(|number| *number > 0).ok_or_else(|| wrong("has no issue number"))?;
    let (forge, path) = place.split_once(':').map_or((None, place), |(forge, path)| (Some(forge), path));
    let mut fitting = config.projects.iter().filter(|project| {
        (path.is_empty() || project.path.eq_ignore_ascii_case(path)) && forge.is_none_or(|forge| project.forge == forge)
    });
    let project = fitting.next().ok_or_else(|| wrong("is in no configured project"))?;
    if fitting.next().is_some() {
        return Err(wrong("fits several configured projects"));
    }
    Ok(IssueRef::new(&project.forge, &project.path, number))
}
