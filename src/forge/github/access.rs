//! Whose token a request carries: a personal token, the App itself, or the App's installation on a repository.
//!
//! What always holds: an installation's token is asked for once and shared until shortly before it ends; it is narrowed
//! to one repository and to what the bot needs, where GitHub allows that. Limits are shared per installation. What is
//! deliberately not here: the library's own installation client, because it repeats writes after a 401 and cannot
//! narrow permissions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::TimeDelta;
use http::Method;
use octocrab::{Octocrab, models::AppId};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{
    super::{
        ForgeError,
        lane::{Api, Lane},
    },
    Auth, GithubConfig,
    answer::unreachable,
    client::{Ask, Client},
    route, wire,
};
use crate::{clock::SharedClock, domain::time::Moment};

/// Tokens live an hour; they are replaced well before, by our own measure, because the two clocks may disagree.
const KEPT: TimeDelta = TimeDelta::minutes(50);
/// A stated end is respected with this margin.
const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// The right to send requests, and the limits they come under.
#[derive(Clone)]
pub(super) struct Pass {
    rest: Octocrab,
    graph: Octocrab,
    pub(super) lane: Arc<Lane>,
    seat: Option<Arc<Seat>>,
    serial: u64,
}

impl Pass {
    pub(super) fn crab(&self, api: Api) -> &Octocrab {
        match api {
            Api::Rest => &self.rest,
            Api::Graph => &self.graph,
        }
    }

    /// After a 401: true if a new token can be had, which the next pass will carry.
    pub(super) async fn expire(&self) -> bool {
        let Some(seat) = &self.seat else { return false };
        let mut held = seat.token.lock().await;
        if held.as_ref().is_some_and(|token| token.serial == self.serial) {
            *held = None;
        }
        true
    }
}

/// As whom the bot acts, with everything needed to do so.
pub(super) enum Access {
    Token(Box<Pass>),
    App(Box<App>),
}

/// A GitHub App and its installations.
pub(super) struct App {
    own: Pass,
    bare: Bare,
    installations: Mutex<HashMap<String, u64>>,
    lanes: Mutex<HashMap<u64, Arc<Lane>>>,
    seats: Mutex<HashMap<(u64, String), Arc<Seat>>>,
}

/// Transports without a token, for both APIs.
struct Bare {
    rest: Octocrab,
    graph: Octocrab,
}

/// One repository's place in one installation; its lock makes sure that a token is asked for once.
#[derive(Default)]
struct Seat {
    token: tokio::sync::Mutex<Option<Token>>,
}

struct Token {
    secret: SecretString,
    until: Moment,
    serial: u64,
}

impl Access {
    pub(super) fn new(config: &GithubConfig) -> Result<Self, ForgeError> {
        let name = &config.name;
        let (rest, graph) = addresses(config)?;
        match &config.auth {
            Auth::Token(token) => {
                check_header(name, token)?;
                let bare = Bare { rest: transport(config, &rest, None)?, graph: transport(config, &graph, None)? };
                Ok(Self::Token(Box::new(bare.with(name, token, Arc::default(), None, 0)?)))
            }
            Auth::App { id, private_key_pem } => {
                let key = octocrab::auth::EncodingKey::from_rsa_pem(private_key_pem.expose_secret().as_bytes())
                    .map_err(|_| {
                        unusable(format!("the App's private key of `{name}`, which is no RSA key in PEM form"))
                    })?;
                let app = transport(config, &rest, Some((*id, key)))?;
                // The library derives a token's client from the App's, so both share its connections.
                let bare = Bare { rest: app.clone(), graph: transport(config, &graph, None)? };
                let own = Pass { graph: app.clone(), rest: app, lane: Arc::default(), seat: None, serial: 0 };
                Ok(Self::App(Box::new(App {
                    own,
                    bare,
                    installations: Mutex::default(),
                    lanes: Mutex::default(),
                    seats: Mutex::default(),
                })))
            }
        }
    }

    /// The pass of the App itself, where there is one.
    pub(super) fn as_app(&self) -> Option<&Pass> {
        match self {
            Self::Token(_) => None,
            Self::App(app) => Some(&app.own),
        }
    }

