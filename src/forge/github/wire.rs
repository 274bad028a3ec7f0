//! What GitHub sends, leniently: every part may be missing, unknown parts are ignored, and nothing is an enumeration.
//!
//! What always holds: these types end here; `TryFrom`-like conversions name what they cannot do without. Values that
//! carry text of people print nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::super::thread::Text;
use crate::domain::{
    ids::CommentId,
    people::{Account, Permission},
    snapshot,
    snapshot::Visibility,
    time::Moment,
};

#[derive(Deserialize)]
pub(super) struct User {
    id: Option<u64>,
    login: Option<String>,
}

impl User {
    /// The account, if it is named whole.
    pub(super) fn account(self) -> Option<Account> {
        Some(Account::new(self.id?, self.login?))
    }
}

fn account(user: Option<User>) -> Option<Account> {
    user.and_then(User::account)
}

/// Labels come as objects, and in old payloads as bare names.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Label {
    Whole { name: Option<String> },
    Bare(String),
}

impl Label {
    pub(super) fn name(self) -> Option<String> {
        match self {
            Self::Whole { name } => name,
            Self::Bare(name) => Some(name),
        }
    }
}

/// The names of labels.
pub(super) fn names(labels: impl IntoIterator<Item = Label>) -> BTreeSet<String> {
    labels.into_iter().filter_map(Label::name).collect()
}

#[derive(Deserialize)]
pub(super) struct Issue {
    number: Option<u64>,
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    user: Option<User>,
    labels: Option<Vec<Label>>,
    assignees: Option<Vec<User>>,
    comments: Option<u64>,
    created_at: Option<Moment>,
    updated_at: Option<Moment>,
    closed_at: Option<Moment>,
    closed_by: Option<User>,
    html_url: Option<String>,
    repository_url: Option<String>,
    pull_request: Option<IgnoredAny>,
}

impl Issue {
    /// `acme/incidents`, where the answer says whose issue it is.
    pub(super) fn repository(&self) -> Option<String> {
        let mut segments = self.repository_url.as_deref()?.trim_end_matches('/').rsplit('/');
        let (name, owner) = (segments.next()?, segments.next()?);
        Some(format!("{owner}/{name}"))
    }

    /// The issue in neutral words; `None` without a number or a moment.
    pub(super) fn neutral(self) -> Option<snapshot::Issue> {
        let created_at = self.created_at.or(self.updated_at)?;
        let open = self.state.as_deref() != Some("closed");
        Some(snapshot::Issue {
            number: self.number?,
            title: self.title.unwrap_or_default(),
            body: self.body.unwrap_or_default(),
            open,
            author: account(self.user),
            labels: names(self.labels.unwrap_or_default()),
            assignees: self.assignees.unwrap_or_default().into_iter().filter_map(User::account).collect(),
            comments: self.comments.unwrap_or_default(),
            created_at,
            updated_at: self.updated_at.unwrap_or(created_at),
            closed_at: self.closed_at.filter(|_| !open),
            closed_by: account(self.closed_by).filter(|_| !open),
            url: self.html_url.unwrap_or_default(),
            is_change_request: self.pull_request.is_some(),
            confidential: None,
            is_mailed: false,
            is_incident: false,
            forge_severity: None,
        })
    }
}

/// A part of the record of edits, newest first.
#[derive(Deserialize)]
pub(super) struct Edits {
    nodes: Option<Vec<Option<Edit>>>,
    #[serde(rename = "pageInfo")]
    pub(super) next: Next,
}

#[derive(Deserialize)]
struct Edit {
    #[serde(rename = "editedAt")]
    edited_at: Option<Moment>,
    diff: Option<String>,
    editor: Option<Editor>,
}

/// GraphQL names a program without the brackets that REST puts behind.
#[derive(Deserialize)]
struct Editor {
    #[serde(rename = "__typename")]
    kind: Option<String>,
    login: Option<String>,
    #[serde(rename = "databaseId")]
    id: Option<u64>,
}

impl Editor {
    fn account(self) -> Option<Account> {
        let login = self.login?;
        let is_bare = self.kind.as_deref() == Some("Bot") && !login.ends_with("[bot]");
        Some(Account::new(self.id?, if is_bare { format!("{login}[bot]") } else { login }))
    }
}

/// Where a list goes on.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(rename = "hasNextPage")]
    more: Option<bool>,
    #[serde(rename = "endCursor")]
    end: Option<String>,
}

impl Next {
    /// The cursor of the next part; null where this one is the last.
    pub(super) fn after(&self) -> Value {
        let end = self.end.clone().filter(|_| self.more == Some(true));
        end.map_or(Value::Null, Value::String)
    }
}

impl Edits {
    /// When, by whom, and the text after it, where it is still there. Entries without a moment are left out.
    pub(super) fn neutral(self) -> impl Iterator<Item = (Moment, Option<Account>, Option<String>)> {
        let nodes = self.nodes.unwrap_or_default().into_iter().flatten();
        nodes.filter_map(|edit| Some((edit.edited_at?, edit.editor.and_then(Editor::account), edit.diff)))
    }
}

