//! Copies of libraries: found by whatever their library says of them, filtered, counted and sorted within it.
//!
//! Never a test of who may see what: `scoped` is.

#![cfg(test)]

use std::sync::Arc;

use accession_search::{
    CopyFacts, Entry, EntryKind, FacetName, Filter, Found, Held, Question, Reach, Search,
    SearchIndex, Sort,
};

const OURS: u128 = 7;
const THEIRS: u128 = 8;

/// What is on a shelf: number, title, name, author, tag, availability.
const SHELF: [(u128, u128, &str, &str, &str, &str); 5] = [
    (101, 1, "Emma", "Jane Austen", "signed", "available"),
    (102, 1, "Emma", "Jane Austen", "worn", "lent"),
    (
        103,
        2,
        "Austen's England",
        "Roy Adkins",
        "worn",
        "available",
    ),
    (104, 3, "Persuasion", "Jane Austen", "signed", "held"),
    (105, 4, "The Castle", "Franz Kafka", "worn", "lost"),
];

fn copies(library: u128, from: u128) -> impl Iterator<Item = Entry> {
    SHELF
        .into_iter()
        .map(move |(id, title, name, author, tag, availability)| {
            let id = from + id;
            Entry {
                what: EntryKind::Copy,
                people: vec![author.to_owned()],
                more: vec![tag.to_owned(), format!("PEM-{id}"), "Attic".to_owned()],
                added: u64::try_from(id).unwrap(),
                reach: vec![Reach::place(library, "member")],
                copy: Some(CopyFacts {
                    title,
                    availability: availability.to_owned(),
                    tags: vec![tag.to_owned()],
                    sort_author: format!("{}\u{1}{}", author.to_lowercase(), name.to_lowercase()),
                    asked: vec![("availability".to_owned(), availability.to_owned())],
                    made_of: vec![format!("title/{title}"), format!("place/{library}/attic")],
                }),
                ..Entry::title(id, name)
            }
        })
}

/// In two pieces, one of them with a copy that was replaced.
fn index() -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = index.writer(16_000_000).unwrap();
    copies(OURS, 0).for_each(|copy| writer.put(&copy).unwrap());
    writer.commit("one").unwrap();
    copies(THEIRS, 1000).for_each(|copy| writer.put(&copy).unwrap());
    copies(OURS, 0)
        .take(1)
        .for_each(|copy| writer.put(&copy).unwrap());
    writer.commit("two").unwrap();
    index
}

fn ours() -> Filter {
    Filter {
        whats: vec![EntryKind::Copy],
        reach: Reach::member(OURS, "member"),
        ..Filter::default()
    }
}

fn ask(index: &SearchIndex, question: Question, sort: Sort) -> Found {
    let search = Search {
        question,
        filter: ours(),
        sort,
        most: 10,
        facets: vec![FacetName::Availability, FacetName::Tag],
        ..Search::default()
    };
    index.search(&search).unwrap()
}

fn ids(found: &Found) -> Vec<u128> {
    found.hits.iter().map(|hit| hit.id).collect()
}

fn question(text: &str) -> Question {
    Question::parse(text).unwrap()
}

