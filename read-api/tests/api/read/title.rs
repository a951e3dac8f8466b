//! `/api/read/titles/{id-or-slug}`.
//!
//! Never a hidden document, never a stale one; and a redirect only of a title that was merged (beside it).

use accession_service::access::{ACCESS_LIFETIME, Role};
use http::{Method, StatusCode};
use serde_json::json;

use crate::asks::{App, token};
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    a_title_is_found_by_id_in_any_spelling_and_by_every_slug_it_ever_had,
    a_title_with_a_name_in_another_script_is_found_by_its_slug,
    a_changed_title_is_answered_anew_as_soon_as_its_position_is_published,
    a_reader_who_has_the_version_already_gets_304,
    head_answers_like_get_without_the_body,
    what_is_not_there_is_a_fact_with_a_position,
    a_hidden_title_is_only_for_curators,
    a_bad_token_is_refused_although_none_is_needed,
    a_read_model_that_was_never_built_says_so,
    a_promoted_generation_answers_at_once_and_the_old_one_no_more,
    a_wrong_parameter_is_told_with_the_right_one,
);

async fn a_title_is_found_by_id_in_any_spelling_and_by_every_slug_it_ever_had(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "the-hunger-games", "The Hunger Games");
    catalogue.tell(
        "catalog.title",
        title,
        "TitleSlugChanged",
        &json!({ "slug": "hunger-games", "former": "the-hunger-games" }),
    );
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let address = format!("/api/read/titles/{title}");
    let page = app.get(&address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.json()["slugs"],
        json!(["hunger-games", "the-hunger-games"])
    );
    assert_eq!(page.header("content-location"), "");
    for (spelling, location) in [
        (title.simple().to_string().to_uppercase(), ""),
        ("hunger-games".to_owned(), address.as_str()),
        ("the-hunger-games".to_owned(), address.as_str()),
        // The second time, the way is known.
        ("the-hunger-games".to_owned(), address.as_str()),
    ] {
        let other = app.get(&format!("/api/read/titles/{spelling}")).await;
        assert_eq!(
            (other.status, &other.bytes),
            (StatusCode::OK, &page.bytes),
            "{spelling}"
        );
        assert_eq!(other.header("content-location"), location, "{spelling}");
        assert_eq!(other.header("etag"), page.header("etag"));
    }
}

async fn a_title_with_a_name_in_another_script_is_found_by_its_slug(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let slug = accession_events::values::Slug::from_title("進撃の巨人");
    catalogue.add_title(1, "series", slug.as_str(), "進撃の巨人");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let page = app.get(&format!("/api/read/titles/{slug}")).await;
    assert_eq!(page.json()["name"], "進撃の巨人");
    let by_name = app.get("/api/read/titles/%E9%80%B2%E6%92%83").await;
    assert_eq!(
        (by_name.status, by_name.code()),
        (StatusCode::NOT_FOUND, "not_found".into())
    );
    assert!(by_name.detail().contains("進撃"), "{by_name:?}");
    let broken = app.get("/api/read/titles/%E9%80").await;
    assert_eq!(
        (broken.status, broken.code()),
        (StatusCode::BAD_REQUEST, "malformed_request".into())
    );
}

async fn a_changed_title_is_answered_anew_as_soon_as_its_position_is_published(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "first", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let (by_id, by_slug) = (
        format!("/api/read/titles/{title}"),
        "/api/read/titles/first",
    );
    for round in 0..20 {
        let name = format!("Name {round}");
        catalogue.rename(title, &name);
        let position = catalogue.write().await;
        for address in [by_id.as_str(), by_slug] {
            let page = app.get_at(address, position).await;
            assert_eq!(page.status, StatusCode::OK, "{page:?}");
            assert_eq!(page.json()["name"], json!(name));
            let etag = page.header("etag");
            assert!(etag.starts_with(&format!("\"g1-{position}-")), "{etag}");
            assert!(page.header("accession-position").parse::<u64>().unwrap() >= position.get());
        }
    }
}

async fn a_reader_who_has_the_version_already_gets_304(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "first", "First");
    let position = catalogue.write().await;
    let app = App::over(&subject.store).await;
    let address = format!("/api/read/titles/{title}");
    let etag = app.get(&address).await.header("etag").to_owned();
    for sent in [etag.clone(), format!("\"x\", W/{etag}"), "*".to_owned()] {
        let same = app.get_with(&address, &[("if-none-match", &sent)]).await;
        assert_eq!(
            (same.status, same.bytes.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{sent}"
        );
        assert_eq!(same.header("etag"), etag);
        assert_eq!(same.header("accession-position"), position.to_string());
    }
    catalogue.rename(title, "Second");
    let position = catalogue.write().await;
    let at = position.to_string();
    let newer = app
        .get_with(
            &address,
            &[("if-none-match", &etag), ("accession-min-position", &at)],
        )
        .await;
    assert_eq!(
        (newer.status, newer.json()["name"].clone()),
        (StatusCode::OK, json!("Second"))
    );
}

async fn head_answers_like_get_without_the_body(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "first", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let address = format!("/api/read/titles/{title}");
    let get = app.get(&address).await;
    let head = app.ask(Method::HEAD, &address, &[]).await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.bytes.len().to_string());
}

