//! The read models over their stores, without asking a server.
//!
//! Over shared stores it only puts wishes on record; over the directory of a server that does not run it plays the
//! projector itself until the command has ended.

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_operations::parked::{ParkedList, ParkedRefused, TakenIn};
use accession_operations::read_models::{
    Asker, Comparison, Dropped, ModelReport, ReadModelList, ReadModels, Refused, Work,
};
use accession_projector::all_models;
use accession_read_store::{ReadStore, ReadStoreError};
use accession_service::shutdown::{ShutdownTrigger, shutdown};
use anyhow::{Context as _, Result};

use super::{Ended, OUT_OF_REACH, REFUSED, USAGE};
use crate::assembly;
use crate::data_dir::DataDir;
use crate::private;
use crate::roles::projecting;
use crate::settings::Settings;

/// The read models over their stores.
pub(crate) struct Local {
    models: ReadModels,
    log: Arc<dyn LogStore>,
    /// The projector that runs for this command.
    playing: Option<(ShutdownTrigger, projecting::Running)>,
}

impl Local {
    /// Over Postgres and Redis, beside the roles that run.
    pub(super) async fn over_shared_stores(settings: &Settings) -> Result<Self, Ended> {
        if settings.log_url.is_none() || settings.read_store_url.is_none() {
            return Err(Ended::new(
                USAGE,
                "log_url and read_store_url have to be set together, or neither: name both, or a server with --server",
            ));
        }
        let opened = async {
            let data = DataDir::open(&settings.data_dir)?;
            let log = assembly::open_log_for_reading(settings, &data)
                .await?
                .store();
            let store = assembly::open_read_store(settings, &data)?;
            Self::over(settings, log, store)
        };
        opened.await.map_err(|error| out_of_reach(&error))
    }

    /// Over the directory of an embedded server that does not run; nobody else may be at it.
    pub(super) async fn over_directory(settings: &Settings, data: &DataDir) -> Result<Self, Ended> {
        let opened = async {
            let database = assembly::open_log_for_reading(settings, data).await?;
            let store = assembly::open_read_store(settings, data)?;
            let (stop, stopped) = shutdown();
            let opening = private::open(settings, data).await?.opening();
            let playing =
                projecting::start(settings, &database, &store, opening, None, stopped).await?;
            let mut local = Self::over(settings, database.store(), store)?;
            local.playing = Some((stop, playing));
            Ok(local)
        };
        opened.await.map_err(|error| out_of_reach(&error))
    }

    fn over(
        settings: &Settings,
        log: Arc<dyn LogStore>,
        store: Arc<dyn ReadStore>,
    ) -> Result<Self> {
        let models = all_models(settings.order()?);
        Ok(Self {
            models: ReadModels::new(store, models, settings.lanes),
            log,
            playing: None,
        })
    }

    pub(super) async fn list(&self) -> Result<ReadModelList, Ended> {
        let head = self.head().await?;
        let items = self.models.list(head).await.map_err(refused)?;
        Ok(ReadModelList {
            head: head.get(),
            items,
        })
    }

    pub(super) async fn one(&self, name: &str) -> Result<ModelReport, Ended> {
        let head = self.head().await?;
        self.models.one(name, head).await.map_err(refused)
    }

    pub(super) async fn rebuild(&self, name: &str, hold: bool) -> Result<Work, Ended> {
        let work = self.models.rebuild(name, hold, asker()).await;
        work.map_err(refused)
    }

    pub(super) async fn compare(&self, name: &str, with: Option<u32>) -> Result<Comparison, Ended> {
        self.models.compare(name, with).await.map_err(refused)
    }

    pub(super) async fn promote(&self, name: &str) -> Result<Work, Ended> {
        self.models.promote(name).await.map_err(refused)
    }

    pub(super) async fn rollback(&self, name: &str, accept_older: bool) -> Result<Work, Ended> {
        let work = self.models.rollback(name, accept_older, asker()).await;
        work.map_err(refused)
    }

    pub(super) async fn drop_old(
        &self,
        name: &str,
        generation: Option<u32>,
    ) -> Result<Dropped, Ended> {
        let dropped = self.models.drop_old(name, generation, asker().at).await;
        Ok(Dropped {
            dropped: dropped.map_err(refused)?,
        })
    }

    pub(super) async fn parked(&self, model: Option<&str>) -> Result<ParkedList, Ended> {
        self.models.parked(model).await.map_err(refused)
    }

    pub(super) async fn retry(
        &self,
        model: &str,
        key: &str,
        discard_because: Option<&str>,
    ) -> Result<TakenIn, Ended> {
        let taken_in = match discard_because {
            None => self.models.retry_parked(model, key, asker()).await,
            Some(reason) => {
                self.models
                    .discard_parked(model, key, reason, asker())
                    .await
            }
        };
        taken_in.map_err(|error| match error {
            ParkedRefused::Refused(error) => refused(error),
            ParkedRefused::NotParked { .. } | ParkedRefused::NoReason => {
                Ended::new(USAGE, error.to_string())
            }
            ParkedRefused::StillFailing { .. } => Ended::new(REFUSED, error.to_string()),
            ParkedRefused::NobodyThere => Ended::new(OUT_OF_REACH, error.to_string()),
        })
    }

    /// Ends the projector that was started for the command.
    pub(super) async fn close(self) {
        if let Some((stop, playing)) = self.playing {
            stop.stop();
            if let Err(error) = playing.stopped().await {
                tracing::warn!(%error, "the projector of this command ended badly");
            }
        }
    }

    async fn head(&self) -> Result<accession_events::Position, Ended> {
        let head = self
            .log
            .head()
            .await
            .context("the event log cannot be read");
        head.map_err(|error| out_of_reach(&error))
    }
}

/// Whoever may open the stores is an operator; the account says which.
#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
fn asker() -> Asker {
    let account = std::env::var("USER").unwrap_or_else(|_| "operator".to_owned());
    Asker {
        by: format!("cli:{account}"),
        at: jiff::Timestamp::now(),
    }
}

fn out_of_reach(error: &anyhow::Error) -> Ended {
    Ended::new(OUT_OF_REACH, format!("{error:#}"))
}

fn refused(error: impl Into<Refused>) -> Ended {
    let error = error.into();
    let code = match &error {
        Refused::UnknownModel { .. } | Refused::UnknownGeneration { .. } => USAGE,
        Refused::Store(ReadStoreError::Unavailable { .. }) => OUT_OF_REACH,
        _ => REFUSED,
    };
    Ended::new(code, error.to_string())
}
