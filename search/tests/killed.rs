//! A process that is killed while it indexes goes on from its checkpoint, and ends with the index that a fresh one has.
//!
//! The child is this test binary itself, called with the name of the test that plays the child and a folder.

#![cfg(test)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use accession_search::{Entry, EntryKind, FacetName, Question, Search, SearchIndex, Sort};
use accession_testkit::eventually;

/// What the feed of changes holds; an index that has taken in all of it is done.
const CHANGES: u64 = 1_600;
const STEP: u64 = 40;
const FOLDER: &str = "ACCESSION_TEST_INDEX_FOLDER";

const WORDS: [&str; 8] = [
    "river", "stone", "winter", "garden", "empire", "glass", "raven", "song",
];

/// The change at a position: a title is written, now and then written again, now and then taken away.
fn take(writer: &mut accession_search::IndexWriter, position: u64) {
    let id = u128::from(position * 7919 % 2_000);
    if position.is_multiple_of(11) {
        writer.remove(EntryKind::Title, id);
        return;
    }
    let word = |at: u64| WORDS[usize::try_from(at % 8).unwrap()];
    let name = format!("The {} of {} {id}", word(position), word(position / 8));
    let entry = Entry {
        people: vec![format!("Ann {}", word(position / 64))],
        genres: vec![word(position / 3).to_owned()],
        year: i16::try_from(1900 + position % 120).ok(),
        popularity: position,
        added: position,
        ..Entry::title(id, name)
    };
    writer.put(&entry).unwrap();
}

/// Follows the feed from the checkpoint to its end.
fn follow(folder: &Path) {
    let index = SearchIndex::open(folder).unwrap();
    let mut writer = index.writer(16_000_000).unwrap();
    let mut at = checkpoint(&index);
    while at < CHANGES {
        for position in at + 1..=at + STEP {
            take(&mut writer, position);
        }
        at += STEP;
        writer.commit(&at.to_string()).unwrap();
    }
    writer.close().unwrap();
}

fn checkpoint(index: &SearchIndex) -> u64 {
    let text = index.checkpoint().unwrap();
    text.map_or(0, |text| text.parse().unwrap())
}

/// Everything that readers can see, as text.
fn seen(index: &SearchIndex) -> String {
    let mut text = String::new();
    let ask = |query: &str, sort: Sort, most: usize| {
        let search = Search {
            question: Question::parse(query).unwrap(),
            sort,
            most,
            facets: FacetName::ALL.to_vec(),
            ..Search::default()
        };
        index.search(&search).unwrap()
    };
    for sort in [Sort::Name, Sort::Newest, Sort::Relevance] {
        let found = ask("", sort, 10_000);
        let hits: Vec<_> = found
            .hits
            .into_iter()
            .map(|hit| (hit.id, hit.place))
            .collect();
        writeln!(text, "{sort:?} {} {hits:?} {:?}", found.total, found.facets).unwrap();
    }
    for query in [
        "river",
        "the stone of",
        "wintre garden",
        "ann raven",
        "\"of glass\"",
        "genre:song year:1950..",
    ] {
        let found = ask(query, Sort::Relevance, 50);
        let hits: Vec<_> = found.hits.into_iter().map(|hit| hit.id).collect();
        writeln!(
            text,
            "{query} {} {hits:?} {:?}",
            found.total, found.correction
        )
        .unwrap();
    }
    text
}

fn child(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "faults::indexes_when_it_is_called_as_a_child",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

mod faults {
    use super::*;

    /// Does nothing unless a test has called this binary with a folder.
    #[test]
    fn indexes_when_it_is_called_as_a_child() {
        if let Some(folder) = std::env::var_os(FOLDER) {
            follow(Path::new(&folder));
            assert_eq!(
                checkpoint(&SearchIndex::open(Path::new(&folder)).unwrap()),
                CHANGES
            );
        }
    }

    #[tokio::test]
    async fn an_index_whose_process_was_killed_again_and_again_equals_a_fresh_one() {
        let (broken, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        // It is there before anybody is called, so that two do not make it at once.
        assert_eq!(checkpoint(&SearchIndex::open(broken.path()).unwrap()), 0);
        let mut reached = 0;
        for _ in 0..4 {
            let mut process = child(broken.path());
            // Somewhere in the middle of the next steps, wherever that falls.
            eventually(Duration::from_mins(1), || async {
                let index = SearchIndex::open(broken.path()).map_err(|error| error.to_string())?;
                let at = checkpoint(&index);
                if at >= reached + 3 * STEP {
                    Ok(())
                } else {
                    Err(format!("it stands at {at}"))
                }
            })
            .await;
            process.kill().unwrap();
            process.wait().unwrap();
            let at = checkpoint(&SearchIndex::open(broken.path()).unwrap());
            assert!(
                at > reached && at < CHANGES,
                "killed at {at}, before the end"
            );
            reached = at;
        }
        follow(broken.path());
        follow(fresh.path());
        let (broken, fresh) = (
            SearchIndex::open(broken.path()).unwrap(),
            SearchIndex::open(fresh.path()).unwrap(),
        );
        assert_eq!(checkpoint(&broken), checkpoint(&fresh));
        assert_eq!(seen(&broken), seen(&fresh));
    }
}
