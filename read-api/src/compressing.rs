//! Compression for those who ask for it; who does not, does not pay for the question.
//!
//! A hot document is compressed once for each encoding; what is joined for one answer (a list) each time. Never touches
//! a request without Accept-Encoding.

mod encoding;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, ETAG};
use http::{HeaderValue, StatusCode};
use tower::{Layer, Service, ServiceExt as _, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::cache::{HotDocuments, Kept};
pub(crate) use encoding::Encoding;

/// Below this, headers and a packet cost more than the bytes that are saved.
const SMALLEST: usize = 512;

/// br, zstd and gzip for answers that are worth it.
#[derive(Clone)]
pub(crate) struct Compressing {
    hot: Arc<HotDocuments>,
}

impl Compressing {
    /// Compressed forms are kept beside these documents.
    pub(crate) fn new(hot: Arc<HotDocuments>) -> Self {
        Self { hot }
    }
}

impl<S> Layer<S> for Compressing {
    type Service = Negotiated<S>;

    fn layer(&self, plain: S) -> Negotiated<S> {
        Negotiated {
            plain,
            hot: Arc::clone(&self.hot),
        }
    }
}

/// A service whose answers are compressed for those who want that.
#[derive(Clone)]
pub(crate) struct Negotiated<S> {
    plain: S,
    hot: Arc<HotDocuments>,
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
        // Most clients that measure or script send none.
        if !request.headers().contains_key(ACCEPT_ENCODING) {
            return Either::Left(self.plain.call(request));
        }
        let Some(encoding) = Encoding::preferred(request.headers()) else {
            return Either::Left(self.plain.call(request));
        };
        let hot = Arc::clone(&self.hot);
        let answering = self.plain.call(request);
        let encoded = async move { Ok(encoded(&hot, encoding, answering.await?).await) };
        Either::Right(encoded.boxed())
    }
}

/// The answer as this reader gets it.
async fn encoded(hot: &HotDocuments, encoding: Encoding, mut answer: Response) -> Response {
    let Some(kept) = answer.extensions_mut().remove::<Kept>() else {
        return weakened(compress(encoding, CompressionLevel::Fastest, answer).await);
    };
    if kept.body().len() < SMALLEST {
        return answer;
    }
    // Not modified: the tag is the one that the whole answer would have.
    if answer.status() != StatusCode::OK {
        return weak(answer);
    }
    match form(hot, encoding, &kept).await {
        Some(form) => {
            let headers = answer.headers_mut();
            headers.insert(CONTENT_ENCODING, encoding.name());
            headers.remove(CONTENT_LENGTH);
            *answer.body_mut() = Body::from(form);
            weak(answer)
        }
        None => answer,
    }
}

/// The compressed form of a body: from memory, or made now and kept.
async fn form(hot: &HotDocuments, encoding: Encoding, kept: &Kept) -> Option<Bytes> {
    if let Some(form) = kept.form(encoding) {
        return Some(form);
    }
    let plain = Response::new(Body::from(kept.body().clone()));
    // Made once and sent often: worth a better level than an answer that is compressed by itself.
    let compressed = compress(encoding, CompressionLevel::Default, plain).await;
    if compressed.headers().get(CONTENT_ENCODING) != Some(&encoding.name()) {
        return None;
    }
    let form = axum::body::to_bytes(compressed.into_body(), usize::MAX)
        .await
        .inspect_err(|error| tracing::error!(%error, "a document could not be compressed"))
        .ok()?;
    hot.keep_form(kept, encoding, form.clone());
    Some(form)
}

/// An answer in this encoding, unless it is too small or has one already.
async fn compress(encoding: Encoding, level: CompressionLevel, answer: Response) -> Response {
    let mut request = Request::new(Body::empty());
    request
        .headers_mut()
        .insert(ACCEPT_ENCODING, encoding.name());
    let mut answer = Some(answer);
    let given = service_fn(move |_: Request| {
        std::future::ready(Ok::<_, Infallible>(answer.take().unwrap_or_default()))
    });
    let layer = CompressionLayer::new()
        .quality(level)
        .compress_when(SizeAbove::new(SMALLEST as u64));
    match layer.layer(given).oneshot(request).await {
        Ok(compressed) => compressed.map(Body::new),
        Err(never) => match never {},
    }
}

fn weakened(answer: Response) -> Response {
    if answer.headers().contains_key(CONTENT_ENCODING) {
        return weak(answer);
    }
    answer
}

/// Compressed bytes are not the bytes that the strong tag stands for, only the same document.
fn weak(mut answer: Response) -> Response {
    if let Some(tag) = answer.headers().get(ETAG)
        && !tag.as_bytes().starts_with(b"W/")
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
    {
        answer.headers_mut().insert(ETAG, weak);
    }
    answer
}
