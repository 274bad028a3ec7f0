//! What GitLab delivers: whether it is authentic, and what it is about.
//!
//! What always holds: pure; a delivery is only ever a hint to look, so everything in it may be missing; titles,
//! descriptions and notes are skipped without being kept. What an event is about is told by its body alone, because
//! GitLab names one and the same event differently in headers and over the years. What is deliberately not here: HTTP,
//! storing, and the mapping from a project to a configured one (`cli`).

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::wire::{self, When};
use crate::domain::{
    forge_severity::ForgeSeverity,
    hint::{Hint, Hinted},
    ids::CommentId,
    people::Account,
    time::Moment,
};

/// A signature dated further away than this is refused: it was kept and sent again.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// What a configured forge accepts as proof.
#[derive(Debug, Clone, Default)]
pub struct Proofs {
    /// Secret tokens, which GitLab sends along as they are; two while rotating.
    pub secret_tokens: Vec<SecretString>,
    /// Signing tokens (`whsec_` and base64), with which GitLab signs; two while rotating.
    pub signing_tokens: Vec<SecretString>,
}

/// What a delivery brings to prove itself. Values that come more than once count as absent, so that two readers cannot
/// choose differently.
#[derive(Debug, Clone, Copy, Default)]
pub struct Brought<'h> {
    /// `X-Gitlab-Token`.
    pub token: Option<&'h [u8]>,
    /// `webhook-id`.
    pub id: Option<&'h [u8]>,
    /// `webhook-timestamp`.
    pub timestamp: Option<&'h [u8]>,
    /// `webhook-signature`.
    pub signature: Option<&'h [u8]>,
}

/// Checks a delivery and gives back a digest of its content. Where signing tokens are configured, only a signature counts:
/// a secret token sent beside it proves nothing more, and alone it proves less.
///
/// All tokens are always tried, and comparisons take the same time whatever they find. An empty token never matches.
#[must_use]
pub fn verify(proofs: &Proofs, brought: &Brought<'_>, body: &[u8], now: Moment) -> Option<[u8; 16]> {
    let authentic = if proofs.signing_tokens.is_empty() {
        holds_token(&proofs.secret_tokens, brought.token?)
    } else {
        is_signed(&proofs.signing_tokens, brought, body, now)?
    };
    let digest = Sha256::digest(body);
    authentic.then(|| <[u8; 16]>::try_from(digest.get(..16)?).ok()).flatten()
}

fn holds_token(tokens: &[SecretString], given: &[u8]) -> bool {
    // Digests are compared, so that not even the length shows.
    let given = Sha256::digest(given);
    let usable = tokens.iter().map(ExposeSecret::expose_secret).filter(|token| !token.is_empty());
    let matched = usable.fold(Choice::from(0), |matched, token| matched | Sha256::digest(token).ct_eq(&given));
    bool::from(matched)
}

/// Standard Webhooks: HMAC-SHA256 over id, moment and body, in base64, several of them separated by spaces.
fn is_signed(tokens: &[SecretString], brought: &Brought<'_>, body: &[u8], now: Moment) -> Option<bool> {
    let (id, timestamp) = (brought.id?, brought.timestamp?);
    let signed_at: i64 = std::str::from_utf8(timestamp).ok()?.parse().ok()?;
    let age = now - DateTime::from_timestamp(signed_at, 0)?;
    let signatures = std::str::from_utf8(brought.signature?).ok()?;
    let given: Vec<Vec<u8>> =
        signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok()).collect();
    let mut matched = Choice::from(0);
    for key in tokens.iter().filter_map(signing_key) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes any key length");
        for part in [id, b".", timestamp, b".", body] {
            mac.update(part);
        }
        let ours = mac.finalize().into_bytes();
        for one in &given {
            matched |= ours.as_slice().ct_eq(one);
        }
    }
    Some(bool::from(matched) && age.abs() <= TOLERANCE)
}

/// The key inside `whsec_<base64>`; none where it is not one.
#[must_use]
pub fn signing_key(token: &SecretString) -> Option<Vec<u8>> {
    let key = STANDARD.decode(token.expose_secret().strip_prefix("whsec_")?).ok()?;
    (!key.is_empty()).then_some(key)
}

/// What a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// An issue, or a note on one.
    Issue {
        /// Where.
        project: ProjectName,
        /// The number people see.
        number: u64,
        /// What happened: nothing, one thing, or several at once.
        hints: Vec<Hint>,
        /// It may be readable by others than before.
        exposed: bool,
    },
    /// Nothing that concerns incidents.
    Other,
    /// An event of interest whose content cannot be understood, as where the hook's body was replaced by a template.
    Unreadable,
}

