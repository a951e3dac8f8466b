//! What only some members of a library may see: whoever else asks is answered as if it were not there.
//!
//! Never looks for single leaks: whole answers are compared with those of an index that has nothing private.

#![cfg(test)]

use accession_search::{
    CopyFacts, Entry, EntryKind, FacetName, Filter, Found, Likeness, NameList, NameOrder,
    NameSearch, PeopleSearch, Place, Question, Reach, Search, SearchIndex, Sort,
};
use proptest::prelude::*;

const OURS: u128 = 0xa11ce;
const THEIRS: u128 = 0xb0b;
const ISBN: &str = "9780439023481";

const SORTS: [Sort; 13] = [
    Sort::Relevance,
    Sort::Newest,
    Sort::Oldest,
    Sort::Year,
    Sort::YearDescending,
    Sort::Popular,
    Sort::LeastPopular,
    Sort::Rating,
    Sort::RatingDescending,
    Sort::Name,
    Sort::NameDescending,
    Sort::Author,
    Sort::AuthorDescending,
];

/// What is private has words of its own, words that are one typo away from public ones, and public ones.
const QUERIES: [&str; 34] = [
    "",
    "hidden diary",
    "hiden diary",
    "hidden diarx",
    "the hid",
    "h",
    "zanz",
    "zanzibar",
    "zanzibra quarterly",
    "\"hidden diary\"",
    "\"diary hidden\"",
    "rose -hidden",
    "-rose",
    "unseen",
    "quentin unsen",
    "author:unseen",
    "author:\"quentin unseen\"",
    "title:hidden",
    "publisher:clandestine",
    "genre:secret",
    "kind:film genre:secret",
    "language:tlh",
    "status:upcoming year:1234",
    "year:1200..1300",
    "isbn:9780439023481",
    "0-439-02348-3",
    "rose",
    "rosse",
    "roze",
    "name of the rose",
    "nmae of the rsoe",
    "the name hidden",
    "eco rose diary",
    "hidden* rose",
];

fn titles() -> Vec<Entry> {
    let books = [
        (1, "The Name of the Rose", "Umberto Eco", "Mystery", 1980),
        (2, "Foucault's Pendulum", "Umberto Eco", "Mystery", 1988),
        (3, "Rosa", "Jonathan Rabb", "Crime", 2009),
        (4, "The Hidden Reality", "Brian Greene", "Science", 2011),
        (5, "Diary of a Wimpy Kid", "Jeff Kinney", "Children", 2007),
        (6, "Dune", "Frank Herbert", "Science", 1965),
    ];
    let mut entries = Vec::new();
    for (id, name, author, genre, year) in books {
        let title = Entry {
            people: vec![author.to_owned()],
            genres: vec![genre.to_owned()],
            year: Some(year),
            popularity: 1000 * u64::try_from(id).unwrap(),
            rating: Some(400),
            about: Some("A monk investigates murders in a library".to_owned()),
            added: u64::try_from(id).unwrap(),
            ..Entry::title(id, name)
        };
        entries.push(Entry {
            what: EntryKind::Edition,
            id: id + 100,
            part_of: Some(id),
            more: vec!["Harcourt".to_owned()],
            ..title.clone()
        });
        entries.push(title);
    }
    entries
}

/// Copies of a library, for some of its roles.
fn copies(library: u128, roles: &[&str], from: u128) -> Vec<Entry> {
    let shelf = [
        ("The Hidden Diary", "Quentin Unseen", "Secret"),
        ("Zanzibar Quarterly", "Quentin Unseen", "Secret"),
        ("The Name of the Roze", "Umberto Eco", "Mystery"),
        ("Rosse", "Umberto Ecco", "Mystery"),
    ];
    (from..)
        .zip(shelf)
        .map(|(id, (name, author, genre))| Entry {
            what: EntryKind::Copy,
            people: vec![author.to_owned()],
            genres: vec![genre.to_owned(), "Science".to_owned()],
            more: vec!["Clandestine Press".to_owned()],
            isbns: vec![ISBN.to_owned()],
            kind: "film".to_owned(),
            language: Some("tlh".to_owned()),
            status: Some("upcoming".to_owned()),
            about: Some("A monk investigates hidden murders in Zanzibar".to_owned()),
            year: Some(1234),
            popularity: 5_000_000,
            rating: Some(500),
            added: 1,
            reach: roles
                .iter()
                .map(|role| Reach::place(library, role))
                .collect(),
            copy: Some(CopyFacts {
                title: 1,
                availability: "secretly lent".to_owned(),
                tags: vec!["clandestine".to_owned()],
                sort_author: "quentin unseen".to_owned(),
                asked: vec![("tag".to_owned(), "clandestine".to_owned())],
                made_of: vec!["title/1".to_owned()],
            }),
            ..Entry::title(id, name)
        })
        .collect()
}

