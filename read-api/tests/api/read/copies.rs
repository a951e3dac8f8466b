//! Copies of a library, as its members find them.
//!
//! Never a test of what strangers are told: `scoping` is.

mod keeping;
mod scoping;

use accession_events::Position;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::asks::{App, session_token};
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    a_copy_is_found_by_what_its_library_says_of_it_and_shown_with_place_and_availability,
    a_title_that_is_called_otherwise_is_found_under_its_new_name_on_copies_too,
    copies_of_a_merged_title_are_found_as_those_of_the_title_that_stands_for_it,
    a_place_that_is_called_otherwise_is_found_under_its_new_name,
    copies_are_filtered_counted_and_offered_within_a_library,
    titles_are_filtered_and_counted_by_what_my_library_has_of_them,
    a_list_of_copies_is_sorted_and_narrowed_however_long_it_is,
    a_wish_for_copies_that_cannot_be_understood_is_told_with_what_is_expected,
);

pub(super) const OURS: u128 = 50;
pub(super) const ANA: u128 = 8001;

/// A library with a viewer, two places and four copies of three titles.
pub(super) async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::with_libraries(&subject.store).await;
    let ours = id(OURS);
    catalogue.joins(ANA, ours, "viewer");
    for (number, name, author) in [
        (1, "Emma", "Jane Austen"),
        (2, "Persuasion", "Jane Austen"),
        (3, "The Castle", "Franz Kafka"),
    ] {
        let facts = [("name", json!(name)), ("authors", json!([author]))];
        catalogue.add_title_with(
            number,
            "book",
            &name.to_lowercase().replace(' ', "-"),
            &facts,
        );
    }
    let room = catalogue.add_place(200, ours, "room", None, "Library");
    let attic = catalogue.add_place(201, ours, "shelf", Some(room), "Top shelf");
    for (number, title, barcode, tag) in [
        (100, 1, "PEM-1", "signed"),
        (101, 1, "PEM-2", "worn"),
        (102, 2, "PEM-3", "signed"),
        (103, 3, "PEM-4", "worn"),
    ] {
        let details = [
            ("barcode", json!(barcode)),
            ("tags", json!([tag])),
            ("notes", json!("Aunt Gardiner's")),
        ];
        catalogue.add_copy(number, ours, id(title), &details);
    }
    catalogue.move_copy(id(100), ours, id(1), attic);
    let lent = json!({ "loan_id": id(300) });
    catalogue.of_copy(id(101), ours, id(1), "CopyLentOut", &lent);
    catalogue.hold(id(102), ours, id(2), id(ANA));
    catalogue.write().await;
    catalogue
}

/// What somebody is told of a question that they may ask, with everything up to a position.
pub(super) async fn told(app: &App, at: Position, path: &str) -> Value {
    let bearer = format!("Bearer {}", session_token(id(ANA)));
    let position = at.to_string();
    let headers = [
        ("authorization", &*bearer),
        ("accession-min-position", &*position),
    ];
    let got = app.get_with(path, &headers).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {got:?}");
    assert_eq!(got.header("accession-position"), position, "{path}");
    assert!(got.header("cache-control").contains("private"), "{path}");
    got.json()
}

/// A question about the copies of our library.
pub(super) fn ours(more: &str) -> String {
    format!("/api/read/libraries/{}/{more}", id(OURS))
}

/// The ids of copies that were found.
pub(super) fn found(page: &Value) -> Vec<Uuid> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["copy"]["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

pub(super) fn ids(numbers: &[u128]) -> Vec<Uuid> {
    numbers.iter().map(|number| id(*number)).collect()
}

async fn a_copy_is_found_by_what_its_library_says_of_it_and_shown_with_place_and_availability(
    subject: Subject,
) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let at = catalogue.position();
    for (typed, expected) in [
        ("emma", &[100, 101][..]),
        ("emmma", &[100, 101]),
        ("pem-3", &[102]),
        ("signed", &[100, 102]),
        ("top%20shelf", &[100]),
        ("emma%20library", &[100]),
        ("author:austen%20worn", &[101]),
        ("gardiner", &[]),
    ] {
        for path in [
            ours(&format!("search?q={typed}&sort=oldest")),
            format!(
                "/api/read/search?what=copy&library={}&q={typed}&sort=oldest",
                id(OURS)
            ),
        ] {
            let page = told(&app, at, &path).await;
            assert_eq!(found(&page), ids(expected), "{path}");
            assert_eq!(page["total"], expected.len(), "{path}");
        }
    }
    let page = told(&app, at, &ours("search?q=emmma%20signed")).await;
    let item = &page["items"][0];
    assert_eq!(
        (&item["what"], &item["availability"]),
        (&json!("copy"), &json!("available"))
    );
    assert_eq!(
        item["copy"]["location"]["path"],
        json!(["Library", "Top shelf"])
    );
    assert_eq!(item["copy"]["title"]["name"], "Emma");
    assert_eq!(item["highlights"]["title"], json!([[0, 4]]));
    assert_eq!(page["did_you_mean"], "emma signed");
    for (typed, availability) in [("pem-2", "lent"), ("pem-3", "held")] {
        let page = told(&app, at, &ours(&format!("search?q={typed}"))).await;
        assert_eq!(page["items"][0]["availability"], availability, "{typed}");
    }
}

