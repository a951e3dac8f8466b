//! What is found, in which order, and what is never found; over a small shelf of real kinds of titles.
//!
//! Speed and quality over many queries are measured in `bench/`, not here.

#![cfg(test)]

use accession_search::{
    Entry, EntryKind, FacetName, Filter, Likeness, Place, Question, Reach, Search, SearchIndex,
    Sort,
};

struct Shelf(SearchIndex);

fn entry(id: u128, name: &str, author: &str, popularity: u64) -> Entry {
    Entry {
        people: vec![author.to_owned()],
        popularity,
        added: u64::try_from(id).unwrap(),
        ..Entry::title(id, name)
    }
}

fn shelf() -> Shelf {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = index.writer(16_000_000).unwrap();
    let mut entries = vec![
        entry(
            1,
            "The Hunger Games (The Hunger Games, #1)",
            "Suzanne Collins",
            4_000_000,
        ),
        entry(
            2,
            "Catching Fire (The Hunger Games, #2)",
            "Suzanne Collins",
            2_000_000,
        ),
        entry(3, "The Name of the Rose", "Umberto Eco", 200_000),
        entry(4, "Foucault's Pendulum", "Umberto Eco", 50_000),
        entry(5, "Les Misérables", "Victor Hugo", 500_000),
        entry(6, "Война и мир", "Лев Толстой", 300_000),
        entry(7, "Ὀδύσσεια", "Ὅμηρος", 400_000),
        entry(8, "進撃の巨人", "諫山創", 100_000),
        entry(9, "שירים", "רחל", 1_000),
        entry(10, "The Hobbit", "J.R.R. Tolkien", 2_000_000),
        entry(11, "Dune", "Frank Herbert", 500_000),
        entry(
            12,
            "Dune Messiah (Dune Chronicles #2)",
            "Frank Herbert",
            80_000,
        ),
        entry(13, "Hunger", "Knut Hamsun", 40_000),
    ];
    entries[2].isbns = vec!["0-15-600131-4".into()];
    entries[2].year = Some(1980);
    entries[3].year = Some(1988);
    entries[2].genres = vec!["Mystery".into(), "Historical".into()];
    entries[3].genres = vec!["Mystery".into()];
    entries[7].kind = "series".into();
    entries[4].language = Some("fr-FR".into());
    entries[4].rating = Some(431);
    entries[9].rating = Some(427);
    for entry in &entries {
        writer.put(entry).unwrap();
    }
    writer.commit("13").unwrap();
    Shelf(index)
}

impl Shelf {
    fn found(&self, query: &str) -> accession_search::Found {
        self.0.search(&search(query)).unwrap()
    }

    fn ids(&self, query: &str) -> Vec<u128> {
        self.found(query).hits.iter().map(|hit| hit.id).collect()
    }

    fn first(&self, query: &str) -> Option<u128> {
        self.ids(query).first().copied()
    }
}

fn search(query: &str) -> Search {
    Search {
        question: Question::parse(query).unwrap(),
        most: 10,
        ..Search::default()
    }
}

#[test]
fn an_exact_title_comes_first() {
    let shelf = shelf();
    assert_eq!(shelf.first("the hunger games"), Some(1));
    assert_eq!(shelf.first("Hunger"), Some(13));
    assert_eq!(shelf.first("dune"), Some(11));
}

#[test]
fn a_typo_is_forgiven_and_said() {
    let shelf = shelf();
    let found = shelf.found("the hunegr games");
    assert_eq!(found.hits[0].id, 1);
    assert_eq!(found.correction.as_deref(), Some("the hunger games"));
    assert_eq!(shelf.first("umbreto rose"), Some(3));
    assert_eq!(shelf.first("misrables"), Some(5));
}

#[test]
fn what_is_half_typed_is_found() {
    let shelf = shelf();
    assert_eq!(shelf.first("the hun"), Some(1));
    assert_eq!(shelf.first("pend"), Some(4));
    assert_eq!(shelf.first("h"), Some(13));
    assert_eq!(shelf.first("the hob"), Some(10));
}

#[test]
fn an_author_and_a_word_find_the_title() {
    let shelf = shelf();
    assert_eq!(shelf.first("collins fire"), Some(2));
    assert_eq!(shelf.first("jrr tolkien hobbit"), Some(10));
    assert_eq!(shelf.first("rose eco"), Some(3));
}

