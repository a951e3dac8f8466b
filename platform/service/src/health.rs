//! Whether the service lives, is ready, and how each of its parts does; metrics and version beside it.
//!
//! A check answers from what its part knows already; it never does work of its own.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All is well.
    Ok,
    /// It works, but somebody should look.
    Degraded,
    /// It does not work.
    Down,
}

/// What a part reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartStatus {
    /// Its name, for example `event_log` or `projection.title_page`.
    pub name: String,
    /// How it does.
    pub condition: Condition,
    /// What is wrong and what to do; empty when all is well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Numbers of the part, for example `position`, `lag_events`, `lag_seconds`, `parked`.
    #[serde(default)]
    pub details: Value,
}

/// Answer of `/health/status` and `/health/ready`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HealthStatus {
    /// The worst condition of all parts.
    pub condition: Condition,
    /// All parts.
    pub parts: Vec<PartStatus>,
}

/// Answer of `/info`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Info {
    /// Always `accession`.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Commit it was built from, when known.
    pub commit: Option<String>,
    /// The roles that this process plays.
    pub roles: Vec<String>,
    /// Version of the log's schema.
    pub schema: u32,
}

type Check = dyn Fn() -> Vec<PartStatus> + Send + Sync;

/// All checks of a process. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    checks: Arc<Vec<Box<Check>>>,
    metrics: Option<PrometheusHandle>,
    info: Arc<Info>,
}

impl Health {
    /// Health of a process made of these checks.
    #[must_use]
    pub fn new(checks: Vec<Box<Check>>, metrics: Option<PrometheusHandle>, info: Info) -> Self {
        Self {
            checks: Arc::new(checks),
            metrics,
            info: Arc::new(info),
        }
    }

    /// How everything does now.
    #[must_use]
    pub fn status(&self) -> HealthStatus {
        let parts: Vec<PartStatus> = self.checks.iter().flat_map(|check| check()).collect();
        let condition = parts
            .iter()
            .map(|part| part.condition)
            .max()
            .unwrap_or(Condition::Ok);
        HealthStatus { condition, parts }
    }

    /// `/health/live`, `/health/ready`, `/health/status`, `/metrics`, `/info`.
    pub fn router(self) -> Router {
        Router::new()
            .route(
                "/health/live",
                get(async || Json(serde_json::json!({ "condition": "ok" }))),
            )
            .route("/health/ready", get(ready))
            .route(
                "/health/status",
                get(async |State(health): State<Self>| Json(health.status())),
            )
            .route("/metrics", get(render_metrics))
            .route(
                "/info",
                get(async |State(health): State<Self>| Json((*health.info).clone())),
            )
            .with_state(self)
    }
}

async fn ready(State(health): State<Health>) -> Response {
    let status = health.status();
    let code = if status.condition == Condition::Down {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (code, Json(status)).into_response()
}

/// What only the status knows, such as ages, becomes numbers here: a scrape asks for the status first.
async fn render_metrics(State(health): State<Health>) -> Response {
    for part in health.status().parts {
        let condition = match part.condition {
            Condition::Ok => 0.0,
            Condition::Degraded => 1.0,
            Condition::Down => 2.0,
        };
        metrics::gauge!("accession_part_condition", "part" => part.name).set(condition);
    }
    let text = health
        .metrics
        .as_ref()
        .map(PrometheusHandle::render)
        .unwrap_or_default();
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, condition: Condition) -> PartStatus {
        PartStatus {
            name: name.into(),
            condition,
            message: String::new(),
            details: Value::Null,
        }
    }

    fn health(conditions: Vec<Condition>) -> Health {
        let info = Info {
            name: "accession".into(),
            version: "0".into(),
            commit: None,
            roles: vec![],
            schema: 1,
        };
        let check: Box<Check> = Box::new(move || {
            conditions
                .iter()
                .map(|condition| part("x", *condition))
                .collect()
        });
        Health::new(vec![check], None, info)
    }

    #[tokio::test]
    async fn a_process_is_as_healthy_as_its_worst_part_and_not_ready_when_one_is_down() {
        assert_eq!(health(vec![]).status().condition, Condition::Ok);
        let degraded = health(vec![Condition::Ok, Condition::Degraded]);
        assert_eq!(degraded.status().condition, Condition::Degraded);
        assert_eq!(ready(State(degraded)).await.status(), StatusCode::OK);
        let down = health(vec![Condition::Down, Condition::Ok]);
        assert_eq!(
            ready(State(down)).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}