async fn a_title_that_is_called_otherwise_is_found_under_its_new_name_on_copies_too(
    subject: Subject,
) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    for round in 0..10 {
        let name = format!("Northanger number{round}");
        catalogue.rename(id(1), &name);
        let at = catalogue.write().await;
        let page = told(
            &app,
            at,
            &ours(&format!("search?q=number{round}&sort=oldest")),
        )
        .await;
        assert_eq!(found(&page), ids(&[100, 101]), "{name}");
        let former = told(&app, at, &ours("search?q=title:emma")).await;
        assert_eq!(former["total"], 0, "{name}");
    }
    // A copy of a title that nobody has told of yet is found as soon as it has a name.
    catalogue.add_copy(110, id(OURS), id(9), &[]);
    let at = catalogue.write().await;
    assert_eq!(told(&app, at, &ours("search?q=sanditon")).await["total"], 0);
    catalogue.add_title(9, "book", "sanditon", "Sanditon");
    let at = catalogue.write().await;
    assert_eq!(
        found(&told(&app, at, &ours("search?q=sanditon")).await),
        ids(&[110])
    );
    let removed = json!({});
    catalogue.of_copy(id(110), id(OURS), id(9), "CopyRemoved", &removed);
    let at = catalogue.write().await;
    assert_eq!(told(&app, at, &ours("search?q=sanditon")).await["total"], 0);
}

async fn copies_of_a_merged_title_are_found_as_those_of_the_title_that_stands_for_it(
    subject: Subject,
) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let into = json!({ "title_id": id(2), "reason": "the same work" });
    catalogue.tell("catalog.title", id(3), "TitleMergedInto", &into);
    let by = json!({ "source": "shop", "authority": "secondary_provider", "record": "9" });
    let said = json!([[by, { "field": "release_year", "value": 1815 }]]);
    let taken = json!({ "taken": [{ "title_id": id(3), "said": said, "records": [by] }] });
    catalogue.tell("catalog.title", id(2), "TitleAbsorbed", &taken);
    let at = catalogue.write().await;
    let page = told(&app, at, &ours("search?q=persuasion&sort=oldest")).await;
    assert_eq!(found(&page), ids(&[102, 103]));
    assert_eq!(told(&app, at, &ours("search?q=castle")).await["total"], 0);
    for title in [2, 3] {
        let list = ours(&format!("copies?title={}&sort=oldest", id(title)));
        let page = told(&app, at, &list).await;
        let items = page["items"].as_array().unwrap();
        assert_eq!(
            (items.len(), &items[1]["id"]),
            (2, &json!(id(103))),
            "{list}"
        );
    }
    let path = format!(
        "/api/read/search?library={}&availability=available&sort=title",
        id(OURS)
    );
    let page = told(&app, at, &path).await;
    assert_eq!(page["items"][1]["title"]["slug"], "persuasion", "{page}");
    // What the title that stands for it is called decides from then on.
    catalogue.rename(id(2), "Sanditon");
    let at = catalogue.write().await;
    let page = told(&app, at, &ours("search?q=sanditon&sort=oldest")).await;
    assert_eq!(found(&page), ids(&[102, 103]));
}

async fn a_place_that_is_called_otherwise_is_found_under_its_new_name(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let at = catalogue.position();
    assert_eq!(told(&app, at, &ours("search?q=library")).await["total"], 1);
    let renamed = json!({ "place_id": id(200), "former": "Library", "name": "Scullery" });
    catalogue.tell("holdings.places", id(OURS), "PlaceRenamed", &renamed);
    let at = catalogue.write().await;
    assert_eq!(told(&app, at, &ours("search?q=library")).await["total"], 0);
    let page = told(&app, at, &ours("search?q=scullery")).await;
    assert_eq!(found(&page), ids(&[100]));
    let within = told(&app, at, &ours(&format!("search?place={}", id(200)))).await;
    assert_eq!(found(&within), ids(&[100]));
}

async fn copies_are_filtered_counted_and_offered_within_a_library(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let at = catalogue.position();
    for (wish, expected) in [
        ("availability=lent,held", &[101, 102][..]),
        ("tag=Signed", &[100, 102]),
        ("place=none&tag=signed", &[102]),
        ("author=jane%20austen&availability=available", &[100]),
        ("kind=series", &[]),
        ("q=emma&availability=lost", &[]),
    ] {
        let page = told(&app, at, &ours(&format!("search?{wish}&sort=oldest"))).await;
        assert_eq!(found(&page), ids(expected), "{wish}");
    }
    let page = told(
        &app,
        at,
        &ours("search?facets=availability,tag,author&limit=1"),
    )
    .await;
    let counted = |value: &str, count: u64| json!({ "value": value, "count": count });
    let expected = json!([
        counted("available", 2),
        counted("held", 1),
        counted("lent", 1)
    ]);
    assert_eq!(page["facets"]["availability"], expected);
    assert_eq!(
        page["facets"]["tag"],
        json!([counted("signed", 2), counted("worn", 2)])
    );
    let offered = told(&app, at, &ours("suggest?q=persua")).await;
    assert_eq!(offered["copies"][0]["copy"]["id"], json!(id(102)));
    let offered = told(&app, at, &ours("suggest?q=persuaision")).await;
    assert_eq!(offered["did_you_mean"], "persuasion");
}

