//! A small aggregate for tests of the log: an account that is opened, receives and pays. It stands for no product rule.

use std::fmt;

use accession_event_log::Decider;
use accession_events::{ClaimChange, ClaimKey, ClaimKind, LoggedEvent};
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) open: bool,
    pub(crate) balance: i64,
    pub(crate) movements: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum AccountEvent {
    Opened { name: String },
    Received { amount: i64 },
    Paid { amount: i64 },
    Closed { name: String },
}

#[derive(Debug, Clone)]
pub(crate) enum AccountCommand {
    Open { name: String },
    Receive { amount: i64 },
    Pay { amount: i64 },
    Close { name: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refusal {}

impl LoggedEvent for AccountEvent {
    const AGGREGATE: &'static str = "test.account";

    fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "Opened",
            Self::Received { .. } => "Received",
            Self::Paid { .. } => "Paid",
            Self::Closed { .. } => "Closed",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        let key = |name: &String| ClaimKey::new(ClaimKind::TitleSlug, name.as_str());
        match self {
            Self::Opened { name } if name.is_empty() => Vec::new(),
            Self::Opened { name } => vec![ClaimChange::Make(key(name))],
            Self::Closed { name } => vec![ClaimChange::Release(key(name))],
            Self::Received { .. } | Self::Paid { .. } => Vec::new(),
        }
    }
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.version().to_string()
    }
}

impl Aggregate for Account {
    const TYPE: &'static str = "test.account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Opened { .. } => self.open = true,
            AccountEvent::Received { amount } => self.balance += amount,
            AccountEvent::Paid { amount } => self.balance -= amount,
            AccountEvent::Closed { .. } => self.open = false,
        }
        self.movements += 1;
    }
}

impl Decider for Account {
    const SCHEMA: &'static str = "account-1";

    fn decide(&self, command: &AccountCommand) -> Result<Vec<AccountEvent>, Refusal> {
        match command {
            AccountCommand::Open { .. } if self.open => Err(Refusal("it is open already")),
            AccountCommand::Open { name } => Ok(vec![AccountEvent::Opened { name: name.clone() }]),
            _ if !self.open => Err(Refusal("there is no such account")),
            AccountCommand::Receive { amount: 0 } => Ok(Vec::new()),
            AccountCommand::Receive { amount } => {
                Ok(vec![AccountEvent::Received { amount: *amount }])
            }
            AccountCommand::Pay { amount } if *amount > self.balance => {
                Err(Refusal("there is not enough in it"))
            }
            AccountCommand::Pay { amount } => Ok(vec![AccountEvent::Paid { amount: *amount }]),
            AccountCommand::Close { name } => Ok(vec![AccountEvent::Closed { name: name.clone() }]),
        }
    }
}
