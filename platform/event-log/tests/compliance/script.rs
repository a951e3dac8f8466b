//! Random scripts of appends, played to the log and to a small model of it. The model never looks at the log.

use std::collections::HashMap;

use accession_event_log::{Append, Idempotency, LogStore, Outcome, StoredResponse, StreamWrite};
use accession_events::ids::EventId;
use accession_events::{ClaimChange, Position, StreamName};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::stories::{append, committed, key, write};
use crate::subject::Subject;

const CASES: u32 = 96;

/// What a script says of one write; names are small numbers, so that they meet.
#[derive(Debug, Clone)]
struct WriteLine {
    stream: u8,
    /// Added to the right version: mostly 0.
    off_by: u64,
    events: usize,
    /// Make or release, and which value.
    claims: Vec<(bool, u8)>,
}

#[derive(Debug, Clone)]
struct AppendLine {
    writes: Vec<WriteLine>,
    /// Key and fingerprint.
    key: Option<(u8, u8)>,
}

fn scripts() -> impl Strategy<Value = Vec<Vec<AppendLine>>> {
    let off_by = prop_oneof![6 => Just(0_u64), 1 => 1_u64..3];
    let write = (
        0_u8..4,
        off_by,
        0_usize..3,
        vec((any::<bool>(), 0_u8..4), 0..3),
    )
        .prop_map(|(stream, off_by, events, claims)| WriteLine {
            stream,
            off_by,
            events,
            claims,
        });
    let append = (vec(write, 0..4), option::weighted(0.4, (0_u8..3, 0_u8..2)))
        .prop_map(|(writes, key)| AppendLine { writes, key });
    vec(vec(append, 0..6), 1..5)
}

pub(crate) async fn any_script_of_appends_has_the_outcomes_of_the_model(subject: &dyn Subject) {
    let log = subject.log();
    let play = move || {
        let runtime = tokio::runtime::Handle::current();
        let mut runner = TestRunner::new(Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        });
        // All cases share a log, told apart by names: a fresh database a case would take minutes.
        let case = std::cell::Cell::new(0);
        runner
            .run(&scripts(), |script| {
                case.set(case.get() + 1);
                let names = Names(format!("case-{}", case.get()));
                runtime.block_on(play_script(&*log, &names, &script))
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    };
    tokio::task::spawn_blocking(play).await.unwrap();
}

/// Names of one case.
struct Names(String);

impl Names {
    fn of(&self, kind: &str, number: u8) -> String {
        format!("{}-{kind}-{number}", self.0)
    }
}

async fn play_script(
    log: &dyn LogStore,
    names: &Names,
    script: &[Vec<AppendLine>],
) -> Result<(), TestCaseError> {
    let start = log.head().await.unwrap();
    let mut model = Model {
        head: start.get(),
        ..Model::default()
    };
    for lines in script {
        let (batch, expected): (Vec<_>, Vec<_>) = lines
            .iter()
            .map(|line| {
                let append = model.spell_out(line, names);
                let outcome = model.append(&append);
                (append, outcome)
            })
            .unzip();
        prop_assert_eq!(log.append(&batch).await.unwrap(), expected);
    }
    let feed = log.read_feed(start, usize::MAX).await.unwrap();
    let read: Vec<_> = feed
        .iter()
        .map(|event| (event.stream.clone(), event.sequence, event.event_id))
        .collect();
    prop_assert_eq!(&read, &model.feed);
    for number in 0..4 {
        let value = names.of("claim", number);
        let owner = log.claim_owners(&[key(&value)]).await.unwrap().remove(0);
        let expected = model
            .claims
            .get(&value)
            .map(|stream| stream.aggregate_id.to_string());
        prop_assert_eq!(owner, expected);
        let name = names.of("key", number);
        let stored = log.stored_response("me", &name).await.unwrap();
        prop_assert_eq!(stored.as_ref(), model.keys.get(&name));
    }
    Ok(())
}

/// The log's rules in their plainest form.
#[derive(Debug, Clone, Default)]
struct Model {
    head: u64,
    versions: HashMap<StreamName, u64>,
    claims: HashMap<String, StreamName>,
    keys: HashMap<String, StoredResponse>,
    feed: Vec<(StreamName, u64, EventId)>,
}

impl Model {
    fn spell_out(&self, line: &AppendLine, names: &Names) -> Append {
        let mut ahead = self.versions.clone();
        let writes = line
            .writes
            .iter()
            .map(|line| {
                let id = names.of("stream", line.stream);
                let mut write = write(&id, 0, line.events);
                let version = ahead.entry(write.stream.clone()).or_insert(0);
                write.expected_version = *version + line.off_by;
                *version += line.events as u64;
                write.claims = line
                    .claims
                    .iter()
                    .map(|(make, value)| {
                        let key = key(&names.of("claim", *value));
                        if *make {
                            ClaimChange::Make(key)
                        } else {
                            ClaimChange::Release(key)
                        }
                    })
                    .collect();
                write
            })
            .collect();
        Append {
            idempotency: line.key.map(|(name, fingerprint)| Idempotency {
                scope: "me".into(),
                key: names.of("key", name),
                fingerprint: format!("f{fingerprint}"),
                response: format!("answer to f{fingerprint}"),
            }),
            ..append(writes)
        }
    }

    fn append(&mut self, append: &Append) -> Outcome {
        let mut next = self.clone();
        match next.try_append(append) {
            Ok(committed) => {
                *self = next;
                committed
            }
            Err(refused) => refused,
        }
    }

    fn try_append(&mut self, append: &Append) -> Result<Outcome, Outcome> {
        let before = self.head;
        if let Some(asked) = &append.idempotency
            && let Some(stored) = self.keys.get(&asked.key)
        {
            return Err(if stored.fingerprint == asked.fingerprint {
                Outcome::Replayed(stored.clone())
            } else {
                Outcome::KeyReused
            });
        }
        for write in &append.writes {
            self.write_events(write)?;
        }
        for write in &append.writes {
            self.change_claims(write)?;
        }
        if let Some(asked) = &append.idempotency {
            let stored = StoredResponse {
                fingerprint: asked.fingerprint.clone(),
                response: asked.response.clone(),
                position: Position::new(self.head),
            };
            self.keys.insert(asked.key.clone(), stored);
        }
        let first = if self.head > before {
            before + 1
        } else {
            before
        };
        Ok(committed(first, self.head))
    }

    fn write_events(&mut self, write: &StreamWrite) -> Result<(), Outcome> {
        let version = self.versions.entry(write.stream.clone()).or_insert(0);
        if *version != write.expected_version {
            return Err(Outcome::Conflict {
                stream: write.stream.clone(),
                expected: write.expected_version,
                actual: *version,
            });
        }
        for event in &write.events {
            *version += 1;
            self.head += 1;
            self.feed.push((write.stream.clone(), *version, event.id));
        }
        Ok(())
    }

    fn change_claims(&mut self, write: &StreamWrite) -> Result<(), Outcome> {
        for change in &write.claims {
            let (ClaimChange::Make(key) | ClaimChange::Release(key)) = change;
            let value = key.value.to_string();
            if let Some(owner) = self
                .claims
                .get(&value)
                .filter(|owner| **owner != write.stream)
            {
                return Err(Outcome::Claimed {
                    key: key.clone(),
                    owner: owner.aggregate_id.to_string(),
                });
            }
            if matches!(change, ClaimChange::Make(_)) {
                self.claims.insert(value, write.stream.clone());
            } else {
                self.claims.remove(&value);
            }
        }
        Ok(())
    }
}
