//! Lists of genres and authors with their counts, over a shelf that changes and several segments.
//!
//! Never compares with anything but a count by hand.

#![cfg(test)]

use std::collections::BTreeMap;

use accession_search::{
    Entry, EntryKind, IndexWriter, NameList, NameOrder, NamePlace, NameSearch, Reach, SearchIndex,
};

const AUTHORS: [&str; 6] = [
    "Umberto Eco",
    "J.R.R. Tolkien",
    "Ursula K. Le Guin",
    "諫山 創",
    "Émile Zola",
    "Leo Tolstoy",
];

fn title(id: u128) -> Entry {
    let at = usize::try_from(id).unwrap();
    let mut people = vec![AUTHORS[at * 7 / 3 % 6].to_owned()];
    if at.is_multiple_of(5) {
        people.push("Umberto Eco".to_owned());
        people.dedup();
    }
    Entry {
        people,
        genres: vec![["Fantasy", "Science Fiction", "Crime"][at % 3].to_owned()],
        kind: ["book", "film"][at % 2].to_owned(),
        ..Entry::title(id, format!("Title {id}"))
    }
}

fn writer(index: &SearchIndex) -> IndexWriter {
    index.writer(16_000_000).unwrap()
}

/// Three segments, with titles that were replaced and removed.
fn shelf() -> (SearchIndex, Vec<Entry>) {
    let index = SearchIndex::in_memory().unwrap();
    let mut there = BTreeMap::new();
    for round in 0..3u128 {
        let mut writer = writer(&index);
        for id in 0..40 {
            let entry = Entry {
                id: id + round * 20,
                ..title(id * (round + 1))
            };
            writer.put(&entry).unwrap();
            there.insert(entry.id, entry);
        }
        writer.remove(EntryKind::Title, round);
        there.remove(&round);
        writer.commit("x").unwrap();
    }
    (index, there.into_values().collect())
}

fn search(list: NameList) -> NameSearch {
    NameSearch {
        list,
        kinds: vec!["book".into(), "film".into(), "series".into()],
        most: 100,
        ..NameSearch::default()
    }
}

fn told(index: &SearchIndex, search: &NameSearch) -> Vec<(String, u64)> {
    let names = index.names(search).unwrap().names;
    names
        .into_iter()
        .map(|name| (name.name, name.titles))
        .collect()
}

/// The same by hand, most titles first.
fn counted(there: &[Entry], list: NameList, kinds: &[&str]) -> Vec<(String, u64)> {
    let mut counts = BTreeMap::<&str, u64>::new();
    for entry in there.iter().filter(|entry| kinds.contains(&&*entry.kind)) {
        let names = match list {
            NameList::Authors => &entry.people,
            NameList::Genres => &entry.genres,
        };
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    let counts = counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count));
    counts.collect()
}

#[test]
fn counts_are_those_of_the_titles_that_are_there() {
    let (index, there) = shelf();
    for list in [NameList::Authors, NameList::Genres] {
        for kinds in [&["book", "film"][..], &["film"], &["series"]] {
            let mut found = told(
                &index,
                &NameSearch {
                    kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
                    ..search(list)
                },
            );
            assert!(
                found.is_sorted_by(|(_, one), (_, other)| one >= other),
                "{found:?}"
            );
            found.sort();
            assert_eq!(found, counted(&there, list, kinds), "{kinds:?}");
        }
    }
}

#[test]
fn a_name_is_found_by_the_beginning_of_any_of_its_words_once() {
    let (index, _) = shelf();
    for (typed, expected) in [
        ("eco", vec!["Umberto Eco"]),
        ("umb", vec!["Umberto Eco"]),
        ("ECO UM", vec!["Umberto Eco"]),
        ("emile", vec!["Émile Zola"]),
        ("諫", vec!["諫山 創"]),
        ("le g", vec!["Ursula K. Le Guin"]),
        ("t", vec!["J.R.R. Tolkien", "Leo Tolstoy"]),
        ("l", vec!["Ursula K. Le Guin", "Leo Tolstoy"]),
        ("r", vec!["J.R.R. Tolkien"]),
        ("nobody", vec![]),
        ("*", vec![]),
    ] {
        for order in [NameOrder::Titles, NameOrder::Name] {
            let mut found: Vec<String> = told(
                &index,
                &NameSearch {
                    beginning: typed.into(),
                    order,
                    ..search(NameList::Authors)
                },
            )
            .into_iter()
            .map(|(name, _)| name)
            .collect();
            let mut expected = expected.clone();
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{typed} {order:?}");
        }
    }
}

