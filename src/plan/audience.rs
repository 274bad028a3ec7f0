//! Rule: an incident that others can read is closed to them where the bot may do that, and alarmed about where it may not.
//! What is mailed to others is read by others.
//!
//! What always holds: while others can read it, nothing else is written; the alarm holds nothing of the incident and comes
//! once for each exposure; a person who took the confidential flag off is not fought; nor is a forge that refuses to put
//! it on: that is given up and alarmed about. The clocks go on. What is
//! deliberately not here: who can read it (`engine` asks the forge).

use chrono::Duration;

use crate::domain::{
    action::{Action, Effect},
    event::{Exposure, What},
    incident::{Exposed, Incident, Written},
    message::{Alarm, Message, MessageKind},
    people::Actor,
    snapshot::{Audience, Changed, Issue},
    time::Moment,
};

use super::{Notes, keys, observe::Seen, roles, view::View};

/// An exposure that nobody tells the end of is looked at so often.
const LOOK_AGAIN: Duration = Duration::minutes(5);

/// The forge's clock, by which a lost journal is written anew, may be behind by so much.
const SLACK: Duration = Duration::minutes(1);

/// Whether the confidential flag is not as the journal has it.
pub(super) fn is_turned(incident: &Incident, issue: &Issue) -> bool {
    let open = incident.exposure.as_ref().is_some_and(|exposed| exposed.how != Exposure::Mailed);
    issue.confidential.is_some_and(|closed| closed == open)
}

/// How others can read the issue now, by what it shows itself. A missing flag comes first, because the bot may mend that.
fn cause(issue: &Issue) -> Exposure {
    match issue.confidential {
        Some(false) => Exposure::Flag,
        _ if issue.is_mailed => Exposure::Mailed,
        _ => Exposure::Project,
    }
}

/// Others could read it before, but not by what the issue shows now.
fn is_another(exposed: &Exposed, cause: Exposure) -> bool {
    (exposed.how == Exposure::Mailed) != (cause == Exposure::Mailed)
}

/// What changed about who can read the issue. `turned` is who last took the flag off (or put it on), and when, where that
/// is known; `opened`, since when it is an incident.
pub(super) fn noticed(
    incident: &Incident,
    seen: &Seen<'_>,
    opened: Moment,
    turned: impl Fn(bool) -> Option<(Moment, Actor)>,
) -> Option<(Moment, Actor, What)> {
    let first = incident.opened.is_none();
    let has_flag = seen.issue.confidential.is_some();
    let cause = cause(seen.issue);
    let unexplained = || (if has_flag { seen.issue.updated_at } else { seen.now }, Actor::Somebody);
    match (&incident.exposure, seen.audience) {
        (None, Audience::Anyone) if first => {
            let lifted = turned(true).filter(|(at, by)| cause == Exposure::Flag && *at > opened && *by != Actor::Bot);
            let how = if cause == Exposure::Flag && lifted.is_none() { Exposure::Filed } else { cause };
            let author = seen.issue.author.clone().filter(|_| has_flag).map_or(Actor::Somebody, Actor::Person);
            let (at, by) = lifted.unwrap_or((opened, author));
            Some((at, by, What::Exposed { how }))
        }
        (before, Audience::Anyone) if before.as_ref().is_none_or(|exposed| is_another(exposed, cause)) => {
            let (at, by) = turned(true).filter(|_| cause == Exposure::Flag).unwrap_or_else(unexplained);
            let at = before.as_ref().map_or(at, |exposed| at.max(exposed.at));
            Some((at, by, What::Exposed { how: cause }))
        }
        (Some(exposed), Audience::Trusted) => {
            let by_flag = has_flag && exposed.how != Exposure::Mailed;
            let (at, by) = turned(false).filter(|_| by_flag).unwrap_or_else(unexplained);
            // The forge's moments are whole seconds; it ends after it began.
            Some((at.max(exposed.at), by, What::Hidden))
        }
        _ => None,
    }
}

