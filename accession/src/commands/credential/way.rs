//! How a command reaches the credentials: through the embedded server that runs on the data directory, which alone may write
//! to its log, or over the stores themselves.
//!
//! The same desk whichever way, and the same events: who did what stands in the log.

use std::sync::Arc;

use accession_command_api::identity::service_credential::desk::Desk;
use accession_event_log::{EventLog, Given, Repository, RepositoryOptions};
use accession_events::Metadata;
use accession_events::ids::{EventId, ServiceCredentialId};
use accession_service::access::Scope;
use anyhow::{Context as _, Result, anyhow};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::assembly;
use crate::commands::reach::{Ended, Remote};
use crate::data_dir::DataDir;
use crate::private;
use crate::settings::{Overrides, Settings};

/// Under which name the log knows what is done on the command line.
const ACTOR: &str = "operator:command-line";

/// A way to the credentials.
pub(super) enum Way {
    /// Over HTTP.
    Running(Remote),
    /// Over the stores.
    Stores(Box<Desk>, EventLog),
}

/// A credential that was made.
#[derive(Debug, Deserialize)]
pub(super) struct Made {
    /// Its id.
    pub(super) id: String,
    /// Its text.
    pub(super) credential: String,
    /// Until when the one before stays good.
    #[serde(default)]
    pub(super) old_good_until: Option<String>,
}

impl Way {
    /// Finds the way.
    pub(super) async fn find(overrides: &Overrides) -> Result<Self> {
        let settings = Settings::load(overrides)?;
        let data = DataDir::open(&settings.data_dir)?;
        if settings.log_url.is_none()
            && let Some(running) = Remote::to_running(&settings, &data).await.map_err(told)?
        {
            return Ok(Self::Running(running));
        }
        let database = assembly::open_log(&settings, &data).await?;
        let log = assembly::start_log(&database);
        let private = private::open_database(&settings, &data).await?;
        let repository = Repository::new(log.clone(), RepositoryOptions::default());
        let desk = Desk::new(private::credentials_in(&private), repository);
        Ok(Self::Stores(Box::new(desk), log))
    }

    pub(super) async fn issue(&self, name: &str, scopes: &[Scope], now: Timestamp) -> Result<Made> {
        match self {
            Self::Running(server) => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                let body = json!({ "name": name, "scopes": names });
                server
                    .post("service-credentials", &body)
                    .await
                    .map_err(told)
            }
            Self::Stores(desk, _) => {
                let id = ServiceCredentialId::new(Uuid::now_v7());
                let issued = desk.issue(id, name, scopes, &given(), now).await;
                let issued = issued.context("cannot issue a credential")?;
                Ok(Made {
                    id: id.to_string(),
                    credential: issued.text,
                    old_good_until: None,
                })
            }
        }
    }

    pub(super) async fn rotate(
        &self,
        id: ServiceCredentialId,
        overlap: u32,
        now: Timestamp,
    ) -> Result<Made> {
        match self {
            Self::Running(server) => {
                let path = format!("service-credentials/{id}/rotate");
                let body = json!({ "overlap_seconds": overlap });
                server.post(&path, &body).await.map_err(told)
            }
            Self::Stores(desk, _) => {
                let successor = ServiceCredentialId::new(Uuid::now_v7());
                let overlap = SignedDuration::from_secs(i64::from(overlap));
                let rotated = desk.rotate(id, successor, overlap, &given(), now).await;
                let (rotated, _) = rotated.context("cannot rotate the credential")?;
                Ok(Made {
                    id: successor.to_string(),
                    credential: rotated.text,
                    old_good_until: Some(rotated.good_until.to_string()),
                })
            }
        }
    }

    pub(super) async fn revoke(&self, id: ServiceCredentialId, now: Timestamp) -> Result<()> {
        match self {
            Self::Running(server) => {
                let path = format!("service-credentials/{id}");
                let _: serde_json::Value = server.delete(&path).await.map_err(told)?;
            }
            Self::Stores(desk, _) => {
                let revoked = desk.revoke(id, &given(), now).await;
                revoked.context("cannot revoke the credential")?;
            }
        }
        Ok(())
    }

    /// Waits until what was told is in the log.
    pub(super) async fn close(self) {
        if let Self::Stores(_, log) = self {
            log.close().await;
        }
    }
}

fn told(ended: Ended) -> anyhow::Error {
    anyhow!(ended.problem)
}

fn given() -> Given {
    Given {
        expected_version: None,
        metadata: Metadata {
            actor: Some(ACTOR.to_owned()),
            ..Metadata::default()
        },
        idempotency: None,
        event_ids: Arc::new(|| EventId::new(Uuid::now_v7())),
    }
}
