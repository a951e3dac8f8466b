//! Sends what is queued: derives tokens, opens boxes, writes the letter, hands it over, and tries again when it must.
//!
//! A letter leaves at least once and, but for one gap, once: when this process dies between the server's "taken" and our
//! note of it, the letter goes out again under the same `Message-ID`, by which its receiver can drop it.

mod letter;
mod options;
mod status;

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_mail::{MessageKind, SendError, Sender, Templates, Transport};
use accession_secrets::challenges::ChallengeTokens;
use accession_secrets::outbox::{MessageState, Outbox, Settled, TakenMessage};
use accession_secrets::{Sealer, SecretsError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::address_book::AddressBook;
use letter::Obstacle;
pub use options::SenderOptions;
pub use status::MailStatus;
use status::gauges;

/// Sends messages. Several processes may do it at the same time.
pub struct MailSender {
    outbox: Arc<dyn Outbox>,
    sealer: Sealer,
    tokens: ChallengeTokens,
    templates: Templates,
    transport: Arc<dyn Transport>,
    from: Sender,
    options: SenderOptions,
    status: watch::Sender<MailStatus>,
    /// Where it is asked whether a copy is still out.
    book: Option<AddressBook>,
}

impl MailSender {
    /// Sends what is in this outbox by this transport.
    #[must_use]
    pub fn new(
        outbox: Arc<dyn Outbox>,
        sealer: Sealer,
        tokens: ChallengeTokens,
        templates: Templates,
        transport: Arc<dyn Transport>,
        from: Sender,
        options: SenderOptions,
    ) -> Self {
        let status = MailStatus {
            only_logs: transport.only_logs(),
            ..MailStatus::default()
        };
        Self {
            outbox,
            sealer,
            tokens,
            templates,
            transport,
            from,
            options,
            status: watch::Sender::new(status),
            book: None,
        }
    }

    /// Asks this log, before it reminds anybody of a loan, whether the copy is still out.
    #[must_use]
    pub fn looking_at(mut self, log: Arc<dyn LogStore>) -> Self {
        self.book = Some(AddressBook::new(log));
        self
    }

    /// How the queue is doing, now and later.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<MailStatus> {
        self.status.subscribe()
    }

    /// Sends until `shutdown`, and finishes the letter that is under way.
    pub async fn run(self, clock: fn() -> Timestamp, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        let mut readable = true;
        loop {
            let round = self.round(clock).await;
            if let Err(error) = &round {
                tracing::warn!(%error, "the queue of messages cannot be read");
                self.note_problem(Some(error.to_string()));
            } else if !readable {
                self.note_problem(None);
            }
            readable = round.is_ok();
            let pause = if matches!(round, Ok(true)) {
                Duration::ZERO
            } else {
                self.options.poll
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn note_problem(&self, problem: Option<String>) {
        self.status.send_modify(|status| status.problem = problem);
    }

    /// At most one letter; whether there was one, so that the next may wait already.
    async fn round(&self, clock: fn() -> Timestamp) -> Result<bool, SecretsError> {
        let sent = self.send_due(clock()).await?;
        let counts = self.outbox.counts().await?;
        gauges(counts.waiting, counts.failed);
        self.status.send_modify(|status| {
            (status.waiting, status.failed) = (counts.waiting, counts.failed);
            status.next_due = counts.next_due;
        });
        if !sent {
            let long_ago = clock() - signed(self.options.kept_for);
            self.outbox
                .purge(long_ago, MessageKind::NewSignIn.as_str())
                .await?;
        }
        Ok(sent)
    }

    /// Sends the message that has been due for longest at `now`; whether there was one. Only one is held at a time:
    /// while a server hangs, the others are free for other senders, and no lease ends under a letter.
    pub async fn send_due(&self, now: Timestamp) -> Result<bool, SecretsError> {
        let until = now + signed(self.options.lease);
        let Some(taken) = self.outbox.take(now, until).await? else {
            return Ok(false);
        };
        self.send(&taken, now).await?;
        Ok(true)
    }

    async fn send(&self, message: &TakenMessage, now: Timestamp) -> Result<(), SecretsError> {
        let within = self.options.lease / 2;
        let done = tokio::time::timeout(within, self.try_to_send(message, now))
            .await
            .unwrap_or_else(|_| Err(Obstacle::Later("it took too long".into())));
        let settled = self.settled(message, done, now);
        let outcome = settled.state.as_str();
        metrics::counter!("accession_mail_total", "kind" => message.kind.clone(), "outcome" => outcome).increment(1);
        let (id, kind, attempts) = (message.id, &message.kind, message.attempts);
        if let Some(problem) = &settled.problem {
            tracing::warn!(%id, kind, attempts, outcome, problem, "a message was not sent");
        } else {
            tracing::debug!(%id, kind, attempts, "a message was sent");
        }
        if settled.state != MessageState::Dropped {
            self.note_problem(settled.problem.clone());
        }
        if !self.outbox.settle(message, &settled).await? {
            tracing::debug!(%id, kind, "a message was dropped or taken by another while it was sent");
        }
        if settled.state != MessageState::Queued
            && let Some(once) = letter::once(message)
        {
            // Whatever fails here is done by time: see the reaction that has queued it.
            self.sealer.destroy(once, now).await?;
        }
        Ok(())
    }

    fn settled(
        &self,
        message: &TakenMessage,
        done: Result<(), Obstacle>,
        now: Timestamp,
    ) -> Settled {
        let ended = |state, problem| Settled {
            state,
            at: now,
            problem,
        };
        match done {
            Ok(()) => ended(MessageState::Sent, None),
            Err(Obstacle::Moot(why)) => ended(MessageState::Dropped, Some(why.to_owned())),
            Err(Obstacle::Never(why)) => ended(MessageState::Failed, Some(why)),
            Err(Obstacle::Later(why)) if message.attempts >= self.options.attempts => {
                let why = format!("given up after {} attempts: {why}", message.attempts);
                ended(MessageState::Failed, Some(why))
            }
            Err(Obstacle::Later(why)) => Settled {
                state: MessageState::Queued,
                at: now + signed(self.pause(message)),
                problem: Some(why),
            },
        }
    }

    /// Three times longer each time, and a fifth more or less, so that messages that failed together don't return together.
    fn pause(&self, message: &TakenMessage) -> Duration {
        let options = &self.options;
        let tripled = options.shortest_pause
            * 3_u32.saturating_pow(message.attempts.saturating_sub(1).min(16));
        let spread = message
            .id
            .as_u128()
            .wrapping_mul(u128::from(message.attempts) * 2 + 1)
            % 41;
        let percent = 80 + u32::try_from(spread).unwrap_or_default();
        tripled.min(options.longest_pause) * percent / 100
    }

    async fn try_to_send(&self, message: &TakenMessage, now: Timestamp) -> Result<(), Obstacle> {
        if message.expires_at.is_some_and(|until| until <= now) {
            return Err(Obstacle::Moot("its link would not be good any more"));
        }
        let letter = self.letter(message, now).await?;
        self.transport
            .send(&letter)
            .await
            .map_err(|error| match error {
                SendError::Later { reason } => Obstacle::Later(reason),
                SendError::Never { reason } => Obstacle::Never(reason),
            })
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
