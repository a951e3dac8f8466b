//! The ledger in JSON: each provenance once, and statements that point to it by number.
//!
//! Never trusts what it reads: a number without a provenance is an error, and fields are put back in order.

use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Fact, Ledger, Lock, Said};
use crate::values::provenance::{Provenance, SharedProvenance};

/// A ledger as it is written.
#[derive(Serialize, Deserialize)]
#[serde(bound(
    serialize = "B: Serialize, F: Serialize, I: Serialize",
    deserialize = "B: Deserialize<'de>, F: Deserialize<'de>, I: Deserialize<'de>"
))]
struct StoredLedger<B, F, I> {
    by: Vec<B>,
    said: Vec<(usize, F)>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    locks: Vec<StoredLock<F, I>>,
}

#[derive(Serialize, Deserialize)]
struct StoredLock<F, I> {
    field: I,
    frozen: Vec<(usize, F)>,
    since: Vec<(usize, F)>,
}

impl<F: Fact + Serialize> Serialize for Ledger<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut numbered = Numbered { by: Vec::new() };
        let said = numbered.written(&self.said);
        let locks = self
            .locks
            .iter()
            .map(|lock| StoredLock {
                field: lock.field,
                frozen: numbered.written(&lock.frozen),
                since: numbered.written(&lock.since),
            })
            .collect();
        StoredLedger {
            by: numbered.by,
            said,
            locks,
        }
        .serialize(serializer)
    }
}

/// The provenances met so far; a statement is written with its provenance's place in this list.
struct Numbered<'a> {
    by: Vec<&'a Provenance>,
}

impl<'a> Numbered<'a> {
    fn written<F>(&mut self, statements: &'a [Said<F>]) -> Vec<(usize, &'a F)> {
        statements
            .iter()
            .map(|said| (self.number_of(&said.by), &said.fact))
            .collect()
    }

    fn number_of(&mut self, by: &'a SharedProvenance) -> usize {
        let by: &'a Provenance = by;
        let known = self
            .by
            .iter()
            .position(|known| std::ptr::eq(*known, by) || *known == by);
        known.unwrap_or_else(|| {
            self.by.push(by);
            self.by.len() - 1
        })
    }
}

impl<'de, F: Fact + Deserialize<'de>> Deserialize<'de> for Ledger<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredLedger::<Provenance, F, F::Field>::deserialize(deserializer)?;
        let by: Vec<SharedProvenance> = stored.by.into_iter().map(Arc::new).collect();
        let mut said = read(stored.said, &by)?;
        said.sort_by_key(|said| said.fact.field());
        let locks = stored
            .locks
            .into_iter()
            .map(|lock| {
                Ok(Lock {
                    field: lock.field,
                    frozen: read(lock.frozen, &by)?,
                    since: read(lock.since, &by)?,
                })
            })
            .collect::<Result<_, D::Error>>()?;
        Ok(Self { said, locks })
    }
}

fn read<F, E: Error>(written: Vec<(usize, F)>, by: &[SharedProvenance]) -> Result<Vec<Said<F>>, E> {
    written
        .into_iter()
        .map(|(number, fact)| {
            let by = by.get(number).map(Arc::clone).ok_or_else(|| {
                E::custom(format_args!(
                    "the ledger has a statement by asserter {number}, but lists only {}",
                    by.len()
                ))
            })?;
            Ok(Said { by, fact })
        })
        .collect()
}
