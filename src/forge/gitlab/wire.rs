//! What GitLab sends, leniently: every part may be missing, unknown parts are ignored, and nothing is an enumeration.
//!
//! What always holds: these types end here; conversions name what they cannot do without. Values that carry text of
//! people print nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime};
use serde::{Deserialize, Deserializer};

use super::super::thread::Text;
use crate::domain::{
    forge_severity::ForgeSeverity,
    ids::CommentId,
    people::{Account, Permission},
    snapshot,
    snapshot::Visibility,
    time::Moment,
};

/// A moment in any of the three ways in which GitLab writes one.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    let zoned = || DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").ok();
    let plain = || NaiveDateTime::parse_from_str(text.strip_suffix(" UTC")?, "%Y-%m-%d %H:%M:%S").ok();
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(zoned)
        .map(|at| at.to_utc())
        .or_else(|| plain().map(|at| at.and_utc()))
}

/// A moment, where one can be read.
#[derive(Clone, Copy, Default)]
pub(super) struct When(pub(super) Option<Moment>);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(Self(text.as_deref().and_then(moment)))
    }
}

#[derive(Deserialize)]
pub(super) struct User {
    id: Option<u64>,
    username: Option<String>,
}

impl User {
    /// The account, if it is named whole.
    pub(super) fn account(self) -> Option<Account> {
        Some(Account::new(self.id?, self.username?))
    }
}

fn account(user: Option<User>) -> Option<Account> {
    user.and_then(User::account)
}

/// Labels come as bare names, or as objects.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Label {
    Bare(String),
    Whole { name: Option<String> },
}

impl Label {
    pub(super) fn name(self) -> Option<String> {
        match self {
            Self::Bare(name) => Some(name),
            Self::Whole { name } => name,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Issue {
    /// GitLab's own number, among all issues of the server.
    pub(super) id: Option<u64>,
    iid: Option<u64>,
    title: Option<String>,
    description: Option<String>,
    state: Option<String>,
    author: Option<User>,
    labels: Option<Vec<Label>>,
    assignees: Option<Vec<User>>,
    user_notes_count: Option<u64>,
    #[serde(default)]
    created_at: When,
    #[serde(default)]
    updated_at: When,
    #[serde(default)]
    closed_at: When,
    closed_by: Option<User>,
    web_url: Option<String>,
    confidential: Option<bool>,
    issue_type: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    severity: Option<String>,
    pub(super) project_id: Option<u64>,
    moved_to_id: Option<u64>,
    #[serde(default)]
    service_desk_reply_to: ReplyTo,
}

/// Whether GitLab mails what is written to whoever wrote in.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum ReplyTo {
    /// The server does not tell.
    #[default]
    Untold,
    Nobody,
    Somebody,
}

impl<'de> Deserialize<'de> for ReplyTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let address = Option::<String>::deserialize(deserializer)?.filter(|address| !address.is_empty());
        Ok(address.map_or(Self::Nobody, |_| Self::Somebody))
    }
}

/// Who files, on GitLab, what comes in by mail.
const SUPPORT_BOT: &str = "support-bot";

impl Issue {
    /// It lives on elsewhere, and what stands here is its closed shell.
    pub(super) fn moved_away(&self) -> bool {
        self.moved_to_id.is_some()
    }

    /// GitLab mails what is written under it to whoever wrote in, who needs no account.
    fn is_mailed(&self) -> bool {
        let author = self.author.as_ref().and_then(|author| author.username.as_deref());
        match self.service_desk_reply_to {
            ReplyTo::Untold => author == Some(SUPPORT_BOT),
            told => told == ReplyTo::Somebody,
        }
    }

    /// The issue in neutral words; `None` without a number or a moment.
    pub(super) fn neutral(self) -> Option<snapshot::Issue> {
        let created_at = self.created_at.0.or(self.updated_at.0)?;
        let is_mailed = self.is_mailed();
        let open = self.state.as_deref() != Some("closed");
        let kind = self.issue_type.or(self.kind);
        let is_incident = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("incident"));
        let forge_severity = self.severity.as_deref().and_then(ForgeSeverity::named).filter(|_| is_incident);
        Some(snapshot::Issue {
            number: self.iid?,
            title: self.title.unwrap_or_default(),
            body: self.description.unwrap_or_default(),
            open,
            author: account(self.author),
            labels: self.labels.unwrap_or_default().into_iter().filter_map(Label::name).collect(),
            assignees: self.assignees.unwrap_or_default().into_iter().filter_map(User::account).collect(),
            comments: self.user_notes_count.unwrap_or_default(),
            created_at,
            updated_at: self.updated_at.0.unwrap_or(created_at),
            closed_at: self.closed_at.0.filter(|_| !open),
            closed_by: account(self.closed_by).filter(|_| !open),
            url: self.web_url.unwrap_or_default(),
            is_change_request: false,
            // Silence counts as what needs mending.
            confidential: Some(self.confidential.unwrap_or_default()),
            is_mailed,
            is_incident,
            forge_severity,
        })
    }
}