/// One segment, so that two indexes differ in nothing but their entries.
fn index(entries: &[Entry]) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = index.writer(16_000_000).unwrap();
    for entry in entries {
        writer.put(entry).unwrap();
    }
    writer.commit("x").unwrap();
    index
}

/// Who asks, the index with what is not for him, and the one without it.
fn strangers() -> Vec<(Reach, SearchIndex, SearchIndex)> {
    let (ours, theirs) = (
        copies(OURS, &["editor", "admin"], 1000),
        copies(THEIRS, &["viewer", "admin"], 2000),
    );
    let all = index(&[titles(), ours.clone(), theirs.clone()].concat());
    let public = index(&titles());
    let only_theirs = index(&[titles(), theirs].concat());
    let only_ours = index(&[titles(), ours].concat());
    vec![
        (Reach::everybody(), all.clone(), public.clone()),
        (Reach::member(0xdead, "admin"), all.clone(), public.clone()),
        (Reach::member(OURS, "child"), all.clone(), public),
        (Reach::member(OURS, "viewer"), all.clone(), only_nothing()),
        (Reach::member(THEIRS, "admin"), all.clone(), only_theirs),
        (Reach::member(OURS, "admin"), all, only_ours),
    ]
}

/// Also without what other roles of the same library may see.
fn only_nothing() -> SearchIndex {
    index(&titles())
}

fn whats() -> Vec<Vec<EntryKind>> {
    vec![
        vec![],
        vec![EntryKind::Title],
        vec![EntryKind::Edition],
        vec![EntryKind::Copy],
        vec![EntryKind::Person],
        vec![EntryKind::Title, EntryKind::Copy],
    ]
}

fn question(text: &str) -> Question {
    Question::parse(text).unwrap()
}

fn same(query: &Search, all: &SearchIndex, without: &SearchIndex) -> Found {
    let (found, expected) = (all.search(query).unwrap(), without.search(query).unwrap());
    assert_eq!(found, expected, "{query:?}");
    found
}

#[test]
fn no_question_in_any_order_tells_of_what_is_not_for_the_one_who_asks() {
    for (reach, all, without) in strangers() {
        for whats in whats() {
            for query in QUERIES {
                for sort in SORTS {
                    let search = Search {
                        question: question(query),
                        filter: Filter {
                            whats: whats.clone(),
                            reach: reach.clone(),
                            ..Filter::default()
                        },
                        sort,
                        most: 2,
                        facets: FacetName::ALL.to_vec(),
                        ..Search::default()
                    };
                    let found = same(&search, &all, &without);
                    let after = found.hits.last().map(|last| last.place.clone());
                    same(
                        &Search {
                            after,
                            ..search.clone()
                        },
                        &all,
                        &without,
                    );
                    same(&Search { skip: 1, ..search }, &all, &without);
                }
            }
        }
    }
}

