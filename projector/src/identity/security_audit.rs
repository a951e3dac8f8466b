//! The audit of security: one document for every act that changes who may come in and what they may do.
//!
//! Never holds a secret, an address or a name: a place is a short keyed digest, a person is an account's id. Failed
//! attempts to sign in are no acts: they are no events, or whoever attacks could fill the log.

mod act;

pub use act::SecurityActDocument;

use accession_events::identity::{
    AccountEvent, ServiceCredentialEvent, SessionEvent, SubjectEvent,
};
use accession_events::library::LibraryEvent;
use accession_events::{Event, LoggedEvent as _, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{FoldError, Leaf, ReadModel, Rendered, json};

/// What is kept of a stream: how many of its events were such acts, and the last of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SecurityAuditState {
    acts: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_at: Option<Timestamp>,
    #[serde(skip)]
    last: Option<SecurityActDocument>,
}

/// Acts lie beside the key of their stream, found in `all`, `kind:<kind>`, `account:<id>` and
/// `account:<id>:kind:<kind>`, by position.
#[derive(Debug, Clone, Copy, Default)]
pub struct SecurityAuditModel;

impl SecurityAuditModel {
    /// The index of acts: of everybody or one account, of every kind or one.
    #[must_use]
    pub fn index(account: Option<&str>, kind: Option<&str>) -> String {
        match (account, kind) {
            (None, None) => "all".to_owned(),
            (None, Some(kind)) => format!("kind:{kind}"),
            (Some(account), None) => format!("account:{account}"),
            (Some(account), Some(kind)) => format!("account:{account}:kind:{kind}"),
        }
    }

    /// The types of the streams whose events may be such acts.
    pub const STREAMS: [&'static str; 5] = [
        AccountEvent::AGGREGATE,
        SessionEvent::AGGREGATE,
        ServiceCredentialEvent::AGGREGATE,
        SubjectEvent::AGGREGATE,
        LibraryEvent::AGGREGATE,
    ];
}

impl ReadModel for SecurityAuditModel {
    type State = SecurityAuditState;

    const NAME: &'static str = "security_audit";
    const FOLD_VERSION: &'static str = "2";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        let stream = recorded.stream.aggregate_id.to_string();
        act::of(event, recorded)
            .map(|_| stream)
            .into_iter()
            .collect()
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut SecurityAuditState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if let Some(act) = act::of(event, recorded) {
            state.acts += 1;
            state.last_at = Some(recorded.recorded_at);
            state.last = Some(act);
        }
        Ok(())
    }

    fn leaf(
        &self,
        _key: &str,
        state: &SecurityAuditState,
        recorded: &RecordedEvent,
    ) -> Option<Leaf> {
        let act = state.last.as_ref()?;
        let sort = format!("{:020}", recorded.position.get());
        let mut found_in = vec![Self::index(None, None), Self::index(None, Some(&act.kind))];
        for account in act.concerns() {
            found_in.push(Self::index(Some(&account), None));
            found_in.push(Self::index(Some(&account), Some(&act.kind)));
        }
        Some(Leaf {
            // An account and the subject of its data have one id, so a sequence would be there twice.
            place: recorded.position.get().to_string(),
            body: json(act).ok()?,
            found_in: found_in
                .into_iter()
                .map(|index| (index, sort.clone()))
                .collect(),
        })
    }

    fn render(&self, key: &str, state: &SecurityAuditState) -> Rendered {
        let told = serde_json::json!({ "id": key, "acts": state.acts, "last_at": state.last_at });
        Rendered {
            body: json(&told).ok(),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
