//! The server as an importer sees it: runs, batches and checkpoints over the internal endpoints, with patience.
//!
//! Every call is safe to repeat, because items carry their record's identity and content; so every failure that may
//! pass is tried again.

mod error;

use std::time::Duration;

use accession_events::ids::ImportRunId;
use accession_events::ingestion::items::{Batch, BatchResult, MAX_ITEMS};
use accession_events::ingestion::{ImportCounts, RejectedItem};
use backon::{BackoffBuilder as _, ExponentialBuilder};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use error::ClientError;
use error::{Failure, chain};

/// Where the server is and how to be let in.
#[derive(Debug, Clone)]
pub struct Server {
    /// For example `http://127.0.0.1:8080`.
    pub url: String,
    /// A service credential with scope `import`.
    pub credential: String,
    /// How long to keep trying while the server does not answer.
    pub patience: Duration,
}

/// An import run as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Run {
    /// Its id.
    pub(crate) id: ImportRunId,
    /// Everything before it is done; none for a fresh run.
    #[serde(default)]
    pub(crate) cursor: Option<String>,
    /// Totals so far.
    #[serde(default)]
    pub(crate) counts: ImportCounts,
}

#[derive(Serialize)]
struct OpenRun<'a> {
    source: &'a str,
    input: &'a str,
}

/// What a checkpoint says.
#[derive(Debug, Serialize)]
pub(crate) struct Checkpoint {
    /// Everything before it is done.
    pub(crate) cursor: String,
    /// Totals so far.
    pub(crate) counts: ImportCounts,
}

#[derive(Serialize)]
struct Refused<'a> {
    items: &'a [RejectedItem],
}

#[derive(Serialize)]
struct Complete {
    counts: ImportCounts,
}

#[derive(Deserialize)]
struct ProblemText {
    #[serde(default)]
    detail: String,
}

/// A client of one server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    server: Server,
}

impl Client {
    pub(crate) fn new(server: Server) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("accession-importer/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_mins(1))
            .build()?;
        Ok(Self { http, server })
    }

    /// Opens a run, or finds the one that an earlier attempt on the same input left open.
    pub(crate) async fn open_run(&self, source: &str, input: &str) -> Result<Run, ClientError> {
        self.call(Method::POST, "import/runs", &OpenRun { source, input })
            .await
    }

    pub(crate) async fn checkpoint(
        &self,
        run: ImportRunId,
        checkpoint: &Checkpoint,
    ) -> Result<(), ClientError> {
        let _: serde_json::Value = self
            .call(
                Method::PUT,
                &format!("import/runs/{run}/checkpoint"),
                checkpoint,
            )
            .await?;
        Ok(())
    }

    /// Notes rows that could not even be sent.
    pub(crate) async fn refuse(
        &self,
        run: ImportRunId,
        items: &[RejectedItem],
    ) -> Result<(), ClientError> {
        let path = format!("import/runs/{run}/rejections");
        for items in items.chunks(MAX_ITEMS) {
            let _: serde_json::Value = self.call(Method::POST, &path, &Refused { items }).await?;
        }
        Ok(())
    }

    pub(crate) async fn complete(
        &self,
        run: ImportRunId,
        counts: ImportCounts,
    ) -> Result<(), ClientError> {
        let path = format!("import/runs/{run}/complete");
        let _: serde_json::Value = self.call(Method::POST, &path, &Complete { counts }).await?;
        Ok(())
    }

    /// Sends a batch of one kind: `titles`, `editions`, `episodes` or `sources`.
    pub(crate) async fn send<I: Serialize + Sync>(
        &self,
        kind: &str,
        batch: &Batch<I>,
    ) -> Result<BatchResult, ClientError> {
        self.call(Method::POST, &format!("import/{kind}:batch"), batch)
            .await
    }

    async fn call<B: Serialize + Sync, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<A, ClientError> {
        let url = format!(
            "{}/api/v1/internal/{path}",
            self.server.url.trim_end_matches('/')
        );
        let body = serde_json::to_vec(body).map_err(|error| ClientError::Refused {
            url: url.clone(),
            status: 0,
            detail: error.to_string(),
        })?;
        let mut waits = self.waits();
        loop {
            let failure = match self.once(method.clone(), &url, &body).await {
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
            return serde_json::from_slice(&bytes).map_err(|error| {
                self.refused(
                    status,
                    format!("its answer cannot be read ({error}); is it of this version?"),
                )
            });
        }
        let detail = serde_json::from_slice::<ProblemText>(&bytes).map_or_else(
            |_| String::from_utf8_lossy(&bytes).chars().take(300).collect(),
            |problem| problem.detail,
        );
        Err(match status {
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
        })
    }

    fn refused(&self, status: StatusCode, detail: String) -> Failure {
        Failure::Final(ClientError::Refused {
            url: self.server.url.clone(),
            status: status.as_u16(),
            detail,
        })
    }
}
