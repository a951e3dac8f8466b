//! What went on among the members of a library: who came, who went, who became what.
//!
//! Names nobody: an entry is kept for ever, and a name must be forgotten when its bearer is.

use accession_events::ids::{AccountId, LibraryId};
use accession_events::library::{JoinedHow, LibraryEvent, MemberRole};
use accession_events::{Event, Position, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, Leaf, ReadModel, Rendered, json};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// Somebody came in.
    Joined,
    /// Somebody left.
    Left,
    /// Somebody was removed.
    Removed,
    /// Somebody became something else.
    RoleChanged,
    /// Somebody was suspended.
    Suspended,
    /// Somebody was let act again.
    Reinstated,
}

/// One thing that went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityDocument {
    /// In which library.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// What happened.
    pub kind: ActivityKind,
    /// To whom.
    #[schema(value_type = Uuid)]
    pub account_id: AccountId,
    /// What they are from then on, when they came in or became something else.
    #[schema(value_type = Option<String>)]
    pub role: Option<MemberRole>,
    /// What they were before, when they became something else.
    #[schema(value_type = Option<String>)]
    pub former_role: Option<MemberRole>,
    /// How they came in.
    #[schema(value_type = Option<String>)]
    pub how: Option<JoinedHow>,
    /// Who did it, when it was another.
    #[schema(value_type = Option<Uuid>)]
    pub by: Option<AccountId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where it stands in the log.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory: what happened last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LibraryActivityState {
    last: Option<ActivityDocument>,
}

/// What went on, one leaf an event; found in `library:<id>` by position.
#[derive(Debug, Clone, Copy, Default)]
pub struct LibraryActivityModel;

impl ReadModel for LibraryActivityModel {
    type State = LibraryActivityState;

    const NAME: &'static str = "library_activity";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Library(event) if told(event).is_some() => {
                vec![recorded.stream.aggregate_id.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut LibraryActivityState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Library(event) = event else {
            return Ok(());
        };
        let Some(told) = told(event) else {
            return Ok(());
        };
        let library_id = key
            .parse()
            .map_err(|error| FoldError::new(format!("{error}")))?;
        state.last = Some(told.in_library(library_id, recorded));
        Ok(())
    }

    fn leaf(
        &self,
        key: &str,
        state: &LibraryActivityState,
        recorded: &RecordedEvent,
    ) -> Option<Leaf> {
        let activity = state.last.as_ref()?;
        Some(Leaf {
            place: recorded.sequence.to_string(),
            body: json(activity).ok()?,
            found_in: vec![(
                format!("library:{key}"),
                format!("{:020}/", recorded.position.get()),
            )],
        })
    }

    fn render(&self, _key: &str, _state: &LibraryActivityState) -> Rendered {
        Rendered::default()
    }
}

/// What an event tells of a member.
struct Told {
    kind: ActivityKind,
    account: AccountId,
    role: Option<MemberRole>,
    former: Option<MemberRole>,
    how: Option<JoinedHow>,
    by: Option<AccountId>,
}

impl Told {
    const fn of(kind: ActivityKind, account: AccountId, by: Option<AccountId>) -> Self {
        Self {
            kind,
            account,
            role: None,
            former: None,
            how: None,
            by,
        }
    }

    fn in_library(self, library_id: LibraryId, recorded: &RecordedEvent) -> ActivityDocument {
        ActivityDocument {
            library_id,
            kind: self.kind,
            account_id: self.account,
            role: self.role,
            former_role: self.former,
            how: self.how,
            by: self.by,
            at: recorded.recorded_at,
            position: recorded.position,
        }
    }
}

fn told(event: &LibraryEvent) -> Option<Told> {
    Some(match event {
        LibraryEvent::MemberJoined {
            account, role, how, ..
        } => Told {
            role: Some(*role),
            how: Some(*how),
            ..Told::of(ActivityKind::Joined, *account, None)
        },
        LibraryEvent::RoleChanged {
            account,
            from,
            to,
            by,
        } => Told {
            role: Some(*to),
            former: Some(*from),
            ..Told::of(ActivityKind::RoleChanged, *account, Some(*by))
        },
        LibraryEvent::MemberSuspended { account, by } => {
            Told::of(ActivityKind::Suspended, *account, Some(*by))
        }
        LibraryEvent::MemberReinstated { account, by } => {
            Told::of(ActivityKind::Reinstated, *account, Some(*by))
        }
        LibraryEvent::MemberRemoved { account, by, .. } => {
            Told::of(ActivityKind::Removed, *account, *by)
        }
        LibraryEvent::MemberLeft { account } => Told::of(ActivityKind::Left, *account, None),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::tests::{founded, invited, joined};
    use crate::testing::id;

    fn told_of(history: &crate::testing::History) -> Vec<(ActivityKind, String)> {
        let model = LibraryActivityModel;
        let mut state = LibraryActivityState::default();
        let mut leaves = Vec::new();
        for recorded in history.events() {
            let event = Event::decode(&recorded).unwrap();
            for key in model.keys(&event, &recorded) {
                model.fold(&key, &mut state, &event, &recorded).unwrap();
                let leaf = model.leaf(&key, &state, &recorded).unwrap();
                let body: ActivityDocument = serde_json::from_slice(&leaf.body).unwrap();
                assert_eq!(leaf.found_in[0].0, format!("library:{}", id(50)));
                leaves.push((body.kind, body.account_id.to_string()));
            }
        }
        leaves
    }

    #[test]
    fn who_comes_and_goes_is_told_and_invitations_are_not() {
        let history = founded()
            .library(50, invited(9))
            .library(50, joined(2, "viewer"))
            .library(
                50,
                serde_json::json!({ "MemberLeft": { "account": id(2) } }),
            );
        assert_eq!(
            told_of(&history),
            [
                (ActivityKind::Joined, id(1)),
                (ActivityKind::Joined, id(2)),
                (ActivityKind::Left, id(2)),
            ]
        );
    }
}
