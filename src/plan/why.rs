//! Why a duty stands as it does: the rule, what started its clock, when it is due, who owes it, and what came of it
//! before.

use crate::domain::{
    incident::Incident,
    message::{When, Why},
    process::Rung,
    project::Project,
    time::Moment,
};

use super::{
    Circumstances,
    duties::{Standing, standings},
    escalate, remind, roles,
    view::{View, state_word},
};

/// So many earlier occurrences are told of.
const MOST_EARLIER: usize = 10;

/// One duty explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Its title.
    pub title: String,
    /// Handbook and line.
    pub source: String,
    /// The role that owes it.
    pub owes: String,
    /// Who plays that role, as `@handle`s.
    pub by: Vec<String>,
    /// `waiting`, `due`, `met`, ...; empty where it never applied.
    pub state: String,
    /// The rule and its clock; `None` where nothing of it is open now.
    pub open: Option<Why>,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: String,
    /// When it is reminded of from now on.
    pub reminders: Vec<When>,
    /// Whom it escalates to from now on: when, which roles.
    pub next: Vec<(When, Vec<String>)>,
    /// What came of it before, the newest first: when it was due, what became of it.
    pub earlier: Vec<(When, String)>,
}

/// Explains one duty; `None` where the process has none of that name.
#[must_use]
pub fn explain(incident: &Incident, project: &Project, duty: &str, now: Moment) -> Option<Explained> {
    let standings = standings(incident, project, now);
    let view =
        View { incident, project, now, standings: &standings, findings: &[], circumstances: &Circumstances::default() };
    let standing = standings.iter().find(|standing| standing.spec.id.eq_ignore_ascii_case(duty))?;
    let earlier = standing.past.iter().rev().take(MOST_EARLIER);
    Some(Explained {
        title: standing.spec.title.clone(),
        source: standing.spec.source.clone(),
        owes: standing.spec.owes.clone(),
        by: roles::players(&view, &standing.spec.owes),
        state: standing.state(now).map(|(state, _)| state_word(state).to_owned()).unwrap_or_default(),
        open: standing.open.as_ref().map(|open| view.why(standing, open)),
        place: project.place(standing.spec.route.as_deref()).to_owned(),
        reminders: next_reminders(&view, standing),
        next: next_steps(&view, standing),
        earlier: earlier.map(|judged| (view.when(judged.due), state_word(judged.state).to_owned())).collect(),
    })
}

fn next_reminders(view: &View<'_>, standing: &Standing<'_>) -> Vec<When> {
    let Some(open) = &standing.open else { return Vec::new() };
    let mut to_come: Vec<Moment> = standing.spec.remind.iter().map(|at| remind::moment(open, *at)).collect();
    to_come.retain(|at| *at > view.now);
    to_come.sort_unstable();
    to_come.into_iter().map(|at| view.when(at)).collect()
}

fn next_steps(view: &View<'_>, standing: &Standing<'_>) -> Vec<(When, Vec<String>)> {
    let Some(open) = &standing.open else { return Vec::new() };
    let dated = |rung: &Rung| Some((escalate::moment(view, standing, open, rung)?, rung.to.clone()));
    let to_come = standing.spec.ladder.iter().filter_map(dated).filter(|(at, _)| *at > view.now);
    to_come.map(|(at, to)| (view.when(at), to)).collect()
}
