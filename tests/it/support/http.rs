//! A small HTTP/1 server for the tests' own peers. Unlike a framework it can also misbehave on purpose: never answer,
//! or break the connection instead of answering.

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// What a handler decides to do with a request.
pub(crate) enum Answer {
    Send(Response<Bytes>),
    /// Say nothing until the other side gives up.
    Hang,
    /// Break the connection (RST) without a word.
    Reset,
}

type Handler = Arc<dyn Fn(Request<Bytes>) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// A server on a free port of the loopback, until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start<F, A>(handler: F) -> Self
    where
        F: Fn(Request<Bytes>) -> A + Send + Sync + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let handler: Handler = Arc::new(move |request| Box::pin(handler(request)));
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&handler)));
                while connections.try_join_next().is_some() {}
            }
        });
        Self { address, accepting }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A response with a status and a JSON body.
pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(body.into()).unwrap()
}

async fn serve(stream: TcpStream, handler: Handler) {
    let service = service_fn(move |request: Request<Incoming>| {
        let handler = Arc::clone(&handler);
        let answering: Pin<Box<dyn Future<Output = Result<_, std::io::Error>> + Send>> = Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
            match handler(Request::from_parts(head, body)).await {
                Answer::Send(response) => Ok(response.map(Full::new)),
                Answer::Hang => std::future::pending().await,
                Answer::Reset => Err(std::io::Error::other("reset on purpose")),
            }
        });
        answering
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)).await.is_err() {
        // Without lingering, closing sends a reset instead of an orderly end.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}
