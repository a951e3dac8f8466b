//! How a command of an operator reaches the read models: through a running server, through shared stores, or by opening
//! the directory of an embedded server that does not run.
//!
//! The same questions whichever way; what is done is done by the projector, or by the one that is started here.

mod local;
mod remote;

use std::process::ExitCode;

use accession_operations::parked::{ParkedList, TakenIn};
use accession_operations::read_models::{Comparison, Dropped, ModelReport, ReadModelList, Work};
use anyhow::Result;
use clap::Args;

use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};
use local::Local;
pub(crate) use remote::Remote;

/// Where the read models are.
#[derive(Debug, Args)]
pub(crate) struct Where {
    #[command(flatten)]
    overrides: Overrides,
    /// Address of a server whose operators' routes are asked, for example <http://127.0.0.1:8080>
    #[arg(long, env = "ACCESSION_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Access token of an admin, for --server
    #[arg(
        long,
        env = "ACCESSION_TOKEN",
        hide_env_values = true,
        value_name = "TEXT"
    )]
    token: Option<String>,
    /// One JSON object a line, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why a command ends without having done what was asked; nothing has changed.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The process's exit code.
    pub(crate) code: u8,
    /// What happened, and what to do.
    pub(crate) problem: String,
}

/// What was asked for is not there, or is not a command.
pub(crate) const USAGE: u8 = 2;
/// It cannot be done as things stand.
pub(crate) const REFUSED: u8 = 3;
/// It was done, and somebody has to look at what was found.
pub(crate) const LOOK: u8 = 4;
/// The server or a store is out of reach.
pub(crate) const OUT_OF_REACH: u8 = 5;

impl Ended {
    pub(crate) fn new(code: u8, problem: impl Into<String>) -> Self {
        Self {
            code,
            problem: problem.into(),
        }
    }
}

/// Prints why a command ended, and ends it.
pub(crate) fn ended(command: &str, result: Result<ExitCode, Ended>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(Ended { code, problem }) => {
            output::error(&format!("accession {command}: {problem}"));
            ExitCode::from(code)
        }
    }
}

/// A way to the read models.
pub(crate) enum Reach {
    /// Over HTTP.
    Remote(Remote),
    /// Over the stores themselves.
    Local(Box<Local>),
}

impl Reach {
    /// Finds the way that the command line, the settings and the data directory name.
    pub(crate) async fn find(place: &Where) -> Result<Self, Ended> {
        if let Some(url) = &place.server {
            let token = place.token.clone().ok_or_else(|| {
                Ended::new(
                    USAGE,
                    "--server needs a token of an admin: set ACCESSION_TOKEN or give --token \
                     (`accession token mint --role admin` makes one)",
                )
            })?;
            return Ok(Self::Remote(Remote::new(url, token)?));
        }
        let settings = Settings::load(&place.overrides)
            .map_err(|error| Ended::new(USAGE, error.to_string()))?;
        if settings.log_url.is_some() || settings.read_store_url.is_some() {
            return Local::over_shared_stores(&settings).await.map(Self::local);
        }
        let data = directory(&settings)?;
        if let Some(remote) = Remote::to_running(&settings, &data).await? {
            return Ok(Self::Remote(remote));
        }
        Local::over_directory(&settings, &data)
            .await
            .map(Self::local)
    }

    fn local(local: Local) -> Self {
        Self::Local(Box::new(local))
    }

    /// Takes back a page of what an import run brought in: only a running server does that.
    pub(crate) async fn undo_run<T: serde::de::DeserializeOwned>(
        &self,
        id: &str,
        body: &serde_json::Value,
    ) -> Result<T, Ended> {
        match self {
            Self::Remote(remote) => remote.post(&format!("import-runs/{id}/undo"), body).await,
            Self::Local(_) => Err(Ended::new(
                OUT_OF_REACH,
                "a running server takes an import back: start it, or name it with --server",
            )),
        }
    }

    pub(crate) async fn list(&self) -> Result<ReadModelList, Ended> {
        match self {
            Self::Remote(remote) => remote.get("read-models").await,
            Self::Local(local) => local.list().await,
        }
    }

