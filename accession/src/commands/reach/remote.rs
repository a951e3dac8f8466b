//! The operators' routes of a running server.
//!
//! A problem that it answers is told in its own words; the status decides the exit code.

use std::time::Duration;

use accession_service::access::Role;
use accession_service::problem::ProblemBody;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Ended, OUT_OF_REACH, REFUSED, USAGE};
use crate::commands::token;
use crate::data_dir::DataDir;
use crate::settings::Settings;

/// Comparing a large model takes its time.
const PATIENCE: Duration = Duration::from_hours(1);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long the token is good that a command makes for itself.
const TOKEN_LIFETIME: Duration = Duration::from_hours(24);
/// Exit code for what has none of its own.
const FAILED: u8 = 1;

/// A server's operators' routes.
pub(crate) struct Remote {
    client: Client,
    url: String,
    token: String,
}

impl Remote {
    pub(super) fn new(url: &str, token: String) -> Result<Self, Ended> {
        let client = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(CONNECT_PATIENCE)
            .build()
            .map_err(|error| Ended::new(FAILED, format!("cannot make an HTTP client: {error}")))?;
        Ok(Self {
            client,
            url: url.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// The server that runs on a data directory of this machine, if one does.
    pub(crate) async fn to_running(
        settings: &Settings,
        data: &DataDir,
    ) -> Result<Option<Self>, Ended> {
        let Some(running) = data.running_server() else {
            return Ok(None);
        };
        let failed = |error: anyhow::Error| Ended::new(FAILED, format!("{error:#}"));
        let key = token::signing_key(settings).map_err(failed)?;
        let admin = Some(Role::Admin);
        let token = token::mint_with(&key, "operator", admin, TOKEN_LIFETIME).map_err(failed)?;
        let remote = Self::new(&format!("http://{}", running.address), token)?;
        let alive = remote
            .client
            .get(format!("{}/health/live", remote.url))
            .timeout(CONNECT_PATIENCE)
            .send()
            .await;
        // A server that was killed leaves its address behind.
        Ok(alive.is_ok().then_some(remote))
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Ended> {
        self.send(self.client.get(self.address(path))).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Ended> {
        self.send(self.client.post(self.address(path)).json(body))
            .await
    }

    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, Ended> {
        self.send(self.client.delete(self.address(path))).await
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/v1/admin/{path}", self.url)
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Ended> {
        let sent = request.bearer_auth(&self.token).send().await;
        let unanswered = |error: reqwest::Error| {
            let problem = format!(
                "no answer from {}: {error}; is the server running?",
                self.url
            );
            Ended::new(OUT_OF_REACH, problem)
        };
        let answer = sent.map_err(unanswered)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(unanswered)?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|error| {
                let problem = format!("{} answered something unexpected: {error}", self.url);
                Ended::new(FAILED, problem)
            });
        }
        let problem = serde_json::from_slice::<ProblemBody>(&bytes);
        let problem = problem.map_or_else(
            |_| format!("{} answered {status}", self.url),
            |body| body.detail,
        );
        Err(Ended::new(code_of(status), problem))
    }
}

fn code_of(status: StatusCode) -> u8 {
    match status {
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => USAGE,
        StatusCode::CONFLICT => REFUSED,
        StatusCode::SERVICE_UNAVAILABLE => OUT_OF_REACH,
        _ => FAILED,
    }
}
