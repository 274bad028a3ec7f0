//! A request, taken apart.

use bytes::Bytes;
use http::{Method, Request, header};

use super::fields::Fields;

/// What is asked.
pub(super) struct Ask {
    /// `POST` with its fields; `None` for a look.
    pub(super) sent: Option<Fields>,
    /// As in the address.
    pub(super) path: String,
    /// The sentence to be shown, by its number.
    pub(super) note: Option<u64>,
    /// As whom the window acts, as its address says.
    pub(super) acts_as: Option<String>,
    /// The same of the page that led here.
    pub(super) acted_as: Option<String>,
    /// The window waits for the clock to arrive.
    pub(super) waits: bool,
}

/// What cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    Method,
    Kind,
}

impl Ask {
    pub(super) fn read(request: &Request<Bytes>) -> Result<Self, Odd> {
        let sent = match *request.method() {
            Method::GET | Method::HEAD => None,
            Method::POST if is_form(request) => Some(Fields::read(request.body())),
            Method::POST => return Err(Odd::Kind),
            _ => return Err(Odd::Method),
        };
        let query = request.uri().query().unwrap_or_default();
        let came_from = request.headers().get(header::REFERER).and_then(|from| from.to_str().ok()).unwrap_or_default();
        let came_from = came_from.split_once('?').map_or("", |(_, query)| query);
        Ok(Self {
            sent,
            path: request.uri().path().to_owned(),
            note: value(query, "note").and_then(|number| number.parse().ok()),
            acts_as: value(query, "as"),
            acted_as: value(came_from, "as"),
            waits: value(query, "waits").is_some(),
        })
    }
}

/// The first value of a name in the part of an address after `?`.
fn value(query: &str, name: &str) -> Option<String> {
    let query = query.split('#').next().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn is_form(request: &Request<Bytes>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
