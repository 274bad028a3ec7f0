//! The writing half.
//!
//! What always holds: one write at a time per token, each after the guard has spoken, each sent once, to the project by
//! its number.

use std::{collections::BTreeSet, time::Duration};

use async_trait::async_trait;
use gitlab::api::{
    Endpoint,
    projects::{
        issues::{
            CreateIssue, EditIssue, IssueStateEvent,
            notes::{CreateIssueNote, DeleteIssueNote, EditIssueNote, awards::CreateIssueNoteAward},
        },
        labels::{CreateLabel, LabelColor},
    },
};
use http::StatusCode;

use super::{
    super::{
        ForgeError, NewIssue, Read as _, Write,
        answer::{Answer, before_writing, refusal, unknown},
    },
    Gitlab,
    client::Ask,
    wire,
};
use crate::domain::{
    action::LabelDefinition,
    forge_severity::ForgeSeverity,
    ids::{CommentId, IssueRef},
    snapshot::{Comment, Issue},
    time::Moment,
};

/// Where it may be written.
#[derive(Clone, Copy)]
pub(super) enum Reach<'a> {
    /// Only where nobody else can read this issue.
    Trusted(&'a IssueRef),
    /// Wherever: what is written says nothing, makes an issue safer, or is confidential itself.
    Anyone,
}

