//! When the clock of a duty starts that something other than the opening starts.
//!
//! What always holds: moments before the opening (or the last reopening) start nothing; what holds at the opening starts
//! there.

use crate::domain::{
    event::DutyState,
    incident::Incident,
    process::{DutySpec, Start},
    project::Project,
    time::Moment,
};

use super::{duties::standing, stretch::Stretch};

/// The moments, oldest first.
pub(super) fn anchors(
    spec: &DutySpec,
    incident: &Incident,
    project: &Project,
    now: Moment,
    stretches: &[Stretch<'_>],
) -> Vec<Moment> {
    let Some(first) = stretches.first() else { return Vec::new() };
    let turned = |dimension: &str, wanted: Option<&str>| -> Vec<Moment> {
        let turns = incident.turns.iter().filter(|turn| turn.dimension == dimension);
        turns.filter(|turn| wanted.is_none_or(|wanted| turn.to.value == wanted)).map(|turn| turn.to.at).collect()
    };
    let with_first = |mut all: Vec<Moment>, holds: bool| {
        all.extend(holds.then_some(first.from));
        all
    };
    let mut all = match &spec.start {
        Start::Opened => vec![first.from],
        Start::Closed => incident.closings_at.clone(),
        Start::Ic => {
            let all = turned("IC", None);
            let held = all.iter().any(|at| *at < first.from);
            with_first(all, held)
        }
        Start::Shift => incident.shifts.iter().map(|shift| shift.at).collect(),
        Start::Disruption => incident.disruptions.iter().map(|asked| asked.at).collect(),
        Start::Phase(name) => with_first(turned("phase", Some(name)), first.phase == name),
        Start::Status(name) => with_first(turned("status", Some(name)), first.status == name),
        Start::Flag(id) => {
            let raised = incident.flags.get(id).map(|(at, _)| (*at).max(first.from));
            raised.into_iter().collect()
        }
        Start::Met(id) => project.process.duty(id).map_or_else(Vec::new, |other| {
            let past = standing(other, incident, project, now, stretches).past;
            let met = past.into_iter().filter(|judged| matches!(judged.state, DutyState::Met | DutyState::Late));
            met.map(|judged| judged.at).collect()
        }),
    };
    all.retain(|at| *at >= first.from && *at <= now);
    all.sort_unstable();
    all.dedup();
    all
}

/// A disruption is judged by the severity at the asking, whatever it becomes.
pub(super) fn as_asked(stretches: &mut [Stretch<'_>]) {
    let mut asked = None;
    for stretch in stretches.iter_mut().filter(|stretch| stretch.runs) {
        if stretch.restarts {
            asked = Some(stretch.severity);
        }
        stretch.severity = asked.unwrap_or(stretch.severity);
    }
}

/// The stretches cut where the clock starts; before that, it does not run.
pub(super) fn anchored<'i>(stretches: &[Stretch<'i>], anchors: &[Moment]) -> Vec<Stretch<'i>> {
    let mut cut = Vec::new();
    let mut runs = false;
    for (nth, stretch) in stretches.iter().enumerate() {
        // What happens at the end of the last stretch has no other to begin.
        let last = nth + 1 == stretches.len();
        let inside = anchors.iter().copied();
        let inside = inside.filter(|at| *at > stretch.from && (*at < stretch.to || last && *at == stretch.to));
        let begins = anchors.contains(&stretch.from);
        runs = (runs && !stretch.restarts) || begins;
        let mut rest = Stretch { runs, restarts: begins, ..stretch.clone() };
        for at in inside {
            cut.push(Stretch { to: at, ..rest.clone() });
            runs = true;
            rest = Stretch { from: at, runs: true, restarts: true, ..rest };
        }
        cut.push(rest);
    }
    cut
}
