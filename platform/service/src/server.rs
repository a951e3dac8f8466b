//! Serving HTTP: binds, accepts so many connections, hurries those who send nothing, and drains requests at the end.
//!
//! Never waits for a peer without a bound.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::shutdown::Shutdown;

/// How long requests may take to finish after the signal to stop.
pub const DRAIN: Duration = Duration::from_secs(20);

/// Why serving could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}; choose another with --listen")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Opens the port, so that a caller knows the address before anything is served.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Bind { address, source })
}

/// Header fields that hyper takes when it is not told how many.
const HYPERS_HEAD_FIELDS: usize = 100;

/// How much a connection may ask of us before it has sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServeOptions {
    /// Connections at the same time; more of them wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take, from the moment that the connection is free for it: so long an idle
    /// connection is kept, too.
    pub head_time: Duration,
    /// Bytes that the head of a request may have; a larger one is answered with 431.
    pub head_bytes: usize,
    /// Header fields that a request may have; more are answered with 431.
    pub head_fields: usize,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            connections: 8192,
            head_time: Duration::from_secs(30),
            head_bytes: 32 * 1024,
            head_fields: HYPERS_HEAD_FIELDS,
        }
    }
}

/// Serves with the usual options until the signal, then finishes what has begun, at most [`DRAIN`] long.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    serve_with(listener, router, ServeOptions::default(), shutdown).await
}

/// The same with other options.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    options: ServeOptions,
    mut shutdown: Shutdown,
) -> Result<(), ServeError> {
    let places = Arc::new(Semaphore::new(options.connections));
    let (builder, draining) = (builder(options), GracefulShutdown::new());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = shutdown.wait() => break,
        };
        let Some((stream, peer, place)) = accepted else {
            continue;
        };
        let service = router
            .clone()
            .map_request(move |request| with_peer(request, peer));
        let io = TokioIo::new(stream);
        let connection = builder.serve_connection(io, TowerToHyperService::new(service));
        let connection = draining.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::trace!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, draining.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            seconds = DRAIN.as_secs(),
            "some requests did not finish in time and were cut off"
        );
    }
    Ok(())
}

/// HTTP/1 alone: a connection that must first tell which version it speaks could wait for ever.
fn builder(options: ServeOptions) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    let mut http1 = builder.http1();
    http1
        .timer(TokioTimer::new())
        .header_read_timeout(options.head_time)
        .max_buf_size(options.head_bytes);
    // Room for hyper's own number lies on the stack; for any other it is asked for with every request.
    if options.head_fields != HYPERS_HEAD_FIELDS {
        http1.max_headers(options.head_fields);
    }
    builder
}

/// The next connection and its place; none when that one came to nothing.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are small and complete: waiting to fill a packet only costs the reader time.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY could not be set");
            }
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::debug!(%error, "a connection could not be accepted");
            let of_the_peer = matches!(
                error.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::ConnectionReset
            );
            if !of_the_peer {
                // Out of descriptors, for example: others have to end first.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            None
        }
    }
}

fn with_peer(mut request: http::Request<Incoming>, peer: SocketAddr) -> http::Request<Body> {
    request.extensions_mut().insert(ConnectInfo(peer));
    request.map(Body::new)
}
