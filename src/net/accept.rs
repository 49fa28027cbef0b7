//! A worker's accept loop: its own listener on the shared port, hyper's HTTP/1 on each connection.
//!
//! Heads must arrive within five seconds; a connection that only half speaks is dropped. On drain the
//! loop accepts until nothing is queued, so that no connection the kernel has taken is reset.

use axum::Router;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use footage_protocol::settings;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;
use tracing::{debug, warn};

use crate::telemetry::metrics;

/// Connections the kernel may queue for one worker.
const BACKLOG: i32 = 1024;
/// A request head may be this long.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// How long to wait when the process is out of file descriptors.
const OUT_OF_DESCRIPTORS_WAIT: Duration = Duration::from_millis(100);
/// The queue counts as empty when nothing came for this long.
const DRAIN_WAIT: Duration = Duration::from_millis(50);

/// The other side of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Makes sure that nobody else serves `address`, and settles its port when that is 0.
///
/// # Errors
/// When the address is taken or not ours.
pub fn claim(address: SocketAddr) -> io::Result<SocketAddr> {
    std::net::TcpListener::bind(address)?.local_addr()
}

/// One more listener on a claimed address; the kernel spreads connections over all of them.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listener(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Serves `router` on this thread until `stopping` turns true.
pub async fn serve(
    listener: std::net::TcpListener,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return warn!(%error, "a worker cannot listen"),
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|&stopping| stopping) => break,
        };
        match accepted {
            Ok((stream, peer)) => serve_connection(stream, peer, &router, &stopping),
            Err(error) => {
                debug!(%error, "could not accept a connection");
                tokio::time::sleep(OUT_OF_DESCRIPTORS_WAIT).await;
            }
        }
    }
    while let Ok(Ok((stream, peer))) = tokio::time::timeout(DRAIN_WAIT, listener.accept()).await {
        serve_connection(stream, peer, &router, &stopping);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a connection lives on its worker's thread and ends by its own timeouts"
)]
fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: &Router,
    stopping: &watch::Receiver<bool>,
) {
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(60));
    let _ = SockRef::from(&stream).set_tcp_keepalive(&keepalive);
    let _ = stream.set_nodelay(true);
    let service =
        router
            .clone()
            .map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(ConnectInfo(Peer(peer)));
                request
            });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(
            settings().intervals.http_head_timeout_ms,
        ))
        .max_buf_size(HEAD_BYTES_MAX.next_power_of_two());
    let connection = http
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut stopping = stopping.clone();
    tokio::task::spawn_local(async move {
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            _ = stopping.wait_for(|&stopping| stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            if error.is_timeout() {
                metrics::head_timed_out();
            }
            debug!(%error, "a connection ended with an error");
        }
    });
}
