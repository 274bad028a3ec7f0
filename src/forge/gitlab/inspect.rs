//! How GitLab, a project and its webhook are set up for the bot. Nothing is changed.

use async_trait::async_trait;
use chrono::{NaiveDate, NaiveTime};
use gitlab::api::{
    endpoint_prelude::*, projects::hooks::Hooks, projects::members::AllProjectMember, users::CurrentUser,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{
    super::{
        ForgeError, Inspect,
        answer::{Answer, refusal, unknown},
        inspect::{MOST_TEMPLATES, ahead, plain},
    },
    Gitlab,
    client::Ask,
    wire,
};
use crate::domain::{
    setup::{Bearer, Ended, Found, Hook, Place, Proof, Rights, Server, Shown, Standing, Template, Token},
    time::Moment,
};

const FOLDER: &str = ".gitlab/issue_templates";
const MAINTAINER: &str = "the role Maintainer";

/// GitLab's numbers for its roles, the highest first.
const ROLES: [(u64, &str); 7] = [
    (50, "Owner"),
    (40, "Maintainer"),
    (30, "Developer"),
    (20, "Reporter"),
    (15, "Planner"),
    (10, "Guest"),
    (5, "Minimal access"),
];

#[async_trait]
impl Inspect for Gitlab {
    async fn server(&self) -> Result<Server, ForgeError> {
        let what = format!("looking at the token on {}", self.shared.client.name());
        let before = self.shared.clock.machine_now();
        let endpoint = CurrentUser::builder().build().expect("it wants nothing");
        let answer = self.shared.client.answer(Ask::read(&what), &endpoint).await?;
        let ahead = ahead(&answer.headers, before, self.shared.clock.machine_now());
        if let status @ (401 | 403) = answer.status.as_u16() {
            let token = Token::Refused { status, ended: ended(&answer) };
            return Ok(Server { version: None, ahead, token });
        }
        if !answer.status.is_success() {
            return Err(refusal(&what, answer.status));
        }
        let (user, kind) = (answer.read::<wire::User>(&what)?, answer.read::<Kind>(&what)?);
        let account = user.account().ok_or_else(|| unknown(&what, "the answer names no account"))?;
        let (rights, expires_at) = self.own_token(&what).await?;
        let token = Token::Good(Bearer { account, is_program: kind.bot == Some(true), rights, expires_at });
        Ok(Server { version: self.version(&what).await?, ahead, token })
    }

    async fn place(&self, project: &str) -> Result<Found, ForgeError> {
        let what = format!("looking at {}", self.shared.client.spoken(project));
        let answer = self.project_answer(&what, project.to_owned().into()).await?;
        let (read, more) = (answer.read::<wire::Project>(&what)?, answer.read::<More>(&what)?);
        let id = read.id.ok_or_else(|| unknown(&what, "the answer holds no project number"))?;
        Ok(Found::Here(Place {
            visibility: read.visibility(),
            archived: read.archived(),
            path: read.path_with_namespace.unwrap_or_else(|| project.to_owned()),
            hides_issues: true,
            internal_is_fine: false,
            takes_issues: more.takes_issues(),
            takes_mail: more.service_desk_enabled == Some(true),
            rights: of_role(self.role(id, &what).await?),
        }))
    }

    async fn hooks(&self, project: &str) -> Result<Shown<Vec<Hook>>, ForgeError> {
        let what = format!("looking at the webhooks of {}", self.shared.client.spoken(project));
        let endpoint = Hooks::builder().project(self.number(project).await?).build().expect("a project is named");
        match self.pages::<OneHook>(&what, &endpoint).await {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { status: 403, .. }) => {
                Ok(Shown::Needs(MAINTAINER.to_owned()))
            }
            hooks => {
                let end = format!("/webhooks/{}", self.shared.client.name());
                let all = hooks?.into_iter().map(OneHook::neutral);
                Ok(Shown::Yes(all.filter(|hook| hook.url.ends_with(&end)).collect()))
            }
        }
    }

    async fn templates(&self, project: &str) -> Result<Shown<Vec<Template>>, ForgeError> {
        let what = format!("looking at the templates of {}", self.shared.client.spoken(project));
        let list = At(format!("projects/{}/templates/issues", self.number(project).await?));
        let named: Vec<Named> = match self.pages(&what, &list).await {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { status: 403, .. }) => {
                return Ok(Shown::Needs("a role that may read the project's files".to_owned()));
            }
            other => other?,
        };
        let mut templates = Vec::new();
        for name in named.into_iter().filter_map(|named| named.key.or(named.name)).take(MOST_TEMPLATES) {
            let one = At(format!("{}/{}", list.0, utf8_percent_encode(&name, NON_ALPHANUMERIC)));
            let held: Content = self.shared.client.send(Ask::read(&what), &one).await?.read(&what)?;
            templates.push(Template { name, text: held.content.unwrap_or_default() });
        }
        Ok(Shown::Yes(templates))
    }

    fn template_folder(&self) -> &'static str {
        FOLDER
    }
}

