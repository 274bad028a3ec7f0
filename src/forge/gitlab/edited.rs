//! When the texts of notes last changed, which only GraphQL tells.
//!
//! An emoji moves a note's `updated_at` as an edit does, and REST has no other moment. `lastEditedBy` is empty until
//! somebody changes the text; until then, `lastEditedAt` repeats `updatedAt`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{
    super::ForgeError,
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
    /// Whole seconds; `None` if its text is the first.
    fn edited_at(&self) -> Option<Moment> {
        let edited = self.last_edited_by.is_some() || self.last_edited_at.0 != self.updated_at.0;
        self.last_edited_at.0.filter(|_| edited)
    }
}

impl Gitlab {
    pub(super) async fn asked_edits(
        &self,
        issue: &IssueRef,
        comments: &[CommentId],
    ) -> Result<BTreeMap<CommentId, Option<Moment>>, ForgeError> {
        let what = format!("asking when comments on {issue} were edited");
        let mut edited = BTreeMap::new();
        for some in comments.chunks(AT_ONCE) {
            let answer = self.shared.client.send(Ask::read(&what), &Graph::new(question(some), json!({}))).await?;
            let mut notes: BTreeMap<String, Option<Note>> = found(&what, &answer)?;
            let known =
                some.iter().filter_map(|id| Some((*id, notes.remove(&format!("n{}", id.0)).flatten()?.edited_at())));
            edited.extend(known);
        }
        Ok(edited)
    }
}

/// One alias for each note.
fn question(comments: &[CommentId]) -> String {
    let fields = "updatedAt lastEditedAt lastEditedBy { id }";
    let asked = comments.iter().map(|id| format!("n{0}: note(id: \"gid://gitlab/Note/{0}\") {{ {fields} }}", id.0));
    format!("query edited {{ {} }}", asked.collect::<Vec<_>>().join(" "))
}
