//! Steps: when, who, what, and what must be true soon after.

use chrono::Duration;

use super::{
    Scene,
    acts::{self, ACTS, Act, NOBODYS},
    expect::{self, Expectation},
    times,
};
use crate::{
    document::{Hint, Node, Table, quoted},
    domain::time::Moment,
};

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its line in the script.
    pub line: u32,
    /// When it happens.
    pub at: Moment,
    /// Who does it; nobody in particular for what befalls the program.
    pub by: Option<String>,
    /// On which issue, by its place among the issues that are filed, from 0.
    pub issue: usize,
    /// What happens; nothing for a mere look.
    pub act: Option<Act>,
    /// The name of the comment that it posts.
    pub name: Option<String>,
    /// What a spectator is told before it.
    pub note: Option<String>,
    /// The forge must refuse it.
    pub refused: bool,
    /// When `expect` is looked at.
    pub look_at: Moment,
    /// What must be true then.
    pub expect: Vec<Expectation>,
}

impl Step {
    /// When it is over, its look included.
    #[must_use]
    pub fn over(&self) -> Moment {
        let lasts = match &self.act {
            Some(Act::Down(span) | Act::Jump(span)) => *span,
            _ => Duration::zero(),
        };
        (self.at + lasts).max(self.look_at)
    }
}

/// What earlier steps named.
#[derive(Default)]
pub(super) struct Names {
    /// Issues in the order of their filing; unnamed ones have no name.
    pub(super) issues: Vec<Option<String>>,
    /// Comments.
    pub(super) comments: Vec<String>,
}

/// How long after a step its expectations are looked at, unless the next step comes first.
const WITHIN: Duration = Duration::minutes(1);

const KEYS: [&str; 9] = ["at", "after", "by", "issue", "as", "note", "refused", "expect", "within"];

/// Every step, in order, and the issues that are filed, by their names.
pub(super) fn steps(root: &Table<'_>, scene: &Scene<'_>, start: Moment) -> (Vec<Step>, Vec<Option<String>>) {
    let tables = root.each("step");
    let mut names = Names::default();
    let (mut before, mut steps) = (start, Vec::<Step>::new());
    let mut down_until = start;
    for table in &tables {
        let at = times::of_step(table, scene.project().zone, before);
        before = at.unwrap_or(before);
        let step = step(table, scene, &mut names, at);
        let (issue, near) = step.as_ref().map_or((0, before), |step| (step.issue, step.look_at));
        // What a step expects is judged even where the step itself is wrong.
        let expect = table.sub("expect").map(|table| expect::of_step(&table, scene, &names.issues, issue, near));
        let Some(mut step) = step else { continue };
        step.expect = expect.unwrap_or_default();
        if let Some(last) = steps.last_mut() {
            last.look_at = last.look_at.min(step.at);
        }
        if let Some(Act::Down(span)) = step.act {
            if step.at < down_until {
                table.reject("the program is down already at that moment");
            }
            down_until = step.at + span;
        }
        if let Some(Act::Jump(span)) = step.act {
            before = step.at + span;
        }
        steps.push(step);
    }
    (steps, names.issues)
}