    pub(crate) async fn one(&self, name: &str) -> Result<ModelReport, Ended> {
        match self {
            Self::Remote(remote) => remote.get(&format!("read-models/{name}")).await,
            Self::Local(local) => local.one(name).await,
        }
    }

    pub(crate) async fn rebuild(&self, name: &str, hold: bool) -> Result<Work, Ended> {
        match self {
            Self::Remote(remote) => {
                let body = serde_json::json!({ "hold": hold });
                remote
                    .post(&format!("read-models/{name}/rebuild"), &body)
                    .await
            }
            Self::Local(local) => local.rebuild(name, hold).await,
        }
    }

    pub(crate) async fn compare(&self, name: &str, with: Option<u32>) -> Result<Comparison, Ended> {
        match self {
            Self::Remote(remote) => {
                let body = serde_json::json!({ "with": with });
                remote
                    .post(&format!("read-models/{name}/compare"), &body)
                    .await
            }
            Self::Local(local) => local.compare(name, with).await,
        }
    }

    pub(crate) async fn promote(&self, name: &str) -> Result<Work, Ended> {
        match self {
            Self::Remote(remote) => {
                let body = serde_json::json!({});
                remote
                    .post(&format!("read-models/{name}/promote"), &body)
                    .await
            }
            Self::Local(local) => local.promote(name).await,
        }
    }

    pub(crate) async fn rollback(&self, name: &str, accept_older: bool) -> Result<Work, Ended> {
        match self {
            Self::Remote(remote) => {
                let body = serde_json::json!({ "accept_older": accept_older });
                remote
                    .post(&format!("read-models/{name}/rollback"), &body)
                    .await
            }
            Self::Local(local) => local.rollback(name, accept_older).await,
        }
    }

    pub(crate) async fn drop_old(
        &self,
        name: &str,
        generation: Option<u32>,
    ) -> Result<Dropped, Ended> {
        match self {
            Self::Remote(remote) => {
                let body = serde_json::json!({ "generation": generation });
                remote
                    .post(&format!("read-models/{name}/drop-old"), &body)
                    .await
            }
            Self::Local(local) => local.drop_old(name, generation).await,
        }
    }

    pub(crate) async fn parked(&self, model: Option<&str>) -> Result<ParkedList, Ended> {
        match (self, model) {
            (Self::Remote(remote), None) => remote.get("parked").await,
            (Self::Remote(remote), Some(model)) => {
                remote.get(&format!("parked?model={model}")).await
            }
            (Self::Local(local), model) => local.parked(model).await,
        }
    }

    /// Retries, or with a reason first discards.
    pub(crate) async fn retry(
        &self,
        model: &str,
        key: &str,
        discard_because: Option<&str>,
    ) -> Result<TakenIn, Ended> {
        match (self, discard_because) {
            (Self::Remote(remote), None) => {
                let body = serde_json::json!({ "key": key });
                remote.post(&format!("parked/{model}/retry"), &body).await
            }
            (Self::Remote(remote), Some(reason)) => {
                let body = serde_json::json!({ "key": key, "reason": reason });
                remote.post(&format!("parked/{model}/discard"), &body).await
            }
            (Self::Local(local), reason) => local.retry(model, key, reason).await,
        }
    }

    /// Ends what was started for the command.
    pub(crate) async fn close(self) {
        if let Self::Local(local) = self {
            local.close().await;
        }
    }
}

/// An existing data directory: a command of an operator makes none.
fn directory(settings: &Settings) -> Result<DataDir, Ended> {
    let path = &settings.data_dir;
    if !path.join("log.db").exists() {
        return Err(Ended::new(
            OUT_OF_REACH,
            format!(
                "there is no server's data in {}: name its directory with --data-dir, a server with --server, or set \
                 log_url and read_store_url",
                path.display()
            ),
        ));
    }
    DataDir::open(path).map_err(|error| Ended::new(OUT_OF_REACH, format!("{error:#}")))
}
