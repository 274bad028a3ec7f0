//! One connection, from accepting to closing.
//!
//! What always holds: it ends by itself, by a deadline, by being asked to make room, or by the drain; the last answer
//! reaches a peer that is still sending. What is deliberately not here: how many there are (`listen`).

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{Router, body::Body, response::Response};
use hyper::{Request, body::Incoming, server::conn::http1, service::Service as HyperService};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use super::{limits::Limits, pulse::Pulse};

/// hyper takes no smaller read buffer.
const SMALLEST_BUFFER: usize = 8 * 1024;

/// Why a connection ended; the word for it in metrics.
pub(super) type Ending = &'static str;

/// Serves one connection to its end.
pub(super) async fn run(
    stream: TcpStream,
    router: Router,
    limits: Arc<Limits>,
    pulse: Arc<Pulse>,
    mut drain: watch::Receiver<bool>,
) -> Ending {
    let io = TokioIo::new(Socket { stream, pulse: Arc::clone(&pulse) });
    let mut http = http1::Builder::new();
    // `Pulse` tells a header from an idle connection, which hyper's own timer cannot.
    http.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(limits.header_bytes.max(SMALLEST_BUFFER));
    // The buffer may grow past its limit in one read; the header may not.
    http.max_header_size(limits.header_bytes);
    let mut conn = http.serve_connection(io, Desk { router, pulse: Arc::clone(&pulse) });
    let mut alarm = Box::pin(sleep(limits.first_byte));
    let mut draining = false;
    let ending = loop {
        tokio::select! {
            // The connection goes first: what it just heard counts before a deadline does.
            biased;
            done = poll_fn(|cx| conn.poll_without_shutdown(cx)) => break if done.is_ok() { "done" } else { "broken" },
            phase = poll_fn(|cx| pulse.poll_overdue(cx, alarm.as_mut(), &limits)) => return phase.name(),
            () = pulse.leaving() => return "room",
            _ = drain.wait_for(|on| *on), if !draining => {
                draining = true;
                Pin::new(&mut conn).graceful_shutdown();
            }
        }
    };
    linger(conn.into_parts().io.into_inner().stream, limits.linger).await;
    ending
}

/// Closes so that the peer can read the last answer: closing with unread bytes would reset the connection, and the
/// reset destroys what the peer has not read yet.
async fn linger(mut stream: TcpStream, limit: Duration) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut waste = vec![0; 16 * 1024];
    let discard = async { while stream.read(&mut waste).await.is_ok_and(|count| count > 0) {} };
    // Either way the connection is over.
    let _ = timeout(limit, discard).await;
}

/// Hands requests to the router and notes when one begins and ends.
struct Desk {
    router: Router,
    pulse: Arc<Pulse>,
}

impl HyperService<Request<Incoming>> for Desk {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.pulse.busy();
        let (router, pulse) = (self.router.clone(), Arc::clone(&self.pulse));
        Box::pin(async move {
            let response = router.oneshot(request.map(Body::new)).await;
            pulse.answered();
            response
        })
    }
}

/// A stream that notes when bytes come in.
struct Socket {
    stream: TcpStream,
    pulse: Arc<Pulse>,
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.pulse.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
