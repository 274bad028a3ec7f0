//! `hotwash probe`: asks a running server whether it is ready, for container health checks.

use std::{net::SocketAddr, path::Path, time::Duration};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt as _, Collected, Empty, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use crate::config::{Config, DEFAULT_CONFIG};

use super::{Failure, out::say, runtime, with_causes};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Parser)]
pub(super) struct Args {
    /// What to ask. Default: `/readyz` where the configuration says that the server listens.
    #[arg(long)]
    url: Option<http::Uri>,
}

/// No honest answer of this program is longer.
const LONGEST: usize = 16 * 1024;

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Failure> {
    // Nobody said where the server is.
    let is_guess = args.url.is_none() && config == Path::new(DEFAULT_CONFIG) && !config.exists();
    let url = match &args.url {
        Some(url) => url.clone(),
        None => configured(config, is_guess)?,
    };
    if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        let advice = "the server asks for no name and password; leave what stands before the @ out of --url";
        return Err(Failure::Usage(advice.to_owned()));
    }
    if url.scheme_str() != Some("http") || url.host().is_none() {
        let advice = "ask the server itself, in plain HTTP, as in http://127.0.0.1:8080/readyz";
        return Err(Failure::Usage(format!("cannot ask {url}: {advice}")));
    }
    runtime()?.block_on(async {
        let asked = tokio::time::timeout(PATIENCE, ask(&url)).await;
        asked.unwrap_or_else(|_| Err(Failure::Outside(format!("{url} did not answer within 5 s"))))
    })
    .map_err(|failure| match failure {
        Failure::Outside(why) if is_guess => Failure::Outside(format!(
            "{why}; there is no {DEFAULT_CONFIG} here, so the usual place was asked: name the configuration with --config \
             FILE, or the address with --url URL"
        )),
        other => other,
    })
}

/// Where the server listens, by its configuration; its usual place where there is none.
fn configured(config: &Path, is_guess: bool) -> Result<http::Uri, Failure> {
    let listen = if is_guess {
        crate::config::ServerSettings::default_listen()
    } else {
        Config::listen_alone(config).map_err(|problems| Failure::Usage(problems.to_string()))?
    };
    let url = format!("http://{}/readyz", reachable(listen));
    url.parse().map_err(|_| Failure::Usage(format!("cannot ask {url}; name the address with --url")))
}

/// Who listens everywhere is asked on the machine itself.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let mut address = listen;
    if listen.ip().is_unspecified() {
        let loopback: std::net::IpAddr =
            if listen.is_ipv4() { std::net::Ipv4Addr::LOCALHOST.into() } else { std::net::Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    address
}

async fn ask(url: &http::Uri) -> Result<(), Failure> {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let unreachable = |error| Failure::Outside(format!("cannot reach {url}: {}", with_causes(&error)));
    let response = client.get(url.clone()).await.map_err(unreachable)?;
    let status = response.status();
    // The reasons are in the answer; without them the status has to do.
    let said = Limited::new(response.into_body(), LONGEST).collect().await.map(Collected::to_bytes).unwrap_or_default();
    if !status.is_success() {
        return Err(Failure::Outside(format!("not ready: {url} answered {status} {}", short(&said))));
    }
    let answer: serde_json::Value = serde_json::from_slice(&said).unwrap_or_default();
    // `/healthz` says no more than that the process lives.
    if said.trim_ascii() != b"ok" && answer.get("ready") != Some(&serde_json::Value::Bool(true)) {
        return Err(Failure::Outside(format!(
            "{url} answered {status}, but not as this program does; ask its /readyz"
        )));
    }
    say(&ready(&answer));
    Ok(())
}

/// The reasons, or the beginning of whatever somebody else's server says.
fn short(said: &[u8]) -> String {
    const SHOWN: usize = 2_000;
    let text = String::from_utf8_lossy(said);
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(SHOWN).collect()
}

/// That it is, with whatever needs attention all the same.
fn ready(said: &serde_json::Value) -> String {
    let list = said.get("attention").and_then(serde_json::Value::as_array);
    let attention: Vec<&str> = list.into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
    if attention.is_empty() {
        return "ready".to_owned();
    }
    format!("ready; needs attention: {}", attention.join("; "))
}
