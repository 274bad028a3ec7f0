//! When the texts of notes last changed, which only GraphQL tells.
//!
//! An emoji moves a note's `updated_at` as an edit does, and REST has no other moment. `lastEditedBy` is empty until
//! somebody changes the text; until then, `lastEditedAt` repeats `updatedAt`. GraphQL tells whole seconds.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{ForgeError, answer::unknown},
    Gitlab,
    client::Ask,
    graph::{Graph, found},
    wire::When,
};
use crate::domain::{
    ids::{CommentId, IssueRef},
    time::Moment,
};

/// So many notes are asked for at once: well below the complexity that GitLab allows a question.
const AT_ONCE: usize = 20;

const SECOND: TimeDelta = TimeDelta::seconds(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    #[serde(default)]
    updated_at: When,
    #[serde(default)]
    last_edited_at: When,
    last_edited_by: Option<serde::de::IgnoredAny>,
}

impl Note {
    /// The note as it was before its REST stamp moved last: a replica that lags.
    fn lags(&self, stamp: Moment) -> bool {
        self.updated_at.0.is_none_or(|updated| updated + SECOND <= stamp)
    }

    /// `None` if its text is the first.
    fn edited_at(&self, stamp: Moment) -> Option<Moment> {
        let edited = self.last_edited_by.is_some() || self.last_edited_at.0 != self.updated_at.0;
        let at = self.last_edited_at.0.filter(|_| edited)?;
        // Of one second, the stamp knows more.
        Some(if at <= stamp && stamp < at + SECOND { stamp } else { at })
    }
}

impl Gitlab {
    pub(super) async fn asked_edits(
        &self,
        issue: &IssueRef,
        comments: &[(CommentId, Moment)],
    ) -> Result<BTreeMap<CommentId, Option<Moment>>, ForgeError> {
        let what = format!("asking when comments on {issue} were edited");
        let mut edited = BTreeMap::new();
        for some in comments.chunks(AT_ONCE) {
            let answer = self.shared.client.send(Ask::read(&what), &Graph::new(question(some), json!({}))).await?;
            let notes: BTreeMap<String, Option<Note>> = found(&what, &answer)?;
            for (id, stamp) in some {
                let Some(Some(note)) = notes.get(&format!("n{}", id.0)) else { continue };
                if note.lags(*stamp) {
                    return Err(unknown(&what, "the answer is older than what was read"));
                }
                edited.insert(*id, note.edited_at(*stamp));
            }
        }
        Ok(edited)
    }
}

/// One alias for each note.
fn question(comments: &[(CommentId, Moment)]) -> String {
    let fields = "updatedAt lastEditedAt lastEditedBy { id }";
    let asked =
        comments.iter().map(|(id, _)| format!("n{0}: note(id: \"gid://gitlab/Note/{0}\") {{ {fields} }}", id.0));
    format!("query edited {{ {} }}", asked.collect::<Vec<_>>().join(" "))
}
