//! On which terms a library lends.
//!
//! Never there for a library that has not said anything: then the usual terms hold.

use accession_events::circulation::{LendingTerms, PolicyEvent};
use accession_events::ids::LibraryId;
use accession_events::{Event, Position, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};

/// A lending policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyDocument {
    /// Whose it is.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// The terms.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub terms: LendingTerms,
    /// When they were set; null when the library has not said anything.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub set_at: Option<Timestamp>,
    /// Version of the policy, for `If-Match`; 0 when the library has not said anything.
    pub version: u64,
    /// Position of the event that set them.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a policy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PolicyState {
    policy: Option<PolicyDocument>,
}

/// Lending policies by library.
#[derive(Debug, Clone, Copy, Default)]
pub struct LendingPolicyModel;

impl ReadModel for LendingPolicyModel {
    type State = PolicyState;

    const NAME: &'static str = "lending_policy";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Policy(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut PolicyState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Policy(PolicyEvent::LendingPolicySet { terms, .. }) = event else {
            return Ok(());
        };
        let known = state.policy.as_ref();
        if known.is_some_and(|known| known.version >= recorded.sequence) {
            return Ok(());
        }
        state.policy = Some(PolicyDocument {
            library_id: key
                .parse()
                .map_err(|error| FoldError::new(format!("{error}")))?,
            terms: terms.clone(),
            set_at: Some(recorded.recorded_at),
            version: recorded.sequence,
            position: recorded.position,
        });
        Ok(())
    }

    fn render(&self, _key: &str, state: &PolicyState) -> Rendered {
        Rendered {
            body: state.policy.as_ref().and_then(|policy| json(policy).ok()),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::LibraryKind;
    use serde_json::json;

    use super::*;
    use crate::testing::{History, given, id};

    #[test]
    fn the_last_word_holds() {
        let mut terms = LendingTerms::usual(LibraryKind::Lending);
        let mut history = History::new();
        for period_days in [28, 21] {
            terms.period_days = period_days;
            let set = json!({ "LendingPolicySet": { "terms": terms, "by": id(1) } });
            history = history.policy(50, set);
        }
        let policy = given(LendingPolicyModel, &history).then(&id(50));
        assert_eq!(policy.body["period_days"], 21);
        assert_eq!(policy.body["version"], 2);
        assert!(policy.hidden);
    }
}
