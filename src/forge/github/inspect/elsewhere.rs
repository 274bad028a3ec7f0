//! Whether the configured address leads to another server: a host's old name, or `http` where the server wants `https`.
//! The transport follows there without the token, so what it is told there says nothing about this configuration.
//!
//! What always holds: nothing secret is sent; of where the address leads, scheme, host and port are told and nothing else.

use http::header::LOCATION;
use reqwest::{Client, Url, redirect::Policy};

use super::super::Timeouts;

/// Where questions below this address lead, and the address to configure instead; `None` where they stay.
pub(super) async fn leads(api_url: &str, path: &str, timeouts: Timeouts) -> Option<String> {
    let api = Url::parse(api_url).ok()?;
    let asked = Url::parse(&format!("{}{path}", api_url.trim_end_matches('/'))).ok()?;
    // The library's transport knows no proxy either.
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total)
        .user_agent(concat!("hotwash/", env!("CARGO_PKG_VERSION")))
        .build()
        .ok()?;
    let answer = client.get(asked.clone()).send().await.ok()?;
    if !answer.status().is_redirection() {
        return None;
    }
    let to = asked.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()?.origin();
    let place = to.ascii_serialization();
    let same_path = api.path().trim_end_matches('/');
    (to.is_tuple() && to != api.origin()).then(|| {
        format!("it redirects to {place}, where the token is not sent; write api_url = \"{place}{same_path}\"")
    })
}
