//! The connections: one for readers, one for steps, and one for each who waits at the end of a change feed.
//! Never blocks on a shared connection: who waits has one of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{
    ConnectionLike, ConnectionManager, ConnectionManagerConfig, MultiplexedConnection,
};
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, Pipeline, RedisResult};

use super::{RedisOptions, failure};
use crate::store::ReadStoreError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How much longer than Redis itself we wait for the end of a blocking read.
const GRACE: Duration = Duration::from_secs(2);

/// All connections of a store. Clones share them.
#[derive(Clone)]
pub(super) struct Link {
    client: Client,
    reads: ConnectionManager,
    writes: ConnectionManager,
    waiting: Arc<Mutex<Vec<MultiplexedConnection>>>,
    /// Connections that watch keys: each for one step at a time.
    transactions: Arc<Mutex<Vec<MultiplexedConnection>>>,
    write_timeout: Duration,
    /// A step that writes more bytes than this is written as a transaction.
    pub(super) transactions_from: usize,
}

impl Link {
    pub(super) fn new(options: &RedisOptions) -> Result<Self, ReadStoreError> {
        let client =
            Client::open(options.url.as_str()).map_err(|error| ReadStoreError::Unusable {
                reason: format!(
                    "the address of Redis is not understood ({error}); expected redis://host:port"
                ),
            })?;
        let managed = |timeout| {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(CONNECT_TIMEOUT))
                .set_response_timeout(Some(timeout))
                .set_number_of_retries(1);
            ConnectionManager::new_lazy_with_config(client.clone(), config)
                .map_err(|error| failure::of(&error))
        };
        Ok(Self {
            reads: managed(options.read_timeout)?,
            writes: managed(options.write_timeout)?,
            waiting: Arc::default(),
            transactions: Arc::default(),
            write_timeout: options.write_timeout,
            transactions_from: options.transactions_from,
            client,
        })
    }

    /// Asks something that changes nothing.
    pub(super) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, ReadStoreError> {
        asked(&mut self.reads.clone(), command)
            .await
            .map_err(|error| failure::of(&error))
    }

    /// Asks several things that change nothing in one round trip.
    pub(super) async fn read_all<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, ReadStoreError> {
        let asked = commands.query_async(&mut self.reads.clone()).await;
        asked.map_err(|error| failure::of(&error))
    }

    /// Asks something that may change much.
    pub(super) async fn write<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        asked(&mut self.writes.clone(), command).await
    }

    /// Asks something that Redis answers only after `patience`, on a connection that no one else uses meanwhile.
    pub(super) async fn wait<T: FromRedisValue>(
        &self,
        command: &Cmd,
        patience: Duration,
    ) -> Result<T, ReadStoreError> {
        let idle = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut connection = if let Some(connection) = idle {
            connection
        } else {
            let connected = self.connect(None).await;
            connected.map_err(|error| failure::of(&error))?
        };
        // When this future is dropped the connection goes with it, and Redis forgets the blocked read.
        match tokio::time::timeout(patience + GRACE, asked(&mut connection, command)).await {
            Ok(Ok(answer)) => {
                self.waiting
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(connection);
                Ok(answer)
            }
            Ok(Err(error)) => Err(failure::of(&error)),
            Err(_) => Err(ReadStoreError::Unavailable {
                reason: "Redis did not end a blocking read".to_owned(),
            }),
        }
    }

    /// A connection for one transaction. Give it back when it watches nothing any more, or drop it.
    pub(super) async fn for_transaction(&self) -> Result<MultiplexedConnection, ReadStoreError> {
        let idle = self.idle().pop();
        if let Some(connection) = idle {
            Ok(connection)
        } else {
            let connected = self.connect(Some(self.write_timeout)).await;
            connected.map_err(|error| failure::of(&error))
        }
    }

    /// Gives a connection back.
    pub(super) fn keep_for_transactions(&self, connection: MultiplexedConnection) {
        self.idle().push(connection);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<MultiplexedConnection>> {
        self.transactions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self, patience: Option<Duration>) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(patience);
        self.client
            .get_multiplexed_async_connection_with_config(&config)
            .await
    }
}

async fn asked<T: FromRedisValue>(
    connection: &mut impl ConnectionLike,
    command: &Cmd,
) -> RedisResult<T> {
    let answer = connection
        .req_packed_command(command)
        .await?
        .extract_error()?;
    Ok(redis::from_redis_value(answer)?)
}
