//! Members of one library ask for another's copies in every way there is, and so do people who belong to none.
//!
//! Never looks for single leaks: every answer, to its last header, is compared with that of a world in which the other library has
//! nothing.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::OURS;
use crate::asks::{App, Got, session_token};
use crate::given::{Catalogue, Subject, embedded, id};

const THEIRS: u128 = 51;
/// Members of ours.
const ANA: u128 = 8001;
const CLEO: u128 = 8002;
const PAT: u128 = 8003;
const SUE: u128 = 8004;
const EVE: u128 = 8005;
/// Of theirs, and of none.
const OLGA: u128 = 8006;
const STAN: u128 = 8007;

/// Whoever asks: nobody, strangers, and whatever a member can be. All but these have no business with the other library.
const ASKERS: [Option<u128>; 7] = [
    None,
    Some(ANA),
    Some(CLEO),
    Some(PAT),
    Some(SUE),
    Some(EVE),
    Some(STAN),
];

/// What only the other library's copies have.
const SECRETS: [&str; 4] = ["Clandestine", "XYLO", "Crypt of", "000000000fa"];

/// A store with both libraries; the other one has copies, or just as much has happened elsewhere.
async fn world(subject: &Subject, has_theirs: bool) -> Catalogue {
    let mut catalogue = Catalogue::with_libraries(&subject.store).await;
    let [ours, theirs] = [id(OURS), id(THEIRS)];
    for (who, library, role) in [
        (ANA, ours, "viewer"),
        (CLEO, ours, "child"),
        (PAT, ours, "patron"),
        (SUE, ours, "editor"),
        (EVE, ours, "viewer"),
        (OLGA, theirs, "admin"),
    ] {
        catalogue.joins(who, library, role);
    }
    catalogue.registers(STAN);
    let suspended = json!({ "account": id(SUE), "by": id(ANA) });
    catalogue.tell("library.library", ours, "MemberSuspended", &suspended);
    let ended = json!({ "account": id(EVE), "why": "revoked" });
    catalogue.tell(
        "identity.session",
        Uuid::from_u128(77),
        "SessionEnded",
        &ended,
    );
    for (number, name, author) in [
        (1, "The Name of the Rose", "Umberto Eco"),
        (2, "Diary of a Wimpy Kid", "Jeff Kinney"),
        (3, "The Hidden Reality", "Brian Greene"),
    ] {
        let facts = [
            ("name", json!(name)),
            ("authors", json!([author])),
            ("genres", json!(["Mystery"])),
        ];
        catalogue.add_title_with(number, "book", &format!("title-{number}"), &facts);
    }
    let room = catalogue.add_place(200, ours, "room", None, "Library");
    let rose = catalogue.add_copy(
        100,
        ours,
        id(1),
        &[("tags", json!(["signed"])), ("barcode", json!("PEM-1"))],
    );
    catalogue.move_copy(rose, ours, id(1), room);
    catalogue.add_copy(101, ours, id(2), &[]);
    let before = catalogue.position().get();
    if has_theirs {
        let crypt = catalogue.add_place(210, theirs, "room", None, "Crypt of secrets");
        for (number, title) in [(4000, 1), (4001, 2), (4002, 3), (4003, 3)] {
            let details = [
                ("tags", json!(["Clandestine"])),
                ("barcode", json!(format!("XYLO-{number}"))),
            ];
            let copy = catalogue.add_copy(number, theirs, id(title), &details);
            catalogue.move_copy(copy, theirs, id(title), crypt);
        }
        catalogue.of_copy(
            id(4000),
            theirs,
            id(1),
            "CopyLentOut",
            &json!({ "loan_id": id(300) }),
        );
        catalogue.of_copy(
            id(4002),
            theirs,
            id(3),
            "CopyLost",
            &json!({ "former": "present" }),
        );
    }
    while catalogue.position().get() < before + 11 {
        catalogue.happens_elsewhere(u128::from(catalogue.position().get()));
    }
    assert_eq!(catalogue.position().get(), before + 11);
    catalogue.write().await;
    catalogue
}

/// Whatever somebody may type to find what is not theirs: its words, its fields, typos of them, and what is public.
const TYPED: [&str; 18] = [
    "",
    "clandestine",
    "clandestin",
    "clandestien",
    "cland",
    "xylo",
    "xylo-4001",
    "xilo-4001",
    "crypt",
    "%22crypt%20of%20secrets%22",
    "hidden",
    "hiden%20reality",
    "-rose",
    "rose%20clandestine",
    "author:greene",
    "title:hidden",
    "reach:all",
    "signed",
];

