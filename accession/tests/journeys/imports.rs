//! The main job: real books and real series from files to documents.

use reqwest::StatusCode;

use crate::documents::cards;
use crate::system::{Embedded, contains, get, json, report, run, shared};

/// A part of the anime list: all of it takes minutes in a debug build. The benchmark imports all of it.
const TITLES: &str = "400";
/// How many of them are films.
const FILMS: usize = 89;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_real_books_are_imported_read_and_imported_again_without_an_event() {
    let Some(books) = shared("goodbooks/books.csv.gz") else {
        return;
    };
    let system = Embedded::start().await;
    let books = books.to_str().unwrap();
    let first = report(&system.run(&["import", "goodbooks", "--books", books, "--json"]));
    assert_eq!(
        (&first["records"], &first["accepted"], &first["rejected"]),
        (&10_000.into(), &10_000.into(), &0.into())
    );
    assert_eq!(first["exit_code"], 0);
    assert!(
        first["notes"]["isbn_unverified"].as_u64().unwrap() > 0,
        "{first}"
    );
    let url = &system.server.url;
    let position = first["position"].as_u64().unwrap();
    contains(url, position).await;
    let newest = cards(url, "book", "newest").await;
    assert_eq!(newest.len(), 10_000);
    assert_eq!(cards(url, "book", "title").await.len(), 10_000);
    for isbn in ["9780439023481", "0439023483", "978-0-439-02348-1"] {
        let edition = json(&format!("{url}/api/read/isbn/{isbn}")).await;
        let title = json(&format!(
            "{url}/api/read/titles/{}",
            edition["title_id"].as_str().unwrap()
        ))
        .await;
        assert_eq!(title["name"], "The Hunger Games", "{isbn}");
    }
    assert_eq!(first["readable"], true);
    let before = head(url).await;
    let again = report(&system.run(&["import", "goodbooks", "--books", books, "--json"]));
    assert_eq!(
        (&again["accepted"], &again["unchanged"]),
        (&0.into(), &10_000.into())
    );
    assert_eq!(again["run_id"], serde_json::Value::Null);
    assert_eq!(
        head(url).await,
        before,
        "an unchanged import wrote an event"
    );
}

