//! A running system with a mail server beside it, embedded or as three roles on three stores, and people who use it.
//!
//! Never waits a time: each question names the position of the last change that was acknowledged.

pub(crate) mod letters;
pub(crate) mod people;
pub(crate) mod questions;
pub(crate) mod said;

use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicU64, Ordering};

use accession_testkit::{PrivateSmtp, Smtp, Stores, eventually};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

use crate::system::{Embedded, Process, SOON, client, run};
use crate::three_stores::Roles;
pub(crate) use people::{PASSWORD, Person};
pub(crate) use said::Said;

/// The first administrator, made from the settings of the first start.
pub(crate) const ROOT: &str = "root@books.example";
/// Whose word about a client's address is believed: with it a test speaks from several places.
const PROXY: &str = "127.0.0.1/32";

/// What runs.
enum System {
    One(Box<Embedded>),
    Roles(Box<Roles>),
}

/// A system, its mail server, and how far its log was heard to have come.
pub(crate) struct Premises {
    pub(crate) mail: PrivateSmtp,
    system: System,
    client: Client,
    written: AtomicU64,
    _first: TempDir,
}

impl Premises {
    /// One process. None, and a word about it, without a mail server to run.
    pub(crate) async fn embedded() -> Option<Self> {
        let (mail, first, settings) = surroundings().await?;
        let system = System::One(Box::new(Embedded::start_with(settings).await));
        Some(Self::of(mail, first, system))
    }

    /// A process a role on Postgres, NATS and Redis.
    pub(crate) async fn on_three_stores() -> Option<Self> {
        Self::with_redis(&Stores::shared().redis_url).await
    }

    /// The same with a Redis of one's own.
    pub(crate) async fn with_redis(redis: &str) -> Option<Self> {
        let (mail, first, settings) = surroundings().await?;
        let roles = Roles::start_with(&Stores::shared().nats_url, redis, settings).await;
        Some(Self::of(mail, first, System::Roles(Box::new(roles))))
    }

    fn of(mail: PrivateSmtp, first: TempDir, system: System) -> Self {
        Self {
            mail,
            system,
            client: client(),
            written: AtomicU64::new(0),
            _first: first,
        }
    }

    /// Where commands go.
    pub(crate) fn write(&self) -> &str {
        match &self.system {
            System::One(system) => &system.server.url,
            System::Roles(roles) => &roles.command_api.url,
        }
    }

    /// Where questions go.
    pub(crate) fn read(&self) -> &str {
        match &self.system {
            System::One(system) => &system.server.url,
            System::Roles(roles) => &roles.read_api.url,
        }
    }

    /// Another process of the command API on the same stores; none where there can be one only.
    pub(crate) async fn another_writer(&self) -> Option<Process> {
        let System::Roles(roles) = &self.system else {
            return None;
        };
        Some(Process::start("command-api", roles.folder.path(), &roles.environment).await)
    }

    /// A command of the program, as the operator types it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        match &self.system {
            System::One(system) => system.run(arguments),
            System::Roles(roles) => run(roles.folder.path(), &roles.environment, arguments),
        }
    }

    /// Where the processes keep their files.
    pub(crate) fn folder(&self) -> &Path {
        match &self.system {
            System::One(system) => system.data(),
            System::Roles(roles) => roles.folder.path(),
        }
    }

    /// What a setting of the roles says.
    pub(crate) fn setting(&self, key: &str) -> Option<String> {
        let System::Roles(roles) = &self.system else {
            return None;
        };
        let mut all = roles.environment.iter();
        all.find(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
    }

    /// Ends the one process and starts it again without a folder of its data.
    pub(crate) async fn restarts_without(&mut self, folder: &str) {
        let System::One(system) = &mut self.system else {
            return;
        };
        system.server.kill();
        std::fs::remove_dir_all(system.data().join(folder)).unwrap();
        system.restart().await;
    }

    /// Kills the one process and starts it again on the same data.
    pub(crate) async fn killed_and_started_again(&mut self) {
        let System::One(system) = &mut self.system else {
            return;
        };
        system.server.kill();
        system.restart().await;
    }

    /// All that the processes have printed.
    pub(crate) fn printed(&self) -> String {
        let files = std::fs::read_dir(self.folder()).unwrap();
        files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }

    /// The position of the last change that was acknowledged.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst)
    }

    /// What was heard of elsewhere has to be in the next answer, too.
    pub(crate) fn heard_of(&self, position: Option<u64>) {
        self.written
            .fetch_max(position.unwrap_or_default(), Ordering::SeqCst);
    }

    /// A request to the API that knows this path; an empty token is none.
    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let asks = path.starts_with("/api/read");
        let url = if asks { self.read() } else { self.write() };
        let mut request = self.client.request(method, format!("{url}{path}"));
        if asks {
            request = request.header("accession-min-position", self.written());
        }
        if token.is_empty() {
            return request;
        }
        request.bearer_auth(token)
    }

    /// A command, or any other request that is sent once.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Said {
        let mut request = self.request(method, path, token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let said = Said::to(request).await;
        self.heard_of(said.position().filter(|_| !path.starts_with("/api/read")));
        said
    }

    /// A command to the writer at this address.
    pub(crate) async fn post_to(&self, url: &str, path: &str, body: &Value) -> Said {
        Said::to(self.client.post(format!("{url}{path}")).json(body)).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Said {
        self.send(Method::POST, path, token, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: &Value) -> Said {
        self.send(Method::PATCH, path, token, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> Said {
        self.send(Method::DELETE, path, token, None).await
    }

    /// A question whose answer contains every change so far: whoever is told to ask again does.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Said {
        self.ask(path, token, &[]).await
    }

    /// The same with headers.
    pub(crate) async fn ask(&self, path: &str, token: &str, headers: &[(&str, &str)]) -> Said {
        eventually(SOON, async || {
            let mut request = self.request(Method::GET, path, token);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let said = Said::to(request).await;
            if said.problem().1 == "projection_behind" {
                return Err(said.text);
            }
            Ok(said)
        })
        .await
    }
}

/// What stands beside a system: a mail server, the first administrator's password in a file, and settings that say so.
async fn surroundings() -> Option<(PrivateSmtp, TempDir, Vec<(String, String)>)> {
    if !Smtp::installed() {
        return None;
    }
    let mail = PrivateSmtp::start().await;
    let first = tempfile::tempdir().unwrap();
    let password = first.path().join("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let settings = [
        ("ACCESSION_MAIL_URL", mail.url()),
        ("ACCESSION_PUBLIC_URL", "https://books.example".into()),
        ("ACCESSION_ADMIN_EMAIL", ROOT.into()),
        (
            "ACCESSION_ADMIN_PASSWORD_FILE",
            password.display().to_string(),
        ),
        ("ACCESSION_CHECKPOINT_SECONDS", "1".into()),
        ("ACCESSION_TRUSTED_PROXIES", format!("[\"{PROXY}\"]")),
    ]
    .map(|(key, value)| (key.to_owned(), value));
    Some((mail, first, settings.to_vec()))
}