#[test]
fn a_copy_is_found_by_title_author_tag_barcode_and_place_and_a_field_is_only_itself() {
    let index = index();
    for (text, expected) in [
        ("emma", vec![101, 102]),
        ("emmma", vec![101, 102]),
        ("pem-104", vec![104]),
        ("signed persuasion", vec![104]),
        ("attic kafka", vec![105]),
        ("title:austen", vec![103]),
        ("author:austen", vec![101, 102, 104]),
        ("\"jane austen\" -emma", vec![104]),
        ("emma \"jane england\"", vec![]),
    ] {
        let mut found = ids(&ask(&index, question(text), Sort::Relevance));
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn words_that_narrow_a_list_must_all_be_there_as_they_are_and_the_last_may_be_half_typed() {
    let index = index();
    for (title, author, expected) in [
        ("emm", "", vec![101, 102]),
        ("", "aus", vec![101, 102, 104]),
        ("austen", "", vec![103]),
        ("emma", "jane aust", vec![101, 102]),
        ("emmma", "", vec![]),
        ("emma", "kafka", vec![]),
        ("emma nothing", "", vec![]),
    ] {
        let mut narrowed = Question::default();
        narrowed.and_title(title).unwrap();
        narrowed.and_author(author).unwrap();
        let mut found = ids(&ask(&index, narrowed, Sort::Newest));
        found.sort_unstable();
        let all = vec![101, 102, 103, 104, 105];
        let expected = if (title, author) == ("", "") {
            all
        } else {
            expected
        };
        assert_eq!(found, expected, "{title} by {author}");
    }
    assert!(Question::default().and_title(&"x".repeat(501)).is_err());
    assert!(Question::default().and_author(&"x ".repeat(60)).is_err());
}

#[test]
fn copies_are_in_order_of_author_and_title_from_either_end_page_by_page() {
    let index = index();
    let by_author = vec![105, 101, 102, 104, 103];
    let by_title = vec![103, 101, 102, 104, 105];
    for (sort, back, expected) in [
        (Sort::Author, Sort::AuthorDescending, by_author),
        (Sort::Name, Sort::NameDescending, by_title),
    ] {
        for (sort, is_back) in [(sort, false), (back, true)] {
            let (mut walked, mut after) = (Vec::new(), None);
            loop {
                let search = Search {
                    filter: ours(),
                    sort,
                    most: 2,
                    after: after.take(),
                    ..Search::default()
                };
                let found = index.search(&search).unwrap();
                walked.extend(ids(&found));
                match found.hits.last().filter(|_| found.more) {
                    Some(last) => after = Some(last.place.clone()),
                    None => break,
                }
            }
            let mut expected = expected.clone();
            if is_back {
                expected.reverse();
                // Among equals the lower id comes first, whichever way.
                let at = expected.iter().position(|id| *id == 102).unwrap();
                expected.swap(at, at + 1);
            }
            assert_eq!(walked, expected, "{sort:?}");
        }
    }
}

#[test]
fn copies_are_counted_by_availability_and_tag_in_their_library_only() {
    let found = ask(&index(), Question::default(), Sort::Newest);
    assert_eq!(found.total, 5);
    let told = |name: FacetName| -> Vec<(String, u64)> {
        let counts = found.facets[&name].iter();
        counts
            .map(|count| (count.value.clone(), count.count))
            .collect()
    };
    let expected = [("available", 2), ("held", 1), ("lent", 1), ("lost", 1)];
    let expected = expected.map(|(value, count)| (value.to_owned(), count));
    assert_eq!(told(FacetName::Availability), expected);
    let expected = [("worn", 3), ("signed", 2)].map(|(value, count)| (value.to_owned(), count));
    assert_eq!(told(FacetName::Tag), expected);
    let search = Search {
        filter: Filter {
            asked: vec![(
                "availability".to_owned(),
                vec!["lent".to_owned(), "lost".to_owned()],
            )],
            ..ours()
        },
        sort: Sort::Oldest,
        most: 10,
        ..Search::default()
    };
    assert_eq!(ids(&index().search(&search).unwrap()), [102, 105]);
}

#[test]
fn titles_are_filtered_and_counted_by_what_a_library_has_of_them() {
    let copies = index();
    let holding = copies.holding(&Reach::member(OURS, "member")).unwrap();
    assert_eq!(holding.titles(), 4);
    assert_eq!(copies.holding(&Reach::everybody()).unwrap().titles(), 0);
    assert_eq!(
        copies
            .holding(&Reach::member(9, "member"))
            .unwrap()
            .titles(),
        0
    );
    let titles = SearchIndex::in_memory().unwrap();
    let mut writer = titles.writer(16_000_000).unwrap();
    for (id, name) in [
        (1, "Emma"),
        (2, "England"),
        (3, "Persuasion"),
        (4, "Castle"),
        (5, "Dune"),
    ] {
        writer.put(&Entry::title(id, name)).unwrap();
    }
    writer.commit("titles").unwrap();
    let holding = Arc::new(holding);
    let ask = |only: &[&str]| {
        let held = Held {
            holding: Arc::clone(&holding),
            only: only.iter().map(|way| (*way).to_owned()).collect(),
        };
        let search = Search {
            filter: Filter {
                held: Some(held),
                ..Filter::default()
            },
            sort: Sort::Name,
            most: 10,
            facets: vec![FacetName::Availability],
            ..Search::default()
        };
        titles.search(&search).unwrap()
    };
    let available = ask(&["available"]);
    assert_eq!(ids(&available), [1, 2]);
    let counts = &available.facets[&FacetName::Availability];
    let counts: Vec<(&str, u64)> = counts.iter().map(|of| (&*of.value, of.count)).collect();
    assert_eq!(counts, [("available", 2), ("lent", 1)]);
    assert_eq!(ids(&ask(&["held", "lost"])), [4, 3]);
    assert_eq!(ask(&["withdrawn"]).total, 0);
    assert_eq!(ask(&[]).total, 5);
}

#[test]
fn what_was_made_of_something_is_found_again_by_the_beginning_of_its_name() {
    let index = index();
    let made = index.made_of("title/1").unwrap();
    assert_eq!(made.len(), 1);
    let ids: Vec<u128> = made["title/1"].iter().copied().collect();
    assert_eq!(ids, [101, 102, 1101, 1102]);
    assert_eq!(index.made_of("place/7/").unwrap()["place/7/attic"].len(), 5);
    let mut writer = index.writer(16_000_000).unwrap();
    writer.remove(EntryKind::Copy, 101);
    writer.commit("less").unwrap();
    assert_eq!(index.made_of("title/1").unwrap()["title/1"].len(), 3);
    assert!(index.made_of("title/9").unwrap().is_empty());
}
