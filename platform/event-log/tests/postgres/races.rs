//! Races with pauses at every statement boundary of the append: whoever is wrong about order or about a lock shows it
//! here. The control shows that the pauses do provoke the race that the lock prevents.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use accession_event_log::{Append, LogError, LogStore, Outcome, PostgresLog, PostgresOptions};
use accession_events::Position;

use crate::support::{Ground, ground};
use crate::write::{claiming, id, keyed, notes, of};

const PROCESSES: usize = 8;

/// Puts a short random pause before every statement of `append_events`, and between the rows it writes.
async fn with_pauses(ground: &Ground, lock: bool) -> Vec<Arc<PostgresLog>> {
    let raw = ground.raw().await;
    let definition: String =
        sqlx::query_scalar("SELECT pg_get_functiondef('append_events'::regproc)")
            .fetch_one(&raw)
            .await
            .unwrap();
    let (declared, body) = definition.split_once("\nBEGIN\n").unwrap();
    let mut slowed = format!("{declared}\nBEGIN\n");
    let mut boundary = true;
    let mut pauses = 0;
    for line in body.lines() {
        let statement = line.trim();
        let silent = statement.is_empty() || statement.starts_with("--");
        if boundary && !silent && !statement.starts_with("END") && !statement.starts_with("EL") {
            slowed.push_str("PERFORM pg_sleep(random() * 0.002);\n");
            pauses += 1;
        }
        if lock || !statement.starts_with("PERFORM pg_advisory_xact_lock") {
            slowed.push_str(line);
            slowed.push('\n');
        }
        if !silent {
            boundary = [";", "BEGIN", "THEN", "LOOP", "ELSE"]
                .iter()
                .any(|end| statement.ends_with(end));
        }
    }
    assert!(
        pauses > 20,
        "the function's layout is not what this test expects: {pauses} statements"
    );
    sqlx::raw_sql(&slowed).execute(&raw).await.unwrap();
    sqlx::raw_sql(
        "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_sleep(random() * 0.002); RETURN NEW; END $$;
         CREATE TRIGGER pause BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION pause();
         CREATE TRIGGER pause BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION pause();
         CREATE TRIGGER pause_after AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION pause();",
    )
    .execute(&raw)
    .await
    .unwrap();
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        let options = PostgresOptions {
            readers: 1,
            ..PostgresOptions::default()
        };
        processes.push(Arc::new(
            PostgresLog::connect(ground.database.url(), options)
                .await
                .unwrap(),
        ));
    }
    processes
}