#[derive(Deserialize)]
pub(super) struct Comment {
    id: Option<u64>,
    pub(super) node_id: Option<String>,
    user: Option<User>,
    body: Option<Text>,
    created_at: Option<Moment>,
    updated_at: Option<Moment>,
    html_url: Option<String>,
    issue_url: Option<String>,
}

impl Comment {
    /// Its text goes on beyond what is kept.
    pub(super) fn is_cut(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.is_cut)
    }

    /// The comment in neutral words; `None` without a number or a moment.
    pub(super) fn neutral(self) -> Option<snapshot::Comment> {
        let created_at = self.created_at.or(self.updated_at)?;
        Some(snapshot::Comment {
            id: CommentId(self.id?),
            author: account(self.user),
            body: self.body.unwrap_or_default().text,
            created_at,
            updated_at: self.updated_at.unwrap_or(created_at),
            url: self.html_url.unwrap_or_default(),
            internal: false,
        })
    }

    /// The number of the issue it stands under; `None` for a pull request.
    pub(super) fn issue(&self) -> Option<u64> {
        if self.html_url.as_deref().is_some_and(|url| url.contains("/pull/")) {
            return None;
        }
        self.issue_url.as_deref()?.rsplit('/').next()?.parse().ok()
    }
}

/// One entry of the timeline, as far as it is of interest.
#[derive(Deserialize)]
pub(super) struct Entry {
    event: Option<String>,
    actor: Option<User>,
    created_at: Option<Moment>,
    label: Option<Label>,
    assignee: Option<User>,
}

impl Entry {
    /// When, who, what; `None` for everything that is not of interest.
    pub(super) fn change(self) -> Option<(Moment, Option<Account>, snapshot::Changed)> {
        use snapshot::Changed;
        let what = match self.event.as_deref()? {
            "labeled" => Changed::LabelAdded(self.label?.name()?),
            "unlabeled" => Changed::LabelRemoved(self.label?.name()?),
            "assigned" => Changed::Assigned(account(self.assignee)?),
            "unassigned" => Changed::Unassigned(account(self.assignee)?),
            "renamed" => Changed::Edited,
            "closed" => Changed::Closed,
            "reopened" => Changed::Reopened,
            _ => return None,
        };
        Some((self.created_at?, account(self.actor), what))
    }
}

#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) id: Option<u64>,
    pub(super) full_name: Option<String>,
    private: Option<bool>,
    visibility: Option<String>,
    archived: Option<bool>,
}

impl Repository {
    /// Who can read it. Public wherever the answer is silent, unknown or at odds with itself.
    pub(super) fn visibility(&self) -> Visibility {
        match (self.private, self.visibility.as_deref()) {
            (Some(true), Some("private") | None) => Visibility::Private,
            (Some(true), Some("internal")) => Visibility::Internal,
            _ => Visibility::Public,
        }
    }

    /// Nothing can be written.
    pub(super) fn archived(&self) -> bool {
        self.archived.unwrap_or_default()
    }
}

#[derive(Deserialize)]
pub(super) struct Collaborator {
    pub(super) user: Option<User>,
    role_name: Option<String>,
    permission: Option<String>,
}

impl Collaborator {
    /// The role decides; a role of the organisation's own making falls back to the permission it builds on.
    pub(super) fn permission(&self) -> Permission {
        self.role_name
            .as_deref()
            .and_then(level)
            .or_else(|| self.permission.as_deref().and_then(level))
            .unwrap_or(Permission::None)
    }
}

fn level(word: &str) -> Option<Permission> {
    match word {
        "admin" => Some(Permission::Admin),
        "maintain" | "write" => Some(Permission::Write),
        "triage" | "read" => Some(Permission::Read),
        "none" => Some(Permission::None),
        _ => None,
    }
}

#[derive(Deserialize)]
pub(super) struct Installation {
    pub(super) id: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) token: Option<String>,
    pub(super) expires_at: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct App {
    pub(super) slug: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Hook {
    pub(super) id: Option<u64>,
    config: Option<HookConfig>,
}

#[derive(Deserialize)]
struct HookConfig {
    url: Option<String>,
}

impl Hook {
    /// True if it delivers to this forge's intake.
    pub(super) fn delivers_to(&self, forge: &str) -> bool {
        let url = self.config.as_ref().and_then(|config| config.url.as_deref()).unwrap_or_default();
        url.split(['?', '#']).next().is_some_and(|path| path.ends_with(&format!("/webhooks/{forge}")))
    }
}

#[derive(Deserialize)]
pub(super) struct Delivery {
    pub(super) id: Option<u64>,
    pub(super) guid: Option<String>,
    pub(super) delivered_at: Option<Moment>,
    pub(super) event: Option<String>,
    pub(super) repository_id: Option<u64>,
    status: Option<String>,
    status_code: Option<u16>,
}

impl Delivery {
    /// True if our side took it.
    pub(super) fn arrived(&self) -> bool {
        self.status.as_deref() == Some("OK") || self.status_code.is_some_and(|code| (200..300).contains(&code))
    }
}
