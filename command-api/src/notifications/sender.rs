//! Sends what is queued: derives tokens, opens boxes, writes the letter, hands it over, and tries again when it must.
//!
//! A letter leaves at least once and, but for one gap, once: when this process dies between the server's "taken" and our
//! note of it, the letter goes out again under the same `Message-ID`, by which its receiver can drop it.

use std::sync::Arc;
use std::time::Duration;

use accession_mail::{Letter, MessageKind, SendError, Sender, Templates, Transport};
use accession_secrets::challenges::ChallengeTokens;
use accession_secrets::outbox::{MessageState, Outbox, Settled, TakenMessage};
use accession_secrets::{SealError, Sealer, SecretsError};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::draft::{Boxed, Draft};

/// Settings of the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderOptions {
    /// Where people reach the product: links begin with it. No slash at the end.
    pub public_url: String,
    /// Pause after the first failure of a message; each further one triples it.
    pub shortest_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
    /// A message is given up after so many attempts.
    pub attempts: u32,
    /// How long a sender has a message for itself: longer than a letter may take.
    pub lease: Duration,
    /// Messages that are taken at once.
    pub at_once: u32,
    /// How often the queue is looked at.
    pub poll: Duration,
    /// How long rows of messages that were sent are kept.
    pub kept_for: Duration,
}

impl Default for SenderOptions {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            shortest_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(3600),
            attempts: 12,
            lease: Duration::from_secs(180),
            at_once: 8,
            poll: Duration::from_secs(1),
            kept_for: Duration::from_secs(30 * 86_400),
        }
    }
}

/// How the queue is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailStatus {
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were given up.
    pub failed: u64,
    /// When the next one is due; long ago when nothing moves.
    pub next_due: Option<Timestamp>,
    /// What went wrong last, until something goes well.
    pub problem: Option<String>,
    /// Whether letters only go into the log.
    pub only_logs: bool,
}

