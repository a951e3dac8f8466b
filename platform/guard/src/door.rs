//! The door itself: one layer around all routes that knows where a request comes from, counts it, gives its body a time
//! limit and puts the protecting headers on its answer.
//!
//! Never says who may: that is the gate's. What it lets in unverified it counts by place.

mod counting;
mod guarded;
mod known;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use accession_service::access::INTERNAL_TOKEN;
use accession_service::client::ClientAddress;
use accession_service::problem::Problem;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CONNECTION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tower::Layer;

use crate::headers;
use crate::knocking::Knocking;
use crate::limit::Limit;
use crate::proxies::Proxies;
use crate::shared::SharedLimiter;
pub use guarded::{Answering, Guarded};
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

/// The door, ready to be put around routes as a layer. It is cloned with every request, and for that it is one reference.
#[derive(Clone)]
pub struct Door {
    rules: Arc<Rules>,
}

/// What the door goes by.
struct Rules {
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
        let rules = Rules {
            proxies: options.proxies,
            counting,
            knocking: Knocking::new(&options.key),
            body_time: options.body_time,
            question_time: options.question_time,
            transport_security: options.transport_security,
        };
        Self {
            rules: Arc::new(rules),
        }
    }
}

impl<S> Layer<S> for Door {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded::new(inner, Arc::clone(&self.rules))
    }
}

impl Rules {
    /// Writes down where a request comes from, for those behind the door; they are not told whose connection it was.
    fn look_at(&self, request: &mut Request) -> Seen {
        let extensions = request.extensions_mut();
        // Nowhere, in a test without a server.
        let peer = extensions.remove::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip());
        let client = self.proxies.client(peer, request.headers());
        let is_question = matches!(*request.method(), Method::GET | Method::HEAD);
        request.extensions_mut().insert(client);
        if !is_question {
            let place = self.knocking.place(client);
            request.extensions_mut().insert(place);
        }
        Seen {
            client,
            is_question,
            is_page: headers::is_page(request.uri().path()),
            over_tls: self.transport_security && self.proxies.over_tls(peer, request.headers()),
        }
    }

    /// The limits that a request is counted against, with who counts.
    fn limits_of(
        &self,
        request: &Request,
    ) -> Option<(&counting::Counting, &'static [&'static str])> {
        let counting = self.counting.as_ref()?;
        let route = request.extensions().get::<MatchedPath>();
        let limits = counting.limits_of(request.method(), route.map(MatchedPath::as_str));
        (!limits.is_empty()).then_some((counting, limits))
    }
}

/// What was seen of a request at the door.
#[derive(Clone, Copy)]
struct Seen {
    client: ClientAddress,
    is_question: bool,
    is_page: bool,
    over_tls: bool,
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