#[test]
fn no_filter_tells_of_what_is_not_for_the_one_who_asks() {
    let one = |value: &str| vec![value.to_owned()];
    let filters = [
        Filter {
            kinds: one("film"),
            ..Filter::default()
        },
        Filter {
            genres: one("secret"),
            ..Filter::default()
        },
        Filter {
            genres: vec!["secret".into(), "science".into()],
            ..Filter::default()
        },
        Filter {
            languages: one("tlh"),
            ..Filter::default()
        },
        Filter {
            statuses: one("upcoming"),
            ..Filter::default()
        },
        Filter {
            authors: one("Quentin Unseen"),
            ..Filter::default()
        },
        Filter {
            authors: one("umberto eco"),
            ..Filter::default()
        },
        Filter {
            isbns: one(ISBN),
            ..Filter::default()
        },
        Filter {
            asked: vec![("tag".to_owned(), one("clandestine"))],
            ..Filter::default()
        },
        Filter {
            years: vec![(1234, 1234)],
            ..Filter::default()
        },
    ];
    for (reach, all, without) in strangers() {
        for filter in &filters {
            for whats in whats() {
                for query in ["", "hidden", "rose", "zanzibr"] {
                    let search = Search {
                        question: question(query),
                        filter: Filter {
                            whats: whats.clone(),
                            reach: reach.clone(),
                            ..filter.clone()
                        },
                        most: 20,
                        facets: FacetName::ALL.to_vec(),
                        ..Search::default()
                    };
                    same(&search, &all, &without);
                }
            }
        }
    }
}

#[test]
fn no_place_that_somebody_makes_up_leads_to_what_is_not_for_him() {
    for (reach, all, without) in strangers() {
        for sort in SORTS {
            for rank in [0, 1, 500, u64::MAX / 2, u64::MAX] {
                for text in ["", "hidden diary", "zanzibar", "\u{10ffff}"] {
                    for id in [0, 999, 1000, 2003, u128::MAX] {
                        let after = Some(Place {
                            rank,
                            text: text.to_owned(),
                            id,
                        });
                        let search = Search {
                            filter: Filter {
                                reach: reach.clone(),
                                ..Filter::default()
                            },
                            sort,
                            after,
                            most: 3,
                            ..Search::default()
                        };
                        same(&search, &all, &without);
                    }
                }
            }
        }
    }
}

#[test]
fn no_suggestion_name_person_or_likeness_tells_of_what_is_not_for_the_one_who_asks() {
    let kinds = || vec!["book".to_owned(), "film".to_owned()];
    for (reach, all, without) in strangers() {
        let filter = Filter {
            reach,
            ..Filter::default()
        };
        for query in QUERIES {
            let question = question(query);
            let offered = |index: &SearchIndex| index.suggest(&question, &filter, 10).unwrap();
            assert_eq!(offered(&all), offered(&without), "{query}");
            let search = PeopleSearch {
                question: question.clone(),
                kinds: kinds(),
                most: 10,
                after: None,
            };
            let people = |index: &SearchIndex| index.people(&search).unwrap();
            assert_eq!(people(&all), people(&without), "{query}");
            for list in [NameList::Genres, NameList::Authors] {
                for order in [NameOrder::Titles, NameOrder::Name] {
                    let search = NameSearch {
                        list,
                        order,
                        kinds: kinds(),
                        beginning: query.to_owned(),
                        after: None,
                        most: 10,
                    };
                    let names = |index: &SearchIndex| index.names(&search).unwrap();
                    assert_eq!(names(&all), names(&without), "{query}");
                }
            }
        }
        for (id, text) in [(1, "The Name of the Rose"), (1000, "The Hidden Diary")] {
            for who in ["Umberto Eco", "Quentin Unseen"] {
                let likeness = Likeness {
                    id,
                    texts: vec![text.to_owned()],
                    about: Some("A monk investigates hidden murders in Zanzibar".to_owned()),
                    genres: vec!["Secret".to_owned(), "Science".to_owned()],
                    people: vec![who.to_owned()],
                };
                let alike = |index: &SearchIndex| index.similar(&likeness, &filter, 10).unwrap();
                assert_eq!(alike(&all), alike(&without), "{text}");
            }
        }
    }
}

