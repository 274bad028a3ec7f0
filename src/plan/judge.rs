//! Whether a command is obeyed, and as what: names are resolved against the process here, once.

use crate::domain::{
    command::{Command, Spoken},
    event::{Event, Outcome, What},
    ids::CommentId,
    people::{Account, Actor, Permission, Person},
    process::EvidenceKind,
    project::Project,
    time::Moment,
};

use super::fold::commands::{DUTY, ITEM, TASK};

/// A command that was read and not judged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The comment it stands in.
    pub comment: CommentId,
    /// Who wrote the comment.
    pub by: Account,
    /// When the command was given: the posting of the comment, or its last edit.
    pub at: Moment,
    /// Where.
    pub url: String,
    /// What was said.
    pub spoken: Spoken,
}

/// Whoever is obeyed whatever the forge says of them.
#[must_use]
pub fn is_trusted(account: &Account, project: &Project) -> bool {
    project.commanders.iter().any(|login| login.eq_ignore_ascii_case(&account.login))
}

/// The handle of whoever is to take the command: what they may do has to be known before the command is judged.
#[must_use]
pub fn named(pending: &Pending) -> Option<&str> {
    match &pending.spoken.command {
        Ok(Command::Ic { who: Person::Handle(handle) } | Command::Handoff { who: Person::Handle(handle) }) => {
            Some(handle)
        }
        _ => None,
    }
}

/// Judges one command. Commands are taken from people who may write, and from those the configuration names. `named` is
/// what whoever is named in it may do, where somebody is.
#[must_use]
pub fn judge(pending: &Pending, permission: Permission, named: Option<Permission>, project: &Project) -> Event {
    let allowed = is_trusted(&pending.by, project) || permission >= Permission::Write;
    let (command, outcome) = match &pending.spoken.command {
        _ if !allowed => (pending.spoken.command.clone().ok(), Outcome::NotAllowed),
        Ok(command) if named == Some(Permission::None) => (
            Some(command.clone()),
            Outcome::Refused {
                why: "Nobody of that name has access to this project; please check the handle.".to_owned(),
            },
        ),
        Err(why) => (None, Outcome::Refused { why: why.clone() }),
        Ok(command) => match resolve(command, project) {
            Ok(command) => (Some(command), Outcome::Obeyed),
            Err(why) => (Some(command.clone()), Outcome::Refused { why }),
        },
    };
    Event {
        at: pending.at,
        by: Actor::Person(pending.by.clone()),
        url: Some(pending.url.clone()),
        what: What::Commanded { comment: pending.comment, text: identity(&pending.spoken), command, outcome },
    }
}

/// What tells a command from the others in its comment.
#[must_use]
pub fn identity(spoken: &Spoken) -> String {
    spoken.text.chars().take(200).collect()
}

fn resolve(command: &Command, project: &Project) -> Result<Command, String> {
    let vocabulary = project.vocabulary();
    let process = &project.process;
    match command {
        Command::Status { to } => canonical(to, &vocabulary.statuses, "status").map(|to| Command::Status { to }),
        Command::Severity { to } => {
            canonical(to, &vocabulary.severities, "severity").map(|to| Command::Severity { to })
        }
        Command::Phase { to } => {
            let wanted = to.trim().to_lowercase();
            let phase = process
                .phases
                .iter()
                .find(|phase| phase.name.to_lowercase() == wanted || phase.title.to_lowercase() == wanted);
            phase.map(|phase| Command::Phase { to: phase.name.clone() }).ok_or_else(|| {
                let names: Vec<&str> = process.phases.iter().map(|phase| phase.name.as_str()).collect();
                format!("There is no such phase; the phases are {}.", names.join(", "))
            })
        }
        Command::Snooze { duty, span } => known_duty(duty, project).map(|duty| Command::Snooze { duty, span: *span }),
        Command::Why { duty } => known_duty(duty, project).map(|duty| Command::Why { duty }),
        Command::Waive { duty, reason } => {
            known_duty(duty, project).map(|duty| Command::Waive { duty, reason: reason.clone() })
        }
        Command::Done { what } => known_work(what, project).map(|what| Command::Done { what }),
        Command::Notified { who, at } => Ok(Command::Notified { who: told(who, project), at: *at }),
        Command::Playbook { name } => {
            let found = process.playbook(name).map(|playbook| Command::Playbook { name: playbook.id.clone() });
            found.ok_or_else(|| none_of("playbook", process.playbooks.iter().map(|playbook| playbook.id.as_str())))
        }
        Command::Flag { name } => {
            let wanted = name.trim().to_lowercase().replace(' ', "-");
            let found = process.flag(&wanted).map(|flag| Command::Flag { name: flag.id.clone() });
            found.ok_or_else(|| none_of("flag", process.flags.iter().map(|flag| flag.id.as_str())))
        }
        Command::Ack
        | Command::Ic { .. }
        | Command::Handoff { .. }
        | Command::Sitrep { .. }
        | Command::Responders { .. }
        | Command::Shift { .. }
        | Command::Lead { .. }
        | Command::Step { .. }
        | Command::Disrupt { .. }
        | Command::Approve
        | Command::Decline
        | Command::Timeline { .. }
        | Command::Followup { .. }
        | Command::NoFollowup
        | Command::Help => Ok(command.clone()),
    }
}

