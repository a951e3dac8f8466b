//! A bare axum handler that answers every request with the bytes of one file: how fast a read could be at best.

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use bytes::Bytes;

/// Serves until it is killed; prints its port.
pub(crate) async fn serve(file: &std::path::Path) -> Result<()> {
    let body = Bytes::from(std::fs::read(file)?);
    let handler = async move || ([("content-type", "application/json")], body);
    let router = Router::new().route("/{*path}", get(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    crate::results::say(&listener.local_addr()?.port().to_string());
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await?;
    Ok(())
}