impl Gitlab {
    /// `None` where the server keeps it to itself.
    async fn version(&self, what: &str) -> Result<Option<String>, ForgeError> {
        match self.shared.client.send(Ask::read(what), &At("version".to_owned())).await {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { .. }) => Ok(None),
            answer => Ok(answer?.read::<Version>(what)?.version),
        }
    }

    /// What the token may be used for, and its end. Tokens that are no access tokens do not tell.
    async fn own_token(&self, what: &str) -> Result<(Rights, Option<Moment>), ForgeError> {
        let endpoint = At("personal_access_tokens/self".to_owned());
        let said: OwnToken = match self.shared.client.send(Ask::read(what), &endpoint).await {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { .. } | ForgeError::Invalid { .. }) => {
                return Ok((Rights::default(), None));
            }
            answer => answer?.read(what)?,
        };
        let held = said.scopes.unwrap_or_default();
        let missing = if held.iter().any(|scope| scope == "api") { Vec::new() } else { vec!["api".to_owned()] };
        // It ends with the beginning of that day.
        let end = said.expires_at.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        Ok((Rights { held: Some(held), missing, useful: Vec::new() }, end))
    }

    /// The bot's role; 0 where it has none.
    async fn role(&self, project: u64, what: &str) -> Result<u64, ForgeError> {
        let me = self.me().await?.id;
        let endpoint = AllProjectMember::builder().project(project).user(me).build().expect("both are named");
        match self.shared.client.send(Ask::read(what), &endpoint).await {
            Err(ForgeError::Gone { .. }) => Ok(0),
            answer => Ok(answer?.read::<Member>(what)?.access_level.unwrap_or_default()),
        }
    }
}

/// A path of the API that the library does not know.
struct At(String);

impl Endpoint for At {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.0.clone().into()
    }
}

/// Why a token is refused, by GitLab's own words; they quote nothing.
fn ended(answer: &Answer) -> Option<Ended> {
    let said: Refusal = serde_json::from_slice(&answer.body).ok()?;
    let words = said.error_description?.to_lowercase();
    let known = [("expired", Ended::Expired), ("revoked", Ended::Revoked)];
    known.into_iter().find(|(word, _)| words.contains(word)).map(|(_, ended)| ended)
}

fn of_role(level: u64) -> Rights {
    let held = ROLES.iter().find(|(least, _)| level >= *least).map(|(_, role)| (*role).to_owned());
    let missing = if level >= 20 { Vec::new() } else { vec!["Reporter".to_owned()] };
    let more = [
        (30, "Developer", "entries in an incident's own timeline"),
        (40, "Maintainer", "seeing how the webhook fares, and asking for failed deliveries again"),
    ];
    let useful = more.into_iter().filter(|(least, ..)| level < *least);
    Rights {
        held: Some(held.into_iter().collect()),
        missing,
        useful: useful.map(|(_, role, what)| (role.to_owned(), what.to_owned())).collect(),
    }
}

#[derive(Deserialize)]
struct Refusal {
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct Kind {
    bot: Option<bool>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
}

#[derive(Deserialize)]
struct OwnToken {
    scopes: Option<Vec<String>>,
    expires_at: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct Member {
    access_level: Option<u64>,
}

/// What else is said of a project.
#[derive(Deserialize)]
struct More {
    issues_enabled: Option<bool>,
    issues_access_level: Option<String>,
    service_desk_enabled: Option<bool>,
}

impl More {
    fn takes_issues(&self) -> bool {
        self.issues_enabled != Some(false) && self.issues_access_level.as_deref() != Some("disabled")
    }
}

#[derive(Deserialize)]
struct Named {
    key: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    content: Option<String>,
}

/// A webhook. Old servers leave out what they do not know.
#[derive(Deserialize)]
struct OneHook {
    url: Option<String>,
    issues_events: Option<bool>,
    confidential_issues_events: Option<bool>,
    note_events: Option<bool>,
    confidential_note_events: Option<bool>,
    enable_ssl_verification: Option<bool>,
    alert_status: Option<String>,
    #[serde(default)]
    disabled_until: wire::When,
    token_present: Option<bool>,
    signing_token_present: Option<bool>,
}

impl OneHook {
    fn neutral(self) -> Hook {
        let events = [
            ("Issues events", self.issues_events),
            ("Confidential issues events", self.confidential_issues_events),
            ("Comments", self.note_events),
            ("Confidential comments", self.confidential_note_events),
        ];
        let standing = match self.alert_status.as_deref() {
            Some("temporarily_disabled") => Standing::Paused(self.disabled_until.0),
            Some("disabled") => Standing::Dropped,
            _ => Standing::On,
        };
        let told = self.token_present.is_some() || self.signing_token_present.is_some();
        let proofs = [(Proof::Secret, self.token_present), (Proof::SigningToken, self.signing_token_present)];
        let present = proofs.into_iter().filter(|(_, present)| *present == Some(true)).map(|(proof, _)| proof);
        Hook {
            url: plain(self.url.as_deref().unwrap_or_default()),
            standing,
            unheard: events.into_iter().filter(|(_, on)| *on == Some(false)).map(|(name, _)| name.to_owned()).collect(),
            missed: Vec::new(),
            proofs: told.then(|| present.collect()),
            verifies_tls: self.enable_ssl_verification != Some(false),
            is_json: true,
            failing: None,
        }
    }
}