fn none_of<'a>(what: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    if known.is_empty() {
        return format!("This process has no {what}s.");
    }
    format!("There is no such {what}; it can be {}.", known.join(", "))
}

/// A task by its number, an item of a checklist, or a duty. What names an item and a duty has to say which.
fn known_work(written: &str, project: &Project) -> Result<String, String> {
    let wanted = written.trim().trim_start_matches('#').to_lowercase();
    let number = wanted.strip_prefix(TASK).unwrap_or(&wanted);
    if let Ok(number) = number.parse::<usize>() {
        return Ok(number.to_string());
    }
    let item = |wanted: &str| project.process.items().find(|item| item.id.eq_ignore_ascii_case(wanted));
    let duty = |wanted: &str| known_duty(wanted, project).ok();
    let said = match (wanted.strip_prefix(ITEM), wanted.strip_prefix(DUTY)) {
        (Some(wanted), _) => item(wanted).map(|item| (Some(item.id.clone()), None)),
        (_, Some(wanted)) => duty(wanted).map(|duty| (None, Some(duty))),
        _ => Some((item(&wanted).map(|item| item.id.clone()), duty(&wanted))),
    };
    match said {
        Some((Some(id), Some(_))) if !wanted.starts_with(ITEM) => {
            Err(format!("{id} is an item of a checklist and a duty: write done {ITEM}{id}, or done {DUTY}{id}."))
        }
        Some((Some(id), _)) => Ok(if duty(&id).is_some() { format!("{ITEM}{id}") } else { id }),
        Some((None, Some(id))) => Ok(if item(&id).is_some() { format!("{DUTY}{id}") } else { id }),
        _ => {
            Err("Say what is done by the number of a lead or step, by the name of an item on the board, or by a duty."
                .to_owned())
        }
    }
}

/// Whom a process asks to be notified, in its own spelling; others as they are written.
fn told(written: &str, project: &Project) -> String {
    let wanted = written.trim().trim_start_matches('@').to_lowercase();
    let process = &project.process;
    let asked = process.duties.iter().flat_map(|duty| &duty.met_by).filter_map(|kind| match kind {
        EvidenceKind::Notified(who) => Some(who),
        _ => None,
    });
    let known = asked.chain(process.roles.iter().map(|role| &role.id));
    let titled = process.roles.iter().find(|role| role.title.to_lowercase() == wanted).map(|role| role.id.clone());
    let found = known.into_iter().find(|who| who.to_lowercase() == wanted.replace(' ', "-")).cloned();
    found.or(titled).unwrap_or_else(|| if is_handle(written.trim()) { format!("@{wanted}") } else { wanted })
}

/// It can be mentioned: `@alice`.
fn is_handle(written: &str) -> bool {
    let sound =
        |name: &str| !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    written.strip_prefix('@').is_some_and(sound)
}

fn canonical(written: &str, aliases: &[(String, String)], what: &str) -> Result<String, String> {
    let wanted = written.trim().to_lowercase().replace('-', " ");
    let found = aliases.iter().find(|(alias, _)| alias.replace('-', " ") == wanted);
    found.map(|(_, name)| name.clone()).ok_or_else(|| {
        let mut names: Vec<&str> = aliases.iter().map(|(_, name)| name.as_str()).collect();
        names.dedup();
        format!("There is no such {what}; it can be {}.", names.join(", "))
    })
}

fn known_duty(written: &str, project: &Project) -> Result<String, String> {
    let duties = &project.process.duties;
    let found = duties.iter().find(|duty| duty.id.eq_ignore_ascii_case(written.trim()));
    found.map(|duty| duty.id.clone()).ok_or_else(|| {
        let ids: Vec<&str> = duties.iter().map(|duty| duty.id.as_str()).collect();
        format!("There is no such duty; the duties are {}.", ids.join(", "))
    })
}