#[test]
fn every_script_is_found_in_its_own_letters() {
    let shelf = shelf();
    assert_eq!(shelf.first("война"), Some(6));
    assert_eq!(shelf.first("ТОЛСТОЙ мир"), Some(6));
    assert_eq!(shelf.first("οδυσσεια"), Some(7));
    assert_eq!(shelf.first("巨人"), Some(8));
    assert_eq!(shelf.first("進撃"), Some(8));
    assert_eq!(shelf.first("שירים"), Some(9));
    assert_eq!(shelf.first("miserables"), Some(5));
}

#[test]
fn an_isbn_in_any_spelling_finds_its_title() {
    let shelf = shelf();
    for spelling in [
        "0156001314",
        "978-0-15-600131-1",
        "9780156001311",
        "isbn:0-15-600131-4",
    ] {
        assert_eq!(shelf.ids(spelling), [3], "{spelling}");
    }
    assert!(shelf.ids("9780439023481").is_empty());
}

#[test]
fn fields_narrow_what_is_found() {
    let shelf = shelf();
    assert_eq!(shelf.ids("author:eco year:1980..1985"), [3]);
    assert_eq!(shelf.ids("author:eco genre:mystery").len(), 2);
    assert_eq!(shelf.ids("kind:series"), [8]);
    assert_eq!(shelf.ids("language:fr"), [5]);
    assert!(shelf.ids("title:eco").is_empty());
    assert_eq!(shelf.ids("dune -messiah"), [11]);
}

#[test]
fn a_phrase_must_stand_as_it_was_typed() {
    let shelf = shelf();
    assert_eq!(shelf.ids("\"name of the\""), [3]);
    assert!(shelf.ids("\"of name the\"").is_empty());
    assert!(shelf.ids("\"fire suzanne\"").is_empty());
    assert_eq!(shelf.first("\"name of the"), Some(3));
}

#[test]
fn facets_count_what_fits_and_nothing_else() {
    let shelf = shelf();
    let found = shelf
        .0
        .search(&Search {
            facets: FacetName::ALL.to_vec(),
            ..search("author:eco")
        })
        .unwrap();
    let genres = &found.facets[&FacetName::Genre];
    assert_eq!((genres[0].value.as_str(), genres[0].count), ("Mystery", 2));
    assert_eq!(
        (genres[1].value.as_str(), genres[1].count),
        ("Historical", 1)
    );
    assert_eq!(found.facets[&FacetName::Author].len(), 1);
    assert_eq!(found.facets[&FacetName::Year].len(), 2);
    assert_eq!(found.facets[&FacetName::Kind][0].count, 2);
}

fn pages(shelf: &Shelf, sort: Sort, most: usize) -> Vec<u128> {
    let mut after: Option<Place> = None;
    let mut ids = Vec::new();
    loop {
        let found = shelf
            .0
            .search(&Search {
                sort,
                most,
                after,
                ..Search::default()
            })
            .unwrap();
        ids.extend(found.hits.iter().map(|hit| hit.id));
        let last = found.hits.last().map(|hit| hit.place.clone());
        if !found.more {
            return ids;
        }
        after = last;
    }
}

#[test]
fn pages_of_every_order_show_each_title_once() {
    let shelf = shelf();
    let orders = [
        Sort::Relevance,
        Sort::Newest,
        Sort::Year,
        Sort::YearDescending,
        Sort::Popular,
        Sort::Name,
        Sort::Oldest,
        Sort::LeastPopular,
        Sort::Rating,
        Sort::RatingDescending,
        Sort::NameDescending,
    ];
    for sort in orders {
        let (small, whole) = (pages(&shelf, sort, 2), pages(&shelf, sort, 100));
        assert_eq!(small, whole, "{sort:?}");
        assert_eq!(whole.len(), 13, "{sort:?}");
    }
    assert_eq!(pages(&shelf, Sort::Newest, 3)[0], 13);
    assert_eq!(pages(&shelf, Sort::Name, 3)[..3], [2, 11, 12]);
    assert_eq!(pages(&shelf, Sort::YearDescending, 3)[..2], [4, 3]);
    assert_eq!(pages(&shelf, Sort::Oldest, 3)[0], 1);
    assert_eq!(pages(&shelf, Sort::RatingDescending, 3)[..2], [5, 10]);
    assert_eq!(pages(&shelf, Sort::Rating, 3)[..2], [10, 5]);
    assert_eq!(pages(&shelf, Sort::LeastPopular, 3)[0], 9);
    let (names, mut turned) = (
        pages(&shelf, Sort::Name, 100),
        pages(&shelf, Sort::NameDescending, 100),
    );
    turned.reverse();
    assert_eq!(names, turned);
}

