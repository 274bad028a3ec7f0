//! Sending a delivery to a place on this machine, and reading what is answered.

use std::{collections::BTreeMap, net::IpAddr};

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How much of an answer is kept.
const KEPT: usize = 64 * 1024;

/// What came of an attempt: a status with headers and text, or why there is none.
pub(in super::super) type Ending = Result<(u16, BTreeMap<String, String>, String), &'static str>;

/// Sends a body to a place on this machine.
pub(in super::super) async fn post(url: &str, headers: &BTreeMap<String, String>, payload: Bytes) -> Ending {
    let uri: Uri = url.parse().map_err(|_| "invalid address")?;
    let (Some("http"), Some(host), port) = (uri.scheme_str(), uri.host(), uri.port_u16().unwrap_or(80)) else {
        return Err("not on this machine");
    };
    // Nothing of a drill leaves the machine, whatever a hook says.
    let address: IpAddr = match host {
        "localhost" => IpAddr::from([127, 0, 0, 1]),
        host => host.trim_matches(['[', ']']).parse().map_err(|_| "not on this machine")?,
    };
    if !address.is_loopback() {
        return Err("not on this machine");
    }
    let stream = TcpStream::connect((address, port)).await.map_err(|_| "failed to connect to host")?;
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| "failed to connect")?;
    let mut request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()));
    request = request.header(http::header::HOST, format!("{host}:{port}"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(payload)).map_err(|_| "invalid request")?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(|_| "no answer")?;
        read(response).await
    };
    // The connection is driven by this very task, so it ends with it.
    tokio::select! {
        ending = answered => ending,
        _ = connection => Err("the connection broke"),
    }
}

async fn read(response: Response<Incoming>) -> Ending {
    let (head, body) = response.into_parts();
    let headers = head.headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    let headers = headers.collect();
    let text = match Limited::new(body, KEPT).collect().await {
        Ok(whole) => String::from_utf8_lossy(&whole.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    Ok((head.status.as_u16(), headers, text))
}
