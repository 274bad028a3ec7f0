//! What is to be asked of the forge besides the issue: whether it is an incident, and whether what it shows is explained.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{super::judge::identity, SeenComment, audience, closed_anew, forge_severity, spelled, turned};
use crate::domain::{
    command::Spoken,
    hint::{Hint, Hinted},
    ids::CommentId,
    incident::Incident,
    people::Account,
    project::Project,
    reading::{Field, Reading},
    snapshot::{Change, Changed, Issue},
    time::Moment,
};

/// By how much a forge's stamps of one edit may differ.
pub(super) const SAME_EDIT: TimeDelta = TimeDelta::seconds(1);

/// Whether the issue is an incident by the project's rules.
#[must_use]
pub fn recognised(issue: &Issue, reading: &Reading, project: &Project) -> bool {
    let detect = project.detect;
    let fields = [Field::Status, Field::Severity].iter().all(|field| reading.fields.contains_key(field));
    !issue.is_change_request
        && ((detect.label && spelled(issue, project).contains(&project.labels.incident))
            || (detect.marker && reading.marked)
            || (detect.kind && issue.is_incident)
            || (detect.fields && fields))
}

/// Whether some change of labels, assignees or state is explained by no delivery, so that the history should be asked.
#[must_use]
pub fn wants_history(incident: &Incident, issue: &Issue, hints: &[Hint], project: &Project) -> bool {
    if incident.opened.is_none() {
        return issue.updated_at != issue.created_at;
    }
    let hinted = |wanted: &dyn Fn(&Hinted) -> bool| hints.iter().any(|hint| wanted(&hint.what));
    let is = |hinted: &String, name: &String| project.spelled(hinted) == *name;
    let now = spelled(issue, project);
    let added = |name: &String| hinted(&|what| matches!(what, Hinted::LabelAdded { label } if is(label, name)));
    let removed = |name: &String| hinted(&|what| matches!(what, Hinted::LabelRemoved { label } if is(label, name)));
    let assigned =
        |id: u64| hinted(&|what| matches!(what, Hinted::Assigned { who } | Hinted::Unassigned { who } if who.id == id));
    let ids = |all: &mut dyn Iterator<Item = &Account>| all.map(|who| who.id).collect::<BTreeSet<u64>>();
    let (assignees, known) = (ids(&mut issue.assignees.iter()), ids(&mut incident.assignees.iter()));
    assignees.symmetric_difference(&known).any(|id| !assigned(*id))
        || now.difference(&incident.labels).any(|name| !added(name))
        || incident.labels.difference(&now).any(|name| !removed(name))
        || (issue.open != incident.open && !hinted(&|what| matches!(what, Hinted::Closed | Hinted::Reopened)))
        || closed_anew(incident, issue)
        || hints.iter().any(|hint| undone(hint, incident, issue, project))
        || forge_severity::is_unexplained(incident, issue, hints)
        || (audience::is_turned(incident, issue) && !hinted(&|what| matches!(what, Hinted::Exposed | Hinted::Hidden)))
}

/// Whether a delivery tells of something newer than what is known that the issue does not show: it was done and undone.
fn undone(hint: &Hint, incident: &Incident, issue: &Issue, project: &Project) -> bool {
    let shows = |name: &str| spelled(issue, project).contains(&project.spelled(name));
    let newer = |name: &str| Some(&hint.at) > incident.label_at.get(&project.spelled(name));
    let assigned = |who: &Account| issue.assignees.iter().any(|one| one.id == who.id);
    let later = |who: &Account| Some(&hint.at) > incident.assignee_at.get(&who.id);
    let turned = || Some(hint.at) > incident.closed_at.max(incident.reopened_at);
    match &hint.what {
        Hinted::LabelAdded { label } => !shows(label) && newer(label),
        Hinted::LabelRemoved { label } => shows(label) && newer(label),
        Hinted::Assigned { who } => !assigned(who) && later(who),
        Hinted::Unassigned { who } => assigned(who) && later(who),
        Hinted::Closed => issue.open && turned(),
        Hinted::Reopened => !issue.open && turned(),
        Hinted::ForgeSeverity { to } => forge_severity::is_undone(*to, hint.at, incident, issue),
        _ => false,
    }
}

