//! One question through the service, where the ids and the span would cost more than the answer: ids are drawn when a
//! problem or a log line needs them, a request id is repeated when the caller sent one, and numbers have handles.
//!
//! Never boxes: what it puts around an answer costs no more than counting it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::{CatchUnwind, Either, Ready};
use http::{HeaderValue, Method};
use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;
use tower::{Layer, Service};
use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span};

use super::read_numbers::ReadNumbers;
use super::{CURRENT, LazyIds, REQUEST_ID, course_of, echoed, log_line, panicked, read_span};

/// The layer for read surfaces: ids for those who ask, metrics, and panics turned into problems.
#[derive(Debug, Clone, Default)]
pub struct ReadObserver {
    numbers: Arc<ReadNumbers>,
}

impl<S> Layer<S> for ReadObserver {
    type Service = ObservedRead<S>;

    fn layer(&self, inner: S) -> ObservedRead<S> {
        let numbers = Arc::clone(&self.numbers);
        ObservedRead { inner, numbers }
    }
}

/// A service whose answers are counted.
#[derive(Debug, Clone)]
pub struct ObservedRead<S> {
    inner: S,
    numbers: Arc<ReadNumbers>,
}

impl<S> Service<Request> for ObservedRead<S>
where
    S: Service<Request, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ObservingRead<S::Future, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let is_head = request.method() == Method::HEAD;
        let name = route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let course = course_of(&request, name);
        let ids = LazyIds::of(&request, &course);
        let echo = ids.request_id.clone();
        let started = Instant::now();
        let inner = &mut self.inner;
        let answer = match catch_unwind(AssertUnwindSafe(|| inner.call(request))) {
            Ok(answer) => Either::Left(answer),
            Err(_panic) => Either::Right(futures_util::future::ready(Ok(panicked()))),
        };
        let answer = AssertUnwindSafe(answer).catch_unwind();
        ObservingRead {
            answer: CURRENT.scope(ids, answer.instrument(course.clone())),
            numbers: Arc::clone(&self.numbers),
            told: Told {
                route,
                is_head,
                course,
                echo,
                started,
            },
        }
    }
}

/// An answer, or the one that is given after a panic.
type OrPanicked<F, E> = Either<F, Ready<Result<Response, E>>>;
/// The same in its course of things, with panics caught.
type Caught<F, E> = Instrumented<CatchUnwind<AssertUnwindSafe<OrPanicked<F, E>>>>;

pin_project! {
    /// An answer that is being observed.
    pub struct ObservingRead<F, E> {
        #[pin]
        answer: TaskLocalFuture<LazyIds, Caught<F, E>>,
        numbers: Arc<ReadNumbers>,
        told: Told,
    }
}

/// What is known of a question beside its answer.
struct Told {
    route: Option<MatchedPath>,
    is_head: bool,
    course: Span,
    echo: Option<HeaderValue>,
    started: Instant,
}

impl<F, E> Future for ObservingRead<F, E>
where
    F: Future<Output = Result<Response, E>>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let answer = ready!(this.answer.as_mut().poll(context));
        let mut response = answer.unwrap_or_else(|_panic| Ok(panicked()))?;
        let told = this.told;
        let elapsed = told.started.elapsed();
        if response.status().is_server_error() {
            let ids = this.answer.take_value();
            let span = ids.map_or_else(Span::none, |ids| {
                read_span(ids.drawn(), told.route.as_ref())
            });
            span.in_scope(|| log_line(&response, elapsed));
        }
        let route = told.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let status = response.status();
        this.numbers.record(told.is_head, route, status, elapsed);
        accession_trace::answered(&told.course, status.as_u16());
        let echo = told.echo.take();
        if let Some(value) = echo.filter(|value| echoed(value).is_some()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        Poll::Ready(Ok(response))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::{Body, to_bytes};
    use http::StatusCode;
    use tower::{ServiceExt as _, service_fn};

    use super::*;

    async fn answer<F>(handler: impl FnMut(Request) -> F) -> Response
    where
        F: Future<Output = Result<Response, Infallible>>,
    {
        let question = Request::builder()
            .header("x-request-id", "mine")
            .header(
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            )
            .body(Body::empty())
            .unwrap();
        let service = ReadObserver::default().layer(service_fn(handler));
        service.oneshot(question).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_names_the_callers_trace_wherever_it_happened() {
        let before = answer(|_| -> std::future::Ready<_> { panic!("before the answer") }).await;
        let within = answer(async |_| panic!("in the answer")).await;
        for response in [before, within] {
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(response.headers()[REQUEST_ID], "mine");
        }
    }

    #[tokio::test]
    async fn who_answers_knows_the_ids_of_the_question() {
        let response = answer(async |_| {
            let ids = crate::requests::current().unwrap();
            Ok(Response::new(Body::from(format!(
                "{} {}",
                ids.request_id, ids.trace_id
            ))))
        });
        let body = to_bytes(response.await.into_body(), 1000).await.unwrap();
        assert_eq!(body, "mine 0af7651916cd43dd8448eb211c80319c");
    }
}
