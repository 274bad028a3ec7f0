//! What must be true at a moment: read, and checked against what there can be.

use std::fmt;

use super::{Scene, kind, kinds, steps, times};
use crate::{
    document::{Hint, Node, Table, quoted},
    domain::{event::DutyState, message::MessageKind, project::LabelNames, time::Moment},
};

/// One thing that must be true, and where the script says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Its line in the script.
    pub line: u32,
    /// Of which issue, by its place among those that are filed, from 0.
    pub issue: usize,
    /// What.
    pub check: Check,
}

/// What can be expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Of the labels with this prefix, exactly this one is on the issue.
    Only {
        /// Such as `severity::`.
        prefix: String,
        /// The whole label.
        label: String,
    },
    /// A label is on the issue, or is not.
    Carries(String, bool),
    /// The issue is open, or is not.
    Open(bool),
    /// So many comments of a kind were posted.
    Comments(MessageKind, Count),
    /// So many comments of a kind are not folded away.
    Unfolded(MessageKind, Count),
    /// The newest comment of a kind holds this text, or does not.
    Says {
        /// Its kind.
        kind: MessageKind,
        /// What it says, white space folded.
        text: String,
        /// Whether it must.
        wanted: bool,
    },
    /// A reminder or a catch-up spoke of a duty.
    Reminded {
        /// The duty's id.
        duty: String,
        /// Of the occurrence due then; of any where absent.
        due: Option<Moment>,
        /// Not before.
        from: Option<Moment>,
        /// Not after.
        by: Option<Moment>,
    },
    /// The newest occurrence of a duty that came to an end, ended so.
    Duty(String, DutyState),
    /// So many occurrences of a duty ended in this state.
    Duties(String, DutyState, Count),
    /// The program changed something on the forge so many times: comments, edits, labels, reactions, foldings.
    Writes(Count),
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: Option<u32>,
}

impl Count {
    /// Whether a number fits.
    #[must_use]
    pub fn fits(self, number: usize) -> bool {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        number >= self.least && self.most.is_none_or(|most| number <= most)
    }

    /// A number, or `"2+"`, or `"0-3"`.
    fn read(node: &Node<'_>) -> Option<Self> {
        if !node.is_text() {
            let number = node.whole(&(0..=100_000))?;
            return Some(Self { least: number, most: Some(number) });
        }
        let text = node.text()?;
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let read = match (text.strip_suffix('+'), text.split_once('-')) {
            (Some(least), _) => number(least).map(|least| Self { least, most: None }),
            (None, Some((least, most))) => {
                number(least).zip(number(most)).map(|(least, most)| Self { least, most: Some(most) })
            }
            (None, None) => None,
        };
        let read = read.filter(|count| count.most.is_none_or(|most| count.least <= most));
        if read.is_none() {
            let forms = Hint::Allowed(vec!["a whole number such as 3".into(), "\"1+\"".into(), "\"0-3\"".into()]);
            node.reject_for(format!("{} does not say how many", quoted(text)), forms);
        }
        read
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            Some(most) if most == self.least => write!(f, "{most}"),
            Some(most) => write!(f, "{} to {most}", self.least),
            None => write!(f, "{} or more", self.least),
        }
    }
}

const KEYS: [&str; 11] =
    ["labels", "carries", "lacks", "state", "comments", "unfolded", "says", "says_not", "reminded", "duties", "writes"];

/// How a duty can end; before that, the board says where it stands.
const STATES: [(&str, DutyState); 5] = [
    ("met", DutyState::Met),
    ("late", DutyState::Late),
    ("missed", DutyState::Missed),
    ("waived", DutyState::Waived),
    ("cancelled", DutyState::Cancelled),
];

/// `expect` of a step.
pub(super) fn of_step(
    table: &Table<'_>,
    scene: &Scene<'_>,
    issues: &[Option<String>],
    issue: usize,
    near: Moment,
) -> Vec<Expectation> {
    if issues.is_empty() {
        table.reject_absence("comes before any issue is filed");
        return Vec::new();
    }
    table.only(&KEYS);
    all(table, scene, near).into_iter().map(|(line, check)| Expectation { line, issue, check }).collect()
}

/// `[expect]` of the script: about the issue filed last, or the one it names.
pub(super) fn at_the_end(
    table: &Table<'_>,
    scene: &Scene<'_>,
    issues: &[Option<String>],
    end: Moment,
) -> Vec<Expectation> {
    let known: Vec<&str> = KEYS.iter().copied().chain(["issue"]).collect();
    table.only(&known);
    let issue = match table.get("issue") {
        Some(node) => steps::named(&node, issues),
        None => Some(issues.len().saturating_sub(1)),
    };
    let checks = all(table, scene, end);
    let Some(issue) = issue else { return Vec::new() };
    checks.into_iter().map(|(line, check)| Expectation { line, issue, check }).collect()
}

fn all(table: &Table<'_>, scene: &Scene<'_>, near: Moment) -> Vec<(u32, Check)> {
    let read = |node: Node<'_>| {
        let checks = one(&node, scene, near);
        checks.into_iter().map(move |check| (node.line(), check)).collect::<Vec<_>>()
    };
    let checks: Vec<(u32, Check)> = table.entries().into_iter().flat_map(read).collect();
    if table.entries().is_empty() {
        table.reject_absence(format!("expects nothing; write {}", KEYS.join(", ")));
    }
    checks
}

