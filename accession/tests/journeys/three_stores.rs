//! The same system as separate processes on Postgres, NATS and Redis.

use accession_testkit::{
    FreshDatabase, PrivateNats, PrivateRedis, Stores, eventually, fresh_database, unique_name,
};
use reqwest::StatusCode;
use serde_json::json as value;
use tempfile::TempDir;

use crate::documents::{cards, pages};
use crate::system::{Embedded, Process, SOON, client, contains, get, report, run, shared, text};

/// One process a role.
pub(crate) struct Roles {
    pub(crate) folder: TempDir,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) command_api: Process,
    pub(crate) projector: Process,
    pub(crate) read_api: Process,
    credential: String,
    pub(crate) token: String,
    _database: FreshDatabase,
}

impl Roles {
    pub(crate) async fn start(nats: &str, redis: &str) -> Self {
        Self::start_with(nats, redis, Vec::new()).await
    }

    /// The same with more settings.
    pub(crate) async fn start_with(nats: &str, redis: &str, more: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = fresh_database(&Stores::shared().postgres_url).await;
        let name = unique_name("journey");
        let mut environment: Vec<(String, String)> = [
            ("ACCESSION_LOG_URL", database.url()),
            ("ACCESSION_BUS_URL", nats),
            ("ACCESSION_BUS_STREAM", &name.to_uppercase()),
            ("ACCESSION_READ_STORE_URL", redis),
            ("ACCESSION_READ_STORE_NAMESPACE", &name),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
        environment.extend(more);
        let command_api = Process::start("command-api", folder.path(), &environment).await;
        let key = text(&run(folder.path(), &environment, &["token", "public-key"]));
        environment.push(("ACCESSION_TOKEN_PUBLIC_KEYS".into(), format!("[\"{key}\"]")));
        let projector = Process::start("projector", folder.path(), &environment).await;
        let read_api = Process::start("read-api", folder.path(), &environment).await;
        let token = text(&run(
            folder.path(),
            &environment,
            &["token", "mint", "--role", "curator"],
        ));
        let credential = text(&run(
            folder.path(),
            &environment,
            &["credential", "issue", "--scope", "import", "--quiet"],
        ));
        Self {
            folder,
            environment,
            command_api,
            projector,
            read_api,
            credential,
            token,
            _database: database,
        }
    }

    pub(crate) fn import(&self, arguments: &[&str]) -> std::process::Output {
        let server = [
            "--json",
            "--server",
            &self.command_api.url,
            "--credential",
            &self.credential,
        ];
        let all: Vec<&str> = ["import"]
            .into_iter()
            .chain(arguments.iter().copied())
            .chain(server)
            .collect();
        run(self.folder.path(), &self.environment, &all)
    }

    /// Adds a title and returns its id and position.
    pub(crate) async fn add(&self, name: &str) -> (String, String) {
        let body = value!({ "kind": "book", "name": name });
        let sent = client()
            .post(format!("{}/api/v1/titles", self.command_api.url))
            .bearer_auth(&self.token);
        let answer = sent.json(&body).send().await.unwrap();
        let status = answer.status();
        let position = answer
            .headers()
            .get("accession-position")
            .map(|value| value.to_str().unwrap().to_owned());
        let body = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let id = serde_json::from_str::<serde_json::Value>(&body).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        (id, position.unwrap())
    }

    /// Reads a title once the read side contains a position.
    pub(crate) async fn read(&self, id: &str, position: &str) -> serde_json::Value {
        let url = format!(
            "{}/api/read/titles/{id}?min_position={position}",
            self.read_api.url
        );
        eventually(SOON, async || {
            let answer = get(&url).await;
            if answer.status() == StatusCode::OK {
                answer.json().await.ok()
            } else {
                None
            }
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn separate_roles_on_three_stores_give_the_same_documents_as_one_embedded_process() {
    let stores = Stores::shared();
    let roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
    let imported = report(&roles.import(&["sample"]));
    assert_eq!(imported["exit_code"], 0, "{imported}");
    let position = imported["position"].as_u64().unwrap();
    contains(&roles.read_api.url, position).await;
    let embedded = Embedded::start().await;
    let position = report(&embedded.run(&["import", "sample", "--json"]))["position"]
        .as_u64()
        .unwrap();
    contains(&embedded.server.url, position).await;
    for kind in ["book", "series", "film"] {
        assert_eq!(
            pages(&roles.read_api.url, kind).await,
            pages(&embedded.server.url, kind).await
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_books_go_through_postgres_nats_and_redis() {
    let Some(books) = shared("goodbooks/books.csv.gz") else {
        return;
    };
    let stores = Stores::shared();
    let roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
    let books = books.to_str().unwrap();
    let first = report(&roles.import(&["goodbooks", "--books", books]));
    assert_eq!(
        (&first["accepted"], &first["exit_code"]),
        (&10_000.into(), &0.into()),
        "{first}"
    );
    let position = first["position"].as_u64().unwrap();
    contains(&roles.read_api.url, position).await;
    assert_eq!(
        cards(&roles.read_api.url, "book", "newest").await.len(),
        10_000
    );
    let again = report(&roles.import(&["goodbooks", "--books", books]));
    assert_eq!(
        (&again["accepted"], &again["unchanged"]),
        (&0.into(), &10_000.into()),
        "{again}"
    );
}

mod faults {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_killed_projector_goes_on_where_its_stored_checkpoint_stands() {
        let stores = Stores::shared();
        let mut roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
        let (id, position) = roles.add("Before").await;
        assert_eq!(roles.read(&id, &position).await["name"], "Before");
        roles.projector.kill();
        let (id, position) = roles.add("Meanwhile").await;
        let behind = get(&format!(
            "{}/api/read/titles/{id}?min_position={position}",
            roles.read_api.url
        ))
        .await;
        assert_eq!(behind.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(behind.headers().contains_key("retry-after"));
        assert_eq!(
            behind.json::<serde_json::Value>().await.unwrap()["code"],
            "projection_behind"
        );
        roles.projector =
            Process::start("projector", roles.folder.path(), &roles.environment).await;
        assert_eq!(roles.read(&id, &position).await["name"], "Meanwhile");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn writes_and_reads_go_on_while_the_bus_is_away_and_after_it_came_back_empty() {
        let nats = PrivateNats::start().await;
        let roles = Roles::start(&nats.url(), &Stores::shared().redis_url).await;
        let (id, position) = roles.add("With the bus").await;
        roles.read(&id, &position).await;
        nats.kill();
        let (id, position) = roles.add("Without the bus").await;
        assert_eq!(roles.read(&id, &position).await["name"], "Without the bus");
        std::fs::remove_dir_all(nats.data().join("jetstream")).ok();
        nats.restart().await;
        let (id, position) = roles.add("With an empty bus").await;
        assert_eq!(
            roles.read(&id, &position).await["name"],
            "With an empty bus"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_read_store_that_goes_away_loses_nothing_and_is_filled_again() {
        let redis = PrivateRedis::start().await;
        let roles = Roles::start(&Stores::shared().nats_url, &redis.url()).await;
        let (first, position) = roles.add("Kept in the log").await;
        roles.read(&first, &position).await;
        redis.kill();
        let (second, position) = roles.add("Written without a read store").await;
        let away = get(&format!("{}/api/read/titles/{second}", roles.read_api.url)).await;
        assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
        redis.restart().await;
        assert_eq!(
            roles.read(&second, &position).await["name"],
            "Written without a read store"
        );
        assert_eq!(
            roles.read(&first, &position).await["name"],
            "Kept in the log"
        );
    }
}
