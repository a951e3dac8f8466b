//! The door itself: one middleware around all routes that knows where a request comes from, counts it, gives its body a time
//! limit and puts the protecting headers on its answer.
//!
//! Never says who may: that is the gate's. What it lets in unverified it counts by place.

mod counting;
mod known;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use accession_service::access::INTERNAL_TOKEN;
use accession_service::client::ClientAddress;
use accession_service::problem::Problem;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CONNECTION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::headers;
use crate::knocking::Knocking;
use crate::limit::Limit;
use crate::patience;
use crate::proxies::Proxies;
use crate::shared::SharedLimiter;
pub use known::{Identify, Known};

/// How the door is set up.
pub struct DoorOptions {
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// Counts calls; none counts none.
    pub limiter: Option<SharedLimiter>,
    /// Which limits a request to this route has, the particular ones first.
    pub limits_of: fn(&Method, Option<&str>) -> &'static [&'static str],
    /// All limits.
    pub limits: Vec<Limit>,
    /// Knows callers; none knows nobody, and everybody is counted by place.
    pub identify: Option<Arc<dyn Identify>>,
    /// Under which those who knock are digested: the same in all processes that share a limiter.
    pub key: Vec<u8>,
    /// How long the body of a request to this path may take.
    pub body_time: fn(&str) -> Duration,
    /// How long a question may take to answer; commands are never cut off, for nobody would know what came of them.
    pub question_time: Duration,
    /// Whether answers promise that the site is reached over TLS only, when a trusted proxy says that they were.
    pub transport_security: bool,
}

/// The door, ready to be put around routes. Behind one [`Arc`], for a layer is cloned with every request.
pub struct Door {
    proxies: Proxies,
    counting: Option<counting::Counting>,
    knocking: Knocking,
    body_time: fn(&str) -> Duration,
    question_time: Duration,
    transport_security: bool,
}

impl Door {
    /// A door with these options.
    #[must_use]
    pub fn new(options: DoorOptions) -> Self {
        let counting = options.limiter.map(|limiter| {
            let known = known::KnownCallers::new(options.identify);
            let (limits, limits_of) = (options.limits, options.limits_of);
            counting::Counting::new(limiter, limits, limits_of, known, &options.key)
        });
        Self {
            proxies: options.proxies,
            counting,
            knocking: Knocking::new(&options.key),
            body_time: options.body_time,
            question_time: options.question_time,
            transport_security: options.transport_security,
        }
    }

    /// The middleware: `axum::middleware::from_fn_with_state(Arc::new(door), Door::guard)`.
    pub async fn guard(
        State(door): State<Arc<Self>>,
        mut request: Request,
        next: Next,
    ) -> Response {
        let peer = peer_of(&request);
        let client = door.proxies.client(peer, request.headers());
        request.extensions_mut().insert(client);
        if !is_question(&request) {
            let place = door.knocking.place(client);
            request.extensions_mut().insert(place);
        }
        let tls = door.transport_security && door.proxies.over_tls(peer, request.headers());
        let path = request.uri().path().to_owned();
        let mut response = match repeated(request.headers()) {
            Some(name) => ambiguous(&name).into_response(),
            None => door.count_and_answer(request, next, client, &path).await,
        };
        headers::protect(response.headers_mut(), &path, tls);
        response
    }

    async fn count_and_answer(
        &self,
        request: Request,
        next: Next,
        client: ClientAddress,
        path: &str,
    ) -> Response {
        let Some(counting) = &self.counting else {
            return self.answer(request, next, path).await;
        };
        let route = request.extensions().get::<MatchedPath>().cloned();
        let limits = counting.limits_of(request.method(), route.as_ref().map(MatchedPath::as_str));
        if limits.is_empty() {
            return self.answer(request, next, path).await;
        }
        let counted = counting.count(limits, request.headers(), client).await;
        let mut response = match counted.refusal() {
            Some(problem) => problem.into_response(),
            None => self.answer(request, next, path).await,
        };
        counted.tell(response.headers_mut());
        response
    }

    async fn answer(&self, request: Request, next: Next, path: &str) -> Response {
        if is_question(&request) {
            let answer = tokio::time::timeout(self.question_time, next.run(request));
            return answer.await.unwrap_or_else(|_| too_slow());
        }
        let (parts, body) = request.into_parts();
        let (body, late) = patience::within(body, (self.body_time)(path));
        let answer = next.run(Request::from_parts(parts, body)).await;
        if late.is_some_and(|late| late.is_late()) {
            return body_too_slow();
        }
        answer
    }
}

fn is_question(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Where the connection comes from; nowhere, in a test without a server.
fn peer_of(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip())
}

/// A header that shows who calls and is there twice: which one counts is for nobody to guess.
fn repeated(headers: &HeaderMap) -> Option<HeaderName> {
    let names = [AUTHORIZATION, INTERNAL_TOKEN];
    let twice = |name: &HeaderName| headers.get_all(name).iter().nth(1).is_some();
    names.into_iter().find(twice)
}

fn ambiguous(name: &HeaderName) -> Problem {
    let detail = format!("the header `{name}` is there more than once: send it once");
    Problem::new(StatusCode::BAD_REQUEST, "repeated_header", detail)
}

fn body_too_slow() -> Response {
    let problem = Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "body_too_slow",
        "the body did not come in time: send it faster, or in parts",
    );
    let mut response = problem.into_response();
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn too_slow() -> Response {
    Problem::unavailable(
        "the question took too long to answer and was given up; try again",
        Duration::from_secs(1),
    )
    .into_response()
}
