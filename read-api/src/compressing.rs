//! Compression for those who ask for it; who does not, does not pay for the question.
//!
//! Never touches a request without Accept-Encoding.

use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either};
use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG};
use tower::{Layer, Service};
use tower_http::CompressionLevel;
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{Compression, CompressionLayer};

/// Below this, headers and a packet cost more than the bytes that are saved.
const SMALLEST: u64 = 512;

/// br, zstd and gzip for answers that are worth it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compressing;

impl<S: Clone> Layer<S> for Compressing {
    type Service = Negotiated<S>;

    fn layer(&self, plain: S) -> Negotiated<S> {
        // Documents are small: the quickest level saves most of the bytes at half the time of the usual one.
        let layer = CompressionLayer::new()
            .quality(CompressionLevel::Fastest)
            .compress_when(SizeAbove::new(SMALLEST));
        Negotiated {
            compressed: layer.layer(plain.clone()),
            plain,
        }
    }
}

/// A service twice: as it is, and compressed.
#[derive(Clone)]
pub(crate) struct Negotiated<S> {
    plain: S,
    compressed: Compression<S, SizeAbove>,
}

impl<S> Service<Request> for Negotiated<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<S::Future, BoxFuture<'static, Result<Response, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.plain.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !request.headers().contains_key(ACCEPT_ENCODING) {
            return Either::Left(self.plain.call(request));
        }
        let compressed = self.compressed.call(request);
        let answered = compressed.map(|answer| Ok(weakened(answer?.map(Body::new))));
        Either::Right(answered.boxed())
    }
}

/// Compressed bytes are not the bytes that the strong tag stands for, only the same document.
fn weakened(mut response: Response) -> Response {
    if response.headers().contains_key(CONTENT_ENCODING)
        && let Some(tag) = response.headers().get(ETAG)
        && !tag.as_bytes().starts_with(b"W/")
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
    {
        response.headers_mut().insert(ETAG, weak);
    }
    response
}
