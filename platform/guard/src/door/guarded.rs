//! Routes behind the door, as a service.
//!
//! Most requests are questions of somebody who is known, and answered at once: those pass without a box, a copy of what is
//! behind the door, or a timer. Never lets a request by uncounted that has a limit.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tower::Service;

use super::counting::Told;
use super::{Rules, Seen, ambiguous, body_too_slow, repeated, too_slow};
use crate::{headers, patience};

/// A service behind the door.
#[derive(Clone)]
pub struct Guarded<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S> Guarded<S> {
    pub(super) fn new(inner: S, rules: Arc<Rules>) -> Self {
        Self { inner, rules }
    }
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Answering<S::Future, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let seen = self.rules.look_at(&mut request);
        if let Some(name) = repeated(request.headers()) {
            return Answering::refused(ambiguous(&name).into_response(), seen, None);
        }
        if !seen.is_question {
            return self.waiting(request, seen);
        }
        let told = match self.rules.limits_of(&request) {
            None => None,
            Some((counting, limits)) => {
                match counting.count_here(limits, request.headers(), seen.client) {
                    None => return self.waiting(request, seen),
                    Some(counted) => match counted.refusal() {
                        None => counted.told(),
                        Some(problem) => {
                            let told = counted.told();
                            return Answering::refused(problem.into_response(), seen, told);
                        }
                    },
                }
            }
        };
        let answer = self.inner.call(request);
        let patience = Patience::new(self.rules.question_time);
        Answering::new(Way::Question { answer, patience }, seen, told)
    }
}

impl<S> Guarded<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    /// The answer to a request whose body has to come in time, or that is counted elsewhere.
    fn waiting(&mut self, request: Request, seen: Seen) -> Answering<S::Future, S::Error> {
        // The one that is ready is called; its copy waits for the next request.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let rules = Arc::clone(&self.rules);
        let answer = async move { counted(&rules, inner, request, seen).await };
        let answer = answer.boxed();
        Answering::new(Way::Waiting { answer }, seen, None)
    }
}

async fn counted<S>(
    rules: &Rules,
    inner: S,
    request: Request,
    seen: Seen,
) -> Result<Response, S::Error>
where
    S: Service<Request, Response = Response>,
{
    let Some((counting, limits)) = rules.limits_of(&request) else {
        return answer(rules, inner, request, seen).await;
    };
    let counted = counting.count(limits, request.headers(), seen.client).await;
    let mut response = match counted.refusal() {
        Some(problem) => problem.into_response(),
        None => answer(rules, inner, request, seen).await?,
    };
    if let Some(told) = counted.told() {
        told.tell(response.headers_mut());
    }
    Ok(response)
}

async fn answer<S>(
    rules: &Rules,
    mut inner: S,
    request: Request,
    seen: Seen,
) -> Result<Response, S::Error>
where
    S: Service<Request, Response = Response>,
{
    if seen.is_question {
        let answer = tokio::time::timeout(rules.question_time, inner.call(request));
        return answer.await.unwrap_or_else(|_| Ok(too_slow()));
    }
    let time = (rules.body_time)(request.uri().path());
    let (parts, body) = request.into_parts();
    let (body, late) = patience::within(body, time);
    let answer = inner.call(Request::from_parts(parts, body)).await;
    if late.is_some_and(|late| late.is_late()) {
        return Ok(body_too_slow());
    }
    answer
}

pin_project! {
    /// An answer on its way out.
    pub struct Answering<F, E> {
        #[pin]
        way: Way<F, E>,
        seen: Seen,
        told: Option<Box<Told>>,
    }
}

pin_project! {
    #[project = WayProjected]
    enum Way<F, E> {
        Refused { answer: Option<Response> },
        Question { #[pin] answer: F, patience: Patience },
        Waiting { answer: BoxFuture<'static, Result<Response, E>> },
    }
}

impl<F, E> Answering<F, E> {
    const fn new(way: Way<F, E>, seen: Seen, told: Option<Box<Told>>) -> Self {
        Self { way, seen, told }
    }

    const fn refused(answer: Response, seen: Seen, told: Option<Box<Told>>) -> Self {
        let answer = Some(answer);
        Self::new(Way::Refused { answer }, seen, told)
    }
}

impl<F, E> Future for Answering<F, E>
where
    F: Future<Output = Result<Response, E>>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = match this.way.project() {
            WayProjected::Refused { answer } => answer.take().unwrap_or_default(),
            WayProjected::Waiting { answer } => ready!(answer.as_mut().poll(context))?,
            WayProjected::Question { answer, patience } => match answer.poll(context) {
                Poll::Ready(response) => response?,
                Poll::Pending if patience.is_over(context) => too_slow(),
                Poll::Pending => return Poll::Pending,
            },
        };
        let headers = response.headers_mut();
        if let Some(told) = this.told {
            told.tell(headers);
        }
        headers::protect(headers, this.seen.is_page, this.seen.over_tls);
        Poll::Ready(Ok(response))
    }
}

/// How long an answer is waited for, from the first moment that it is not there.
struct Patience {
    time: Duration,
    ends: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    const fn new(time: Duration) -> Self {
        Self { time, ends: None }
    }

    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let time = self.time;
        let ends = self
            .ends
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
        ends.as_mut().poll(context).is_ready()
    }
}
