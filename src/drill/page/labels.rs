//! Labels as chips. Their colours come from a style sheet of our own, because pages may hold no style themselves.
//!
//! What always holds: the words on a chip are readable on its colour.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::drill::model::{Issue, Label, World};

/// The labels on an issue.
pub(super) fn chips(world: &World, issue: &Issue) -> Vec<Value> {
    let project = world.project_by_id(issue.project);
    let chip = |name: &String| project.and_then(|project| project.label(name)).map(chip);
    issue.labels.iter().filter_map(chip).collect()
}

/// One label.
pub(super) fn chip(label: &Label) -> Value {
    json!({ "name": label.name, "id": label.id })
}

/// All labels of the project, and which are chosen: those on the issue, if nobody chose others.
pub(super) fn choices(world: &World, issue: &Issue, chosen: Option<&[&str]>) -> Vec<Value> {
    let Some(project) = world.project_by_id(issue.project) else { return Vec::new() };
    let is = |label: &Label| match chosen {
        Some(chosen) => chosen.iter().any(|name| name.eq_ignore_ascii_case(&label.name)),
        None => issue.labels.contains(&label.name),
    };
    let choice = |label: &Label| {
        let meaning = label.description.as_deref().unwrap_or_default();
        json!({ "name": label.name, "id": label.id, "chosen": is(label), "meaning": meaning })
    };
    // Labels that every project begins with play no part in an incident unless somebody puts them on.
    project.labels.values().filter(|label| !label.shipped || is(label)).map(choice).collect()
}

/// The style sheet of all labels of a project.
pub(super) fn style(world: &World, path: &str) -> String {
    let mut style = String::new();
    for label in world.project(path).into_iter().flat_map(|project| project.labels.values()) {
        let Ok(colour) = u32::from_str_radix(&label.color, 16) else { continue };
        let text = if is_light(colour) { "#000" } else { "#fff" };
        let _ = writeln!(style, ".label-{}{{background:#{colour:06x};color:{text}}}", label.id);
    }
    style
}

/// Black has more contrast to it than white.
fn is_light(colour: u32) -> bool {
    let channel = |shift: u32| {
        let value = f64::from((colour >> shift) & 0xFF) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
    luminance > 0.179
}
