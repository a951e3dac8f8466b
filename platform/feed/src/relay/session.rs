//! One session of the relay: from reading where the stream ends to the first thing that is not as expected.
//!
//! It keeps no cursor beyond its own life: the stream's end is the cursor.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::Position;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::bus::Tail;
use crate::log_feed::{changed, wait};
use crate::log_reader::LogReader;
use crate::relay::RelayConfig;
use crate::relay::lease::Lease;
use crate::relay::outlet::SharedOutlet;
use crate::relay::status::{RelayState, RelayStatus};
use crate::relay::stop::Stop;
use crate::relay::window::{End, Window};

pub(crate) struct Session<'a> {
    pub(crate) log: Arc<dyn LogStore>,
    pub(crate) outlet: SharedOutlet,
    pub(crate) lease: &'a mut dyn Lease,
    pub(crate) wake: &'a mut watch::Receiver<Position>,
    pub(crate) config: &'a RelayConfig,
    pub(crate) status: &'a watch::Sender<RelayStatus>,
    /// The session before ended because the server remembered a message that its stream had lost.
    pub(crate) ids_by_place: bool,
}

impl Session<'_> {
    /// Runs until something is not as expected.
    pub(crate) async fn run(mut self) -> Stop {
        // Whatever waits for an answer over a connection that is gone waits for nothing.
        let mut link = self.outlet.link();
        tokio::select! {
            // In this order, so that a simulation takes the same turn every time.
            biased;
            () = changed(&mut link) => Stop::LinkChanged,
            stopped = self.relay() => match stopped {
                Err(stop) => stop,
                Ok(never) => match never {},
            },
        }
    }

    async fn relay(&mut self) -> Result<Infallible, Stop> {
        let mut window = self.begin().await?;
        let mut reader = LogReader::new(Arc::clone(&self.log));
        let mut next = window.acknowledged();
        let mut checks = Checks::new(self.config.check_every);
        self.status
            .send_modify(|status| status.enter(RelayState::Publishing));
        loop {
            reader.noticed(*self.wake.borrow_and_update());
            let page = reader.page(next, self.config.page).await?;
            for event in &page {
                window.publish(event).await?;
                next = event.position;
            }
            if page.is_empty() {
                window.settle().await?;
            }
            self.report(&window, &reader);
            if checks.due() {
                // While messages are in flight, nobody can say where the stream ends.
                let end = page.is_empty().then(|| window.end());
                self.check(end).await?;
            }
            if page.is_empty() {
                wait(
                    self.wake,
                    checks.next.min(Instant::now() + self.config.poll),
                )
                .await;
            }
        }
    }

    /// Reads where the stream ends and decides where to go on.
    async fn begin(&mut self) -> Result<Window, Stop> {
        self.outlet.check().await?;
        let mismatches = self.outlet.ensure_stream().await?;
        for mismatch in &mismatches {
            tracing::warn!(
                setting = mismatch.setting,
                found = mismatch.found,
                expected = mismatch.expected,
                refused = mismatch.refused,
                "the stream on the bus is not as configured; going on with it as it is"
            );
        }
        let notice = mismatches.into_iter().find_map(|mismatch| mismatch.refused);
        self.status.send_modify(|status| status.notice = notice);
        let tail = self.outlet.tail().await?;
        let published = self.published(&tail).await?;
        tracing::info!(
            position = published.get(),
            sequence = tail.last_sequence,
            "relaying behind the stream's end"
        );
        let size = self.config.in_flight;
        Ok(Window::new(
            Arc::clone(&self.outlet),
            size,
            tail.last_sequence,
            published,
            self.ids_by_place,
        ))
    }

    /// The position behind which to go on: the stream's last one; the log's end when the stream is empty, because
    /// history comes from the log anyway.
    async fn published(&mut self, tail: &Tail) -> Result<Position, Stop> {
        let Some(last) = tail.message else {
            return Ok(self.log.head().await?);
        };
        if last.belongs_to(&self.log).await? {
            return Ok(last.position);
        }
        tracing::error!(
            position = last.position.get(),
            event = %last.event_id,
            "the stream on the bus ends with an event that the log does not hold: the log was restored from an older \
             copy, or two installations share a stream; emptying the stream"
        );
        metrics::counter!("accession_relay_foreign_streams_total").increment(1);
        self.outlet.empty_stream().await?;
        Ok(self.log.head().await?)
    }

    fn report(&self, window: &Window, reader: &LogReader) {
        self.status.send_modify(|status| {
            status.turned(window.acknowledged(), reader.newest(), window.oldest());
        });
    }

    /// Looks whether we still may relay, and whether the stream still ends where we left it.
    async fn check(&mut self, end: Option<End>) -> Result<(), Stop> {
        if !self.lease.is_held().await? {
            return Err(Stop::LeaseLost);
        }
        let Some(End {
            sequence: expected,
            position,
        }) = end
        else {
            return Ok(());
        };
        let found = self.outlet.tail().await?;
        let moved = found.message.is_some_and(|last| last.position != position);
        if found.last_sequence != expected || moved {
            return Err(Stop::TailMoved {
                expected,
                found: found.last_sequence,
            });
        }
        Ok(())
    }
}

/// When the lease and the stream's end are looked at again.
struct Checks {
    every: Duration,
    next: Instant,
}

impl Checks {
    fn new(every: Duration) -> Self {
        Self {
            every,
            next: Instant::now() + every,
        }
    }

    fn due(&mut self) -> bool {
        let due = Instant::now() >= self.next;
        if due {
            self.next = Instant::now() + self.every;
        }
        due
    }
}
