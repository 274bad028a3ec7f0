//! What people file incidents with: that it makes an incident, and asks for the fields that are read.

use super::super::{Check, Outcome};

/// A template as far as it matters: what reading it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Its name, as people choose it.
    pub name: String,
    /// What is filed with it is an incident, by marker or label.
    pub makes_incident: bool,
    /// Titles of the required fields that it lacks.
    pub lacks: Vec<String>,
    /// What is filed with it is hidden from others, where the forge has such issues.
    pub hides: bool,
}

/// Which templates make an incident, and what they lack. `folder` is where they belong.
#[must_use]
pub fn check(templates: &[Read], folder: &str) -> Check {
    let ours: Vec<&Read> = templates.iter().filter(|template| template.makes_incident).collect();
    if ours.is_empty() {
        let there = match templates.len() {
            0 => format!("there is none in {folder}"),
            n => format!("none of the {n} in {folder} makes an incident"),
        };
        let mend = "copy one from issue-templates/ to the default branch: it has the marker, the label and the fields";
        return Check::new("template", Outcome::Warning, there, mend);
    }
    if let Some(poor) = ours.iter().find(|template| !template.lacks.is_empty()) {
        let says = format!("{} does not ask for {}", poor.name, poor.lacks.join(", "));
        return Check::new(
            "template",
            Outcome::Warning,
            says,
            "compare it with the one in issue-templates/ of the same process",
        );
    }
    if let Some(open) = ours.iter().find(|template| !template.hides) {
        let says = format!("{} files an issue that others can read until the bot has hidden it", open.name);
        return Check::new("template", Outcome::Warning, says, "put /confidential into its last lines");
    }
    let names: Vec<&str> = ours.iter().map(|template| template.name.as_str()).collect();
    Check::ok("template", format!("there is {}", names.join(", ")))
}
