//! How a forge, a project and its webhook are set up for the bot, as facts.
//!
//! What always holds: nothing here holds a secret; rights and events are in the forge's own words, because people look
//! for them on its pages. What is deliberately not here: whether any of it is good enough (`audit::setup`).

use chrono::Duration;

use super::{people::Account, snapshot::Visibility, time::Moment};

/// What a forge says when it is asked with the bot's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Such as `19.5.0-ee`; `None` where the forge has no versions, or does not say.
    pub version: Option<String>,
    /// How far this machine's clock is ahead of the forge's; negative where it is behind, `None` where the answer has no
    /// date.
    pub ahead: Option<Duration>,
    /// What came of the token.
    pub token: Token,
}

/// What came of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// It opens the forge.
    Good(Bearer),
    /// It opens nothing.
    Refused {
        /// HTTP status.
        status: u16,
        /// Why, where the forge tells.
        ended: Option<Ended>,
    },
}

/// How a token came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its time was over.
    Expired,
    /// Somebody ended it.
    Revoked,
}

/// As whom the bot acts, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The bot's own account.
    pub account: Account,
    /// The account is a program's, not a person's.
    pub is_program: bool,
    /// What the token may be used for.
    pub rights: Rights,
    /// Until when; `None` where the forge tells of no end.
    pub expires_at: Option<Moment>,
}

/// What a token, a role or an installation allows, such as `api`, `Reporter` or `issues: write`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights {
    /// What it allows; `None` where the forge does not tell.
    pub held: Option<Vec<String>>,
    /// What the bot cannot work without, and is not among them.
    pub missing: Vec<String>,
    /// What is not among them and would be of use: the right, and for what.
    pub useful: Vec<(String, String)>,
}

/// A project as the bot finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path as the forge spells it now.
    pub path: String,
    /// Who can read it.
    pub visibility: Visibility,
    /// An issue of it can be hidden from those who can read the project.
    pub hides_issues: bool,
    /// That the whole enterprise can read it is allowed by the configuration.
    pub internal_is_fine: bool,
    /// Nothing can be written.
    pub archived: bool,
    /// Issues can be filed.
    pub takes_issues: bool,
    /// Issues come in by mail, and what is written under those is mailed back (GitLab's Service Desk).
    pub takes_mail: bool,
    /// What the bot may do in it.
    pub rights: Rights,
}

/// What was found in the place of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The project.
    Here(Place),
    /// The bot's installation on it is switched off, so nothing of it is shown.
    Suspended,
}

/// A template for issues, as the project holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name, as people choose it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// An answer that takes a right that the bot may lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown<T> {
    /// The answer.
    Yes(T),
    /// It takes this right.
    Needs(String),
}

/// Where deliveries are to arrive, and how they are to be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The whole address, as in `https://hotwash.example.org/webhooks/gitlab`.
    pub url: String,
    /// How.
    pub proof: Proof,
}

/// How a delivery proves where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a secret that both sides know.
    Secret,
    /// By a signature with GitLab's signing token.
    SigningToken,
}

/// A webhook that delivers to this program, or to another with the same name for the forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Where it delivers, without user and query.
    pub url: String,
    /// Whether it delivers.
    pub standing: Standing,
    /// Events without which work is missed, and of which it does not tell.
    pub unheard: Vec<String>,
    /// Events that make things known sooner, and of which it does not tell.
    pub missed: Vec<String>,
    /// What it has to prove its deliveries with; `None` where the forge does not tell.
    pub proofs: Option<Vec<Proof>>,
    /// It makes sure whom it delivers to.
    pub verifies_tls: bool,
    /// Its deliveries are plain JSON.
    pub is_json: bool,
    /// How its last delivery failed, in the forge's words; `None` where it arrived or there was none.
    pub failing: Option<String>,
}

/// Whether a webhook delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    On,
    /// Not before this moment, because deliveries failed.
    Paused(Option<Moment>),
    /// Not any more, because deliveries failed too often.
    Dropped,
    /// Somebody switched it off.
    Off,
}
