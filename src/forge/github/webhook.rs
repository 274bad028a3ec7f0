//! What GitHub delivers: whether it is authentic, and what it is about.
//!
//! What always holds: pure; a delivery is only ever a hint to look, so everything in it may be missing; titles, bodies
//! and comments are skipped without being kept. What is deliberately not here: HTTP, storing, and the mapping from a
//! repository to a configured project (`web`).

use std::borrow::Cow;

use chrono::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::IgnoredAny};
use sha2::Sha256;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::domain::{
    hint::{Hint, Hinted},
    ids::CommentId,
    people::Account,
    time::Moment,
};

/// The one header that counts. The older `X-Hub-Signature` is SHA-1 and never looked at.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// Checks a delivery against every configured secret and gives back a digest of its content: the first 16 bytes of
/// the matching MAC. `signatures` are all values of [`SIGNATURE_HEADER`]; anything but exactly one is refused, so that
/// two readers cannot choose differently. Hexadecimal digits count in either case.
///
/// All secrets are always tried, and comparisons take the same time whatever they find. An empty secret never matches.
#[must_use]
pub fn verify<'h>(
    secrets: &[SecretString],
    signatures: impl IntoIterator<Item = &'h [u8]>,
    body: &[u8],
) -> Option<[u8; 16]> {
    let mut signatures = signatures.into_iter();
    let (first, None) = (signatures.next()?, signatures.next()) else { return None };
    let given = stated(first)?;
    let (mut matched, mut digest) = (Choice::from(0), [0_u8; 16]);
    for secret in secrets.iter().filter(|secret| !secret.expose_secret().is_empty()) {
        let ours = mac(secret, body);
        let same = ours.ct_eq(&given);
        for (kept, byte) in digest.iter_mut().zip(&ours) {
            kept.conditional_assign(byte, same);
        }
        matched |= same;
    }
    bool::from(matched).then_some(digest)
}

fn mac(secret: &SecretString, body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes any key length");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

/// `sha256=` and 64 hexadecimal digits, nothing else.
fn stated(header: &[u8]) -> Option<[u8; 32]> {
    let digits = header.strip_prefix(b"sha256=").filter(|digits| digits.len() == 64)?;
    let mut bytes = [0_u8; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().try_fold(0_u8, |value, digit| Some((value << 4) | nibble(*digit)?))?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// What a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// An issue, or a comment on one.
    Issue {
        /// Where.
        project: ProjectName,
        /// The number people see.
        number: u64,
        /// A pull request: never an incident.
        is_change_request: bool,
        /// What happened.
        hint: Hint,
    },
    /// A repository.
    Project {
        /// Which, under its new name if it has one.
        project: ProjectName,
        /// What happened.
        what: ProjectChange,
    },
    /// GitHub tries the hook.
    Ping,
    /// Nothing that concerns incidents.
    Other,
    /// An event of interest whose content cannot be understood.
    Unreadable,
}

/// A repository as a delivery names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectName {
    /// GitHub's number; 0 where the delivery does not say.
    pub id: u64,
    /// Such as `acme/incidents`.
    pub full_name: String,
    /// Not public; false where the delivery does not say.
    pub private: bool,
}

/// What happened to a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectChange {
    /// Everyone can read it now.
    Publicized,
    /// Only members can read it now.
    Privatized,
    /// It has another name.
    Renamed,
    /// It has another owner, and so another audience.
    Transferred,
    /// It is gone.
    Deleted,
    /// Nothing can be written any more.
    Archived,
    /// Anything else.
    Other,
}

/// Understands a delivery by its `X-GitHub-Event` header and its body. Never fails: what cannot be understood is
/// [`Decoded::Unreadable`] if it should have been, and [`Decoded::Other`] if nobody needs it.
#[must_use]
pub fn decode(event: &str, body: &[u8]) -> Decoded {
    match event {
        "issues" | "issue_comment" | "repository" | "public" => {
            serde_json::from_slice::<Payload<'_>>(&json(body)).ok().and_then(|payload| payload.decoded(event))
        }
        "ping" => Some(Decoded::Ping),
        _ => Some(Decoded::Other),
    }
    .unwrap_or(Decoded::Unreadable)
}

/// The JSON of a body. A hook that was made in the browser sends it as the one field of a form, unless told otherwise.
fn json(body: &[u8]) -> Cow<'_, [u8]> {
    if !body.starts_with(b"payload=") {
        return Cow::Borrowed(body);
    }
    match form_urlencoded::parse(body).next() {
        Some((_, payload)) => Cow::Owned(payload.into_owned().into_bytes()),
        None => Cow::Borrowed(body),
    }
}

/// Text that is borrowed from the body unless it holds escapes. (Serde borrows inside an `Option` only this way.)
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    action: Option<Text<'a>>,
    #[serde(borrow)]
    issue: Option<Issue<'a>>,
    #[serde(borrow)]
    comment: Option<Comment<'a>>,
    #[serde(borrow)]
    label: Option<Label<'a>>,
    #[serde(borrow)]
    assignee: Option<User<'a>>,
    #[serde(borrow)]
    repository: Option<Repository<'a>>,
    #[serde(borrow)]
    sender: Option<User<'a>>,
    changes: Option<Changes>,
}