    /// A pass for requests about a project.
    pub(super) async fn pass(&self, client: &Client, clock: &SharedClock, project: &str) -> Result<Pass, ForgeError> {
        match self {
            Self::Token(pass) => Ok(Pass::clone(pass)),
            Self::App(app) => app.pass(client, clock, project).await,
        }
    }

    /// A pass for one project that allows this and nothing else, as the installation has it; for a question now and then.
    pub(super) async fn pass_to(
        &self,
        client: &Client,
        project: &str,
        installation: u64,
        permissions: Value,
    ) -> Result<Pass, ForgeError> {
        match self {
            Self::Token(pass) => Ok(Pass::clone(pass)),
            Self::App(app) => app.pass_to(client, project, installation, permissions).await,
        }
    }

    /// A pass for requests about no project in particular.
    pub(super) async fn any_pass(&self, client: &Client, clock: &SharedClock) -> Result<Pass, ForgeError> {
        match self {
            Self::Token(pass) => Ok(Pass::clone(pass)),
            Self::App(app) => app.any_pass(client, clock).await,
        }
    }
}

impl App {
    async fn pass(&self, client: &Client, clock: &SharedClock, project: &str) -> Result<Pass, ForgeError> {
        let Some(known) = locked(&self.installations, |all| all.get(project).copied()) else {
            let found = self.find(client, project).await?;
            return self.seated(client, clock, found, project).await;
        };
        match self.seated(client, clock, known, project).await {
            // Taken away and installed again, an App has another number.
            Err(ForgeError::Gone { .. } | ForgeError::Denied { .. }) => {
                locked(&self.installations, |all| all.remove(project));
                let found = self.find(client, project).await?;
                self.seated(client, clock, found, project).await
            }
            other => other,
        }
    }

    async fn any_pass(&self, client: &Client, clock: &SharedClock) -> Result<Pass, ForgeError> {
        let known = locked(&self.installations, |all| all.keys().next().cloned());
        if let Some(project) = known {
            return self.pass(client, clock, &project).await;
        }
        let what = "listing the App's installations";
        let answer = client.send(&self.own, &Ask::get(what, "/app/installations?per_page=1")).await?;
        let found: Vec<wire::Installation> = answer.read(what)?;
        let id = found.first().and_then(|one| one.id).ok_or_else(|| ForgeError::Gone { what: what.to_owned() })?;
        self.seated(client, clock, id, "").await
    }

    async fn pass_to(
        &self,
        client: &Client,
        project: &str,
        installation: u64,
        permissions: Value,
    ) -> Result<Pass, ForgeError> {
        let what = format!("asking for an installation token for {}", client.spoken(project));
        let path = format!("/app/installations/{installation}/access_tokens");
        let name = project.rsplit('/').next().unwrap_or_default();
        let narrow = json!({ "repositories": [name], "permissions": permissions });
        let answer = client.send(&self.own, &Ask::change(Method::POST, what.as_str(), path, narrow)).await?;
        let secret = SecretString::from(answer.read::<wire::Token>(&what)?.token.unwrap_or_default());
        check_header(client.name(), &secret).map_err(|_| unreachable(&what, "the answer holds no usable token"))?;
        let lane = locked(&self.lanes, |all| Arc::clone(all.entry(installation).or_default()));
        self.bare.with(client.name(), &secret, lane, None, client.serial())
    }

    async fn find(&self, client: &Client, project: &str) -> Result<u64, ForgeError> {
        let what = format!("finding the App's installation on {}", client.spoken(project));
        let path = format!("{}/installation", route::repository(project));
        let answer = client.send(&self.own, &Ask::get(what.as_str(), path)).await?;
        let id = answer.read::<wire::Installation>(&what)?.id.ok_or(ForgeError::Gone { what })?;
        locked(&self.installations, |all| all.insert(project.to_owned(), id));
        Ok(id)
    }

    /// A pass with a token that is still good; a new one where there is none. No project: the token reads public things.
    async fn seated(&self, client: &Client, clock: &SharedClock, id: u64, project: &str) -> Result<Pass, ForgeError> {
        let seat = locked(&self.seats, |all| Arc::clone(all.entry((id, project.to_owned())).or_default()));
        let lane = locked(&self.lanes, |all| Arc::clone(all.entry(id).or_default()));
        let mut held = seat.token.lock().await;
        let now = clock.machine_now();
        let token = match held.take().filter(|token| token.until > now) {
            Some(token) => token,
            None => self.mint(client, now, id, project).await?,
        };
        let pass = self.bare.with(client.name(), &token.secret, lane, Some(Arc::clone(&seat)), token.serial);
        *held = Some(token);
        pass
    }