async fn titles_are_filtered_and_counted_by_what_my_library_has_of_them(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    catalogue.add_title(4, "book", "dune", "Dune");
    let at = catalogue.write().await;
    for (wish, expected) in [
        ("availability=available", &["emma", "the-castle"][..]),
        ("availability=lent", &["emma"]),
        ("q=persuasion&availability=held", &["persuasion"]),
        (
            "q=dune&availability=available,lent,held,lost,damaged,withdrawn",
            &[],
        ),
        ("q=dune", &["dune"]),
    ] {
        let path = format!("/api/read/search?library={}&{wish}&sort=title", id(OURS));
        let page = told(&app, at, &path).await;
        let items = page["items"].as_array().unwrap().iter();
        let slugs: Vec<&str> = items
            .map(|item| item["title"]["slug"].as_str().unwrap())
            .collect();
        assert_eq!(slugs, expected, "{wish}");
    }
    let path = format!("/api/read/search?library={}&facets=availability", id(OURS));
    let page = told(&app, at, &path).await;
    let counted = |value: &str, count: u64| json!({ "value": value, "count": count });
    let expected = json!([
        counted("available", 2),
        counted("held", 1),
        counted("lent", 1)
    ]);
    assert_eq!(page["facets"]["availability"], expected);
    assert_eq!(page["total"], 4);
}

async fn a_list_of_copies_is_sorted_and_narrowed_however_long_it_is(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    // More than are looked at for one page without an index.
    for number in 0..1_200 {
        catalogue.add_copy(1_000 + number, id(OURS), id(3), &[]);
    }
    let at = catalogue.write().await;
    let app = App::over(&subject.store).await;
    for (list, expected) in [
        ("copies?title=emm&sort=oldest", &[100, 101][..]),
        ("copies?author=jane&sort=title&limit=3", &[100, 101, 102]),
        ("copies?title=emma&sort=-title", &[100, 101]),
        ("copies?author=austen&sort=author", &[100, 101, 102]),
        ("copies?q=emmma%20signed", &[100]),
        ("copies?lent=false&tag=signed&sort=oldest", &[100, 102]),
        ("copies?lent=true", &[101]),
        ("copies?tag=signed&sort=oldest", &[100, 102]),
        ("copies?place=none&tag=worn&sort=newest", &[103, 101]),
        ("copies?status=present&barcode=pem-3", &[102]),
    ] {
        let page = told(&app, at, &ours(list)).await;
        let items = page["items"].as_array().unwrap().iter();
        let shown: Vec<Uuid> = items
            .map(|item| item["id"].as_str().unwrap().parse().unwrap())
            .collect();
        assert_eq!(shown, ids(expected), "{list}");
    }
    for sort in ["title", "-author", "year"] {
        let (mut walked, mut more) = (Vec::new(), String::new());
        loop {
            let page = told(
                &app,
                at,
                &ours(&format!("copies?sort={sort}&limit=200{more}")),
            )
            .await;
            let items = page["items"].as_array().unwrap().iter();
            walked.extend(items.map(|item| item["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => more = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked.len(), 1_204, "{sort}");
        walked.sort_unstable();
        walked.dedup();
        assert_eq!(walked.len(), 1_204, "{sort}");
    }
}

async fn a_wish_for_copies_that_cannot_be_understood_is_told_with_what_is_expected(
    subject: Subject,
) {
    let _catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let token = session_token(id(ANA));
    for (path, expected) in [
        (
            ours("search?availability=free"),
            "expected some of available",
        ),
        (ours("search?sort=rating"), "expected one of relevance"),
        (ours("search?facets=colour"), "availability"),
        (ours("search?library=7"), "not a parameter"),
        (ours("suggest?q=a&limit=21"), "from 1 to 20"),
        (ours("copies?sort=loudest"), "expected one of relevance"),
        (
            ours(&format!("copies?q={}", "x".repeat(600))),
            "600 characters",
        ),
        (
            "/api/read/search?what=copy&q=emma".to_owned(),
            "send `library`",
        ),
        (
            "/api/read/search?availability=lent".to_owned(),
            "send `library`",
        ),
        (
            "/api/read/search?facets=availability".to_owned(),
            "no facet `availability`",
        ),
        (
            format!("/api/read/search?what=edition&library={}", id(OURS)),
            "not a parameter",
        ),
    ] {
        let got = app.get_as(&path, &token).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path}: {got:?}");
        assert!(got.detail().contains(expected), "{path}: {}", got.detail());
    }
}