/// Whether the forge should be asked who wrote what into the body, and when: a field is not what it was, or the journal
/// does not know the issue. A delivery tells only of itself, and another may have been lost.
#[must_use]
pub fn wants_edits(incident: &Incident, issue: &Issue, reading: &Reading) -> bool {
    if incident.opened.is_none() {
        return issue.updated_at != issue.created_at;
    }
    Field::ALL.iter().any(|field| turned(*field, &incident.body, reading).is_some())
}

/// Whether the record of edits, of which the newest is this, leaves out an edit that is known of: one that a delivery
/// tells of, or, where a field is not what it was, any since the last that the journal holds. Of a forge that keeps no
/// texts but the newest, only that tells a record that lags.
#[must_use]
pub fn lacks_edit(incident: &Incident, turned: bool, newest: Moment, hints: &[Hint]) -> bool {
    let told = hints.iter().any(|hint| hint.what == Hinted::Edited && hint.at > newest + SAME_EDIT);
    told || turned && incident.opened.is_some() && Some(newest) <= incident.body_at
}

/// Comments of which it matters when their text last changed, and whose stamp may be of something else: with a command that
/// is not known yet, a report that was none before, or boxes that were ticked.
#[must_use]
pub fn wants_dating(incident: &Incident, comments: &[SeenComment]) -> Vec<CommentId> {
    let unknown = |comment: &SeenComment, spoken: &Spoken| {
        let text = identity(spoken);
        !incident.given.iter().any(|given| given.comment == comment.id && given.text == text)
    };
    let matters = |comment: &&SeenComment| {
        comment.updated_at > comment.created_at
            && (comment.sitrep && incident.comments.get(&comment.id) == Some(&false)
                || !comment.boxes.is_empty()
                || comment.spoken.iter().any(|spoken| unknown(comment, spoken)))
    };
    comments.iter().filter(matters).map(|comment| comment.id).collect()
}

/// Whether the history leaves out what is seen on the issue: a forge's lists may lag behind it for some seconds.
#[must_use]
pub fn lags(history: &[Change], incident: &Incident, issue: &Issue, project: &Project) -> bool {
    if incident.opened.is_none() {
        return false;
    }
    let last = |about: &dyn Fn(&Changed) -> Option<bool>| history.iter().rev().find_map(|change| about(&change.what));
    let label = |name: &String| {
        last(&|what| match what {
            Changed::LabelAdded(one) if project.spelled(one) == *name => Some(true),
            Changed::LabelRemoved(one) if project.spelled(one) == *name => Some(false),
            _ => None,
        })
    };
    let assigned = |id: u64| {
        last(&|what| match what {
            Changed::Assigned(who) if who.id == id => Some(true),
            Changed::Unassigned(who) if who.id == id => Some(false),
            _ => None,
        })
    };
    let open = || {
        last(&|what| match what {
            Changed::Closed => Some(false),
            Changed::Reopened => Some(true),
            _ => None,
        })
    };
    let (now, known) = (spelled(issue, project), &incident.labels);
    let ids = |all: &mut dyn Iterator<Item = &Account>| all.map(|who| who.id).collect::<BTreeSet<u64>>();
    let (assignees, before) = (ids(&mut issue.assignees.iter()), ids(&mut incident.assignees.iter()));
    now.symmetric_difference(known).any(|name| label(name) != Some(now.contains(name)))
        || assignees.symmetric_difference(&before).any(|id| assigned(*id) != Some(assignees.contains(id)))
        || (issue.open != incident.open && open() != Some(issue.open))
        || forge_severity::lags(history, incident, issue)
}