    async fn mint(&self, client: &Client, now: Moment, id: u64, project: &str) -> Result<Token, ForgeError> {
        let what = format!("asking for an installation token for {}", client.spoken(project));
        let path = format!("/app/installations/{id}/access_tokens");
        let narrow = match project.rsplit_once('/') {
            Some((_, name)) => {
                json!({ "repositories": [name], "permissions": { "issues": "write", "metadata": "read" } })
            }
            None => json!({ "permissions": { "metadata": "read" } }),
        };
        let narrowed = client.send(&self.own, &Ask::change(Method::POST, what.as_str(), path.as_str(), narrow)).await;
        let answer = match narrowed {
            // Renamed repositories and unusual installations do not allow it.
            Err(ForgeError::Invalid { .. } | ForgeError::Denied { status: 403, .. }) => {
                client.send(&self.own, &Ask::change(Method::POST, what.as_str(), path, json!({}))).await?
            }
            other => other?,
        };
        let given: wire::Token = answer.read(&what)?;
        let secret = SecretString::from(given.token.unwrap_or_default());
        check_header(client.name(), &secret).map_err(|_| unreachable(&what, "the answer holds no usable token"))?;
        Ok(Token { secret, until: kept_until(given.expires_at, now), serial: client.serial() })
    }
}

/// A stated end that lies in the past says that the clocks disagree, not that the token is spent.
fn kept_until(stated: Option<Moment>, now: Moment) -> Moment {
    let ours = now + KEPT;
    stated.map(|end| end - MARGIN).filter(|end| *end > now).map_or(ours, |end| end.min(ours))
}

impl Bare {
    fn with(
        &self,
        name: &str,
        token: &SecretString,
        lane: Arc<Lane>,
        seat: Option<Arc<Seat>>,
        serial: u64,
    ) -> Result<Pass, ForgeError> {
        let carry = |crab: &Octocrab| {
            crab.user_access_token(token.clone()).map_err(|_| unusable(format!("the token of `{name}`")))
        };
        Ok(Pass { rest: carry(&self.rest)?, graph: carry(&self.graph)?, lane, seat, serial })
    }
}

fn locked<T, R>(of: &Mutex<T>, look: impl FnOnce(&mut T) -> R) -> R {
    look(&mut of.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The addresses of REST and of GraphQL. An Enterprise Server answers at `/api/v3` and at `/api/graphql`.
fn addresses(config: &GithubConfig) -> Result<(String, String), ForgeError> {
    let rest = config.api_url.trim_end_matches('/');
    let whole = rest.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some() && uri.query().is_none()
    });
    if !whole {
        return Err(unusable(format!("the api_url of `{}`, which is no http or https address", config.name)));
    }
    let graph = rest.strip_suffix("/api/v3").map_or_else(|| rest.to_owned(), |host| format!("{host}/api"));
    Ok((rest.to_owned(), graph))
}

fn transport(
    config: &GithubConfig,
    base: &str,
    app: Option<(u64, octocrab::auth::EncodingKey)>,
) -> Result<Octocrab, ForgeError> {
    let what = format!("GitHub at the api_url of `{}`", config.name);
    let failed = |error: octocrab::Error| unreachable(&what, error.to_string());
    let builder =
        Octocrab::builder().set_connect_timeout(Some(config.timeouts.connect)).base_uri(base).map_err(failed)?;
    match app {
        Some((id, key)) => builder.app(AppId(id), key).build().map_err(failed),
        None => builder.build().map_err(failed),
    }
}

fn check_header(name: &str, token: &SecretString) -> Result<(), ForgeError> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unusable(format!("the token of `{name}`, which is empty or holds blanks or line breaks")));
    }
    Ok(())
}

/// A configuration that can never work.
fn unusable(what: String) -> ForgeError {
    ForgeError::Invalid { what, status: 0 }
}