/// What somebody wrote under an issue, or what GitLab noted by itself.
#[derive(Deserialize)]
pub(super) struct Note {
    id: Option<u64>,
    author: Option<User>,
    body: Option<Text>,
    #[serde(default)]
    created_at: When,
    #[serde(default)]
    updated_at: When,
    system: Option<bool>,
    internal: Option<bool>,
    /// What older servers call it.
    confidential: Option<bool>,
}

impl Note {
    pub(super) fn is_system(&self) -> bool {
        self.system.unwrap_or_default()
    }

    /// Its text goes on beyond what is kept.
    pub(super) fn is_cut(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.is_cut)
    }

    /// When it last changed.
    pub(super) fn touched(&self) -> Option<Moment> {
        self.updated_at.0.or(self.created_at.0)
    }

    /// The note as a comment of an issue at `url`; `None` without a number or a moment.
    pub(super) fn neutral(self, url: &str) -> Option<snapshot::Comment> {
        let created_at = self.created_at.0.or(self.updated_at.0)?;
        let id = self.id?;
        Some(snapshot::Comment {
            id: CommentId(id),
            author: account(self.author),
            body: self.body.unwrap_or_default().text,
            created_at,
            updated_at: self.updated_at.0.unwrap_or(created_at),
            url: format!("{url}#note_{id}"),
            internal: self.internal.or(self.confidential).unwrap_or_default(),
        })
    }

    /// When, by whom, and what GitLab noted.
    pub(super) fn activity(self) -> Option<(Moment, Option<Account>, String)> {
        Some((self.created_at.0?, account(self.author), self.body?.text))
    }
}

/// A label that was put on or taken off.
#[derive(Deserialize)]
pub(super) struct LabelEvent {
    user: Option<User>,
    #[serde(default)]
    created_at: When,
    label: Option<Label>,
    action: Option<String>,
}

impl LabelEvent {
    /// `None` for a label whose definition is gone.
    pub(super) fn change(self) -> Option<(Moment, Option<Account>, snapshot::Changed)> {
        let name = self.label?.name()?;
        let what = match self.action.as_deref()? {
            "add" => snapshot::Changed::LabelAdded(name),
            "remove" => snapshot::Changed::LabelRemoved(name),
            _ => return None,
        };
        Some((self.created_at.0?, account(self.user), what))
    }
}

/// A closing or a reopening.
#[derive(Deserialize)]
pub(super) struct StateEvent {
    user: Option<User>,
    #[serde(default)]
    created_at: When,
    state: Option<String>,
}

impl StateEvent {
    pub(super) fn change(self) -> Option<(Moment, Option<Account>, snapshot::Changed)> {
        let what = match self.state.as_deref()? {
            "closed" => snapshot::Changed::Closed,
            "opened" | "reopened" => snapshot::Changed::Reopened,
            _ => return None,
        };
        Some((self.created_at.0?, account(self.user), what))
    }
}

#[derive(Deserialize)]
pub(super) struct Project {
    pub(super) id: Option<u64>,
    pub(super) path_with_namespace: Option<String>,
    pub(super) web_url: Option<String>,
    visibility: Option<String>,
    archived: Option<bool>,
}

impl Project {
    /// Who can read it. Public wherever the answer is silent or unknown.
    pub(super) fn visibility(&self) -> Visibility {
        match self.visibility.as_deref() {
            Some("private") => Visibility::Private,
            Some("internal") => Visibility::Internal,
            _ => Visibility::Public,
        }
    }

    /// Nothing can be written.
    pub(super) fn archived(&self) -> bool {
        self.archived.unwrap_or_default()
    }
}

#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) id: Option<u64>,
    access_level: Option<u64>,
    state: Option<String>,
}

impl Member {
    /// Reporters and up may set labels and see confidential issues: whoever may, is obeyed. Planners (15) and guests may
    /// not; nor may who is blocked.
    pub(super) fn permission(&self) -> Permission {
        if self.state.as_deref().is_some_and(|state| state != "active") {
            return Permission::None;
        }
        match self.access_level.unwrap_or_default() {
            40.. => Permission::Admin,
            20..40 => Permission::Write,
            1..20 => Permission::Read,
            0 => Permission::None,
        }
    }
}

/// A label's definition.
#[derive(Deserialize)]
pub(super) struct Definition {
    pub(super) name: Option<String>,
}

/// The names of definitions.
pub(super) fn names(definitions: impl IntoIterator<Item = Definition>) -> BTreeSet<String> {
    definitions.into_iter().filter_map(|definition| definition.name).collect()
}
