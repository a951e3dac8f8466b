//! Indexes are ordered bytewise by sort and then key, and every way of paging through one shows the same whole.

use accession_read_store::{DocumentWrite, IndexRange, ListedEntry, lane_of};

use crate::given::{Projector, all, document, entry, listed, model};
use crate::subject::{Subject, over_every_store};

over_every_store!(
    entries_are_in_bytewise_order_both_ways,
    a_shorter_sort_comes_before_a_longer_one_whatever_the_keys,
    one_sort_may_lead_to_several_documents,
    a_prefix_shows_only_what_starts_with_it,
    pages_of_every_size_add_up_to_the_whole,
    skipping_passes_over_the_first_entries,
    removed_entries_are_gone_and_others_stay,
    an_entry_that_one_step_removes_and_adds_is_there,
    a_cursor_whose_entry_is_gone_still_marks_its_place,
    a_cursor_outside_of_the_prefix_reads_what_lies_behind_it,
    cursors_and_prefixes_of_any_length_are_understood,
    an_unknown_index_is_empty,
    indexes_with_similar_names_are_apart,
    nothing_is_listed_when_nothing_is_asked_for,
    what_lies_below_a_sort_is_counted_as_a_scan_would_find_it,
);

mod in_three_lanes {
    use super::{Subject, over_every_store, scan_merges_lanes};

    over_every_store!(lanes = 3; lanes_are_read_as_one_index);

    async fn lanes_are_read_as_one_index(store: Subject) {
        scan_merges_lanes(store).await;
    }
}

const SORTS: [&str; 12] = [
    "",
    " ",
    "0",
    "A",
    "Z",
    "a",
    "a ",
    "aa",
    "b",
    "ä",
    "九",
    "\u{10FFFF}",
];

async fn given_sorts(store: &Subject) -> Projector {
    let mut projector = Projector::of(&***store, &model("page", 1)).await;
    let documents = SORTS.iter().enumerate().rev();
    let documents = documents
        .map(|(number, sort)| listed(&format!("key-{number:02}"), "by_title", sort))
        .collect();
    projector.write(&***store, documents).await;
    projector
}

fn keys(entries: &[ListedEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.key.as_str()).collect()
}

fn sorts(entries: &[ListedEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.sort.as_str()).collect()
}

async fn entries_are_in_bytewise_order_both_ways(store: Subject) {
    let projector = given_sorts(&store).await;
    let found = store
        .scan(&projector.model, &all("by_title"))
        .await
        .unwrap();
    assert_eq!(sorts(&found), SORTS);
    let down = IndexRange {
        descending: true,
        ..all("by_title")
    };
    let found = store.scan(&projector.model, &down).await.unwrap();
    let mut reversed = SORTS;
    reversed.reverse();
    assert_eq!(sorts(&found), reversed);
}

async fn a_shorter_sort_comes_before_a_longer_one_whatever_the_keys(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector
        .write(
            &**store,
            vec![
                listed("z", "by_title", "a"),
                listed("a", "by_title", "a\u{1}"),
            ],
        )
        .await;
    let found = store
        .scan(&projector.model, &all("by_title"))
        .await
        .unwrap();
    assert_eq!(keys(&found), ["z", "a"]);
}

async fn one_sort_may_lead_to_several_documents(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let documents = ["c", "a", "b"]
        .map(|key| listed(key, "by_title", "Dune"))
        .to_vec();
    projector.write(&**store, documents).await;
    let found = store
        .scan(&projector.model, &all("by_title"))
        .await
        .unwrap();
    assert_eq!(keys(&found), ["a", "b", "c"]);
    let after = IndexRange {
        after: Some(("Dune".to_owned(), "a".to_owned())),
        ..all("by_title")
    };
    assert_eq!(
        keys(&store.scan(&projector.model, &after).await.unwrap()),
        ["b", "c"]
    );
}

async fn a_prefix_shows_only_what_starts_with_it(store: Subject) {
    let projector = given_sorts(&store).await;
    for (prefix, expected) in [
        ("a", vec!["a", "a ", "aa"]),
        ("aa", vec!["aa"]),
        ("九", vec!["九"]),
        ("\u{10FFFF}", vec!["\u{10FFFF}"]),
        ("nothing", vec![]),
    ] {
        let range = IndexRange {
            prefix: prefix.to_owned(),
            ..all("by_title")
        };
        assert_eq!(
            sorts(&store.scan(&projector.model, &range).await.unwrap()),
            expected,
            "{prefix}"
        );
    }
}