#[test]
fn a_box_is_offered_titles_and_people() {
    let shelf = shelf();
    let offered = shelf
        .0
        .suggest(&Question::parse("eco").unwrap(), &Filter::default(), 5)
        .unwrap();
    assert_eq!(offered.people[0].name, "Umberto Eco");
    assert_eq!(offered.people[0].titles, 2);
    assert_eq!(offered.titles.len(), 2);
}

#[test]
fn similar_titles_share_author_or_genre_and_leave_out_the_title_itself() {
    let shelf = shelf();
    let likeness = Likeness {
        id: 3,
        texts: vec!["The Name of the Rose".into()],
        genres: vec!["Mystery".into()],
        people: vec!["Umberto Eco".into()],
        about: None,
    };
    let found = shelf.0.similar(&likeness, &Filter::default(), 5).unwrap();
    assert_eq!(found.hits[0].id, 4);
    assert!(found.hits.iter().all(|hit| hit.id != 3));
}

#[test]
fn titles_about_the_same_are_similar_though_their_names_and_authors_are_not() {
    let shelf = shelf();
    let mut writer = shelf.0.writer(16_000_000).unwrap();
    let about = [
        "A monk investigates murders in a medieval abbey with a labyrinthine library.",
        "In a medieval abbey, a cellarer tends the monastery's garden.",
        "Robots dream of the library on Mars.",
        "Nothing at all happens.",
    ];
    for (id, about) in (40..).zip(about) {
        let told = Entry {
            about: Some(about.into()),
            ..entry(id, &format!("Volume{id}"), &format!("Author{id}"), 10)
        };
        writer.put(&told).unwrap();
    }
    writer.commit("14").unwrap();
    let likeness = Likeness {
        id: 40,
        about: Some(about[0].into()),
        ..Likeness::default()
    };
    let found = shelf.0.similar(&likeness, &Filter::default(), 5).unwrap();
    let ids: Vec<u128> = found.hits.iter().map(|hit| hit.id).collect();
    assert_eq!(ids, [41, 42]);
    assert!(
        shelf.ids("medieval abbey").is_empty(),
        "what it is about is not searched"
    );
}

#[test]
fn what_was_replaced_or_removed_is_not_found() {
    let shelf = shelf();
    let mut writer = shelf.0.writer(16_000_000).unwrap();
    writer.put(&entry(11, "Sand", "Frank Herbert", 1)).unwrap();
    writer.remove(EntryKind::Title, 12);
    assert_eq!(
        shelf.first("dune"),
        Some(11),
        "nothing is seen before the commit"
    );
    writer.commit("14").unwrap();
    assert!(!shelf.ids("dune").contains(&11) && !shelf.ids("dune").contains(&12));
    assert_eq!(shelf.first("sand"), Some(11));
    assert_eq!(shelf.0.count(), 12);
    writer.remove(EntryKind::Title, 3);
    writer.remove(EntryKind::Title, 4);
    writer.commit("15").unwrap();
    let offered = shelf
        .0
        .suggest(&Question::parse("eco").unwrap(), &Filter::default(), 5);
    assert!(offered.unwrap().people.is_empty());
}