/// A process that writes batches of all kinds: fresh streams, a shared stream with a version that is often stale, a
/// stream twice in a batch.
async fn write_for_a_while(
    process: Arc<PostgresLog>,
    shared: String,
    written: Arc<AtomicU64>,
) -> Result<(), LogError> {
    for round in 0..12 {
        let own = id();
        let seen = process
            .read_stream(&notes(&shared, 0, 0).stream, 0, 1000)
            .await?
            .len() as u64;
        let batch: Vec<Append> = match round % 3 {
            0 => vec![
                of(notes(&own, 0, 2)),
                of(notes(&shared, seen, 1)),
                of(notes(&id(), 0, 1)),
            ],
            1 => vec![
                of(notes(&own, 0, 1)),
                of(notes(&own, 1, 2)),
                of(notes(&shared, seen, 2)),
            ],
            _ => vec![of(claiming(notes(&own, 0, 3), &own))],
        };
        for (append, outcome) in batch.iter().zip(process.append(&batch).await?) {
            if matches!(outcome, Outcome::Committed(_)) {
                written.fetch_add(append.event_count() as u64, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_tails_eight_racing_writers_never_skips_repeats_or_reorders_an_event() {
    let ground = ground().await;
    let processes = with_pauses(&ground, true).await;
    let done = Arc::new(AtomicBool::new(false));
    let tails = [1, 7, 1000].map(|page| {
        let (store, done) = (Arc::clone(&ground.store), Arc::clone(&done));
        tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                let finished = done.load(Ordering::Relaxed);
                let after = Position::new(seen.len() as u64);
                let events = store.read_feed(after, page).await.unwrap();
                if events.is_empty() && finished {
                    return seen;
                }
                seen.extend(events);
            }
        })
    });
    let written = Arc::new(AtomicU64::new(0));
    let shared = id();
    let writers: Vec<_> = processes
        .into_iter()
        .map(|process| {
            tokio::spawn(write_for_a_while(
                process,
                shared.clone(),
                Arc::clone(&written),
            ))
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    done.store(true, Ordering::Relaxed);

    let all = ground
        .store
        .read_feed(Position::START, 100_000)
        .await
        .unwrap();
    assert_eq!(
        all.len() as u64,
        written.load(Ordering::Relaxed),
        "what was acknowledged is there, and nothing else"
    );
    assert!(
        all.windows(2)
            .all(|pair| pair[0].recorded_at <= pair[1].recorded_at)
    );
    let mut versions = std::collections::HashMap::new();
    for event in &all {
        let version = versions.entry(event.stream.clone()).or_insert(0);
        *version += 1;
        assert_eq!(event.sequence, *version, "{}", event.stream);
    }
    for tail in tails {
        assert!(
            tail.await.unwrap() == all,
            "a tail saw something else than what is in the log"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_lock_the_same_race_breaks_the_numbering() {
    let ground = ground().await;
    let processes = with_pauses(&ground, false).await;
    let written = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = processes
        .into_iter()
        .map(|process| tokio::spawn(write_for_a_while(process, id(), Arc::clone(&written))))
        .collect();
    let mut broken = 0;
    for writer in writers {
        broken += usize::from(matches!(
            writer.await.unwrap(),
            Err(LogError::Corrupt { .. })
        ));
    }
    assert!(broken > 0, "the pauses provoke nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_appends_with_the_same_expected_version_exactly_one_wins() {
    let ground = ground().await;
    let processes = with_pauses(&ground, true).await;
    let stream = id();
    processes[0]
        .append(&[of(notes(&stream, 0, 3))])
        .await
        .unwrap();
    let outcomes = race(&processes, 64, |_| of(notes(&stream, 3, 1))).await;
    let winners = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Committed(_)))
        .count();
    let losers = outcomes.iter().filter(|outcome| {
        matches!(
            outcome,
            Outcome::Conflict {
                expected: 3,
                actual: 4,
                ..
            }
        )
    });
    assert_eq!((winners, losers.count()), (1, 63));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_streams_that_claim_one_value_exactly_one_wins_and_all_others_are_told_who() {
    let ground = ground().await;
    let processes = with_pauses(&ground, true).await;
    let streams: Vec<String> = (0..100).map(|_| id()).collect();
    let outcomes = race(&processes, 100, |n| {
        of(claiming(notes(&streams[n], 0, 1), "9780439023481"))
    })
    .await;
    let winner = outcomes
        .iter()
        .position(|outcome| matches!(outcome, Outcome::Committed(_)))
        .unwrap();
    for (n, outcome) in outcomes.iter().enumerate().filter(|(n, _)| *n != winner) {
        assert!(
            matches!(outcome, Outcome::Claimed { owner, .. } if *owner == streams[winner]),
            "{n}: {outcome:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_parallel_repeats_one_is_executed_and_an_altered_one_is_told_so() {
    let ground = ground().await;
    let processes = with_pauses(&ground, true).await;
    let outcomes = race(&processes, 40, |n| {
        let fingerprint = if n % 4 == 0 { "altered" } else { "same" };
        keyed(
            of(notes(&id(), 0, 1)),
            "key",
            fingerprint,
            &format!("answer to {fingerprint}"),
        )
    })
    .await;
    let winner = outcomes
        .iter()
        .position(|outcome| matches!(outcome, Outcome::Committed(_)))
        .unwrap();
    for (n, outcome) in outcomes.iter().enumerate().filter(|(n, _)| *n != winner) {
        match outcome {
            Outcome::Replayed(answer) => {
                assert_eq!(n % 4 == 0, winner % 4 == 0);
                assert_eq!(answer.position, Position::new(1));
            }
            Outcome::KeyReused => assert_ne!(n % 4 == 0, winner % 4 == 0),
            other => panic!("{n}: {other:?}"),
        }
    }
}

/// Each append on its own, over all processes at the same time.
async fn race(
    processes: &[Arc<PostgresLog>],
    count: usize,
    append: impl Fn(usize) -> Append,
) -> Vec<Outcome> {
    let rivals: Vec<_> = (0..count)
        .map(|n| {
            let (process, batch) = (Arc::clone(&processes[n % processes.len()]), [append(n)]);
            tokio::spawn(async move { process.append(&batch).await.unwrap().remove(0) })
        })
        .collect();
    let mut outcomes = Vec::new();
    for rival in rivals {
        outcomes.push(rival.await.unwrap());
    }
    outcomes
}
