//! Who may ask: a browser on this machine that was led here by one of our own pages.
//!
//! What always holds: a foreign name that resolves to this machine (DNS rebinding) is refused by `Host`; a foreign page
//! that sends a form here (request forgery) is refused by `Origin`. What is deliberately not here: users; whoever sits
//! at this machine may take part.

use http::{Method, StatusCode, header, request::Request};

/// Why a request is refused.
pub(super) type Refused = (StatusCode, &'static str);

/// # Errors
/// Why the request is refused.
pub(super) fn admit<B>(request: &Request<B>, port: u16) -> Result<(), Refused> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST).filter(|host| is_ours(host, port)) else {
        let why = "This page is for browsers on this machine; open it by the address that the drill printed.";
        return Err((StatusCode::MISDIRECTED_REQUEST, why));
    };
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    let same = text(header::ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") == Some(host));
    if looks || same {
        return Ok(());
    }
    Err((StatusCode::FORBIDDEN, "This form was sent by another page; nothing was done."))
}

fn is_ours(host: &str, port: u16) -> bool {
    let (name, stated) = match host.rsplit_once(':') {
        Some((name, stated)) if !name.is_empty() => (name, stated.parse().ok()),
        _ => (host, Some(80)),
    };
    stated == Some(port) && ["127.0.0.1", "localhost"].iter().any(|ours| name.eq_ignore_ascii_case(ours))
}
