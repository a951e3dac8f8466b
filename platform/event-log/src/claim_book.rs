//! Who holds which value according to the events alone: the claims table, computed anew.
//!
//! Pure: it reads no database, and it never decides what an event claims; the event types do.

use std::collections::HashMap;

use accession_events::{ClaimChange, ClaimKey, Position, RecordedEvent, StreamName};

use crate::error::LogError;

/// Tells what a stored event does to claims; the error says why nobody can tell.
pub type ClaimsOf = fn(&RecordedEvent) -> Result<Vec<ClaimChange>, String>;

/// All claims of the events applied so far. About 200 bytes a claim.
#[derive(Debug)]
pub struct ClaimBook {
    claims_of: ClaimsOf,
    holders: HashMap<ClaimKey, StreamName>,
    upto: Position,
    contested: Vec<Contested>,
}

/// An event that makes a claim on a value which another stream held at that time; the first holder keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// Where the event stands.
    pub position: Position,
    /// The value.
    pub key: ClaimKey,
    /// Who held it.
    pub holder: StreamName,
}

/// A row of the claims table that is not what the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimDifference {
    /// Kind of claim as it is stored; one that this version does not know is a difference too.
    pub kind: String,
    /// The claimed value.
    pub value: String,
    /// Who holds it in the table; nobody when the row is missing.
    pub stored: Option<StreamName>,
    /// Who holds it according to the events; nobody when the row should not be there.
    pub expected: Option<StreamName>,
}

/// What became of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimReport {
    /// The last event that was taken into account.
    pub upto: Position,
    /// How many claims the events make.
    pub claims: usize,
    /// What the table had otherwise; mended when that was asked for.
    pub differences: Vec<ClaimDifference>,
    /// Claims of events that came too late.
    pub contested: Vec<Contested>,
}

impl ClaimBook {
    /// The claims before the first event.
    #[must_use]
    pub fn new(claims_of: ClaimsOf) -> Self {
        Self {
            claims_of,
            holders: HashMap::new(),
            upto: Position::START,
            contested: Vec::new(),
        }
    }

    /// The last event applied.
    #[must_use]
    pub fn upto(&self) -> Position {
        self.upto
    }

    /// Applies the next event.
    pub fn apply(&mut self, event: &RecordedEvent) -> Result<(), LogError> {
        if event.position != self.upto.next() {
            return Err(LogError::Corrupt {
                reason: format!(
                    "table events has no position {}: the next one is {}",
                    self.upto.next(),
                    event.position
                ),
            });
        }
        let changes = (self.claims_of)(event).map_err(|reason| LogError::Permanent {
            reason: format!(
                "the claims cannot be told from the log: position {} ({} of {}): {reason}",
                event.position, event.event_type, event.stream
            ),
        })?;
        for change in changes {
            self.change(event, change);
        }
        self.upto = event.position;
        Ok(())
    }

    fn change(&mut self, event: &RecordedEvent, change: ClaimChange) {
        let (ClaimChange::Make(key) | ClaimChange::Release(key)) = &change;
        if let Some(holder) = self.holders.get(key)
            && *holder != event.stream
        {
            self.contested.push(Contested {
                position: event.position,
                key: key.clone(),
                holder: holder.clone(),
            });
            return;
        }
        match change {
            ClaimChange::Make(key) => {
                self.holders.insert(key, event.stream.clone());
            }
            ClaimChange::Release(key) => {
                self.holders.remove(&key);
            }
        }
    }

    /// Opens the comparison with the rows of the table.
    pub(crate) fn compare(self) -> Comparison {
        let claims = self.holders.len();
        let left = self
            .holders
            .into_iter()
            .map(|(key, holder)| ((key.kind.as_str(), key.value), holder))
            .collect();
        Comparison {
            left,
            report: ClaimReport {
                upto: self.upto,
                claims,
                differences: Vec::new(),
                contested: self.contested,
            },
        }
    }
}

/// A comparison under way: what the events say and no row has said yet.
pub(crate) struct Comparison {
    left: HashMap<(&'static str, std::sync::Arc<str>), StreamName>,
    report: ClaimReport,
}

impl Comparison {
    /// Takes a row of the table.
    pub(crate) fn row(&mut self, kind: &str, value: &str, stored: StreamName) {
        let known = accession_events::ClaimKind::from_stored(kind)
            .and_then(|kind| self.left.remove(&(kind.as_str(), value.into())));
        if known.as_ref() == Some(&stored) {
            return;
        }
        self.report.differences.push(ClaimDifference {
            kind: kind.to_owned(),
            value: value.to_owned(),
            stored: Some(stored),
            expected: known,
        });
    }

    /// After the last row: what is left is missing in the table.
    pub(crate) fn finish(self) -> ClaimReport {
        let mut report = self.report;
        let missing = self
            .left
            .into_iter()
            .map(|((kind, value), holder)| ClaimDifference {
                kind: kind.to_owned(),
                value: value.to_string(),
                stored: None,
                expected: Some(holder),
            });
        report.differences.extend(missing);
        report
            .differences
            .sort_by(|a, b| (&a.kind, &a.value).cmp(&(&b.kind, &b.value)));
        report
    }
}