fn one(node: &Node<'_>, scene: &Scene<'_>, near: Moment) -> Vec<Check> {
    match node.name() {
        "labels" => entries(node).iter().filter_map(|entry| label(entry, scene)).collect(),
        "carries" | "lacks" => {
            let wanted = node.name() == "carries";
            node.texts().into_iter().map(|(_, label)| Check::Carries(label.to_owned(), wanted)).collect()
        }
        "state" => node.choice(&[("open", true), ("closed", false)]).map(Check::Open).into_iter().collect(),
        "comments" => counted(node, Check::Comments),
        "unfolded" => counted(node, Check::Unfolded),
        "says" => entries(node).iter().flat_map(|entry| says(entry, true)).collect(),
        "says_not" => entries(node).iter().flat_map(|entry| says(entry, false)).collect(),
        "reminded" if node.is_list() => {
            node.items().iter().filter_map(|item| reminded(&item.table()?, scene, near)).collect()
        }
        "reminded" => node.table().and_then(|table| reminded(&table, scene, near)).into_iter().collect(),
        "duties" => entries(node).iter().flat_map(|entry| duty(entry, scene)).collect(),
        "writes" => Count::read(node).map(Check::Writes).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn entries<'d>(node: &Node<'d>) -> Vec<Node<'d>> {
    node.table().map(|table| table.entries()).unwrap_or_default()
}

/// `severity = "high"`.
fn label(entry: &Node<'_>, scene: &Scene<'_>) -> Option<Check> {
    let (process, labels) = (scene.process(), &scene.project().labels);
    let LabelNames { phase, status, severity, .. } = labels;
    let dimension = entry.name();
    let (prefix, names): (&String, Vec<&str>) = match dimension {
        "phase" => (phase, process.phases.iter().map(|it| it.name.as_str()).collect()),
        "status" => (status, process.statuses.iter().map(|it| it.name.as_str()).collect()),
        "severity" => (severity, process.severities.iter().map(|it| it.name.as_str()).collect()),
        _ => {
            let hint = Hint::among(dimension, &["phase", "status", "severity"]);
            entry.reject_for("is no dimension of labels", hint);
            return None;
        }
    };
    let value = entry.text()?;
    if !names.contains(&value) {
        if scene.knows_names() {
            let what = format!("{} is no {dimension} of {}", quoted(value), process.name);
            entry.reject_for(what, Hint::among(value, &names));
        }
        return None;
    }
    Some(Check::Only { prefix: prefix.clone(), label: format!("{prefix}{}", value.replace(' ', "-")) })
}

fn of_kind(entry: &Node<'_>) -> Option<MessageKind> {
    let found = kind(entry.name());
    if found.is_none() {
        entry.reject_for("is no kind of comment", Hint::among(entry.name(), &kinds()));
    }
    found
}

fn counted(node: &Node<'_>, check: fn(MessageKind, Count) -> Check) -> Vec<Check> {
    let read = |entry: &Node<'_>| {
        let (kind, count) = (of_kind(entry), Count::read(entry));
        Some(check(kind?, count?))
    };
    entries(node).iter().filter_map(read).collect()
}

/// `board = "..."`, or `board = ["...", "..."]`.
fn says(entry: &Node<'_>, wanted: bool) -> Vec<Check> {
    let kind = of_kind(entry);
    let texts: Vec<&str> = if entry.is_list() {
        entry.texts().into_iter().map(|(_, text)| text).collect()
    } else {
        entry.text().into_iter().collect()
    };
    let Some(kind) = kind else { return Vec::new() };
    texts.into_iter().map(|text| Check::Says { kind, text: text.to_owned(), wanted }).collect()
}

fn reminded(table: &Table<'_>, scene: &Scene<'_>, near: Moment) -> Option<Check> {
    table.only(&["duty", "due", "from", "by"]);
    let duty = table.need("duty").and_then(|node| duty_id(&node, node.text()?, scene));
    let moment = |key: &str| table.get(key).map(|node| times::free(&node, scene.project().zone, near));
    let (due, from, by) = (moment("due"), moment("from"), moment("by"));
    let right = |moment: Option<Option<Moment>>| match moment {
        Some(Some(at)) => Ok(Some(at)),
        Some(None) => Err(()),
        None => Ok(None),
    };
    let (due, from, by) = (right(due).ok()?, right(from).ok()?, right(by).ok()?);
    if from.zip(by).is_some_and(|(from, by)| by < from) {
        table.reject("ends before it begins; `by` is later than `from`");
        return None;
    }
    Some(Check::Reminded { duty: duty?, due, from, by })
}

/// `acknowledge = "late"`, or `sitrep = { met = 3, late = 1 }`.
fn duty(entry: &Node<'_>, scene: &Scene<'_>) -> Vec<Check> {
    let Some(id) = duty_id(entry, entry.name(), scene) else { return Vec::new() };
    if entry.is_text() {
        return entry.choice(&STATES).map(|state| Check::Duty(id, state)).into_iter().collect();
    }
    let read = |node: &Node<'_>| {
        let state = STATES.iter().find(|(name, _)| *name == node.name()).map(|(_, state)| *state);
        if state.is_none() {
            let names: Vec<&str> = STATES.iter().map(|(name, _)| *name).collect();
            node.reject_for("is no state of a duty", Hint::among(node.name(), &names));
        }
        let count = Count::read(node);
        Some(Check::Duties(id.clone(), state?, count?))
    };
    entries(entry).iter().filter_map(read).collect()
}

fn duty_id(node: &Node<'_>, id: &str, scene: &Scene<'_>) -> Option<String> {
    let known: Vec<&str> = scene.process().duties.iter().map(|duty| duty.id.as_str()).collect();
    if known.contains(&id) || !scene.knows_names() {
        return Some(id.to_owned());
    }
    node.reject_for(format!("{} is no duty of {}", quoted(id), scene.process().name), Hint::among(id, &known));
    None
}
