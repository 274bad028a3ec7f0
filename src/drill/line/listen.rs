//! Connections, and how they fail.
//!
//! What always holds: a request counts as in flight from its first byte read to its last byte answered, or until the
//! other side is gone; a request that hangs is given up after two minutes of the machine's time.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, Limited, combinators::BoxBody};
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Site, call::Call, locked, reply::Reply};
use crate::drill::faults::{Effect, How};

const PATIENCE: Duration = Duration::from_mins(2);
/// No honest request is larger.
const LARGEST: usize = 8 * 1024 * 1024;

type Error = std::io::Error;
type Payload = BoxBody<Bytes, Error>;

/// One thing in flight, however it ends.
pub(in super::super) struct Busy(Arc<AtomicUsize>);

impl Busy {
    pub(in super::super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Serves until it is aborted.
pub(in super::super) async fn accept<S: Site>(listener: TcpListener, state: Arc<S>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        connections.spawn(serve(stream, Arc::clone(&state)));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve<S: Site>(stream: TcpStream, state: Arc<S>) {
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        let answering: Pin<Box<dyn Future<Output = Result<Response<Payload>, Error>> + Send>> =
            Box::pin(async move { respond(&state, request).await });
        answering
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)).await.is_err() {
        // Without lingering, closing sends a reset instead of an orderly end.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

async fn respond<S: Site>(state: &Arc<S>, request: Request<Incoming>) -> Result<Response<Payload>, Error> {
    let busy = Busy::new(&state.line().busy);
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST).collect().await.map_err(Error::other)?.to_bytes();
    let call = Call::new(head, &body, S::PREFIXES);
    let line = state.line();
    let now = line.now();
    let struck = line.faults.strike(line.clock.machine_now(), call.method.as_str(), &call.path);
    line.served.fetch_add(1, Ordering::SeqCst);
    let dated = |reply| Reply::with(reply, "date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let Some((how, effect)) = struck else { return Ok(written::<S>(dated(state.answer(&call, now)), busy, false)) };
    let done = match effect {
        Effect::AtOnce => Some(state.answer(&call, now)),
        // A cut answer is the true one, so what it answers is done.
        _ if how == How::Truncated => Some(state.answer(&call, now)),
        Effect::Later(span) => {
            locked(&line.ghosts).keep(line.clock.machine_now() + span, call.clone());
            None
        }
        Effect::Nothing => None,
    };
    match how {
        How::Status(status) => Ok(written::<S>(dated(S::broken(status)), busy, false)),
        How::TooMany(wait) => Ok(written::<S>(dated(S::too_many(wait, now)), busy, false)),
        How::Reset => Err(Error::other("reset on purpose")),
        How::Hang => {
            tokio::time::sleep(PATIENCE).await;
            Err(Error::other("nobody gave up"))
        }
        How::Truncated => {
            let whole = done.unwrap_or_else(|| S::broken(500));
            Ok(written::<S>(dated(whole), busy, true))
        }
    }
}

/// The answer on the wire; `cut` breaks it off in the middle.
fn written<S: Site>(reply: Reply, busy: Busy, cut: bool) -> Response<Payload> {
    let (status, headers_of) = (reply.status, reply.headers.clone());
    let (kind, bytes) = reply.bytes();
    let body = Counted { inner: Full::new(bytes.clone()), cut, _busy: busy };
    let mut response = Response::new(BoxBody::new(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !bytes.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    S::dress(headers);
    for (name, value) in headers_of {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// A body that is in flight until it is dropped, and that may break off.
struct Counted {
    inner: Full<Bytes>,
    cut: bool,
    _busy: Busy,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Error>>> {
        use std::task::Poll;
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) if self.cut => match frame.into_data() {
                Ok(data) if data.len() > 1 => Poll::Ready(Some(Ok(Frame::data(data.slice(..data.len() / 2))))),
                _ => Poll::Ready(Some(Err(Error::other("cut on purpose")))),
            },
            Poll::Ready(None) if self.cut => Poll::Ready(Some(Err(Error::other("cut on purpose")))),
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(frame))),
            Poll::Ready(Some(Err(never))) => match never {},
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.cut && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