/// A project as a delivery names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectName {
    /// GitLab's number; 0 where the delivery does not say.
    pub id: u64,
    /// Such as `acme/incidents`.
    pub path: String,
}

/// Understands a delivery by its body. `header` (`X-Gitlab-Event`) is only asked whether a body that says nothing should
/// have been one of interest.
#[must_use]
pub fn decode(header: &str, body: &[u8]) -> Decoded {
    let of_interest = header.is_empty() || header.contains("Issue") || header.contains("Note");
    let unread = if of_interest { Decoded::Unreadable } else { Decoded::Other };
    let Ok(payload) = serde_json::from_slice::<Payload<'_>>(body) else { return unread };
    match payload.object_kind.as_ref().map(|kind| kind.0.as_ref()) {
        Some("issue" | "work_item") => payload.issue().unwrap_or(Decoded::Unreadable),
        Some("note") => payload.note().unwrap_or(Decoded::Unreadable),
        Some(_) => Decoded::Other,
        None => unread,
    }
}

/// Text that is borrowed from the body unless it holds escapes. (Serde borrows inside an `Option` only this way.)
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    object_kind: Option<Text<'a>>,
    #[serde(borrow)]
    user: Option<User<'a>>,
    #[serde(borrow)]
    project: Option<Project<'a>>,
    #[serde(borrow)]
    object_attributes: Option<Attributes<'a>>,
    #[serde(borrow)]
    issue: Option<Attributes<'a>>,
    #[serde(borrow)]
    changes: Option<Changes<'a>>,
}

#[derive(Deserialize)]
struct Project<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    path_with_namespace: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct User<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    username: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Attributes<'a> {
    id: Option<u64>,
    iid: Option<u64>,
    #[serde(borrow)]
    action: Option<Text<'a>>,
    #[serde(borrow)]
    noteable_type: Option<Text<'a>>,
    system: Option<bool>,
    #[serde(default)]
    created_at: When,
    #[serde(default)]
    updated_at: When,
    #[serde(default)]
    closed_at: When,
}

#[derive(Deserialize)]
struct Changes<'a> {
    #[serde(borrow)]
    labels: Option<Both<Vec<Label<'a>>>>,
    #[serde(borrow)]
    assignees: Option<Both<Vec<User<'a>>>>,
    description: Option<serde::de::IgnoredAny>,
    confidential: Option<Both<bool>>,
    state_id: Option<Both<u64>>,
    #[serde(borrow)]
    severity: Option<Both<Text<'a>>>,
}

/// Both sides of a change. Either may be missing or null.
#[derive(Deserialize)]
struct Both<T> {
    previous: Option<T>,
    current: Option<T>,
}

#[derive(Deserialize)]
struct Label<'a> {
    #[serde(borrow)]
    title: Option<Text<'a>>,
}

impl User<'_> {
    fn account(&self) -> Option<Account> {
        Some(Account::new(self.id?, self.username.as_ref()?.0.as_ref()))
    }
}

fn name(project: Option<&Project<'_>>) -> Option<ProjectName> {
    let project = project?;
    let path = project.path_with_namespace.as_ref()?.0.clone().into_owned();
    Some(ProjectName { id: project.id.unwrap_or_default(), path })
}

const OPENED: u64 = 1;
const CLOSED: u64 = 2;

