//! How providers are asked: one port, and its implementation over reqwest with limits.
//!
//! Never follows a redirect, never sends a secret over plain HTTP to another machine, never reads without end.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderValue, Request, Response, StatusCode};
use openidconnect::AsyncHttpClient;
use openidconnect::url::{Host, Url};

/// The longest answer of a provider that is read, in bytes.
pub const LONGEST_ANSWER: usize = 256 * 1024;
/// How long one request to a provider may take.
pub const PATIENCE: Duration = Duration::from_secs(8);
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// Why a provider's answer is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nothing came, or a fault of its own.
    #[error("{reason}")]
    Away {
        /// What was seen.
        reason: String,
    },
    /// More came than is read.
    #[error("the answer is longer than {LONGEST_ANSWER} bytes")]
    TooLarge,
    /// The address is not one that secrets may be sent to.
    #[error("the provider's address on `{host}` is not https")]
    Insecure {
        /// The host of the address.
        host: String,
    },
    /// The request itself cannot be made.
    #[error("the request cannot be made: {reason}")]
    Request {
        /// Why.
        reason: String,
    },
}

/// Sends one request to a provider. Implementations follow no redirects and bound time and size.
#[async_trait]
pub trait Fetch: Send + Sync + 'static {
    /// The answer, whatever its status.
    async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError>;
}

/// The web, by reqwest. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Web {
    client: reqwest::Client,
}

impl Web {
    /// A client with the limits of this module. The process needs a TLS provider (`rustls`, ring) installed.
    pub fn new() -> Result<Self, FetchError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("accession/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE)
            .build()
            .map_err(|error| FetchError::Request {
                reason: error.to_string(),
            })?;
        Ok(Self { client })
    }
}

#[async_trait]
impl Fetch for Web {
    async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let request = reqwest::Request::try_from(request).map_err(|error| FetchError::Request {
            reason: error.without_url().to_string(),
        })?;
        let mut answer = self.client.execute(request).await.map_err(away)?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(away)? {
            if body.len() + piece.len() > LONGEST_ANSWER {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// The URL is left out: a query may hold what no log should.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is handed to map_err, which gives the error away"
)]
fn away(error: reqwest::Error) -> FetchError {
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke off"
    };
    FetchError::Away {
        reason: reason.into(),
    }
}

/// What `openidconnect` asks through: checks every address before anything is sent to it, and takes a provider's own
/// faults for absence.
pub(crate) struct Checked<'a> {
    web: &'a dyn Fetch,
    plain_loopback: bool,
}

impl<'a> Checked<'a> {
    /// `plain_loopback`: plain HTTP to this machine is allowed, because the operator named such an address.
    pub(crate) fn new(web: &'a dyn Fetch, plain_loopback: bool) -> Self {
        Self {
            web,
            plain_loopback,
        }
    }

    pub(crate) async fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, FetchError> {
        let url = request.uri().to_string();
        let allowed = Url::parse(&url).is_ok_and(|url| is_safe(&url, self.plain_loopback));
        if !allowed {
            return Err(FetchError::Insecure {
                host: request.uri().host().unwrap_or_default().into(),
            });
        }
        let answer = self.web.fetch(request).await?;
        let status = answer.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(FetchError::Away {
                reason: format!("it answers {status}"),
            });
        }
        Ok(answer)
    }

    /// A GET with an access token.
    pub(crate) async fn get(
        &self,
        url: &str,
        access_token: &str,
    ) -> Result<Response<Vec<u8>>, FetchError> {
        let unusable = |()| FetchError::Request {
            reason: "the provider's access token or address has characters that cannot be sent"
                .into(),
        };
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {access_token}")).map_err(|_| unusable(()))?;
        bearer.set_sensitive(true);
        let request = Request::get(url)
            .header(http::header::AUTHORIZATION, bearer)
            .header(http::header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| unusable(()))?;
        self.send(request).await
    }
}

impl<'c> AsyncHttpClient<'c> for Checked<'_> {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Whether secrets may be sent there: https, or this very machine where that was asked for.
pub(crate) fn is_safe(url: &Url, plain_loopback: bool) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => plain_loopback && is_loopback(url),
        _ => false,
    }
}

/// Whether an address names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(text: &str, plain_loopback: bool) -> bool {
        is_safe(&Url::parse(text).unwrap(), plain_loopback)
    }

    #[test]
    fn secrets_go_over_https_or_to_this_machine_only() {
        assert!(safe("https://id.example", false));
        assert!(safe("http://127.0.0.1:3000/x", true) && safe("http://[::1]/x", true));
        assert!(safe("http://localhost:3000/", true));
        assert!(!safe("http://127.0.0.1:3000/x", false));
        assert!(!safe("http://id.example", true));
        assert!(!safe("http://localhost.evil.example", true));
        assert!(!safe("http://169.254.169.254/latest", true));
        assert!(!safe("file:///etc/passwd", true) && !safe("ftp://127.0.0.1/", true));
    }
}