/// The position of the newest event in the log.
async fn head(url: &str) -> u64 {
    let status = json(&format!("{url}/health/status")).await;
    let parts = status["parts"].as_array().unwrap();
    let log = parts.iter().find(|part| part["name"] == "event_log");
    log.unwrap()["details"]["position"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn real_series_and_films_come_with_their_episodes() {
    let Some(anime) = shared("anime/anime_cooperunion.csv.gz") else {
        return;
    };
    let system = Embedded::start().await;
    let report = report(&system.run(&[
        "import",
        "anime-list",
        "--file",
        anime.to_str().unwrap(),
        "--limit",
        TITLES,
        "--json",
    ]));
    assert_eq!(
        (&report["records"], &report["rejected"]),
        (&400.into(), &0.into()),
        "{report}"
    );
    let url = &system.server.url;
    let position = report["position"].as_u64().unwrap();
    contains(url, position).await;
    let series = cards(url, "series", "newest").await.len();
    let films = cards(url, "film", "newest").await.len();
    assert_eq!(series + films, 400);
    assert_eq!(films, FILMS);
    let brotherhood = json(&format!(
        "{url}/api/read/titles/fullmetal-alchemist-brotherhood"
    ))
    .await;
    assert_eq!(brotherhood["episodes"].as_array().unwrap().len(), 64);
    let episodes = json(&format!(
        "{url}/api/read/titles/fullmetal-alchemist-brotherhood/episodes?limit=50"
    ))
    .await;
    assert_eq!(episodes["items"].as_array().unwrap().len(), 50);
    assert!(episodes["next_cursor"].is_string());
    let compatible = json(&format!("{url}/api/read/anime/steins-gate")).await;
    assert_eq!(compatible["episodes"].as_array().unwrap().len(), 24);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_come_back_as_csv_and_the_exit_code_says_so() {
    let system = Embedded::start().await;
    let file = system.data().join("list.csv");
    std::fs::write(&file, "anime_id,name,genre,type,episodes,rating,members\n1,Good,Drama,TV,2,8.0,10\n2,,Drama,TV,2,8.0,10\n").unwrap();
    let output = system.run(&[
        "import",
        "anime-list",
        "--file",
        file.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(report(&output)["reasons"]["missing_field"], 1);
    let rejected = std::fs::read_to_string(system.data().join("list.rejected.csv")).unwrap();
    assert!(rejected.starts_with(
        "anime_id,name,genre,type,episodes,rating,members,rejected_code,rejected_detail\n"
    ));
    assert!(
        rejected.contains("missing_field") && rejected.contains("`name` is empty"),
        "{rejected}"
    );
    std::fs::write(
        &file,
        "anime_id,name,genre,type,episodes,rating,members\n3,,,,,,\n",
    )
    .unwrap();
    assert_eq!(
        system
            .run(&["import", "anime-list", "--file", file.to_str().unwrap()])
            .status
            .code(),
        Some(4)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_without_a_server_a_file_or_a_source_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    std::fs::write(&file, "a\n").unwrap();
    let file = file.to_str().unwrap();
    let cases = [
        (
            vec!["import", "goodbooks", "--file", file],
            5,
            "no server runs on",
        ),
        (
            vec!["import", "goodreeds", "--file", file],
            2,
            "`goodreeds` is not a source",
        ),
        (vec!["import", "goodbooks"], 2, "name it with --file"),
        (
            vec!["import", "goodbooks", "--file", "missing.csv"],
            2,
            "there is no file missing.csv",
        ),
        (
            vec![
                "import",
                "goodbooks",
                "--file",
                file,
                "--server",
                "http://127.0.0.1:9",
            ],
            2,
            "needs a credential",
        ),
        (
            vec![
                "import",
                "goodbooks",
                "--file",
                file,
                "--server",
                "http://127.0.0.1:9",
                "--credential",
                "x",
                "--patience",
                "0",
            ],
            4,
            "header lacks",
        ),
    ];
    for (arguments, code, message) in cases {
        let output = run(folder.path(), &[], &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(message), "{arguments:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_out_of_reach_ends_an_import_with_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "import",
        "sample",
        "--server",
        "http://127.0.0.1:9",
        "--credential",
        "x",
        "--patience",
        "1",
    ];
    let output = run(folder.path(), &[], &arguments);
    assert_eq!(
        output.status.code(),
        Some(5),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_curators_word_outlives_every_later_import() {
    let system = Embedded::start().await;
    let import = ["import", "sample", "--json"];
    let first = report(&system.run(&import));
    assert_eq!(first["exit_code"], 0);
    let url = system.server.url.clone();
    contains(&url, first["position"].as_u64().unwrap()).await;
    let page = json(&format!("{url}/api/read/titles/the-name-of-the-rose")).await;
    let id = page["id"].as_str().unwrap();
    let patched = crate::system::client()
        .patch(format!("{url}/api/v1/titles/{id}"))
        .bearer_auth(system.token("curator"))
        .json(&serde_json::json!({ "year": 1981 }))
        .send()
        .await
        .unwrap();
    assert_eq!(patched.status(), StatusCode::OK);
    let position = patched.headers()["accession-position"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(report(&system.run(&import))["unchanged"], 76);
    let after = json(&format!(
        "{url}/api/read/titles/{id}?min_position={position}"
    ))
    .await;
    assert_eq!(after["year"], 1981);
    assert_eq!(after["sources_of"]["release_year"]["source"], "curator:ana");
    let trail = get(&format!("{url}/api/read/titles/{id}/provenance"))
        .await
        .text()
        .await
        .unwrap();
    assert!(
        trail.contains("1980") && trail.contains("1981") && trail.contains("sample"),
        "{trail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_libraries_are_imported_end_to_end_and_what_is_sent_is_what_was_read() {
    let files = [
        (
            "goodreads",
            "library_exports/goodreads/openlibrary.csv",
            3,
            0,
        ),
        ("mal-xml", "library_exports/mal/animelist_a.xml", 109, 0),
        ("marc", "marc/evergreen/hebrew.marc", 20, 0),
        ("marcxml", "marc/php-marc/sru-loc.xml", 10, 0),
        ("onix", "onix/im_onix/full_sample.xml", 1, 0),
        ("opds", "opds/circulation/feed.json", 3, 0),
        (
            "open-library-dump",
            "openlibrary/ol_dump_works_sample.txt.gz",
            638,
            0,
        ),
        ("google-books", "googlebooks/cmsanner_books.json", 10, 0),
        ("shikimori", "shikimori/rest/animes.json", 50, 0),
        ("kodik", "kodik/search_filters_episodes.json", 3, 0),
        (
            "librarything",
            "library_exports/other/librarything.json.gz",
            128,
            0,
        ),
        (
            "storygraph",
            "library_exports/other/storygraph_lectorflow.csv",
            124,
            0,
        ),
    ];
    let system = Embedded::start().await;
    for (source, file, records, rejected) in files {
        let Some(path) = shared(file) else {
            return;
        };
        let path = path.to_str().unwrap();
        let import = || report(&system.run(&["import", source, "--file", path, "--json"]));
        let first = import();
        assert_eq!(
            (&first["records"], &first["rejected"]),
            (&records.into(), &rejected.into()),
            "{source} {first}"
        );
        let again = import();
        assert_eq!(
            (&again["accepted"], &again["run_id"]),
            (&0.into(), &serde_json::Value::Null),
            "{source} {again}"
        );
    }
    let pdf = system.data().join("x.csv");
    std::fs::write(&pdf, "%PDF-1.7").unwrap();
    let wrong = system.run(&["import", "goodreads", "--file", pdf.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(
        wrong.status.code() == Some(4)
            && said.contains("a PDF document")
            && said.contains("Goodreads exports"),
        "{said}"
    );
}
