//! A body that has to be there in time: whoever sends it drop by drop holds nothing of ours for longer.
//!
//! Never cuts off what has already been read: only the waiting ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody as _};
use futures_util::{Stream, StreamExt as _};
use tokio::time::Instant;

/// Told when a body did not come in time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Late(Arc<AtomicBool>);

impl Late {
    /// Whether it did not.
    pub(crate) fn is_late(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The body, which fails when it is not there within the time; a request without a body is left as it is.
pub(crate) fn within(body: Body, time: Duration) -> (Body, Option<Late>) {
    if body.is_end_stream() {
        return (body, None);
    }
    let late = Late::default();
    let stream = timed(body, Instant::now() + time, late.clone());
    (Body::from_stream(stream), Some(late))
}

fn timed(
    body: Body,
    until: Instant,
    late: Late,
) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
    let parts = (Box::pin(body.into_data_stream()), late);
    futures_util::stream::unfold(Some(parts), move |parts| async move {
        let (mut stream, late) = parts?;
        match tokio::time::timeout_at(until, stream.next()).await {
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some((stream, late)))),
            Ok(Some(Err(error))) => Some((Err(error.into()), None)),
            Ok(None) => None,
            Err(elapsed) => {
                late.0.store(true, Ordering::Relaxed);
                Some((Err(elapsed.into()), None))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_is_there_in_time_is_whole() {
        let (body, late) = within(Body::from("all of it"), Duration::from_secs(5));
        let bytes = axum::body::to_bytes(body, 100).await.unwrap();
        assert_eq!(
            (&*bytes, late.unwrap().is_late()),
            (&b"all of it"[..], false)
        );
        assert!(within(Body::empty(), Duration::ZERO).1.is_none());
    }

    #[tokio::test]
    async fn a_body_that_stays_away_is_given_up_when_the_time_is_over() {
        let first = futures_util::stream::iter([Ok::<_, BoxError>(Bytes::from_static(b"x"))]);
        let body = Body::from_stream(first.chain(futures_util::stream::pending()));
        let (body, late) = within(body, Duration::from_millis(20));
        assert!(axum::body::to_bytes(body, 1000).await.is_err());
        assert!(late.unwrap().is_late());
    }
}
