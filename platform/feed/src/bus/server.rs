//! Which NATS servers are fit for the bus.
//! It never refuses a version for what only a durable record would need: the log is the record.

use async_nats::Client;
use async_nats::client::RequestErrorKind;
use bytes::Bytes;
use serde::Deserialize;

use crate::bus::error::BusError;

type Version = (u64, u64, u64);

/// Pull consumers without acknowledgement and conditional publishing as we use them.
const OLDEST: Version = (2, 9, 0);
/// A crash of their process could lose a whole stream.
const LOSE_STREAMS: std::ops::RangeInclusive<Version> = (2, 10, 20)..=(2, 10, 22);

/// Refuses servers that are too old, warns of those that lose more than they should.
pub(crate) fn check_version(version: &str) -> Result<(), BusError> {
    let Some(parsed) = parse(version) else {
        tracing::warn!(
            version,
            "the bus does not say which version it is; expected 2.9 or newer"
        );
        return Ok(());
    };
    if parsed < OLDEST {
        return Err(BusError::Unfit {
            reason: format!("nats-server is {version}; 2.9 or newer is needed: upgrade it"),
        });
    }
    if LOSE_STREAMS.contains(&parsed) {
        tracing::warn!(
            version,
            "this nats-server can lose a whole stream when its process crashes (fixed in 2.10.23); nothing is lost \
             from the log, but upgrade it"
        );
    }
    tracing::debug!(
        version,
        "the bus acknowledges before it is durable unless its sync_interval is `always`; the log is the record, so \
         that is fine"
    );
    Ok(())
}

/// Refuses servers whose `JetStream` is off, or off for our account.
pub(crate) async fn check_jetstream(client: &Client, version: &str) -> Result<(), BusError> {
    // Asked by hand: the client library's description of an account wants fields that a 2.9 server does not send.
    let answer = match client.request("$JS.API.INFO", Bytes::new()).await {
        Ok(answer) => answer,
        Err(error) if error.kind() == RequestErrorKind::NoResponders => {
            return Err(off(version, "nobody answers"));
        }
        Err(error) => return Err(BusError::request("describe our JetStream account", &error)),
    };
    let account: Account = serde_json::from_slice(&answer.payload)
        .map_err(|error| BusError::request("describe our JetStream account", &error))?;
    match account.error {
        Some(refusal) => Err(off(version, &refusal.description)),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
struct Account {
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    description: String,
}

fn off(version: &str, said: &str) -> BusError {
    BusError::Unfit {
        reason: format!(
            "nats-server {version} does not offer JetStream to us ({said}): start it with `--jetstream`, or with \
             `jetstream {{ store_dir: … }}` in its configuration, and enable it for our account"
        ),
    }
}

/// `2.10.20-beta.1` is (2, 10, 20).
fn parse(version: &str) -> Option<Version> {
    let number = |text: &str| {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        text.get(..end)?.parse().ok()
    };
    let mut parts = version.trim_start_matches('v').splitn(3, '.').map(number);
    Some((
        parts.next()??,
        parts.next()??,
        parts.next().flatten().unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::{check_version, parse};

    #[test]
    fn versions_are_read_with_and_without_suffixes() {
        assert_eq!(parse("2.9.10"), Some((2, 9, 10)));
        assert_eq!(parse("v2.12.1-RC.3"), Some((2, 12, 1)));
        assert_eq!(parse("2.14"), Some((2, 14, 0)));
        assert_eq!(parse("unknown"), None);
    }

    #[test]
    fn a_server_older_than_2_9_is_refused_by_name() {
        let refused = check_version("2.8.4").expect_err("too old").to_string();
        assert!(
            refused.contains("2.8.4") && refused.contains("2.9"),
            "{refused}"
        );
        for fit in ["2.9.0", "2.9.10", "2.10.21", "2.14.5", "from-source"] {
            assert!(check_version(fit).is_ok(), "{fit}");
        }
    }
}
