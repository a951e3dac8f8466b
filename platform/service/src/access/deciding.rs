//! Where it is decided who may: one layer around all routes of a surface, which looks the route up in the table, looks at who
//! calls, and hands on what was decided.
//!
//! Never lets a request through to a route without a line in the table, and never looks at more of a request than who sent it
//! and which library its path names.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, Ready, ready};
use http::request::Parts;
use http::{Extensions, HeaderMap, Uri};
use jiff::Timestamp;
use tower::{Layer, Service};

use super::routes::{self, Audience, Route};
use super::{Caller, Gate, Membership};
use crate::instant::now;
use crate::problem::Problem;

/// What was decided of a request that was let in.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Whom the route is open to, as its line says.
    pub audience: Audience,
    /// Who calls.
    pub caller: Arc<Caller>,
    /// The membership that lets them in, where a library decides.
    pub membership: Option<Membership>,
    /// When the request came in.
    pub now: Timestamp,
}

impl Decided {
    /// What was decided of the request with these extensions, for a handler that was written for such audiences.
    ///
    /// # Errors
    ///
    /// 500 for everybody when the handler's line grants less than the handler relies on, or when nothing was decided: the
    /// route is open to anybody, or was mounted without [`Deciding`].
    pub fn of(
        extensions: &Extensions,
        relied_on: impl Fn(Audience) -> bool,
    ) -> Result<&Self, Problem> {
        let decided = extensions.get::<Self>().ok_or_else(|| {
            tracing::error!("a handler was reached without a decision on who may call it");
            Problem::internal()
        })?;
        if relied_on(decided.audience) {
            return Ok(decided);
        }
        tracing::error!(
            audience = ?decided.audience,
            "a handler relies on more than its line in the table of routes grants"
        );
        Err(Problem::internal())
    }
}

/// As of which position of the log a caller has to be known, where a request asks for one.
pub type AsOf = fn(&HeaderMap, &Uri) -> u64;

/// The layer. It is cloned with every request, and for that it is one reference.
#[derive(Clone)]
pub struct Deciding {
    by: Arc<Deciders>,
}

/// Who knows what a decision needs.
struct Deciders {
    gate: Gate,
    as_of: AsOf,
}

impl Deciding {
    /// Lets in whom this gate knows and the table names. To be put around routes, not around what answers when there is none.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        let as_of = |_: &HeaderMap, _: &Uri| 0;
        Self {
            by: Arc::new(Deciders { gate, as_of }),
        }
    }

    /// The same, where a request may ask to be answered as of a position.
    #[must_use]
    pub fn as_of(self, as_of: AsOf) -> Self {
        let gate = self.by.gate.clone();
        Self {
            by: Arc::new(Deciders { gate, as_of }),
        }
    }
}

impl<S> Layer<S> for Deciding {
    type Service = Decider<S>;

    fn layer(&self, inner: S) -> Decider<S> {
        Decider {
            inner,
            deciding: self.clone(),
        }
    }
}

/// A service that only those reach whom its line lets in.
#[derive(Clone)]
pub struct Decider<S> {
    inner: S,
    deciding: Deciding,
}

impl<S> Service<Request> for Decider<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<
        S::Future,
        Either<Ready<Result<Response, S::Error>>, BoxFuture<'static, Result<Response, S::Error>>>,
    >;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(line) = line(&request) else {
            return Either::Right(Either::Left(ready(Ok(unlisted(&request).into_response()))));
        };
        // Most reads end here: one look into the table, nothing kept.
        if line.audience == Audience::Anyone
            || line.audience == Audience::Readers
                && !self.deciding.by.gate.is_shown(request.headers())
        {
            return Either::Left(self.inner.call(request));
        }
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let Deciding { by } = self.deciding.clone();
        let answered = async move {
            let (mut parts, body) = request.into_parts();
            match decide(&by, line, &parts).await {
                Ok(decided) => {
                    parts.extensions.insert(decided);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(problem) => Ok(problem.into_response()),
            }
        };
        Either::Right(Either::Right(answered.boxed()))
    }
}

/// The line of the route that a request was matched to.
fn line(request: &Request) -> Option<&'static Route> {
    let path = request.extensions().get::<MatchedPath>()?;
    routes::line(request.method(), path.as_str())
}