/// When others could read an issue that is seen for the first time and that they cannot read any more: the forge's history
/// of its flag, since it is an incident. `by` is whom the history names.
pub(super) fn past(seen: &Seen<'_>, opened: Moment, by: impl Fn(&Actor) -> Actor) -> Vec<(Moment, Actor, What)> {
    let flags = seen.history.into_iter().flatten().filter_map(|change| match change.what {
        Changed::Hidden => Some((change, true)),
        Changed::Exposed => Some((change, false)),
        _ => None,
    });
    let flags: Vec<_> = flags.collect();
    let Some((_, first)) = flags.first() else { return Vec::new() };
    // What the first change made of it, it was not before.
    let before = flags.iter().rfind(|(change, _)| change.at < opened).map_or(!first, |(_, closed)| *closed);
    let mut told = Vec::new();
    let mut closed = before;
    if !before {
        let author = seen.issue.author.clone().map_or(Actor::Somebody, Actor::Person);
        told.push((opened, author, What::Exposed { how: Exposure::Filed }));
    }
    for (change, now) in flags.iter().filter(|(change, _)| change.at >= opened) {
        if std::mem::replace(&mut closed, *now) == *now {
            continue;
        }
        let what = if closed { What::Hidden } else { What::Exposed { how: Exposure::Flag } };
        told.push((change.at, by(&change.by), what));
    }
    // A history that lags behind the issue tells half of it, which is less than nothing.
    if closed { told } else { Vec::new() }
}

/// Takes back everything that was planned while others can read the issue, and does what is to be done about that.
pub(super) fn protect(view: &View<'_>, notes: &mut Notes) {
    let Some(exposed) = &view.incident.exposure else {
        view.incident
            .written
            .iter()
            .filter(|written| is_raised(written))
            .for_each(|alarm| notes.act(over(view, alarm)));
        return;
    };
    notes.actions.clear();
    if exposed.how == Exposure::Filed && !is_refused(view, exposed) {
        notes.act(Action { key: keys::confidential(exposed.at), what: Effect::MakeConfidential });
    } else if view.incident.open {
        notes.wake(view.now + LOOK_AGAIN);
        let key = keys::alarm(exposed.at);
        if !is_told(view, exposed, &key) {
            let message = Box::new(Message::Alarm(alarm(view, exposed, false)));
            notes.act(Action { key, what: Effect::Comment { message, covers: Vec::new() } });
        }
    }
}

/// The forge does not let the bot put the flag on.
fn is_refused(view: &View<'_>, exposed: &Exposed) -> bool {
    exposed.how == Exposure::Filed && view.incident.given_up.contains(&keys::confidential(exposed.at))
}

/// An alarm that stands in the thread.
fn is_raised(written: &Written) -> bool {
    written.kind == MessageKind::Alarm && !written.collapsed && !written.gone
}

/// By its name, or, where a lost journal no longer knows when it began, by an alarm that stands.
fn is_told(view: &View<'_>, exposed: &Exposed, key: &str) -> bool {
    let mut written = view.incident.written.iter();
    // Of another exposure that went before, an alarm may stand that was raised a moment ago.
    let slack = if exposed.anew { Duration::zero() } else { SLACK };
    written.any(|written| written.key == key || (is_raised(written) && written.at >= exposed.at - slack))
}

fn over(view: &View<'_>, written: &Written) -> Action {
    let exposed = Exposed { at: written.at, by: Actor::Somebody, how: Exposure::Project, anew: false };
    Action {
        key: format!("collapse/{}", written.key),
        what: Effect::Collapse {
            comment: written.comment,
            of: written.key.clone(),
            message: Box::new(Message::Alarm(alarm(view, &exposed, true))),
        },
    }
}

fn alarm(view: &View<'_>, exposed: &Exposed, over: bool) -> Alarm {
    let started_by = match exposed.how {
        Exposure::Flag => "the confidential flag was taken off",
        Exposure::Filed => "the issue was filed without the confidential flag",
        Exposure::Mailed => "the issue was found to have come in by mail",
        Exposure::Project => "the project was found not to be private",
    };
    let commanders = view.project.commanders.iter().map(|login| format!("@{login}"));
    Alarm {
        exercise: view.project.exercise,
        mention: roles::joined(roles::called(view, "ic").into_iter().chain(commanders).collect()),
        flag: exposed.how == Exposure::Flag,
        refused: exposed.how == Exposure::Filed,
        mailed: exposed.how == Exposure::Mailed,
        over,
        why: view.because("confidentiality", started_by.to_owned(), Some(exposed.at)),
    }
}
