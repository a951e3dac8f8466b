//! The server as an importer sees it: runs, batches and checkpoints over the internal endpoints, with patience.
//!
//! Every call is safe to repeat, because items carry their record's identity and content; so every failure that may
//! pass is tried again.

mod error;
mod exchange;

use std::time::{Duration, Instant};

use accession_events::Position;
use accession_events::ids::ImportRunId;
use accession_events::ingestion::items::{
    Batch, BatchResult, EditionItem, EpisodeItem, ItemResult, MAX_ITEMS, SourceItem, TitleItem,
};
use accession_events::ingestion::{ImportCounts, RejectedItem};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};

pub use error::ClientError;

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

/// What a dry run asks about.
#[derive(Debug, Default, Serialize)]
pub(crate) struct DryRunItems {
    pub(crate) titles: Vec<TitleItem>,
    pub(crate) editions: Vec<EditionItem>,
    pub(crate) episodes: Vec<EpisodeItem>,
    pub(crate) sources: Vec<SourceItem>,
}

/// What would become of each.
#[derive(Debug, Deserialize)]
pub(crate) struct DryRunAnswer {
    pub(crate) titles: Vec<ItemResult>,
    pub(crate) editions: Vec<ItemResult>,
    pub(crate) episodes: Vec<ItemResult>,
    pub(crate) sources: Vec<ItemResult>,
    pub(crate) position: Position,
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

    /// Finds the run that an earlier attempt on the same input left open; opens none.
    pub(crate) async fn find_run(
        &self,
        source: &str,
        input: &str,
    ) -> Result<Option<Run>, ClientError> {
        let wanted = [("source", source), ("input", input)];
        let query = reqwest::Url::parse_with_params("http://query/", wanted).map_or_else(
            |_| String::new(),
            |url| url.query().unwrap_or_default().to_owned(),
        );
        let path = format!("import/runs?{query}");
        match self.exchange(Method::GET, &path, &[]).await {
            Ok(run) => Ok(Some(run)),
            Err(ClientError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives up the run that an earlier attempt on the same input left open, if there is one.
    pub(crate) async fn abandon_run(&self, source: &str, input: &str) -> Result<(), ClientError> {
        if let Some(run) = self.find_run(source, input).await? {
            let path = format!("import/runs/{}/abandon", run.id);
            let reason = serde_json::json!({ "reason": "everything is read anew" });
            let _: serde_json::Value = self.call(Method::POST, &path, &reason).await?;
        }
        Ok(())
    }

    /// Waits until readers see what was written up to a position. False when it took longer than `patience`, and
    /// when this server answers no readers: then another one does, and this one cannot tell.
    pub(crate) async fn readable(&self, position: Position, patience: Duration) -> bool {
        let server = self.server.url.trim_end_matches('/');
        let url = format!("{server}/api/read/titles?kind=book&limit=1&min_position={position}");
        let begun = Instant::now();
        loop {
            let answer = self.http.get(&url).send().await;
            match answer.map(|answer| answer.status()) {
                Ok(StatusCode::OK) => return true,
                // The server has waited a while itself.
                Ok(StatusCode::SERVICE_UNAVAILABLE) if begun.elapsed() < patience => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                _ => return false,
            }
        }
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

    /// Asks what would become of these; nothing is written.
    pub(crate) async fn dry_run(&self, items: &DryRunItems) -> Result<DryRunAnswer, ClientError> {
        self.call(Method::POST, "import/dry-run", items).await
    }

    /// Takes the lease of a source, or renews it.
    pub(crate) async fn take_lease(
        &self,
        source: &str,
        holder: &str,
        input: &str,
    ) -> Result<(), ClientError> {
        let path = format!("import/leases/{source}/{holder}");
        let _: serde_json::Value = self
            .call(Method::PUT, &path, &serde_json::json!({ "input": input }))
            .await?;
        Ok(())
    }

    /// Gives it back.
    pub(crate) async fn give_lease_back(
        &self,
        source: &str,
        holder: &str,
    ) -> Result<(), ClientError> {
        let path = format!("import/leases/{source}/{holder}");
        let _: serde_json::Value = self.exchange(Method::DELETE, &path, &[]).await?;
        Ok(())
    }
}