const MORE: [&str; 14] = [
    "",
    "&tag=clandestine",
    "&tag=Clandestine,signed",
    "&availability=lent",
    "&availability=lost,available",
    "&author=brian%20greene",
    "&genre=mystery&kind=book",
    "&limit=1",
    "&sort=title&limit=1",
    "&sort=-author",
    "&sort=oldest",
    "&sort=-year",
    "&facets=availability,tag,kind,genre,author,year,language,status",
    "&what=copy&role=admin&reach=all",
];

/// Questions within a library, for everybody, and for everybody who names a library.
fn paths() -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let place = id(210);
    for library in [id(OURS), id(THEIRS)] {
        let of_it = format!("/api/read/libraries/{library}");
        for typed in TYPED {
            paths.insert(format!("{of_it}/suggest?q={typed}"));
            paths.insert(format!("{of_it}/copies?q={typed}&sort=title"));
            for more in MORE {
                paths.insert(format!("{of_it}/search?q={typed}{more}"));
                paths.insert(format!(
                    "/api/read/search?what=copy&library={library}&q={typed}{more}"
                ));
            }
            let facets = "facets=availability,author";
            paths.insert(format!(
                "/api/read/search?library={library}&q={typed}&{facets}"
            ));
            paths.insert(format!(
                "/api/read/search?library={library}&q={typed}&availability=lent,lost&{facets}"
            ));
        }
        paths.insert(format!("{of_it}/search?place={place}"));
        paths.insert(format!("{of_it}/copies?place={place}"));
        for list in [
            "tag=clandestine",
            "barcode=XYLO-4001",
            "title=hidden",
            "author=greene",
            "lent=true",
            "status=lost",
            "lent=false&tag=clandestine",
            "owner=x",
        ] {
            paths.insert(format!("{of_it}/copies?{list}"));
        }
        paths.insert(format!("{of_it}/search?library={}", id(THEIRS)));
    }
    for typed in TYPED {
        for more in [
            "",
            "&what=edition",
            "&what=person",
            "&what=copy",
            "&facets=availability",
            "&facets=tag",
            "&availability=lent",
            "&sort=author",
            "&limit=1",
        ] {
            paths.insert(format!("/api/read/search?q={typed}{more}"));
        }
        paths.insert(format!("/api/read/suggest?q={typed}"));
        paths.insert(format!("/api/read/authors?q={typed}"));
        paths.insert(format!("/api/read/genres?q={typed}&library={}", id(THEIRS)));
    }
    for title in [id(1), id(3), id(4002)] {
        paths.insert(format!("/api/read/titles/{title}/similar?limit=50"));
        paths.insert(format!(
            "/api/read/titles?library={}&availability=lent",
            id(THEIRS)
        ));
    }
    paths
}

async fn ask(app: &App, who: Option<u128>, path: &str) -> Got {
    match who {
        None => app.ask(Method::GET, path, &[]).await,
        Some(who) => app.get_as(path, &session_token(id(who))).await,
    }
}

/// A problem without what is another one each time.
fn refusal(got: &Got) -> Value {
    let mut problem = got.json();
    problem.as_object_mut().unwrap().remove("trace_id");
    problem
}

async fn same(with: &App, without: &App, who: Option<u128>, path: &str) -> Got {
    let [told, expected] = [ask(with, who, path).await, ask(without, who, path).await];
    assert_eq!(told.status, expected.status, "{who:?} {path}: {told:?}");
    assert_eq!(told.headers, expected.headers, "{who:?} {path}");
    if told.status == StatusCode::OK {
        assert_eq!(told.bytes, expected.bytes, "{who:?} {path}");
        let text = String::from_utf8(told.bytes.to_vec()).unwrap();
        for secret in SECRETS {
            assert!(
                !text.contains(secret),
                "{who:?} {path} tells {secret}: {text}"
            );
        }
    } else {
        // A refusal says what was sent, and only that.
        assert_eq!(refusal(&told), refusal(&expected), "{who:?} {path}");
    }
    told
}

/// Both worlds, each up to its last event.
struct Worlds {
    with: App,
    without: App,
    _stores: [Subject; 2],
}

