//! How a private `OpenID` Connect provider is started: the npm package `oidc-provider`, with the people a test names.
//! Never imitates one: what a test learns here, a real provider said.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use rustix::process::Signal;

use crate::private::Private;
use crate::server::Server;

/// A private `OpenID` Connect provider. A restart rotates its keys and forgets its sessions.
pub type PrivateOidcProvider = Private<OidcProvider>;

/// A person as the provider knows them; the key among the provider's people is login and subject at once.
#[derive(Debug, Clone)]
pub struct OidcPerson {
    /// The address it tells.
    pub email: String,
    /// Whether it says that it has verified the address.
    pub email_verified: bool,
    /// The name it tells.
    pub name: String,
}

/// Settings of a private provider.
#[derive(Debug)]
pub struct OidcProvider {
    /// The one client's id.
    pub client_id: String,
    /// The one client's secret.
    pub client_secret: String,
    /// Where it may send browsers back to.
    pub redirect_uris: Vec<String>,
    /// What it signs ID tokens with: `RS256` or `ES256`.
    pub algorithm: String,
    /// Whether the ID token itself tells the address; otherwise userinfo does, as the standard has it.
    pub claims_in_id_token: bool,
    /// How long a code is good, in seconds.
    pub code_seconds: u32,
    /// Whom it knows at its start.
    pub people: BTreeMap<String, OidcPerson>,
}

impl Default for OidcProvider {
    fn default() -> Self {
        Self {
            client_id: "accession-tests".into(),
            client_secret: "the-secret-of-a-test-client-and-no-other".into(),
            redirect_uris: vec!["https://books.example/sign-in/work".into()],
            algorithm: "RS256".into(),
            claims_in_id_token: false,
            code_seconds: 60,
            people: BTreeMap::new(),
        }
    }
}

impl OidcProvider {
    /// Whether the packages are installed. When not, it says so on standard error, loudly, and what installs them.
    #[must_use]
    #[expect(
        clippy::print_stderr,
        reason = "a test that is skipped must say so where the person who runs it looks"
    )]
    pub fn installed() -> bool {
        let installed = packages().join("node_modules/oidc-provider").is_dir();
        if !installed {
            eprintln!(
                "SKIPPED: no oidc-provider in {}; scripts/install-oidc-provider (part of `make test`) installs it",
                packages().display()
            );
        }
        installed
    }

    fn settings(&self) -> String {
        let redirects = self
            .redirect_uris
            .iter()
            .map(|uri| text(uri))
            .collect::<Vec<_>>();
        format!(
            r#"{{"client_id":{},"client_secret":{},"redirect_uris":[{}],"algorithm":{},"claims_in_id_token":{},"code_seconds":{}}}"#,
            text(&self.client_id),
            text(&self.client_secret),
            redirects.join(","),
            text(&self.algorithm),
            self.claims_in_id_token,
            self.code_seconds,
        )
    }
}

impl Private<OidcProvider> {
    /// Lets the provider know these people, and nobody else, from now on.
    ///
    /// # Panics
    /// When its directory cannot be written.
    pub fn know(&self, people: &BTreeMap<String, OidcPerson>) {
        write_people(&self.data(), people);
    }
}

impl Server for OidcProvider {
    const NAME: &'static str = "oidc-provider (Node 20)";
    const STOP: Signal = Signal::TERM;

    fn prepare(&self, data: &Path) {
        fs::create_dir_all(data).expect("our own directory can be made");
        fs::write(data.join("settings.json"), self.settings())
            .expect("our own file can be written");
        write_people(data, &self.people);
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = Command::new("node");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc-provider/provider.mjs"))
            .arg(port.to_string())
            .arg(data)
            .env("ACCESSION_OIDC_PROVIDER", packages());
        command
    }

    fn is_ready(&self, _data: &Path, port: u16, _pid: u32) -> bool {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
    }

    fn url(&self, port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }
}

/// Where `make test` installs the packages; a build elsewhere names another place.
fn packages() -> PathBuf {
    std::env::var_os("ACCESSION_OIDC_PROVIDER").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/oidc-provider"),
        PathBuf::from,
    )
}

fn write_people(data: &Path, people: &BTreeMap<String, OidcPerson>) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let entries = people.iter().map(|(login, person)| {
        format!(
            r#"{}:{{"email":{},"email_verified":{},"name":{}}}"#,
            text(login),
            text(&person.email),
            person.email_verified,
            text(&person.name)
        )
    });
    let all = format!("{{{}}}", entries.collect::<Vec<_>>().join(","));
    // Renamed into place: the provider reads it whenever it is asked.
    let _turn = ONE_AT_A_TIME.lock();
    let new = data.join("accounts.json.new");
    fs::write(&new, all).expect("our own file can be written");
    fs::rename(new, data.join("accounts.json")).expect("our own file can be renamed");
}

/// A JSON string; the texts are the tests' own.
fn text(plain: &str) -> String {
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}
