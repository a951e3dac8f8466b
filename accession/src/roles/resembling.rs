//! The writing side asks the documents of this process which titles are like one that is to be taken in.
//!
//! Only carries the question over; how alike two titles are is not decided here.

use std::sync::Arc;

use accession_command_api::CommandApi;
use accession_command_api::holdings::lookalikes::{Lookalikes, NamedTitle};
use accession_events::ids::LibraryId;
use accession_read_api::{Neighbours, ReadApi};
use async_trait::async_trait;

/// The API, asking the documents of this process where it reaches any.
pub(super) fn comparing(api: CommandApi, questions: Option<&ReadApi>) -> CommandApi {
    match questions {
        Some(questions) => api.comparing_with(Arc::new(FromDocuments(questions.neighbours()))),
        None => api,
    }
}

/// Asks the hot documents.
struct FromDocuments(Neighbours);

#[async_trait]
impl Lookalikes for FromDocuments {
    async fn near(&self, library: LibraryId, name: &str) -> Vec<NamedTitle> {
        let near = self.0.near(library, name).await;
        let named = near.into_iter().map(|near| NamedTitle {
            title: near.title,
            name: near.name,
            authors: near.authors,
        });
        named.collect()
    }
}