async fn decide(by: &Deciders, line: &Route, parts: &Parts) -> Result<Decided, Problem> {
    let Parts {
        method,
        uri,
        headers,
        ..
    } = parts;
    let now = now();
    let as_of = (by.as_of)(headers, uri);
    let caller = by.gate.caller(method, headers, now, as_of).await?;
    let library = line.library_in(uri.path());
    Ok(Decided {
        audience: line.audience,
        membership: line.audience.admit(&caller, library)?,
        caller,
        now,
    })
}

/// What anybody hears who asks for what the table does not know: a method that a path of its does not have, or a route that
/// somebody has forgotten.
fn unlisted(request: &Request) -> Problem {
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or("", MatchedPath::as_str);
    if routes::table().any(|line| line.path == path) {
        return Problem::no_such_method();
    }
    tracing::error!(
        path,
        "a route without a line in the table of routes is open to nobody"
    );
    Problem::internal()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::routing::{get, post};
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;
    use crate::access::{AccessVerifier, Role, access_claims, mint};
    use crate::keys::TokenKey;

    async fn relies_on_curators(request: Request) -> Result<String, Problem> {
        let decided = Decided::of(request.extensions(), |to| to == Audience::Curators)?;
        Ok(decided.caller.actor())
    }

    async fn status(method: &str, path: &str, role: Option<Role>) -> StatusCode {
        let key = TokenKey::from_seed(&[1; 32]).unwrap();
        let gate = Gate::of_people(AccessVerifier::new(vec![key.verifying()]));
        let router = Router::new()
            .route("/api/v1/titles", post(relies_on_curators))
            .route("/api/v1/admin/parked", get(relies_on_curators))
            .route("/api/read/titles", get(async || "everybody"))
            .route("/api/v1/auth/login", post(relies_on_curators))
            .route("/api/v1/forgotten", get(async || "open by accident"))
            .route_layer(Deciding::new(gate));
        let mut request = Request::builder().method(method).uri(path);
        if let Some(role) = role {
            let life = Duration::from_mins(15);
            let claims = access_claims("ana", Some(role), "t".into(), now(), life);
            let token = mint(&key, &claims).unwrap();
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn the_line_of_a_route_decides_and_the_handler_takes_what_was_decided() {
        assert_eq!(status("POST", "/api/v1/titles", None).await, 401);
        let curator = Some(Role::Curator);
        assert_eq!(status("POST", "/api/v1/titles", curator).await, 200);
        assert_eq!(status("GET", "/api/v1/admin/parked", curator).await, 403);
        assert_eq!(status("GET", "/api/read/titles", None).await, 200);
        assert_eq!(status("HEAD", "/api/read/titles", curator).await, 200);
        assert_eq!(status("DELETE", "/api/v1/titles", None).await, 405);
    }

    #[tokio::test]
    async fn a_route_without_a_line_is_open_to_nobody() {
        for role in [None, Some(Role::Admin)] {
            assert_eq!(status("GET", "/api/v1/forgotten", role).await, 500);
        }
    }

    #[tokio::test]
    async fn a_handler_that_relies_on_more_than_its_line_grants_answers_nobody() {
        for role in [Some(Role::Curator), Some(Role::Admin)] {
            let open = status("POST", "/api/v1/auth/login", role).await;
            assert_eq!(open, 500, "{role:?}");
        }
        let other = status("GET", "/api/v1/admin/parked", Some(Role::Admin)).await;
        assert_eq!(other, 500);
    }

    #[tokio::test]
    async fn a_bad_token_is_refused_also_where_none_is_needed() {
        let gate = Gate::of_people(AccessVerifier::new(Vec::new()));
        let router: Router = Router::new()
            .route("/api/read/titles", get(async || "everybody"))
            .route_layer(Deciding::new(gate));
        for header in ["authorization", "cookie"] {
            let value = if header == "cookie" {
                "accession_access=nonsense"
            } else {
                "Bearer nonsense"
            };
            let request = Request::builder().uri("/api/read/titles");
            let request = request.header(header, value).body(Body::empty()).unwrap();
            let status = router.clone().oneshot(request).await.unwrap().status();
            assert_eq!(status, 401, "{header}");
        }
    }
}
