//! The issue as a reporter files it: the shipped template, filled in.
//!
//! What always holds: what is filed differs from the shipped template in nothing but what the script fills in.

use crate::domain::reading::Field;

/// What teams copy into their repositories.
const TEMPLATE: &str = include_str!("../../../issue-templates/github/incident.md");

/// What the template says where the reporter is to describe the matter.
const DESCRIPTION: &str = "Short description of what's going on";

/// An issue to be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub title: String,
    /// What it says.
    pub body: String,
    /// What is put on it at once.
    pub labels: Vec<String>,
    /// Who is assigned at once.
    pub assignees: Vec<String>,
}

/// The template's body with a description and fields filled in.
pub(super) fn filled(description: Option<&str>, fields: &[(Field, String)]) -> String {
    let body = TEMPLATE.splitn(3, "---\n").nth(2).unwrap_or(TEMPLATE).trim_start();
    // What follows the fields explains the template to whoever fills it in.
    let body = body.split("\nAny extra details").next().unwrap_or(body);
    let body = body.replace(DESCRIPTION, description.unwrap_or(DESCRIPTION));
    fields
        .iter()
        .fold(body.trim_end().to_owned() + "\n", |body, (field, value)| with_field(&body, field.title(), value))
}

/// The body with one field set: on the line where it stands, else on a line of its own behind the last field.
#[must_use]
pub fn with_field(body: &str, title: &str, value: &str) -> String {
    let line = format!("- **{title}**: {value}");
    let mut lines: Vec<&str> = body.lines().collect();
    if let Some(place) = lines.iter_mut().find(|line| is_field(line, title)) {
        *place = &line;
    } else {
        let behind = lines.iter().rposition(|line| line.starts_with("- **")).map_or(lines.len(), |at| at + 1);
        lines.insert(behind, &line);
    }
    lines.join("\n") + "\n"
}

/// `- **Status**: ...`, `Status: ...`, `* status : ...`.
fn is_field(line: &str, title: &str) -> bool {
    let Some((name, _)) = line.split_once(':') else { return false };
    name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+' | '*')).eq_ignore_ascii_case(title)
}
