//! Tells processes that share a Postgres log of each other's commits, by LISTEN and NOTIFY.
//!
//! Only ever a hint, coalesced and never sent within an append's transaction (there it would take a lock over the
//! whole server): whoever waits for it also polls.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection, PgPool};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::log_feed::changed;

/// The channel that commits are announced on.
const CHANNEL: &str = "accession_log";
/// At most one announcement in this time, however many commits there are.
const AT_MOST_EVERY: Duration = Duration::from_millis(10);
/// Pause before a broken connection is made again.
const PAUSE: Duration = Duration::from_secs(1);

/// Wake-ups from all processes that write to one Postgres log. Dropping it ends its tasks.
#[derive(Debug)]
pub struct PostgresWake {
    newest: Arc<watch::Sender<Position>>,
    tasks: [JoinHandle<()>; 2],
}

impl PostgresWake {
    /// Starts to announce `own` commits (the head of this process's log; one that never changes in a process that
    /// only reads) in the database that `options` name, and to listen for those of others. Must be called within a
    /// Tokio runtime; a database that is away only delays hints.
    #[must_use]
    pub fn start(options: &PgConnectOptions, own: watch::Receiver<Position>) -> Self {
        let options = options.clone().application_name("accession-wake");
        let newest = Arc::new(watch::Sender::new(*own.borrow()));
        let tasks = [
            tokio::spawn(announce(options.clone(), own, Arc::clone(&newest))),
            tokio::spawn(listen(options, Arc::clone(&newest))),
        ];
        Self { newest, tasks }
    }

    /// The newest position that any process has announced, this one's without a detour.
    #[must_use]
    pub fn wake(&self) -> watch::Receiver<Position> {
        self.newest.subscribe()
    }
}

impl Drop for PostgresWake {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn announce(
    options: PgConnectOptions,
    mut own: watch::Receiver<Position>,
    newest: Arc<watch::Sender<Position>>,
) {
    let mut connection = None;
    loop {
        changed(&mut own).await;
        let position = *own.borrow_and_update();
        raise(&newest, position);
        if let Err(error) = notify(&options, &mut connection, position).await {
            tracing::debug!(%error, "a commit could not be announced; others will find it by polling");
            connection = None;
        }
        tokio::time::sleep(AT_MOST_EVERY).await;
    }
}

async fn notify(
    options: &PgConnectOptions,
    connection: &mut Option<PgConnection>,
    position: Position,
) -> sqlx::Result<()> {
    let connected = match connection {
        Some(connected) => connected,
        None => connection.insert(options.connect().await?),
    };
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(position.to_string())
        .execute(connected)
        .await
        .map(|_| ())
}

async fn listen(options: PgConnectOptions, newest: Arc<watch::Sender<Position>>) {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_lazy_with(options);
    loop {
        if let Err(error) = hear(&pool, &newest).await {
            tracing::debug!(%error, "announcements of commits are interrupted; polling goes on");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(pool: &PgPool, newest: &watch::Sender<Position>) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let heard = listener.recv().await?;
        if let Ok(position) = heard.payload().parse() {
            raise(newest, Position::new(position));
        }
    }
}

/// A later announcement may arrive before an earlier one.
fn raise(newest: &watch::Sender<Position>, position: Position) {
    newest.send_if_modified(|known| {
        let higher = position > *known;
        *known = position.max(*known);
        higher
    });
}