async fn what_is_not_there_is_a_fact_with_a_position(subject: Subject) {
    let catalogue = Catalogue::in_store(&subject.store).await;
    let app = App::over(&subject.store).await;
    for unknown in [
        id(77).to_string(),
        "no-such-slug".to_owned(),
        "No Slug/At%00All".to_owned(),
    ] {
        let path = format!(
            "/api/read/titles/{}",
            unknown.replace('/', "%2F").replace(' ', "%20")
        );
        let got = app.get(&path).await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::NOT_FOUND, "not_found".into()),
            "{unknown}"
        );
        assert_eq!(
            got.header("accession-position"),
            catalogue.position().to_string()
        );
        assert!(!got.json()["trace_id"].as_str().unwrap().is_empty());
    }
}

async fn a_hidden_title_is_only_for_curators(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "first", "First");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    let episode = catalogue.add_episode(3, title, 1, "One");
    catalogue.tell(
        "catalog.title",
        title,
        "TitleDeactivated",
        &json!({ "reason": "entered twice" }),
    );
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for path in [
        format!("/api/read/titles/{title}"),
        "/api/read/titles/first".to_owned(),
        "/api/read/titles/first/episodes".to_owned(),
        "/api/read/titles/first/provenance".to_owned(),
        "/api/read/titles/first/provenance/editions".to_owned(),
        format!("/api/read/editions/{edition}"),
        format!("/api/read/editions/{edition}/provenance"),
        format!("/api/read/episodes/{episode}"),
        format!("/api/read/episodes/{episode}/provenance"),
        "/api/read/isbn/9780439023481".to_owned(),
    ] {
        let everyone = app.get(&path).await;
        assert_eq!(
            (everyone.status, everyone.code()),
            (StatusCode::NOT_FOUND, "not_found".into()),
            "{path}"
        );
        let reader = format!("Bearer {}", token(None, ACCESS_LIFETIME));
        let reader = app.get_with(&path, &[("authorization", &reader)]).await;
        assert_eq!(reader.status, StatusCode::NOT_FOUND, "{path}");
        let curator = app.get_as_curator(&path).await;
        assert_eq!(curator.status, StatusCode::OK, "{path} {curator:?}");
        assert_eq!(curator.header("cache-control"), "private, no-cache");
    }
}

async fn a_bad_token_is_refused_although_none_is_needed(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "first", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let expired = format!(
        "Bearer {}",
        token(Some(Role::Admin), std::time::Duration::ZERO)
    );
    for (sent, code) in [
        (expired.as_str(), "token_expired"),
        ("Bearer nonsense", "token_invalid"),
        ("Basic abc", "token_invalid"),
    ] {
        let got = app
            .get_with("/api/read/titles/first", &[("authorization", sent)])
            .await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::UNAUTHORIZED, code.into()),
            "{sent}"
        );
    }
}

async fn a_read_model_that_was_never_built_says_so(subject: Subject) {
    let mut catalogue = Catalogue::unpromoted(&subject.store, 1).await;
    let title = catalogue.add_title(1, "book", "first", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for path in [
        format!("/api/read/titles/{title}"),
        "/api/read/titles/first".to_owned(),
        "/api/read/titles".to_owned(),
        "/api/read/anime".to_owned(),
        "/api/read/isbn/9780439023481".to_owned(),
    ] {
        let got = app.get(&path).await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::NOT_FOUND, "read_model_not_built".into()),
            "{path}"
        );
    }
    catalogue.promote().await;
    let position = catalogue.position();
    assert_eq!(
        app.get_at("/api/read/titles/first", position).await.status,
        StatusCode::OK
    );
}

async fn a_promoted_generation_answers_at_once_and_the_old_one_no_more(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "first", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let address = format!("/api/read/titles/{title}");
    assert!(app.get(&address).await.header("etag").starts_with("\"g1-"));
    let mut rebuilt = catalogue.rebuilt(2).await;
    rebuilt.rename(title, "Of the second build");
    let position = rebuilt.write().await;
    // Steps of a build that is not live change nothing for readers.
    assert_eq!(app.get(&address).await.json()["name"], "First");
    rebuilt.promote().await;
    let page = app.get_at(&address, position).await;
    assert_eq!(page.json()["name"], "Of the second build");
    let etag = page.header("etag");
    assert!(etag.starts_with(&format!("\"g2-{position}-")), "{etag}");
    // And back, with what happened to the old build meanwhile.
    catalogue.rename(title, "Of the first build");
    catalogue.rename(title, "Of the first build again");
    let position = catalogue.write().await;
    catalogue.promote().await;
    let page = app.get_at(&address, position).await;
    assert_eq!(page.json()["name"], "Of the first build again");
    assert!(page.header("etag").starts_with("\"g1-"));
}

async fn a_wrong_parameter_is_told_with_the_right_one(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "first", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let got = app.get("/api/read/titles/first?min_postion=3").await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::BAD_REQUEST, "malformed_request".into())
    );
    assert!(
        got.detail().contains("did you mean `min_position`"),
        "{got:?}"
    );
}
