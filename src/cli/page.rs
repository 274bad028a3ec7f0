//! `hotwash drill --interactive`: the stage, and the page on which people take part.
//!
//! What always holds: the page listens on the loopback only; the port is taken before anything else is set up.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    drill::{
        faults::Faults,
        page::{Door, Keeper, door},
        script::Script,
        service::Service,
        stage::Stage,
    },
    web::{self, Limits, Pages},
};

use super::{Failure, drill::failed, out::say, serve::terminated};

/// The longest text with all its letters spelled out as forms do, and some.
const LARGEST_FORM: usize = 2 * 1024 * 1024;
/// Letting a week pass takes a while.
const LONGEST_ANSWER: Duration = Duration::from_mins(5);

/// Runs until told to stop.
pub(super) async fn run(script: &Script, program: &dyn Service, port: u16) -> Result<(), Failure> {
    let listener = listener(port).await?;
    let address = listener.local_addr()?;
    let asked_to_stop = terminated()?;
    let faults = Faults::new(u64::from(script.seed));
    let stage = Stage::set(script, program, faults).await.map_err(|trouble| failed(&trouble))?;
    let keeper = Keeper::new(stage, script, address)?;
    let (door, bell) = door();
    let (leave, leaving) = watch::channel(false);
    let left = async move {
        let mut leaving = leaving;
        // The other end is gone only if the page is, too.
        let _ = leaving.wait_for(|leave| *leave).await;
    };
    let pages = tokio::spawn(web::serve_pages(listener, Arc::new(Open(door)), limits(), left));
    say(&format!("EXERCISE: take part at http://{address}/ (Ctrl+C ends the drill, and nothing of it is kept)"));
    let kept = keeper.run(bell, asked_to_stop).await;
    let _ = leave.send(true);
    // Whoever still waits is told that the drill is over.
    let _ = pages.await;
    kept.map_err(|trouble| failed(&trouble))
}

async fn listener(port: u16) -> Result<TcpListener, Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| {
        let advice = "choose another with --port, or leave it out and any free one is taken";
        Failure::Usage(format!("the page cannot listen on {address}: {error}; {advice}"))
    })
}

fn limits() -> Limits {
    Limits {
        connections: 64,
        body_bytes: LARGEST_FORM,
        bodies_bytes: 8 * LARGEST_FORM,
        acknowledge: LONGEST_ANSWER,
        drain: Duration::from_secs(2),
        ..Limits::default()
    }
}

/// The door of the page, as the accept loop sees it.
struct Open(Door);

#[async_trait]
impl Pages for Open {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.0.answer(request).await
    }
}