#[test]
fn pages_of_any_size_show_each_name_once_in_order() {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = writer(&index);
    for id in 0..300u128 {
        let name = |number: u128| format!("Author {:03} of {}", number, number % 4);
        let entry = Entry {
            people: vec![name(id * id % 90), name(id % 17)],
            ..Entry::title(id, "A title")
        };
        writer.put(&entry).unwrap();
        if id % 100 == 99 {
            writer.commit("x").unwrap();
        }
    }
    for order in [NameOrder::Titles, NameOrder::Name] {
        for beginning in ["", "o", "author 0"] {
            let ask = NameSearch {
                order,
                beginning: beginning.into(),
                most: 1000,
                ..search(NameList::Authors)
            };
            let whole = told(&index, &ask);
            assert!(whole.len() > 20);
            let mut once = whole.clone();
            once.sort();
            once.dedup_by(|(one, _), (other, _)| one == other);
            assert_eq!(once.len(), whole.len());
            for most in [1, 7, whole.len()] {
                let (mut walked, mut after) = (Vec::new(), None::<NamePlace>);
                loop {
                    let page = index.names(&NameSearch {
                        after: after.clone(),
                        most,
                        ..ask.clone()
                    });
                    let page = page.unwrap();
                    after = page.names.last().map(|last| last.place.clone());
                    walked.extend(page.names.into_iter().map(|name| (name.name, name.titles)));
                    if !page.more {
                        break;
                    }
                }
                assert_eq!(walked, whole, "{order:?} {beginning} by {most}");
            }
        }
    }
}

#[test]
fn spellings_of_one_name_are_one_and_told_as_most_write_it() {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = writer(&index);
    for (id, author) in (1..).zip(["UMBERTO ECO", "Umberto Eco", "Umberto Eco", "!!!"]) {
        let entry = Entry {
            people: vec![author.to_owned()],
            ..Entry::title(id, "A title")
        };
        writer.put(&entry).unwrap();
    }
    writer.commit("x").unwrap();
    let found = told(&index, &search(NameList::Authors));
    assert_eq!(
        found,
        [("Umberto Eco".to_owned(), 3), ("!!!".to_owned(), 1)]
    );
}

#[test]
fn names_of_what_only_a_library_may_see_are_in_no_list_and_in_no_count() {
    let (index, there) = shelf();
    let mut writer = writer(&index);
    for (id, what) in [(900, EntryKind::Copy), (901, EntryKind::Title)] {
        let entry = Entry {
            what,
            people: vec!["Quentin Unseen".into(), "Umberto Eco".into()],
            genres: vec!["Secret".into()],
            reach: vec![Reach::place(7, "admin")],
            ..Entry::title(id, "Hidden")
        };
        writer.put(&entry).unwrap();
    }
    writer.commit("y").unwrap();
    for list in [NameList::Authors, NameList::Genres] {
        let mut found = told(&index, &search(list));
        found.sort();
        assert_eq!(found, counted(&there, list, &["book", "film"]));
    }
    for beginning in ["q", "uns", "sec"] {
        for list in [NameList::Authors, NameList::Genres] {
            let found = index.names(&NameSearch {
                beginning: beginning.into(),
                ..search(list)
            });
            assert!(found.unwrap().names.is_empty());
        }
    }
}

/// Titles of very many authors, most of whom wrote one, in several pieces with replaced titles.
fn of_very_many(authors: u128) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = index.writer(16_000_000).unwrap();
    let mut id = 0;
    for number in 0..authors {
        // A few hundred wrote more than one, as many as nobody else or as some.
        let titles = if number % 60 == 0 {
            2 + number / 60 % 37
        } else {
            1
        };
        for _ in 0..titles {
            id += 1;
            let entry = Entry {
                people: vec![format!("Writer{number} of Many")],
                ..Entry::title(id, format!("Book {id}"))
            };
            writer.add(&entry).unwrap();
            if id % 9_000 == 0 {
                writer.commit("piece").unwrap();
            }
        }
    }
    for id in (1..id).step_by(211) {
        writer.remove(EntryKind::Title, id);
    }
    writer.commit("all").unwrap();
    index
}

#[test]
fn of_very_many_names_those_of_most_titles_are_told_in_order_and_exactly_counted() {
    let index = of_very_many(14_000);
    let search = |order, after: Option<NamePlace>, most| NameSearch {
        list: NameList::Authors,
        kinds: vec!["book".to_owned()],
        order,
        after,
        most,
        ..NameSearch::default()
    };
    // By name every one is walked through and counted.
    let all = index
        .names(&search(NameOrder::Name, None, 20_000))
        .unwrap()
        .names;
    assert!(all.len() > 13_000 && all.len() < 14_000);
    let mut expected: Vec<(u64, &str)> = all.iter().map(|of| (of.titles, &*of.name)).collect();
    expected.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    let (mut told, mut after) = (Vec::new(), None);
    loop {
        let page = index.names(&search(NameOrder::Titles, after, 50)).unwrap();
        told.extend(page.names.iter().map(|of| (of.titles, of.name.clone())));
        after = page.names.last().map(|last| last.place.clone());
        if !page.more {
            break;
        }
    }
    assert!(told.len() > 100, "{}", told.len());
    let expected: Vec<_> = expected.into_iter().take(told.len()).collect();
    let told: Vec<_> = told
        .iter()
        .map(|(titles, name)| (*titles, name.as_str()))
        .collect();
    assert_eq!(told, expected);
}
