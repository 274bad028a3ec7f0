//! The canaries, and the texts that hold them.

use std::collections::BTreeMap;

use crate::support::{
    bot::{MARKER_KEY, SECRET, SIGNING},
    forge::BOT_TOKEN,
};

/// Where a canary sits: title, fields, values that cannot be read, labels, comments, commands, deliveries that fail.
const PLACES: [&str; 43] = [
    "title",
    "prose",
    "severity",
    "reporter",
    "commander",
    "responder",
    "started",
    "discovered",
    "contained",
    "method",
    "actions",
    "kind",
    "classification",
    "systems",
    "impact",
    "dependency",
    "label",
    "comment",
    "sitrep",
    "verb",
    "argument",
    "edited",
    "unreadable",
    "forged",
    "lead",
    "step",
    "entry",
    "disruption",
    "reason",
    "told",
    "joined",
    "followup",
    "flag",
    "playbook",
    "task",
    "successor",
    "rewritten",
    // GitLab alone.
    "before",
    "reworded",
    "promoted",
    "refused",
    "internal",
    "whispered",
];

/// The canary of a place: letters and digits alone, so that no encoding but a deliberate one hides it.
pub(super) fn canary(place: &str) -> String {
    format!("kanari{place}q7")
}

/// Everything that must show nowhere, by what it is.
fn secrets() -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = PLACES.iter().map(|place| ((*place).to_owned(), canary(place))).collect();
    let known =
        [("webhook secret", SECRET), ("signing token", SIGNING), ("token", BOT_TOKEN), ("marker key", MARKER_KEY)];
    for (name, secret) in known {
        all.insert(name.to_owned(), secret.to_owned());
    }
    all
}

/// No canary and no secret stands in this text, whatever the case of its letters.
#[track_caller]
pub(super) fn assert_silent(about: &str, text: &str) {
    let lower = text.to_lowercase();
    for (what, secret) in secrets() {
        let at = lower.find(&secret.to_lowercase());
        let line = at.map(|at| &text[text[..at].rfind('\n').map_or(0, |it| it + 1)..]);
        assert!(
            at.is_none(),
            "{about} shows the {what}: {}",
            line.unwrap_or_default().lines().next().unwrap_or_default()
        );
    }
}

/// Every field there is.
pub(super) fn body() -> String {
    let fields = [
        ("Status", "investigating".to_owned()),
        ("Severity", canary("severity")),
        ("Reporter", canary("reporter")),
        ("IC", canary("commander")),
        ("Responders", canary("responder")),
        ("Started", canary("started")),
        ("Discovered", canary("discovered")),
        ("Contained", canary("contained")),
        ("Discovery method", canary("method")),
        ("Threat actions", canary("actions")),
        ("Kind", canary("kind")),
        ("Data classification", canary("classification")),
        ("Systems", canary("systems")),
        ("Impact", canary("impact")),
        ("External dependency", canary("dependency")),
    ];
    let fields: String = fields.iter().flat_map(|(name, value)| ["- **", name, "**: ", value, "\n"]).collect();
    format!("<!-- hotwash:incident -->\n{}\n\n{fields}", canary("prose"))
}

/// Every command that takes a text or a name.
pub(super) fn commands() -> String {
    let c = canary;
    [
        format!("lead {}", c("lead")),
        format!("step {} deferred", c("step")),
        format!("timeline {}", c("entry")),
        format!("disrupt {}", c("disruption")),
        format!("waive acknowledge {}", c("reason")),
        format!("notified {}", c("told")),
        format!("responders +{}", c("joined")),
        format!("shift {}", c("joined")),
        format!("followup {}", c("followup")),
        format!("flag {}", c("flag")),
        format!("playbook {}", c("playbook")),
        format!("done {}", c("task")),
        format!("handoff {}", c("successor")),
    ]
    .map(|command| format!("@hotwash {command}\n"))
    .concat()
}
