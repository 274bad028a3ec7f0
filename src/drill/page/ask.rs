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
        let mut asked = form_urlencoded::parse(query.as_bytes());
        let note = asked.find(|(name, _)| name == "note").and_then(|(_, number)| number.parse().ok());
        Ok(Self { sent, path: request.uri().path().to_owned(), note })
    }
}

fn is_form(request: &Request<Bytes>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