impl Payload<'_> {
    fn by(&self) -> Option<Account> {
        self.user.as_ref().and_then(User::account)
    }

    fn issue(&self) -> Option<Decoded> {
        let issue = self.object_attributes.as_ref()?;
        // Work items of a group belong to no project: they are no incidents.
        let Some(project) = name(self.project.as_ref()) else { return Some(Decoded::Other) };
        let exposed = self.changes.as_ref().and_then(|changes| changes.confidential.as_ref());
        let exposed = exposed.is_some_and(|both| both.current == Some(false));
        Some(Decoded::Issue { project, number: issue.iid?, hints: self.on_issue(issue), exposed })
    }

    fn on_issue(&self, issue: &Attributes<'_>) -> Vec<Hint> {
        let touched = issue.updated_at.0.or(issue.created_at.0).unwrap_or(DateTime::UNIX_EPOCH);
        let hint = |at: Moment, what| Hint { at, by: self.by(), what };
        let action = issue.action.as_ref().map_or("", |action| action.0.as_ref());
        if action == "open" {
            return vec![hint(issue.created_at.0.unwrap_or(touched), Hinted::Opened)];
        }
        let mut hints = self.changes.as_ref().map(Changes::hinted).unwrap_or_default();
        // Closing shows as an action, or only as a change of state; each once.
        let stated = |what: &Hinted| hints.iter().any(|known| known == what);
        match action {
            "close" if !stated(&Hinted::Closed) => hints.push(Hinted::Closed),
            "reopen" if !stated(&Hinted::Reopened) => hints.push(Hinted::Reopened),
            _ => {}
        }
        if hints.is_empty() {
            hints.push(Hinted::Other);
        }
        let moment = |what: &Hinted| match what {
            Hinted::Closed => issue.closed_at.0.unwrap_or(touched),
            _ => touched,
        };
        hints.into_iter().map(|what| hint(moment(&what), what)).collect()
    }

    fn note(&self) -> Option<Decoded> {
        let note = self.object_attributes.as_ref()?;
        let on = note.noteable_type.as_ref().map_or("", |kind| kind.0.as_ref());
        if !matches!(on, "Issue" | "WorkItem") || note.system.unwrap_or_default() {
            return Some(Decoded::Other);
        }
        let Some(project) = name(self.project.as_ref()) else { return Some(Decoded::Other) };
        let number = self.issue.as_ref()?.iid?;
        let edited = note.action.as_ref().is_some_and(|action| action.0 == "update");
        let (posted, touched) = (note.created_at.0, note.updated_at.0);
        let hint = note.id.map(CommentId).map(|comment| {
            let (at, what) = if edited {
                (touched.or(posted), Hinted::CommentEdited { comment })
            } else {
                (posted.or(touched), Hinted::CommentPosted { comment })
            };
            Hint { at: at.unwrap_or(DateTime::UNIX_EPOCH), by: self.by(), what }
        });
        Some(Decoded::Issue { project, number, hints: hint.into_iter().collect(), exposed: false })
    }
}

impl Changes<'_> {
    fn hinted(&self) -> Vec<Hinted> {
        let mut hints = Vec::new();
        if let Some(both) = &self.labels {
            let names = |side: &Option<Vec<Label<'_>>>| -> Vec<String> {
                let labels = side.iter().flatten().filter_map(|label| label.title.as_ref());
                labels.map(|title| title.0.clone().into_owned()).collect()
            };
            let (before, after) = (names(&both.previous), names(&both.current));
            hints.extend(without(&before, &after).map(|label| Hinted::LabelRemoved { label }));
            hints.extend(without(&after, &before).map(|label| Hinted::LabelAdded { label }));
        }
        if let Some(both) = &self.assignees {
            let people = |side: &Option<Vec<User<'_>>>| -> Vec<Account> {
                side.iter().flatten().filter_map(User::account).collect()
            };
            let (before, after) = (people(&both.previous), people(&both.current));
            hints.extend(without(&before, &after).map(|who| Hinted::Unassigned { who }));
            hints.extend(without(&after, &before).map(|who| Hinted::Assigned { who }));
        }
        match self.confidential.as_ref().map(|both| (both.previous, both.current)) {
            Some((Some(true), Some(false))) => hints.push(Hinted::Exposed),
            Some((Some(false), Some(true))) => hints.push(Hinted::Hidden),
            _ => {}
        }
        let severity = self.severity.as_ref().and_then(|both| ForgeSeverity::named(&both.current.as_ref()?.0));
        hints.extend(severity.map(|to| Hinted::ForgeSeverity { to }));
        if self.description.is_some() {
            hints.push(Hinted::Edited);
        }
        match self.state_id.as_ref().map(|both| (both.previous, both.current)) {
            Some((_, Some(CLOSED))) => hints.push(Hinted::Closed),
            Some((Some(CLOSED), Some(OPENED))) => hints.push(Hinted::Reopened),
            _ => {}
        }
        hints
    }
}

fn without<T: Clone + PartialEq>(all: &[T], known: &[T]) -> impl Iterator<Item = T> {
    all.iter().filter(|one| !known.contains(one)).cloned().collect::<Vec<_>>().into_iter()
}

/// A moment as deliveries write it; for tests of the three formats.
#[must_use]
pub fn moment(text: &str) -> Option<Moment> {
    wire::moment(text)
}