async fn worlds() -> Worlds {
    let stores = [embedded().await, embedded().await];
    let (first, second) = (
        world(&stores[0], true).await,
        world(&stores[1], false).await,
    );
    assert_eq!(first.position(), second.position());
    let worlds = Worlds {
        with: App::over(&stores[0].store).await,
        without: App::over(&stores[1].store).await,
        _stores: stores,
    };
    let at = first.position().to_string();
    let bearer = format!("Bearer {}", session_token(id(ANA)));
    for app in [&worlds.with, &worlds.without] {
        for path in [super::ours("search"), "/api/read/search".to_owned()] {
            let headers = [
                ("authorization", &*bearer),
                ("accession-min-position", &*at),
            ];
            let got = app.get_with(&path, &headers).await;
            assert_eq!(got.status, StatusCode::OK, "{got:?}");
        }
    }
    worlds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_as_if_the_other_library_had_nothing() {
    let worlds = worlds().await;
    let theirs = id(THEIRS).to_string();
    let (mut answered, mut turned_away) = (0, 0);
    for path in paths() {
        for who in ASKERS {
            let told = same(&worlds.with, &worlds.without, who, &path).await;
            let names_theirs = path.contains(&format!("libraries/{theirs}"));
            assert!(
                !names_theirs || told.status != StatusCode::OK,
                "{who:?} {path}"
            );
            match told.status.as_u16() {
                200 => answered += 1,
                400 | 401 | 403 | 404 => turned_away += 1,
                other => panic!("{who:?} {path}: {other} {told:?}"),
            }
        }
    }
    assert!(
        answered > 2_000 && turned_away > 2_000,
        "{answered} {turned_away}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_find_their_own_whatever_their_role_and_nobody_else_is_let_in() {
    let worlds = worlds().await;
    let (ours, theirs) = (id(OURS), id(THEIRS));
    let total = async |who: u128, path: &str| {
        let got = ask(&worlds.with, Some(who), path).await;
        assert_eq!(got.status, StatusCode::OK, "{who} {path}: {got:?}");
        got.json()["total"].as_u64().unwrap()
    };
    for who in [ANA, CLEO, PAT] {
        for path in [
            format!("/api/read/libraries/{ours}/search"),
            format!("/api/read/search?what=copy&library={ours}"),
        ] {
            assert_eq!(total(who, &path).await, 2, "{who}");
        }
    }
    assert_eq!(
        total(
            OLGA,
            &format!("/api/read/libraries/{theirs}/search?q=clandestine")
        )
        .await,
        4
    );
    assert_eq!(
        total(OLGA, &format!("/api/read/libraries/{theirs}/search?q=rose")).await,
        1
    );
    for (who, status, code) in [
        (SUE, 404, "not_found"),
        (STAN, 404, "not_found"),
        (OLGA, 404, "not_found"),
        (EVE, 401, "session_ended"),
    ] {
        for path in [
            format!("/api/read/libraries/{ours}/search?q=rose"),
            format!("/api/read/libraries/{ours}/suggest?q=rose"),
            format!("/api/read/search?what=copy&library={ours}&q=rose"),
            format!("/api/read/search?library={ours}&availability=available"),
        ] {
            let got = ask(&worlds.with, Some(who), &path).await;
            assert_eq!(
                (got.status.as_u16(), &*got.code()),
                (status, code),
                "{who} {path}"
            );
        }
    }
    for path in [
        format!("/api/read/search?what=copy&library={ours}"),
        format!("/api/read/search?library={ours}"),
    ] {
        let got = ask(&worlds.with, None, &path).await;
        assert_eq!(
            (got.status.as_u16(), &*got.code()),
            (401, "token_missing"),
            "{path}"
        );
    }
}

/// The parts of a cursor.
fn parts(cursor: &str) -> Vec<String> {
    let plain = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let plain = String::from_utf8(plain).unwrap();
    plain.splitn(4, '\0').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_cursor_leads_to_the_other_librarys_copies_not_even_one_of_its_own() {
    let worlds = worlds().await;
    let (ours, theirs) = (id(OURS), id(THEIRS));
    for list in [
        "search?sort=title",
        "search?sort=-author",
        "search?q=",
        "copies?sort=title",
    ] {
        let path = |library: Uuid| format!("/api/read/libraries/{library}/{list}&limit=1");
        let first = |got: Got| got.json()["next_cursor"].as_str().unwrap().to_owned();
        let of_olga = first(ask(&worlds.with, Some(OLGA), &path(theirs)).await);
        let sent = format!("{}&cursor={of_olga}", path(ours));
        let told = same(&worlds.with, &worlds.without, Some(ANA), &sent).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST);
        assert!(told.detail().contains("another list"), "{told:?}");
        let sent = format!("{}&cursor={of_olga}", path(theirs));
        let told = same(&worlds.with, &worlds.without, Some(ANA), &sent).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND);
        // One of our own with another place in it.
        let own = parts(&first(ask(&worlds.with, Some(ANA), &path(ours)).await));
        for rank in ["0", "1", "18446744073709551615"] {
            for text in ["", "brian greene", "the hidden reality", "zz"] {
                for key in [0, id(4000).as_u128(), u128::MAX] {
                    let made_up = format!("1\0{}\0{rank}/{text}\0{key:032x}", own[1]);
                    let cursor = URL_SAFE_NO_PAD.encode(made_up);
                    let sent = format!("{}&cursor={cursor}", path(ours));
                    let told = same(&worlds.with, &worlds.without, Some(ANA), &sent).await;
                    assert_eq!(told.status, StatusCode::OK, "{sent}: {told:?}");
                }
            }
        }
    }
}
