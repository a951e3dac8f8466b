//! Whose calendar a link opens, for the read API of a process that reaches the private tables.
//!
//! Never looks anything else up there.

use std::sync::Arc;

use accession_events::ids::AccountId;
use accession_read_api::calendar_links::{CalendarOwners, LinksAway};
use accession_secrets::PrivateDatabase;
use accession_secrets::calendar_links::{self, CalendarLinks, CalendarToken};
use async_trait::async_trait;

/// The links of this process's private tables.
pub(super) struct CalendarBook(Arc<dyn CalendarLinks>);

impl CalendarBook {
    pub(super) fn of(database: &PrivateDatabase) -> Arc<dyn CalendarOwners> {
        Arc::new(Self(calendar_links::open(database)))
    }
}

#[async_trait]
impl CalendarOwners for CalendarBook {
    async fn owner(&self, secret: &str) -> Result<Option<AccountId>, LinksAway> {
        let Some(token) = CalendarToken::read(secret) else {
            return Ok(None);
        };
        let owner = self.0.owner(&token).await;
        owner.map_err(|error| LinksAway {
            reason: error.to_string(),
        })
    }
}