#[async_trait]
impl Write for Gitlab {
    async fn comment(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError> {
        self.post(issue, body, not_after, Reach::Trusted(issue), false).await
    }

    /// Where GitLab mails what is written, it is an internal note, which is mailed to nobody outside.
    async fn announce(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError> {
        let is_mailed = self.issue(issue).await.map_err(before_writing)?.is_mailed;
        self.post(issue, body, not_after, Reach::Anyone, is_mailed).await
    }

    async fn rewrite(&self, issue: &IssueRef, comment: CommentId, body: &str) -> Result<(), ForgeError> {
        let what = format!("rewriting comment {comment} on {issue}");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let endpoint = EditIssueNote::builder().project(project).issue(issue.number).note(comment.0).body(body).build();
        self.change(issue, &what, &endpoint.expect("all is named")).await
    }

    async fn collapse(&self, issue: &IssueRef, comment: CommentId, _instead: &str) -> Result<(), ForgeError> {
        let what = format!("deleting comment {comment} on {issue}");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let endpoint = DeleteIssueNote::builder().project(project).issue(issue.number).note(comment.0).build();
        let answer = self.write(&what, &endpoint.expect("all is named"), None, Reach::Anyone).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(refusal(&what, status)),
        }
    }

    async fn file(&self, project: &str, draft: &NewIssue, not_after: Moment) -> Result<Issue, ForgeError> {
        let what = format!("filing an issue in {}", self.shared.client.spoken(project));
        let number = self.number(project).await.map_err(before_writing)?;
        self.define(project, &draft.labels).await?;
        let mut assignees = Vec::new();
        for login in &draft.assignees {
            assignees.extend(self.account(login, &what).await.map_err(before_writing)?);
        }
        let mut create = CreateIssue::builder();
        create.project(number).title(draft.title.as_str()).description(draft.body.as_str()).confidential(true);
        for label in &draft.labels {
            create.label(label.name.as_str());
        }
        for who in &assignees {
            create.assignee_id(who.id);
        }
        let endpoint = create.build().expect("all is named");
        let answer = self.write(&what, &endpoint, Some(not_after), Reach::Anyone).await?;
        if answer.status != StatusCode::CREATED {
            return Err(refusal(&what, answer.status));
        }
        let filed: wire::Issue = answer.read(&what)?;
        let filed = filed.neutral().ok_or_else(|| unknown(&what, "the answer lacks the issue's number or moment"))?;
        self.hide(project, &filed).await;
        Ok(filed)
    }

    async fn add_labels(&self, issue: &IssueRef, labels: &[LabelDefinition]) -> Result<BTreeSet<String>, ForgeError> {
        self.move_labels(issue, labels, &[]).await
    }

    async fn remove_label(&self, issue: &IssueRef, label: &str) -> Result<(), ForgeError> {
        self.move_labels(issue, &[], &[label.to_owned()]).await.map(drop)
    }

    fn collapses_by_deleting(&self) -> bool {
        true
    }

    fn moves_labels_at_once(&self) -> bool {
        true
    }

    async fn move_labels(
        &self,
        issue: &IssueRef,
        add: &[LabelDefinition],
        remove: &[String],
    ) -> Result<BTreeSet<String>, ForgeError> {
        let what = format!("moving labels on {issue}");
        without_commas(&what, add.iter().map(|label| &label.name).chain(remove))?;
        if add.is_empty() && remove.is_empty() {
            return Ok(self.issue(issue).await?.labels);
        }
        self.define(&issue.project, add).await?;
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let mut edit = EditIssue::builder();
        edit.project(project).issue(issue.number);
        for label in add {
            edit.add_label(label.name.as_str());
        }
        for label in remove {
            edit.remove_label(label.as_str());
        }
        let endpoint = edit.build().expect("all is named");
        let answer = self.write(&what, &endpoint, None, Reach::Trusted(issue)).await?;
        if !answer.status.is_success() {
            return Err(refusal(&what, answer.status));
        }
        let read: wire::Issue = answer.read(&what)?;
        let now_on = read.neutral().ok_or_else(|| unknown(&what, "the answer is no issue"))?.labels;
        if !add.iter().all(|label| now_on.contains(&label.name)) {
            return Err(unknown(&what, "the answer does not name every label that was to be put on"));
        }
        // GitLab takes off what is spelled just so, and nothing else.
        let of_another_case = |on: &&String| remove.iter().any(|label| label.to_lowercase() == on.to_lowercase());
        let left: Vec<String> = now_on.iter().filter(of_another_case).cloned().collect();
        if left.is_empty() {
            return Ok(now_on);
        }
        if left.iter().all(|label| remove.contains(label)) {
            return Err(unknown(&what, "the answer names labels that were to be taken off"));
        }
        self.move_labels(issue, &[], &left).await
    }

    async fn close(&self, issue: &IssueRef) -> Result<(), ForgeError> {
        let what = format!("closing {issue}");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let mut edit = EditIssue::builder();
        let endpoint = edit.project(project).issue(issue.number).state_event(IssueStateEvent::Close).build();
        self.change(issue, &what, &endpoint.expect("all is named")).await
    }

    async fn react(&self, issue: &IssueRef, comment: CommentId) -> Result<(), ForgeError> {
        let what = format!("reacting to comment {comment} on {issue}");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let mut award = CreateIssueNoteAward::builder();
        let endpoint = award.project(project).issue(issue.number).note(comment.0).name("thumbsup").build();
        let answer = self.write(&what, &endpoint.expect("all is named"), None, Reach::Trusted(issue)).await?;
        match answer.status {
            // Given before (404 says so), a deleted note, a narrow role: nobody depends on a thumb.
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::CONFLICT => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(refusal(&what, status)),
        }
    }

    async fn make_confidential(&self, issue: &IssueRef) -> Result<(), ForgeError> {
        let what = format!("making {issue} confidential");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let mut edit = EditIssue::builder();
        let endpoint = edit.project(project).issue(issue.number).confidential(true).build();
        let answer = self.write(&what, &endpoint.expect("all is named"), None, Reach::Anyone).await?;
        if !answer.status.is_success() {
            return Err(refusal(&what, answer.status));
        }
        let read: wire::Issue = answer.read(&what)?;
        let found = read.neutral().ok_or_else(|| unknown(&what, "the answer is no issue"))?;
        let confidential = found.confidential == Some(true);
        self.shared.audiences.keep(issue, &found, self.shared.clock.machine_now());
        // Whoever may not is told nothing: GitLab leaves the flag out of what it changes.
        if confidential { Ok(()) } else { Err(ForgeError::Denied { what, status: answer.status.as_u16() }) }
    }

    async fn set_severity(&self, issue: &IssueRef, to: ForgeSeverity) -> Result<(), ForgeError> {
        self.put_severity(issue, to).await
    }

    async fn enter(&self, issue: &IssueRef, entry: &str, at: Moment, not_after: Moment) -> Result<(), ForgeError> {
        self.enter_timeline(issue, entry, at, not_after).await
    }

    fn links_issues(&self) -> bool {
        true
    }

    async fn link(&self, issue: &IssueRef, other: u64) -> Result<(), ForgeError> {
        self.relate(issue, other).await
    }
}

/// Lists of labels are separated by commas.
fn without_commas<'a>(what: &str, mut names: impl Iterator<Item = &'a String>) -> Result<(), ForgeError> {
    let Some(name) = names.find(|name| name.contains(',')) else { return Ok(()) };
    let shown: String = name.chars().filter(|c| c.is_alphanumeric() || ":,-_ ".contains(*c)).take(60).collect();
    Err(ForgeError::Invalid { what: format!("{what}: GitLab's labels have no comma ({shown})"), status: 0 })
}

