//! Comments that fewer people can read than the rest of the thread: GitLab's internal notes.
//!
//! What always holds: no word of theirs goes into a comment, the board or a report, because the author and its
//! assignees read those and not these. What a command sets (a severity, a phase, who commands) is no secret of the note's.

use crate::{
    domain::{
        command::{Command, Spoken},
        snapshot::Comment,
    },
    text::commands::{self, Here},
};

const WITHHELD: &str = "That stands in an internal note, and what it says would be read by everybody who can read this \
                        thread. Please say it in a comment, if they may know.";
const UNREADABLE: &str = "There is a command in an internal note that I cannot read, and I do not quote it here.";

/// The commands of a comment, without the words of one that fewer can read.
pub(super) fn spoken(comment: &Comment, mentions: &[&str], here: Here) -> Vec<Spoken> {
    let spoken = commands::read(&comment.body, mentions, here);
    if comment.internal { spoken.into_iter().map(withheld).collect() } else { spoken }
}

fn withheld(spoken: Spoken) -> Spoken {
    // FNV-1a: tells the commands of one note apart, and changes with them.
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = spoken.text.bytes().fold(0x811c_9dc5_u32, fold);
    let command = match spoken.command {
        Ok(command) if tells(&command) => Err(WITHHELD.to_owned()),
        Err(_) => Err(UNREADABLE.to_owned()),
        harmless => harmless,
    };
    Spoken { text: format!("internal note {hash:08x}"), command, ..spoken }
}

/// Whether it holds words of whoever gave it, which the bot would repeat.
fn tells(command: &Command) -> bool {
    match command {
        Command::Sitrep { text } => text.is_some(),
        Command::Waive { .. }
        | Command::Notified { .. }
        | Command::Lead { .. }
        | Command::Step { .. }
        | Command::Disrupt { .. }
        | Command::Timeline { .. }
        | Command::Followup { .. } => true,
        Command::Ack
        | Command::Ic { .. }
        | Command::Handoff { .. }
        | Command::Status { .. }
        | Command::Severity { .. }
        | Command::Phase { .. }
        | Command::Snooze { .. }
        | Command::Done { .. }
        | Command::Responders { .. }
        | Command::Shift { .. }
        | Command::Approve
        | Command::Decline
        | Command::Playbook { .. }
        | Command::Flag { .. }
        | Command::NoFollowup
        | Command::Why { .. }
        | Command::Help => false,
    }
}