/// What stands in the way of a letter.
enum Obstacle {
    /// Nobody can be written to any more, or nobody wants it any more.
    Moot(&'static str),
    Never(String),
    Later(String),
}

impl From<SealError> for Obstacle {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Erased(_) => Self::Moot("its receiver was erased"),
            SealError::Secrets(error) if error.is_transient() => Self::Later(error.to_string()),
            other => Self::Never(other.to_string()),
        }
    }
}

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
        }
    }

    /// How the queue is doing, now and later.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<MailStatus> {
        self.status.subscribe()
    }

    /// Sends until `shutdown`, and finishes the letters that are under way.
    pub async fn run(self, clock: fn() -> Timestamp, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        loop {
            if let Err(error) = self.round(clock).await {
                tracing::warn!(%error, "the queue of messages cannot be read");
                self.status
                    .send_modify(|status| status.problem = Some(error.to_string()));
            }
            tokio::select! {
                () = &mut shutdown => return,
                () = tokio::time::sleep(self.options.poll) => {}
            }
        }
    }

    async fn round(&self, clock: fn() -> Timestamp) -> Result<(), SecretsError> {
        while self.send_due(clock()).await? > 0 {}
        let now = clock();
        let counts = self.outbox.counts().await?;
        gauges(counts.waiting, counts.failed);
        self.status.send_modify(|status| {
            (status.waiting, status.failed) = (counts.waiting, counts.failed);
            status.next_due = counts.next_due;
        });
        let long_ago = now - signed(self.options.kept_for);
        self.outbox
            .purge(long_ago, MessageKind::NewSignIn.as_str())
            .await?;
        Ok(())
    }

    /// Sends what is due at `now`, at most one batch; how many were taken.
    pub async fn send_due(&self, now: Timestamp) -> Result<usize, SecretsError> {
        let until = now + signed(self.options.lease);
        let taken = self.outbox.take(now, until, self.options.at_once).await?;
        for message in &taken {
            self.send(message, now).await?;
        }
        Ok(taken.len())
    }

    async fn send(&self, message: &TakenMessage, now: Timestamp) -> Result<(), SecretsError> {
        let done = self.try_to_send(message, now).await;
        let settled = self.settled(message, done, now);
        let outcome = settled.state.as_str();
        metrics::counter!("accession_mail_total", "kind" => message.kind.clone(), "outcome" => outcome).increment(1);
        let (id, kind, attempts) = (message.id, &message.kind, message.attempts);
        match &settled.problem {
            Some(problem) => {
                tracing::warn!(%id, kind, attempts, outcome, problem, "a message was not sent")
            }
            None => tracing::debug!(%id, kind, attempts, "a message was sent"),
        }
        self.status
            .send_modify(|status| status.problem.clone_from(&settled.problem));
        if !self.outbox.settle(message, &settled).await? {
            tracing::debug!(%id, kind, "a message was dropped or taken by another while it was sent");
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

    async fn letter(&self, message: &TakenMessage, now: Timestamp) -> Result<Letter, Obstacle> {
        let never = |reason: String| Obstacle::Never(reason);
        let kind = MessageKind::named(&message.kind)
            .ok_or_else(|| never(format!("this version knows no message `{}`", message.kind)))?;
        let draft: Draft = serde_json::from_str(&message.letter)
            .map_err(|_| never("what it is written from cannot be read".into()))?;
        let Some(to) = self.open(Some(&draft.to)).await? else {
            return Err(Obstacle::Moot("its receiver was erased"));
        };
        let name = self.open(draft.name.as_ref()).await?;
        let name = name.map(|name| name.to_string()).unwrap_or_default();
        let link = self.link(&draft);
        let mut values = draft.values.clone();
        let inviter = self.open(draft.inviter.as_ref()).await?;
        values.insert(
            "inviter".into(),
            inviter
                .map(|name| name.to_string())
                .unwrap_or_default()
                .into(),
        );
        values.insert(
            "device".into(),
            self.open(draft.device.as_ref())
                .await?
                .unwrap_or_default()
                .into(),
        );
        values.insert("name".into(), name.clone().into());
        values.insert("site".into(), self.site().into());
        values.insert("when".into(), shown(draft.when).into());
        values.insert(
            "until".into(),
            draft.until.map(shown).unwrap_or_default().into(),
        );
        values.insert("link".into(), link.clone().unwrap_or_default().into());
        let rendered = self.templates.render(kind, &draft.language, &values.into());
        Ok(Letter {
            id: message.id,
            kind,
            from: self.from.clone(),
            to_name: name,
            to,
            rendered: rendered.map_err(|error| never(error.to_string()))?,
            link,
            at: now,
        })
    }

    /// The address of the page. A token goes behind `#`: browsers keep that part to themselves, so it gets into no log.
    fn link(&self, draft: &Draft) -> Option<String> {
        let page = draft.page?;
        let mut link = format!("{}{}", self.options.public_url, page.path());
        if let (Some(challenge), Some(purpose)) = (draft.challenge, page.purpose()) {
            link.push_str("#token=");
            link.push_str(&self.tokens.token(purpose, challenge));
        }
        Some(link)
    }

    fn site(&self) -> &str {
        let url = &self.options.public_url;
        url.split_once("://").map_or(url, |(_, host)| host)
    }

    async fn open<T: DeserializeOwned + Clone>(
        &self,
        boxed: Option<&Boxed<T>>,
    ) -> Result<Option<T>, Obstacle> {
        match boxed {
            Some(boxed) => Ok(self
                .sealer
                .open(&boxed.stream(), &boxed.field, &boxed.value)
                .await?),
            None => Ok(None),
        }
    }
}

/// A time as people of any language read it.
fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; a queue stays far below 2^52"
)]
fn gauges(waiting: u64, failed: u64) {
    metrics::gauge!("accession_mail_waiting").set(waiting as f64);
    metrics::gauge!("accession_mail_failed").set(failed as f64);
}
