//! Serving HTTP: binds, sets sockets up for short answers, and drains requests at the end.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

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
    /// The listener failed.
    #[error("serving HTTP failed: {0}")]
    Serve(#[from] std::io::Error),
}

/// Opens the port, so that a caller knows the address before anything is served.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Bind { address, source })
}

/// Serves until the signal, then finishes what has begun, at most [`DRAIN`] long.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    // Answers are small and complete: waiting to fill a packet only costs the reader time.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let mut draining = shutdown.clone();
    let mut stopping = shutdown;
    let server =
        axum::serve(listener, router).with_graceful_shutdown(async move { stopping.wait().await });
    tokio::select! {
        result = server => Ok(result?),
        () = async { draining.wait().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!(seconds = DRAIN.as_secs(), "some requests did not finish in time and were cut off");
            Ok(())
        }
    }
}
