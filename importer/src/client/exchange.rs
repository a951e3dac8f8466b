//! One exchange with the server: sent, tried again while the failure may pass, and read.
//!
//! It knows no endpoint.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Client;
use super::error::{ClientError, Failure, chain};

#[derive(Deserialize)]
struct ProblemText {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<ErrorText>,
}

#[derive(Deserialize)]
struct ErrorText {
    field: String,
    message: String,
}

impl Client {
    pub(super) async fn call<B: Serialize + Sync, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<A, ClientError> {
        let body = serde_json::to_vec(body).map_err(|error| ClientError::Refused {
            url: path.to_owned(),
            status: 0,
            detail: error.to_string(),
        })?;
        self.exchange(method, path, &body).await
    }

    pub(super) async fn exchange<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
    ) -> Result<A, ClientError> {
        let url = format!(
            "{}/api/v1/internal/{path}",
            self.server.url.trim_end_matches('/')
        );
        let mut waits = self.waits();
        loop {
            let failure = match self.once(method.clone(), &url, body).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing {
                    reason,
                    retry_after,
                }) => (reason, retry_after),
            };
            let Some(wait) = waits.next() else {
                return Err(ClientError::OutOfReach {
                    url: self.server.url.clone(),
                    reason: failure.0,
                });
            };
            tracing::debug!(
                reason = failure.0,
                ?wait,
                "the server did not answer; trying again"
            );
            tokio::time::sleep(
                failure
                    .1
                    .map_or(wait, |asked| asked.clamp(wait, Duration::from_secs(10))),
            )
            .await;
        }
    }

    /// Waits that grow from 50 ms to 3 s with jitter and end when the patience does.
    fn waits(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_delay(Duration::from_secs(3))
            .with_total_delay(Some(self.server.patience))
            .without_max_times()
            .with_jitter()
            .build()
    }

    async fn once<A: DeserializeOwned>(
        &self,
        method: Method,
        url: &str,
        body: &[u8],
    ) -> Result<A, Failure> {
        let request = self
            .http
            .request(method, url)
            .bearer_auth(&self.server.credential)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body.to_vec());
        let response = request
            .send()
            .await
            .map_err(|error| Failure::passing(chain(&error)))?;
        let status = response.status();
        let retry_after = response
            .headers()
            .get(reqwest::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let bytes = response
            .bytes()
            .await
            .map_err(|error| Failure::passing(chain(&error)))?;
        if status.is_success() {
            let said: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
            return serde_json::from_slice(said).map_err(|error| {
                self.refused(
                    status,
                    format!("its answer cannot be read ({error}); is it of this version?"),
                )
            });
        }
        Err(self.failure(status, retry_after, &bytes))
    }

    /// What an answer that is no success says.
    fn failure(&self, status: StatusCode, retry_after: Option<Duration>, bytes: &[u8]) -> Failure {
        let ProblemText {
            code,
            detail,
            errors,
        } = serde_json::from_slice(bytes).unwrap_or_else(|_| {
            let text = String::from_utf8_lossy(bytes);
            ProblemText {
                code: String::new(),
                detail: text.chars().take(300).collect(),
                errors: Vec::new(),
            }
        });
        match status {
            StatusCode::CONFLICT if code == "import_under_way" => {
                let mut errors = errors.into_iter();
                let until = errors.find(|error| error.field == "until");
                Failure::Final(ClientError::UnderWay {
                    detail,
                    until: until.map(|error| error.message).unwrap_or_default(),
                })
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Failure::Final(ClientError::NotAllowed {
                    url: self.server.url.clone(),
                    status: status.as_u16(),
                    detail,
                })
            }
            StatusCode::TOO_MANY_REQUESTS => Failure::Passing {
                reason: detail,
                retry_after,
            },
            status if status.is_server_error() => Failure::Passing {
                reason: format!("{status}: {detail}"),
                retry_after,
            },
            _ => self.refused(status, detail),
        }
    }

    fn refused(&self, status: StatusCode, detail: String) -> Failure {
        Failure::Final(ClientError::Refused {
            url: self.server.url.clone(),
            status: status.as_u16(),
            detail,
        })
    }
}
