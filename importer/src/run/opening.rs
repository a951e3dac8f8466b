//! The run of an import, opened by the first thing that changes.
//!
//! An import that says nothing new opens none, so it leaves no event behind.

use std::sync::Arc;

use accession_events::ids::ImportRunId;
use accession_events::ingestion::ImportCounts;
use accession_events::ingestion::items::{Batch, BatchResult, ItemStatus};
use serde::Serialize;
use tokio::sync::OnceCell;

use crate::client::{Client, ClientError, Run};
use crate::record::Place;

/// The run that an import's batches are sent in the name of. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Opening {
    client: Client,
    source: &'static str,
    input: Arc<str>,
    run: Arc<OnceCell<ImportRunId>>,
}

/// What an earlier attempt on the same input left behind.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// Where to go on.
    pub(super) done: Option<Place>,
    /// Totals up to there.
    pub(super) counts: ImportCounts,
}

impl Opening {
    /// Goes on with the run that an earlier attempt left open, if there is one.
    pub(super) async fn find(
        client: Client,
        source: &'static str,
        input: &str,
    ) -> Result<(Self, Earlier), ClientError> {
        let found = client.find_run(source, input).await?;
        let (run, earlier) = found.map_or_else(Default::default, |Run { id, cursor, counts }| {
            let done = cursor.and_then(|cursor| Place::parse(&cursor));
            (Some(id), Earlier { done, counts })
        });
        let opening = Self {
            client,
            source,
            input: input.into(),
            run: Arc::new(OnceCell::new_with(run)),
        };
        Ok((opening, earlier))
    }

    /// The run, once there is one.
    pub(super) fn opened(&self) -> Option<ImportRunId> {
        self.run.get().copied()
    }

    /// The run; opens it if nobody has.
    pub(super) async fn open(&self) -> Result<ImportRunId, ClientError> {
        let open = || async {
            let run = self.client.open_run(self.source, &self.input).await?;
            Ok(run.id)
        };
        self.run.get_or_try_init(open).await.copied()
    }

    /// Sends items of one kind in the name of the run. As long as there is none they are only shown to the server,
    /// and the first of them that says something new opens it.
    pub(crate) async fn send<I: Serialize + Sync>(
        &self,
        kind: &str,
        items: Vec<I>,
    ) -> Result<BatchResult, ClientError> {
        let run_id = self.opened();
        let mut batch = Batch {
            run_id,
            preview: run_id.is_none(),
            items,
        };
        if batch.preview {
            let told = self.client.send(kind, &batch).await?;
            let unchanged = |item: &ItemStatus| *item == ItemStatus::Unchanged;
            if told.results.iter().map(|item| &item.status).all(unchanged) {
                return Ok(told);
            }
            (batch.run_id, batch.preview) = (Some(self.open().await?), false);
        }
        self.client.send(kind, &batch).await
    }
}