/// What an edit touched.
#[derive(Default, Deserialize)]
struct Changes {
    title: Option<IgnoredAny>,
    body: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Issue<'a> {
    number: Option<u64>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    #[serde(borrow)]
    updated_at: Option<Text<'a>>,
    #[serde(borrow)]
    closed_at: Option<Text<'a>>,
    pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Comment<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    #[serde(borrow)]
    updated_at: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Label<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct User<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    login: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Repository<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    full_name: Option<Text<'a>>,
    private: Option<bool>,
}

impl User<'_> {
    fn account(&self) -> Option<Account> {
        Some(Account::new(self.id?, self.login.as_ref()?.0.as_ref()))
    }
}

impl Payload<'_> {
    fn decoded(&self, event: &str) -> Option<Decoded> {
        let repository = self.repository.as_ref()?;
        let project = ProjectName {
            id: repository.id.unwrap_or_default(),
            full_name: repository.full_name.as_ref()?.0.clone().into_owned(),
            private: repository.private.unwrap_or_default(),
        };
        match event {
            "public" => Some(Decoded::Project { project, what: ProjectChange::Publicized }),
            "repository" => Some(Decoded::Project { project, what: self.project_change() }),
            _ => {
                let issue = self.issue.as_ref()?;
                Some(Decoded::Issue {
                    project,
                    number: issue.number?,
                    is_change_request: issue.pull_request.is_some(),
                    hint: self.hint(event, issue),
                })
            }
        }
    }

    fn action(&self) -> &str {
        self.action.as_ref().map_or("", |action| action.0.as_ref())
    }

    fn project_change(&self) -> ProjectChange {
        match self.action() {
            "publicized" => ProjectChange::Publicized,
            "privatized" => ProjectChange::Privatized,
            "renamed" => ProjectChange::Renamed,
            "transferred" => ProjectChange::Transferred,
            "deleted" => ProjectChange::Deleted,
            "archived" => ProjectChange::Archived,
            _ => ProjectChange::Other,
        }
    }

    fn hint(&self, event: &str, issue: &Issue<'_>) -> Hint {
        let by = self.sender.as_ref().and_then(User::account);
        let what = match event {
            "issue_comment" => self.on_comment(),
            _ => self.on_issue(),
        };
        match what.zip(self.moment(event, issue)) {
            Some((what, at)) => Hint { at, by, what },
            // Without its content or its moment it explains nothing, but the issue is still worth a look.
            None => Hint { at: self.moment(event, issue).unwrap_or(DateTime::UNIX_EPOCH), by, what: Hinted::Other },
        }
    }

    fn on_issue(&self) -> Option<Hinted> {
        let label = || Some(self.label.as_ref()?.name.as_ref()?.0.clone().into_owned());
        let who = || self.assignee.as_ref()?.account();
        Some(match self.action() {
            "opened" => Hinted::Opened,
            "edited" if self.changes.as_ref().is_some_and(|it| it.title.is_some() && it.body.is_none()) => {
                Hinted::Other
            }
            "edited" => Hinted::Edited,
            "labeled" => Hinted::LabelAdded { label: label()? },
            "unlabeled" => Hinted::LabelRemoved { label: label()? },
            "assigned" => Hinted::Assigned { who: who()? },
            "unassigned" => Hinted::Unassigned { who: who()? },
            "closed" => Hinted::Closed,
            "reopened" => Hinted::Reopened,
            "transferred" | "deleted" => Hinted::Left,
            _ => Hinted::Other,
        })
    }

    fn on_comment(&self) -> Option<Hinted> {
        let comment = CommentId(self.comment.as_ref()?.id?);
        Some(match self.action() {
            "created" => Hinted::CommentPosted { comment },
            "edited" => Hinted::CommentEdited { comment },
            "deleted" => Hinted::CommentDeleted { comment },
            _ => Hinted::Other,
        })
    }

    /// When it happened, as far as the delivery says.
    fn moment(&self, event: &str, issue: &Issue<'_>) -> Option<Moment> {
        let comment = self.comment.as_ref();
        let posted = comment.and_then(|comment| comment.created_at.as_ref());
        let edited = comment.and_then(|comment| comment.updated_at.as_ref());
        let (opened, touched, closed) =
            (issue.created_at.as_ref(), issue.updated_at.as_ref(), issue.closed_at.as_ref());
        let order = match (event, self.action()) {
            ("issue_comment", "created") => [posted, edited, touched, opened],
            ("issue_comment", "edited") => [edited, touched, posted, opened],
            ("issues", "opened") => [opened, touched, None, None],
            ("issues", "closed") => [closed, touched, opened, None],
            _ => [touched, edited, posted, opened],
        };
        order.into_iter().flatten().find_map(|text| DateTime::parse_from_rfc3339(&text.0).ok()).map(|at| at.to_utc())
    }
}
