//! What goes back to the browser.
//!
//! What always holds: every answer forbids scripts, foreign resources, framing, caching and guessing of types.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// Nothing but our own style sheet, pictures of our own, and forms that lead here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A page.
pub(super) fn html(status: StatusCode, text: String) -> Response<Bytes> {
    with(status, "text/html; charset=utf-8", text)
}

/// A sentence.
pub(super) fn plain(status: StatusCode, text: &str) -> Response<Bytes> {
    with(status, "text/plain; charset=utf-8", format!("{text}\n"))
}

/// A style sheet.
pub(super) fn style(text: String) -> Response<Bytes> {
    with(StatusCode::OK, "text/css; charset=utf-8", text)
}

/// "Look there": after a form, so that reloading sends nothing again.
pub(super) fn look_at(place: &str) -> Response<Bytes> {
    let mut response = plain(StatusCode::SEE_OTHER, "Look at the page that this leads to.");
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// Nobody keeps the stage any more.
pub(super) fn over() -> Response<Bytes> {
    plain(StatusCode::SERVICE_UNAVAILABLE, "The drill is over.")
}

fn with(status: StatusCode, kind: &'static str, text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        // "no-referrer" would take the origin from our own forms as well.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}
