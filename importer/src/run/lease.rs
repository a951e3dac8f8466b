//! One import a source at a time: a lease on the server that is renewed while the import goes on, and given back at its end.
//!
//! Never a lock for ever: when this process dies, the lease runs out and the next import begins.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::client::{Client, ClientError};

/// How often a lease is renewed; it holds four times as long.
const RENEWED_AFTER: Duration = Duration::from_secs(4);
/// How often it is looked whether a lease is free; a dead importer's is within fifteen seconds.
const LOOKED_AFTER: Duration = Duration::from_secs(1);

/// A lease that is held.
pub(super) struct Lease {
    client: Client,
    source: &'static str,
    holder: String,
    renewal: JoinHandle<()>,
    lost: oneshot::Receiver<ClientError>,
}

impl Lease {
    /// Takes the lease of a source for an import of this input; refused while another import has it. One that nobody renews is
    /// waited for: whoever had it is dead.
    pub(super) async fn take(
        client: Client,
        source: &'static str,
        input: &str,
    ) -> Result<Self, ClientError> {
        let holder = Uuid::new_v4().to_string();
        taken(&client, source, &holder, input).await?;
        let (tell, lost) = oneshot::channel();
        let (renewing, name, input) = (client.clone(), holder.clone(), input.to_owned());
        let renewal = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEWED_AFTER).await;
                // A server that is away for a while is not the lease's matter: the import itself tells of it.
                match renewing.take_lease(source, &name, &input).await {
                    Ok(()) | Err(ClientError::OutOfReach { .. }) => {}
                    Err(error) => {
                        let _ = tell.send(error);
                        return;
                    }
                }
            }
        });
        Ok(Self {
            client,
            source,
            holder,
            renewal,
            lost,
        })
    }

    /// Waits until the lease is another's.
    pub(super) async fn lost(&mut self) -> ClientError {
        match (&mut self.lost).await {
            Ok(error) => error,
            Err(_) => std::future::pending().await,
        }
    }

    /// Gives it back. A server that does not hear of it waits until the lease has run out.
    pub(super) async fn give_back(self) {
        self.renewal.abort();
        if let Err(error) = self.client.give_lease_back(self.source, &self.holder).await {
            tracing::debug!(%error, "the lease of the import was not given back; it runs out by itself");
        }
    }
}

/// Takes the lease when it is free, or refuses as soon as its holder is seen to be alive.
async fn taken(
    client: &Client,
    source: &str,
    holder: &str,
    input: &str,
) -> Result<(), ClientError> {
    let mut seen: Option<String> = None;
    loop {
        match client.take_lease(source, holder, input).await {
            Err(ClientError::UnderWay { until, .. })
                if seen.as_ref().is_none_or(|seen| *seen == until) =>
            {
                seen = Some(until);
            }
            told => return told,
        }
        tokio::time::sleep(LOOKED_AFTER).await;
    }
}
