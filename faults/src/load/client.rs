//! HTTP as a client speaks it: one request, one answer, and the honest third possibility: not known.
//!
//! It repeats nothing by itself.

use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

/// Longer than the product takes to say that it does not know.
const PATIENCE: Duration = Duration::from_secs(8);

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Curator,
    Importer,
}

/// A command, ready to be sent as often as it takes.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) caller: Caller,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) key: String,
    pub(crate) if_match: Option<u64>,
}

/// What a client knows after a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It was done.
    Done { body: Value },
    /// It was refused, and nothing was written.
    Refused { status: u16, code: String },
    /// Nobody knows whether it was done: no answer, or one that says so.
    Unknown { reason: String },
    /// An answer that no client should get.
    Defect { reason: String },
}

/// What a reader was told.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) status: u16,
    /// The position that the answer says it contains.
    pub(crate) position: Option<u64>,
    pub(crate) body: Value,
}

/// The system's addresses, and the right to use them.
#[derive(Debug)]
pub(crate) struct Api {
    http: Client,
    writers: Vec<String>,
    readers: Vec<String>,
    token: String,
    credential: String,
}

impl Api {
    pub(crate) fn new(
        writers: Vec<String>,
        readers: Vec<String>,
        token: String,
        credential: String,
    ) -> Result<Self> {
        // Another part of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            http: Client::builder().timeout(PATIENCE).build()?,
            writers,
            readers,
            token,
            credential,
        })
    }

    /// Sends a command to one of the writers.
    pub(crate) async fn send(&self, writer: usize, call: &Call) -> Answer {
        match self.attempt(writer, call).await {
            Ok(answer) => judge(answer).await,
            Err(error) => Answer::Unknown {
                reason: format!("{error:#}"),
            },
        }
    }

    async fn attempt(&self, writer: usize, call: &Call) -> Result<Response> {
        let base = self
            .writers
            .get(writer % self.writers.len().max(1))
            .context("no writer")?;
        let url = format!("{base}{}", call.path);
        let right = match call.caller {
            Caller::Curator => &self.token,
            Caller::Importer => &self.credential,
        };
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .bearer_auth(right)
            .header("Idempotency-Key", &call.key);
        if let Some(version) = call.if_match {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        Ok(request.send().await?)
    }

    /// Asks a question. `min_position`: the answer has to contain it.
    pub(crate) async fn read(&self, path: &str, min_position: Option<u64>) -> Result<Read> {
        let base = self.readers.first().context("no reader")?;
        let mut request = self.http.get(format!("{base}{path}"));
        if let Some(position) = min_position {
            request = request.header("Accession-Min-Position", position);
        }
        let answer = request.send().await?;
        let position = answer.headers().get("accession-position");
        Ok(Read {
            status: answer.status().as_u16(),
            position: position.and_then(|value| value.to_str().ok()?.parse().ok()),
            body: answer.json().await?,
        })
    }

    /// The JSON of any address, whatever its status.
    pub(crate) async fn json(&self, url: &str) -> Result<Value> {
        Ok(self.http.get(url).send().await?.json().await?)
    }
}

async fn judge(answer: Response) -> Answer {
    let status = answer.status();
    let body: Value = match answer.json().await {
        Ok(body) => body,
        // The status came and the rest did not.
        Err(error) => {
            return Answer::Unknown {
                reason: format!("{status}: {error}"),
            };
        }
    };
    let text = |field: &str| {
        let value = body.get(field).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let told = format!("{status} {} {}", text("code"), text("detail"));
    match status {
        status if status.is_success() => Answer::Done { body },
        StatusCode::INTERNAL_SERVER_ERROR => Answer::Defect { reason: told },
        status if status.is_server_error() => Answer::Unknown { reason: told },
        // Somebody else was quicker, or the same request is under way: to be asked again.
        StatusCode::CONFLICT if text("code") == "conflict" => Answer::Unknown { reason: told },
        status => Answer::Refused {
            status: status.as_u16(),
            code: told,
        },
    }
}
