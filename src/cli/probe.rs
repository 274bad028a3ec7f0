//! `hotwash probe`: asks a running server whether it is ready, for container health checks.

use std::time::Duration;

use bytes::Bytes;
use clap::Parser;
use http_body_util::Empty;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::{Failure, out::say, runtime};

#[derive(Debug, Parser)]
pub(super) struct Args {
    /// What to ask.
    #[arg(long, default_value = "http://127.0.0.1:8080/readyz")]
    url: http::Uri,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let answer = tokio::time::timeout(Duration::from_secs(5), client.get(args.url.clone())).await;
        match answer {
            Ok(Ok(response)) if response.status().is_success() => {
                say("ready");
                Ok(())
            }
            Ok(Ok(response)) => {
                Err(Failure::Outside(format!("not ready: {} answered {}", args.url, response.status())))
            }
            Ok(Err(error)) => Err(Failure::Outside(format!("cannot reach {}: {error}", args.url))),
            Err(_) => Err(Failure::Outside(format!("{} did not answer within 5 s", args.url))),
        }
    })
}