#[test]
fn members_find_what_is_for_their_role_in_their_library() {
    let (_, all, _) = strangers().remove(0);
    let ask = |query: &str, reach: Reach| {
        let search = Search {
            question: question(query),
            filter: Filter {
                whats: vec![EntryKind::Copy],
                reach,
                ..Filter::default()
            },
            most: 10,
            facets: FacetName::ALL.to_vec(),
            ..Search::default()
        };
        all.search(&search).unwrap()
    };
    for (library, role, first) in [
        (OURS, "admin", 1000),
        (OURS, "editor", 1000),
        (THEIRS, "viewer", 2000),
    ] {
        for query in [
            "hidden diary",
            "hiden diary",
            "hid",
            "genre:secret hidden",
            "author:unseen diary",
        ] {
            let found = ask(query, Reach::member(library, role));
            let ids: Vec<u128> = found.hits.iter().map(|hit| hit.id).collect();
            assert_eq!(ids, [first], "{query} {role}");
        }
        let found = ask("hiden", Reach::member(library, role));
        assert_eq!(found.correction.as_deref(), Some("hidden"));
        assert_eq!(
            ask("isbn:0439023483", Reach::member(library, role)).total,
            4
        );
        assert_eq!(ask("", Reach::member(library, role)).total, 4);
        assert_eq!(found.facets[&FacetName::Genre].len(), 2);
    }
    assert_eq!(ask("hidden diary", Reach::member(OURS, "viewer")).total, 0);
    assert_eq!(ask("hidden diary", Reach::everybody()).total, 0);
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "hidden",
        "diary",
        "zanzibar",
        "quarterly",
        "unseen",
        "quentin",
        "rose",
        "rosse",
        "roze",
        "name",
        "the",
        "eco",
        "dune",
        "clandestine",
        "harcourt",
        "monk",
        "genre:secret",
        "kind:film",
        "-hidden",
        "author:unseen",
        "isbn:9780439023481",
        "year:1234",
        "\"hidden diary\"",
        "*",
        "h*",
    ]);
    let typo = (word, 0usize..12, prop::option::of("[a-z]")).prop_map(|(word, at, letter)| {
        let mut letters: Vec<char> = word.chars().collect();
        if let (Some(letter), true) = (letter, at < letters.len()) {
            letters[at] = letter.chars().next().unwrap();
        }
        letters.into_iter().collect::<String>()
    });
    prop::collection::vec(typo, 0..5).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_asked_is_answered_as_if_what_is_private_were_not_there(
        text in words(),
        who in 0usize..6,
        what in 0usize..6,
        sort in 0usize..13,
        most in 1usize..5,
    ) {
        thread_local!(static WORLD: Vec<(Reach, SearchIndex, SearchIndex)> = strangers());
        let Ok(question) = Question::parse(&text) else { return Ok(()) };
        WORLD.with(|world| {
            let (reach, all, without) = &world[who];
            let filter = Filter { whats: whats()[what].clone(), reach: reach.clone(), ..Filter::default() };
            let search = Search {
                question: question.clone(),
                filter: filter.clone(),
                sort: SORTS[sort],
                most,
                facets: FacetName::ALL.to_vec(),
                ..Search::default()
            };
            same(&search, all, without);
            let offered = |index: &SearchIndex| index.suggest(&question, &filter, most).unwrap();
            assert_eq!(offered(all), offered(without), "{text}");
        });
    }
}

#[test]
fn editions_change_nothing_of_what_titles_are_found_and_in_which_order() {
    let with = index(&titles());
    let only: Vec<Entry> = titles()
        .into_iter()
        .filter(|entry| entry.what == EntryKind::Title)
        .collect();
    let only = index(&only);
    for query in QUERIES {
        for sort in SORTS {
            let search = Search {
                question: question(query),
                sort,
                most: 3,
                facets: FacetName::ALL.to_vec(),
                ..Search::default()
            };
            same(&search, &with, &only);
        }
        let offered = |index: &SearchIndex| {
            let question = question(query);
            index.suggest(&question, &Filter::default(), 10).unwrap()
        };
        assert_eq!(offered(&with), offered(&only), "{query}");
    }
    let likeness = Likeness {
        id: 1,
        texts: vec!["The Name of the Rose".to_owned()],
        genres: vec!["Mystery".to_owned()],
        people: vec!["Umberto Eco".to_owned()],
        about: Some("Murders in a library".to_owned()),
    };
    let alike = |index: &SearchIndex| index.similar(&likeness, &Filter::default(), 10).unwrap();
    assert_eq!(alike(&with), alike(&only));
}