#[test]
fn copies_are_found_by_their_library_and_role_and_by_nobody_else() {
    let shelf = shelf();
    let (ours, theirs) = (0xa, 0xb);
    let mut writer = shelf.0.writer(16_000_000).unwrap();
    let copy = Entry {
        what: EntryKind::Copy,
        genres: vec!["Secret".into()],
        reach: vec![Reach::place(ours, "owner"), Reach::place(ours, "member")],
        ..entry(20, "The Hidden Diary", "Quentin Unseen", 9)
    };
    writer.put(&copy).unwrap();
    writer.commit("15").unwrap();
    let ask = |query: &str, reach: Reach| {
        let filter = Filter {
            whats: vec![EntryKind::Copy],
            reach,
            ..Filter::default()
        };
        shelf
            .0
            .search(&Search {
                filter,
                facets: FacetName::ALL.to_vec(),
                ..search(query)
            })
            .unwrap()
    };
    assert_eq!(ask("hidden diary", Reach::member(ours, "member")).total, 1);
    let strangers = [
        Reach::everybody(),
        Reach::member(theirs, "owner"),
        Reach::member(ours, "guest"),
    ];
    for stranger in strangers {
        for query in [
            "hidden diary",
            "hiden diary",
            "the hid",
            "unseen",
            "genre:secret",
            "author:unseen",
            "diary hidden x",
            "",
        ] {
            let found = ask(query, stranger.clone());
            assert!(found.hits.iter().all(|hit| hit.id != 20), "{query}");
            let values = found.facets.values().flatten();
            assert!(
                values
                    .into_iter()
                    .all(|count| count.value != "Secret" && count.value != "Quentin Unseen")
            );
        }
        let question = Question::parse("unse").unwrap();
        let filter = Filter {
            reach: stranger,
            ..Filter::default()
        };
        let offered = shelf.0.suggest(&question, &filter, 5).unwrap();
        assert!(offered.people.is_empty() && offered.titles.is_empty());
        assert_eq!(offered.correction, None);
    }
}

#[test]
fn a_correction_tells_nothing_of_what_may_not_be_seen() {
    let shelf = shelf();
    let mut writer = shelf.0.writer(16_000_000).unwrap();
    let copy = Entry {
        reach: vec![Reach::place(1, "owner")],
        ..entry(20, "Zanzibar Quarterly", "Nobody", 9)
    };
    writer.put(&copy).unwrap();
    writer.commit("15").unwrap();
    for query in [
        "zanzibbar quarterly",
        "zanzibr rose",
        "quartely zanzibar",
        "zanzibbar quarterlx foo",
    ] {
        let found = shelf.found(query);
        assert!(
            !found.correction.unwrap_or_default().contains("zanzibar"),
            "{query}"
        );
    }
}

#[test]
fn entries_and_checkpoint_are_one_step() {
    let room = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(room.path()).unwrap();
    assert_eq!(index.checkpoint().unwrap(), None);
    {
        let mut writer = index.writer(16_000_000).unwrap();
        writer.put(&entry(1, "Dune", "Frank Herbert", 1)).unwrap();
        writer.commit("{\"position\":7}").unwrap();
        writer.put(&entry(2, "Emma", "Jane Austen", 1)).unwrap();
        // Dropped without a commit, as when the process dies.
    }
    let again = SearchIndex::open(room.path()).unwrap();
    assert_eq!(
        again.checkpoint().unwrap().as_deref(),
        Some("{\"position\":7}")
    );
    assert_eq!(again.count(), 1);
}

#[test]
fn many_commits_become_one_segment_that_answers_the_same() {
    let shelf = shelf();
    for id in 100..120u128 {
        let mut writer = shelf.0.writer(16_000_000).unwrap();
        writer
            .put(&entry(id, &format!("Volume {id}"), "Nobody", 1))
            .unwrap();
        writer.commit("many").unwrap();
    }
    let before = shelf.ids("volume");
    shelf
        .0
        .writer(16_000_000)
        .unwrap()
        .close_merged(&shelf.0)
        .unwrap();
    assert_eq!(shelf.ids("volume"), before);
    assert_eq!(shelf.0.count(), 33);
    assert_eq!(shelf.0.checkpoint().unwrap().as_deref(), Some("many"));
}

#[test]
fn vague_and_strange_questions_are_answered() {
    let shelf = shelf();
    for query in [
        "the",
        "a",
        "e o",
        ". . .",
        "/.*/",
        "(((",
        "OR AND NOT",
        "\u{0}",
        "the the the the",
    ] {
        let found = shelf.found(query);
        assert!(found.hits.len() <= 10, "{query}");
    }
}