async fn pages_of_every_size_add_up_to_the_whole(store: Subject) {
    let projector = given_sorts(&store).await;
    for descending in [false, true] {
        for prefix in ["", "a"] {
            let whole = IndexRange {
                descending,
                prefix: prefix.to_owned(),
                ..all("by_title")
            };
            let expected = store.scan(&projector.model, &whole).await.unwrap();
            for limit in 1..=expected.len() + 1 {
                let paged = paged(
                    &store,
                    &projector,
                    IndexRange {
                        limit,
                        ..whole.clone()
                    },
                )
                .await;
                assert_eq!(paged, expected, "pages of {limit}");
            }
        }
    }
}

async fn paged(store: &Subject, projector: &Projector, mut range: IndexRange) -> Vec<ListedEntry> {
    let mut whole = Vec::new();
    loop {
        let page = store.scan(&projector.model, &range).await.unwrap();
        assert!(page.len() <= range.limit);
        let Some(last) = page.last() else {
            return whole;
        };
        range.after = Some((last.sort.clone(), last.key.clone()));
        whole.extend(page);
    }
}

async fn skipping_passes_over_the_first_entries(store: Subject) {
    let projector = given_sorts(&store).await;
    for descending in [false, true] {
        let whole = store
            .scan(
                &projector.model,
                &IndexRange {
                    descending,
                    ..all("by_title")
                },
            )
            .await
            .unwrap();
        for skip in 0..=SORTS.len() + 1 {
            let range = IndexRange {
                descending,
                skip,
                limit: 2,
                ..all("by_title")
            };
            let found = store.scan(&projector.model, &range).await.unwrap();
            let expected: Vec<_> = whole.iter().skip(skip).take(2).cloned().collect();
            assert_eq!(found, expected, "skipping {skip}");
        }
    }
}

async fn removed_entries_are_gone_and_others_stay(store: Subject) {
    let mut projector = given_sorts(&store).await;
    let renamed = DocumentWrite {
        remove: vec![
            entry("by_title", SORTS[4], "key-04"),
            entry("by_title", "never there", "key-04"),
        ],
        add: vec![entry("by_title", "m", "key-04")],
        ..document("key-04")
    };
    let delisted = DocumentWrite {
        remove: vec![entry("by_title", SORTS[8], "key-08")],
        ..document("key-08")
    };
    projector.write(&**store, vec![renamed, delisted]).await;
    let found = store
        .scan(&projector.model, &all("by_title"))
        .await
        .unwrap();
    assert_eq!(
        sorts(&found),
        [
            "",
            " ",
            "0",
            "A",
            "a",
            "a ",
            "aa",
            "m",
            "ä",
            "九",
            "\u{10FFFF}"
        ]
    );
}

async fn an_entry_that_one_step_removes_and_adds_is_there(store: Subject) {
    let mut projector = given_sorts(&store).await;
    let same = entry("by_title", SORTS[4], "key-04");
    let write = DocumentWrite {
        remove: vec![same.clone()],
        add: vec![same],
        ..document("key-04")
    };
    projector.write(&**store, vec![write]).await;
    assert_eq!(
        sorts(
            &store
                .scan(&projector.model, &all("by_title"))
                .await
                .unwrap()
        ),
        SORTS
    );
}

async fn a_cursor_whose_entry_is_gone_still_marks_its_place(store: Subject) {
    let projector = given_sorts(&store).await;
    let after = Some(("Y".to_owned(), "gone".to_owned()));
    let up = IndexRange {
        after: after.clone(),
        limit: 2,
        ..all("by_title")
    };
    assert_eq!(
        sorts(&store.scan(&projector.model, &up).await.unwrap()),
        ["Z", "a"]
    );
    let down = IndexRange {
        after,
        limit: 2,
        descending: true,
        ..all("by_title")
    };
    assert_eq!(
        sorts(&store.scan(&projector.model, &down).await.unwrap()),
        ["A", "0"]
    );
}

async fn a_cursor_outside_of_the_prefix_reads_what_lies_behind_it(store: Subject) {
    let projector = given_sorts(&store).await;
    let with = |sort: &str, descending| IndexRange {
        prefix: "a".to_owned(),
        after: Some((sort.to_owned(), "key".to_owned())),
        descending,
        ..all("by_title")
    };
    let found = |range: IndexRange| {
        let (store, model) = (store.store.clone(), projector.model.clone());
        async move { store.scan(&model, &range).await.unwrap().len() }
    };
    assert_eq!(found(with("A", false)).await, 3);
    assert_eq!(found(with("z", false)).await, 0);
    assert_eq!(found(with("z", true)).await, 3);
    assert_eq!(found(with("A", true)).await, 0);
}

