//! A source that is asked over HTTP: questions go out in a task of their own, records come in order through a channel.
//!
//! A provider that is out of reach ends the run, which goes on there the next time; one answer that cannot be read is one
//! rejected record. Off until an operator says who asks.

use std::pin::Pin;

use reqwest::Url;
use serde_json::Value;
use tokio::sync::mpsc;

use super::{Reading, UnreadableInput, Wishes};
use crate::record::{Place, Record, Reject};
use crate::web::{Answer, Ask, Manners, Web, WebError};

/// Records on their way.
const AHEAD: usize = 32;

/// How a source is asked.
pub(super) struct Asked {
    /// Pace and patience.
    pub(super) manners: Manners,
    /// Where it answers, unless a mirror is named.
    pub(super) base: &'static str,
    /// Whether it answers only with a token.
    pub(super) needs_token: bool,
    /// What it must be asked for; none when it can be asked for everything.
    pub(super) needs: Option<&'static str>,
    /// Asks, and sends what comes.
    pub(super) ask: fn(Asking) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// The run of one source over HTTP.
pub(super) struct Asking {
    web: Web,
    base: Url,
    /// What was asked for.
    pub(super) wishes: Wishes,
    /// Where to go on.
    pub(super) start: Place,
    sender: mpsc::Sender<Result<Record, UnreadableInput>>,
    number: u64,
}

/// The receiver is gone or the provider is: no more questions.
pub(super) struct Stop;

/// Begins to ask.
pub(super) fn begin(
    asked: &Asked,
    wishes: &Wishes,
    start: Place,
) -> Result<Reading, UnreadableInput> {
    let name = asked.manners.name;
    let contact = wishes.contact.clone().ok_or_else(|| {
        UnreadableInput::new(format!(
            "{name} over HTTP is off until you say who asks: give --contact (or ACCESSION_IMPORT_CONTACT) an address of yours for the User-Agent, or read a file with --file"
        ))
    })?;
    if asked.needs_token && wishes.token.is_none() {
        return Err(UnreadableInput::new(format!(
            "{name} needs a token: set ACCESSION_PROVIDER_TOKEN"
        )));
    }
    if let Some(needs) = asked
        .needs
        .filter(|_| wishes.ids.is_empty() && wishes.query.is_none())
    {
        return Err(UnreadableInput::new(format!(
            "{name} must be asked for something: {needs}"
        )));
    }
    let base = wishes.base.as_deref().unwrap_or(asked.base);
    let base = Url::parse(base)
        .map_err(|error| UnreadableInput::new(format!("`{base}` is no address: {error}")))?;
    let web = Web::new(asked.manners.clone(), &base, &contact, wishes.allow_private)
        .map_err(|error| stopping(&error))?;
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    let asking = Asking {
        web,
        base,
        wishes: wishes.clone(),
        start,
        sender,
        // Without a place at the source everything is asked again, and what is done is skipped by its number.
        number: if start.byte > 0 { start.number } else { 0 },
    };
    tokio::spawn((asked.ask)(asking));
    Ok(Reading {
        columns: vec!["document".into()],
        records: Box::new(std::iter::from_fn(move || receiver.blocking_recv())),
    })
}

fn stopping(error: &WebError) -> UnreadableInput {
    match error {
        WebError::OutOfReach { .. } => UnreadableInput::out_of_reach(error.to_string()),
        _ => UnreadableInput::new(error.to_string()),
    }
}

impl Asking {
    /// An address below the base, with a query.
    pub(super) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        let below = format!("{}{path}", self.base.path().trim_end_matches('/'));
        url.set_path(&below);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// An address that the provider gave for its next page. Only its own host is asked: the token stays there.
    pub(super) fn next_page(&self, address: &str) -> Option<Url> {
        let url = self.base.join(address).ok()?;
        let is_own = url.host_str() == self.base.host_str()
            && url.port_or_known_default() == self.base.port_or_known_default();
        is_own.then_some(url)
    }

    /// Asks. None when there is no such thing or its answer cannot be read; then a rejection of `what` has been sent.
    pub(super) async fn document(&mut self, ask: &Ask, what: &str) -> Result<Option<Value>, Stop> {
        match self.web.ask(ask).await {
            Ok(Answer::Found(document)) => Ok(Some(document)),
            Ok(Answer::NotFound) => {
                self.reject(
                    what,
                    Reject::new("not_found", "the provider knows nothing of it"),
                )
                .await?;
                Ok(None)
            }
            Err(error @ WebError::Unreadable { .. }) => {
                self.reject(what, Reject::new("unreadable_answer", error.to_string()))
                    .await?;
                Ok(None)
            }
            Err(error) => {
                let _ = self.sender.send(Err(stopping(&error))).await;
                Err(Stop)
            }
        }
    }

    /// The same, but what is not there or not readable is nothing and no rejection.
    pub(super) async fn addition(&mut self, ask: &Ask) -> Result<Option<Value>, Stop> {
        match self.web.ask(ask).await {
            Ok(Answer::Found(document)) => Ok(Some(document)),
            Ok(Answer::NotFound) | Err(WebError::Unreadable { .. }) => Ok(None),
            Err(error) => {
                let _ = self.sender.send(Err(stopping(&error))).await;
                Err(Stop)
            }
        }
    }

    /// Sends a record under the next number.
    pub(super) async fn send(&mut self, record: Record) -> Result<(), Stop> {
        self.number += 1;
        let record = Record {
            number: self.number,
            ..record
        };
        self.sender.send(Ok(record)).await.map_err(|_| Stop)
    }

    /// Sends a rejection.
    pub(super) async fn reject(&mut self, what: &str, reject: Reject) -> Result<(), Stop> {
        let record = Record {
            number: 0,
            name: what.to_owned(),
            raw: vec![what.to_owned()],
            items: Err(reject),
            notes: Vec::new(),
            end: None,
        };
        self.send(record).await
    }
}

#[cfg(test)]
mod tests;
