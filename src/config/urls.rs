//! URLs of services. Problems never quote a URL: it can carry a password.

use std::net::IpAddr;

use http::Uri;

use crate::document::Node;

/// Which schemes are good enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `https`, or `http` on loopback: tokens travel along.
    Guarded,
    /// Both.
    Any,
}

/// A URL without query, fragment, user and trailing slash.
pub(super) fn url(node: &Node<'_>, scheme: Scheme) -> Option<String> {
    let text = node.text()?;
    match fault(text, scheme) {
        None => Some(text.trim_end_matches('/').to_owned()),
        Some(fault) => {
            node.reject(fault);
            None
        }
    }
}

fn fault(text: &str, scheme: Scheme) -> Option<&'static str> {
    let Some(uri) = text.parse::<Uri>().ok().filter(|uri| uri.scheme().is_some() && !text.contains('#')) else {
        return Some("is not a URL; write it like https://hotwash.example.org");
    };
    let (Some(host), Some(authority)) = (uri.host().filter(|host| !host.is_empty()), uri.authority()) else {
        return Some("is not a URL with a host; write it like https://hotwash.example.org");
    };
    if authority.as_str().contains('@') {
        return Some("carries a user or password; keep secrets out of URLs");
    }
    if uri.query().is_some() {
        return Some("has a query (the part after ?); leave it out");
    }
    match uri.scheme_str() {
        Some("https") => None,
        Some("http") if scheme == Scheme::Any || is_loopback(host) => None,
        Some("http") => Some("is http://, which sends the token in clear; use https:// (http:// is for loopback only)"),
        _ => Some("has a scheme that is not allowed; use https://"),
    }
}

/// Names count only where they cannot lead anywhere else.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