async fn cursors_and_prefixes_of_any_length_are_understood(store: Subject) {
    let projector = given_sorts(&store).await;
    let long = |start: &str| start.repeat(100_000);
    let after = |sort: String, descending| IndexRange {
        after: Some((sort, long("key"))),
        descending,
        ..all("by_title")
    };
    let prefix = IndexRange {
        prefix: long("a"),
        ..all("by_title")
    };
    for (range, expected) in [
        (after(long("a"), false), 4),
        (after(long("a"), true), 8),
        (prefix, 0),
        (all(&long("by_title")), 0),
    ] {
        assert_eq!(
            store.scan(&projector.model, &range).await.unwrap().len(),
            expected
        );
    }
}

async fn an_unknown_index_is_empty(store: Subject) {
    let projector = given_sorts(&store).await;
    assert!(
        store
            .scan(&projector.model, &all("by_author"))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .scan(&model("list", 1), &all("by_title"))
            .await
            .unwrap()
            .is_empty()
    );
}

async fn indexes_with_similar_names_are_apart(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let indexes = ["b", "book", "book:newest", "book\u{1}", "books"];
    let documents = indexes.map(|index| listed(index, index, "same")).to_vec();
    projector.write(&**store, documents).await;
    for index in indexes {
        assert_eq!(
            keys(&store.scan(&projector.model, &all(index)).await.unwrap()),
            [index]
        );
    }
}

async fn nothing_is_listed_when_nothing_is_asked_for(store: Subject) {
    let projector = given_sorts(&store).await;
    let range = IndexRange {
        limit: 0,
        ..all("by_title")
    };
    assert!(
        store
            .scan(&projector.model, &range)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn scan_merges_lanes(store: Subject) {
    let page = model("page", 1);
    let names: Vec<String> = (0..60).map(|number| format!("key-{number:02}")).collect();
    for lane in 0..3 {
        let mut projector = Projector::in_lane(&**store, &page, lane).await;
        let mine = names.iter().filter(|key| lane_of(key, 3) == lane);
        let documents: Vec<_> = mine.map(|key| listed(key, "by_title", &key[4..])).collect();
        assert!(!documents.is_empty());
        projector.write(&**store, documents).await;
        let other = names.iter().find(|key| lane_of(key, 3) != lane).unwrap();
        assert!(
            projector
                .try_write(&**store, vec![document(other)])
                .await
                .is_err(),
            "a key of another lane"
        );
    }
    let projector = Projector::in_lane(&**store, &page, 0).await;
    let found = store.scan(&page, &all("by_title")).await.unwrap();
    assert_eq!(keys(&found), names);
    let below = store.count_below(&page, "by_title", "25").await.unwrap();
    assert_eq!(below, 25);
    let range = IndexRange {
        skip: 7,
        limit: 5,
        ..all("by_title")
    };
    assert_eq!(
        keys(&store.scan(&page, &range).await.unwrap()),
        names[7..12]
    );
    for limit in [1, 2, 7, 59, 61] {
        let range = IndexRange {
            limit,
            descending: true,
            ..all("by_title")
        };
        let paged = paged(&store, &projector, range).await;
        let mut expected = found.clone();
        expected.reverse();
        assert_eq!(paged, expected);
    }
    let documents = store.documents(&page, &names).await.unwrap();
    for (key, document) in names.iter().zip(documents) {
        assert_eq!(document, store.document(&page, key).await.unwrap());
        assert_eq!(document.unwrap().body, format!("{{\"key\":\"{key}\"}}"));
    }
}

async fn what_lies_below_a_sort_is_counted_as_a_scan_would_find_it(store: Subject) {
    let projector = given_sorts(&store).await;
    let below = [
        "",
        "\u{1}",
        "a",
        "a!",
        "aa",
        "b",
        "zz",
        "ä",
        "\u{10FFFF}\u{10FFFF}",
    ];
    for below in below {
        let found = store
            .scan(&projector.model, &all("by_title"))
            .await
            .unwrap();
        let expected = found.iter().filter(|entry| *entry.sort < *below).count();
        let counted = store.count_below(&projector.model, "by_title", below);
        assert_eq!(counted.await.unwrap(), expected as u64, "{below:?}");
    }
    let other = store.count_below(&projector.model, "by_titl", "zz").await;
    assert_eq!(other.unwrap(), 0);
    let endless = "z".repeat(100_000);
    let counted = store.count_below(&projector.model, &endless, "zz").await;
    assert_eq!(counted.unwrap(), 0);
}