fn step(table: &Table<'_>, scene: &Scene<'_>, names: &mut Names, at: Option<Moment>) -> Option<Step> {
    let known: Vec<&str> = KEYS.iter().chain(&ACTS).copied().collect();
    table.only(&known);
    let acting = the_act(table);
    let by = by(table, acting.as_ref(), scene);
    let act = acting.as_ref().map(|node| acts::act(node, scene, names));
    let files = acting.as_ref().is_some_and(|node| node.name() == "file");
    let name = table.get("as").and_then(|node| name(&node, acting.as_ref(), names));
    let refused = table.get("refused").and_then(|node| node.flag()).unwrap_or(false);
    if files && refused {
        // There will be no such issue, for nobody to refer to.
    } else if files {
        names.issues.push(name.clone());
    } else if let Some(name) = &name {
        names.comments.push(name.clone());
    }
    let issue = if files && refused { Some(0) } else { issue(table, acting.as_ref(), &names.issues) };
    let within = table.get("within").and_then(|node| node.span(&times::SPANS)).unwrap_or(WITHIN);
    let note = table.get("note").and_then(|node| node.text()).map(str::to_owned);
    if acting.is_none() && table.get("expect").is_none() && note.is_none() {
        table.reject_absence(format!(
            "does nothing and looks at nothing; write `expect`, or one of {}",
            ACTS.join(", ")
        ));
    }
    let at = at?;
    Some(Step {
        line: table.line(),
        at,
        by: by?,
        issue: issue?,
        act: match act {
            Some(act) => Some(act?),
            None => None,
        },
        name,
        note,
        refused,
        look_at: if acting.is_none() { at } else { at + within },
        expect: Vec::new(),
    })
}

/// The one key that is an act.
fn the_act<'d>(table: &Table<'d>) -> Option<Node<'d>> {
    let mut acts = table.entries().into_iter().filter(|node| ACTS.contains(&node.name()));
    let first = acts.next();
    if let Some(first) = &first {
        for more in acts {
            more.reject(format!(
                "stands beside `{}`; a step does one thing, so give it a step of its own",
                first.name()
            ));
        }
    }
    first
}

/// `Some(None)` where nobody is needed; `None` after a problem.
#[expect(clippy::option_option, reason = "whether somebody is named is one thing, whether that was right another")]
fn by(table: &Table<'_>, act: Option<&Node<'_>>, scene: &Scene<'_>) -> Option<Option<String>> {
    let needed = act.is_some_and(|act| !NOBODYS.contains(&act.name()));
    match table.get("by") {
        Some(node) if node.plain().is_some_and(|by| by.trim_start_matches('@').eq_ignore_ascii_case(scene.bot)) => {
            node.reject("is the program itself, which nobody directs");
            None
        }
        Some(node) => acts::somebody(&node, scene).map(Some),
        None if needed => {
            table.reject_absence("does not say `by` whom");
            None
        }
        None => Some(None),
    }
}

fn name(node: &Node<'_>, act: Option<&Node<'_>>, names: &Names) -> Option<String> {
    let name = node.text()?;
    let nameable = act.is_some_and(|act| matches!(act.name(), "file" | "comment" | "command"));
    if !nameable {
        node.reject("names an issue or a comment, and this step makes neither");
        return None;
    }
    let taken = names.comments.iter().chain(names.issues.iter().flatten()).any(|known| known == name);
    if taken || super::kind(name).is_some() {
        node.reject(format!("{} means something already; choose another name", quoted(name)));
        return None;
    }
    Some(name.to_owned())
}

/// Which issue a step is about: the one it files or names, else the one filed last.
fn issue(table: &Table<'_>, act: Option<&Node<'_>>, issues: &[Option<String>]) -> Option<usize> {
    let about_none = act.is_none_or(|act| NOBODYS.contains(&act.name()));
    if let Some(node) = table.get("issue") {
        return named(&node, issues);
    }
    if issues.is_empty() && !about_none {
        table.reject_absence("comes before any issue is filed");
        return None;
    }
    Some(issues.len().saturating_sub(1))
}

/// The issue that an earlier step named.
pub(super) fn named(node: &Node<'_>, issues: &[Option<String>]) -> Option<usize> {
    let name = node.text()?;
    let found = issues.iter().position(|known| known.as_deref() == Some(name));
    if found.is_none() {
        let known: Vec<&str> = issues.iter().flatten().map(String::as_str).collect();
        let hint = if known.is_empty() { Hint::None } else { Hint::among(name, &known) };
        node.reject_reference(format!("{} is no issue that an earlier step files `as` that", quoted(name)), hint);
    }
    found
}