impl Gitlab {
    /// What was just filed, and came back as not confidential, is made so. It stays filed whatever comes of that.
    async fn hide(&self, project: &str, filed: &Issue) {
        if filed.confidential == Some(true) {
            return;
        }
        let issue = IssueRef::new(self.shared.client.name(), project, filed.number);
        if let Err(error) = self.make_confidential(&issue).await {
            tracing::error!(%issue, error.class = error.class(), "what was filed is not confidential: {error}");
        }
    }

    async fn post(
        &self,
        issue: &IssueRef,
        body: &str,
        not_after: Moment,
        reach: Reach<'_>,
        internal: bool,
    ) -> Result<Comment, ForgeError> {
        let what = format!("posting a comment on {issue}");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let url = self.web(issue).await.map_err(before_writing)?;
        let mut create = CreateIssueNote::builder();
        create.project(project).issue(issue.number).body(body);
        if internal {
            create.internal(true);
        }
        let endpoint = create.build().expect("all is named");
        let answer = self.write(&what, &endpoint, Some(not_after), reach).await?;
        match answer.status {
            StatusCode::CREATED => {
                let posted: wire::Note = answer.read(&what)?;
                posted.neutral(&url).ok_or_else(|| unknown(&what, "the answer lacks the note's number or moment"))
            }
            // The text held nothing but quick actions, which were carried out. The neutraliser leaves none.
            StatusCode::ACCEPTED => Err(ForgeError::Invalid { what, status: 202 }),
            status if status.is_success() => {
                Err(unknown(&what, format!("GitLab answered {} instead of 201", status.as_u16())))
            }
            status => Err(refusal(&what, status)),
        }
    }

    /// A change of which only the success matters.
    async fn change(&self, issue: &IssueRef, what: &str, endpoint: &(impl Endpoint + Sync)) -> Result<(), ForgeError> {
        let answer = self.write(what, endpoint, None, Reach::Trusted(issue)).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refusal(what, answer.status)) }
    }

    /// Waits for the turn, asks the guard, and sends once. The guard speaks after the wait, because that may be long; so
    /// does the deadline, and last.
    pub(super) async fn write(
        &self,
        what: &str,
        endpoint: &(impl Endpoint + Sync),
        not_after: Option<Moment>,
        reach: Reach<'_>,
    ) -> Result<Answer, ForgeError> {
        let shared = &self.shared;
        let later = |after| ForgeError::Later { what: what.to_owned(), after };
        if let Some(after) = shared.client.closed() {
            return Err(later(after));
        }
        let turn = shared.client.lane().turn(&shared.clock, shared.write_interval).await;
        if let Reach::Trusted(issue) = reach {
            self.closed(issue, what).await?;
        }
        if not_after.is_some_and(|at| shared.clock.machine_now() >= at) {
            return Err(later(Duration::from_secs(1)));
        }
        let answer = shared.client.answer(Ask::change(what), endpoint).await?;
        drop(turn);
        Ok(answer)
    }

    /// Makes the label definitions that are missing: GitLab would make them itself, but without colour and meaning.
    async fn define(&self, project: &str, labels: &[LabelDefinition]) -> Result<(), ForgeError> {
        let shared = &self.shared;
        let known = match shared.definitions.lately(project, shared.clock.machine_now()) {
            Some(known) => known,
            None => self.labels(project).await.map_err(before_writing)?,
        };
        // Two names that differ in case are two labels.
        for label in labels.iter().filter(|label| !known.contains(&label.name)) {
            self.define_one(project, label).await?;
        }
        Ok(())
    }

    async fn define_one(&self, path: &str, label: &LabelDefinition) -> Result<(), ForgeError> {
        let what = format!("creating a label in {}", self.shared.client.spoken(path));
        let project = self.number(path).await.map_err(before_writing)?;
        let mut create = CreateLabel::builder();
        let endpoint = create
            .project(project)
            .name(label.name.as_str())
            .color(LabelColor::from(rgb(&label.color)))
            .description(label.description.as_str())
            .build()
            .expect("all is named");
        let answer = self.write(&what, &endpoint, None, Reach::Anyone).await?;
        match answer.status {
            // It exists already (409, 400), or the token may not define labels but may put them on (403).
            StatusCode::CONFLICT | StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => {}
            status if status.is_success() => {}
            status => return Err(refusal(&what, status)),
        }
        self.shared.definitions.add(path, &label.name);
        Ok(())
    }
}

/// Six hexadecimal digits as red, green and blue; grey where they are none.
fn rgb(digits: &str) -> (u8, u8, u8) {
    let digits = digits.trim_start_matches('#');
    let part = |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or(0x80);
    (part(0), part(2), part(4))
}
