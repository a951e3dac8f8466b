//! The command API's role: routes, credentials, and the relay that carries the log's tail to the bus.

use std::sync::Arc;

use accession_command_api::credentials::Credentials;
use accession_command_api::identity::accounts::{AccountOptions, Accounts};
use accession_command_api::identity::entrance::Entrance;
use accession_command_api::identity::sessions::{SessionOptions, SessionParts, Sessions};
use accession_command_api::identity::sign_in::SignIn;
use accession_command_api::services::Policy;
use accession_command_api::{CommandApi, CommandOptions, SigningIn};
use accession_event_log::{EventLog, RepositoryOptions};
use accession_events::values::SourceName;
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_feed::{Bus, BusConfig, Relay, RelayConfig};
use accession_read_api::ReadApi;
use accession_secrets::import_leases;
use accession_secrets::sign_in_attempts::SignInAttempts;
use accession_service::access::cookies::CookieOptions;
use accession_service::access::{AccessVerifier, Gate, Scope, Standings};
use accession_service::keys::{Jwk, VerifyingKey, write_private};
use accession_service::shutdown::Shutdown;
use accession_sign_in::{Providers, Web};
use anyhow::{Context as _, Result};
use axum::Router;
use jiff::SignedDuration;
use tokio::task::JoinHandle;

use super::exposition;
use super::health::{self, Check};
use super::resembling;
use crate::assembly::LogDatabase;
use crate::commands::token;
use crate::data_dir::DataDir;
use crate::first_run;
use crate::private::Private;
use crate::settings::{Mode, Settings};
use crate::waiting::Dependency;

/// The only stream name whose subjects are the plain ones.
const USUAL_STREAM: &str = "ACCESSION_EVENTS";

/// What the role consists of.
pub(super) struct Writing {
    pub(super) router: Router,
    pub(super) accounts: Accounts,
    pub(super) keys: Vec<Jwk>,
    pub(super) health: Vec<Check>,
    pub(super) relay: Option<JoinHandle<()>>,
    /// The sealer, the reactions, the sender of messages and the sweeper.
    pub(super) behind: Vec<JoinHandle<()>>,
}

/// What the role works with.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) settings: &'a Settings,
    pub(super) data: &'a DataDir,
    pub(super) private: &'a Private,
    pub(super) database: &'a LogDatabase,
    pub(super) log: &'a EventLog,
    pub(super) standings: &'a Arc<dyn Standings>,
    pub(super) questions: Option<&'a ReadApi>,
}

pub(super) async fn start(parts: Parts<'_>, shutdown: Shutdown) -> Result<Writing> {
    let Parts {
        settings,
        data,
        private,
        database,
        log,
        standings,
        ..
    } = parts;
    let credentials = private.credentials();
    if settings.log_url.is_none() {
        local_credential(data, &credentials).await?;
    }
    let keys = verifying_keys(settings, true)?;
    let verifier = AccessVerifier::new(keys.clone());
    let gate = Gate::new(verifier, Arc::new(credentials.clone())).knowing(standings.clone());
    let accounts = accounts(settings, private, log)?;
    first_run::ensure_administrator(settings, &accounts).await?;
    let api = command_api(parts, gate, credentials, accounts.clone())?;
    let router = resembling::comparing(api, parts.questions).router();
    let mut checks = Vec::new();
    let sealing =
        super::sealing::start(settings, data, database, log, &mut checks, shutdown.clone())?;
    let reacting = super::reacting::start(parts, &mut checks, shutdown.clone())?;
    let mailing = super::mailing::start(parts, &mut checks, shutdown.clone())?;
    let sweeping = super::sweeping::start(parts, shutdown.clone())?;
    let relay = match connect_bus(settings).await? {
        Some(bus) => Some(start_relay(
            settings,
            database,
            log,
            bus,
            &mut checks,
            shutdown,
        )?),
        None => None,
    };
    let keys = keys.iter().filter_map(VerifyingKey::jwk).collect();
    Ok(Writing {
        router,
        accounts,
        keys,
        health: checks,
        relay,
        behind: vec![sealing, reacting, mailing, sweeping],
    })
}

fn command_api(
    parts: Parts<'_>,
    gate: Gate,
    credentials: Credentials,
    accounts: Accounts,
) -> Result<CommandApi> {
    let Parts { settings, log, .. } = parts;
    let primary: Result<Vec<SourceName>, _> = settings
        .primary_sources
        .iter()
        .map(|name| SourceName::parse(name))
        .collect();
    let policy = Policy {
        primary_sources: primary.context("primary_sources")?,
        order: settings.order()?,
    };
    let repository = RepositoryOptions {
        cached_states: settings.aggregate_cache,
        ..RepositoryOptions::default()
    };
    let options = CommandOptions {
        policy,
        credential_overlap: SignedDuration::from_secs(settings.credential_overlap_seconds.into()),
        repository,
        ..CommandOptions::default()
    };
    let signing_in = signing_in(parts, repository, accounts)?;
    Ok(CommandApi::new(
        log.clone(),
        gate,
        credentials,
        signing_in,
        import_leases::open(&parts.private.database),
        options,
    ))
}

/// Accounts and sessions in this log, with their secrets in this process's private room.
fn signing_in(
    parts: Parts<'_>,
    repository: RepositoryOptions,
    accounts: Accounts,
) -> Result<SigningIn> {
    let Parts {
        settings,
        private,
        log,
        standings,
        ..
    } = parts;
    let kept = SessionParts {
        database: private.database.clone(),
        root: private.root.clone(),
        keys: private.keys.clone(),
        token_key: token::signing_key(settings)?,
        standings: standings.clone(),
    };
    // Plain HTTP is for a developer's own machine only.
    let secure = settings.mode == Mode::Production || !settings.listen.ip().is_loopback();
    Ok(SigningIn {
        sessions: Sessions::new(log, &kept, repository, SessionOptions::default()),
        entrance: Entrance::new(&private.database, &private.root, CookieOptions { secure }),
        sign_in: sign_in(settings, private, &accounts)?,
        accounts,
    })
}

/// Signing in with others, when the operator has set with whom.
fn sign_in(settings: &Settings, private: &Private, accounts: &Accounts) -> Result<Option<SignIn>> {
    if settings.sign_in_providers.is_empty() {
        return Ok(None);
    }
    let public_url = settings.public_url();
    let providers = Providers::new(&settings.sign_in_providers, &public_url);
    let attempts = SignInAttempts::new(&private.database, &private.root);
    let web = Web::new().context("a client for identity providers cannot be made")?;
    Ok(Some(SignIn::new(
        accounts.clone(),
        attempts,
        providers.context("sign_in_providers")?,
        Arc::new(web),
        &public_url,
    )))
}

/// Accounts in this log, with their secrets in this room.
pub(crate) fn accounts(settings: &Settings, private: &Private, log: &EventLog) -> Result<Accounts> {
    let repository = RepositoryOptions {
        cached_states: settings.aggregate_cache,
        ..RepositoryOptions::default()
    };
    let secrets = private.secrets();
    let options = AccountOptions {
        documents: settings.documents()?,
        ..AccountOptions::default()
    };
    Accounts::new(log, &secrets, repository, options).context("passwords cannot be hashed")
}

/// The keys whose tokens are accepted; a process that signs tokens makes its key if there is none.
pub(super) fn verifying_keys(settings: &Settings, signs: bool) -> Result<Vec<VerifyingKey>> {
    let mut keys = Vec::new();
    for text in &settings.token_public_keys {
        keys.push(VerifyingKey::from_base64(text).context("token_public_keys")?);
    }
    if settings.token_secret.is_some() || signs || keys.is_empty() {
        keys.push(token::signing_key(settings)?.verifying());
    }
    Ok(keys)
}

fn start_relay(
    settings: &Settings,
    database: &LogDatabase,
    log: &EventLog,
    bus: Bus,
    checks: &mut Vec<Check>,
    mut shutdown: Shutdown,
) -> Result<JoinHandle<()>> {
    let lease: Box<dyn Lease> = match &settings.log_url {
        Some(url) => {
            let lease = PostgresLease::new(url, &bus.config().stream);
            Box::new(lease.context("log_url cannot be used for the relay's lease")?)
        }
        None => Box::new(AlwaysHeld),
    };
    let relay = Relay::new(
        database.store(),
        bus,
        lease,
        log.head(),
        RelayConfig::default(),
    );
    exposition::register_relay();
    checks.push(health::relay(relay.status()));
    Ok(tokio::spawn(
        relay.run(async move { shutdown.wait().await }),
    ))
}

/// The bus that the settings name.
pub(crate) async fn connect_bus(settings: &Settings) -> Result<Option<Bus>> {
    let Some(url) = &settings.bus_url else {
        return Ok(None);
    };
    let max_bytes = settings.bus_max_bytes.bytes();
    let mut config = BusConfig {
        stream: settings.bus_stream.clone(),
        max_bytes: i64::try_from(max_bytes).context("bus_max_bytes is too large")?,
        replicas: settings.bus_replicas.into(),
        ..BusConfig::at(url)
    };
    if settings.bus_stream != USUAL_STREAM {
        config.subjects = format!("accession.{}", settings.bus_stream.to_lowercase());
    }
    let dependency = Dependency::bus(settings, url);
    let bus = dependency
        .patiently(|| Bus::connect(config.clone()))
        .await?;
    Ok(Some(bus))
}

/// Importers on this machine are let in by a credential in the data directory, made once.
async fn local_credential(data: &DataDir, credentials: &Credentials) -> Result<()> {
    let path = data.import_credential();
    let now = accession_service::instant::now();
    if let Ok(text) = std::fs::read_to_string(&path)
        && credentials
            .verify(text.trim(), now)
            .await
            .context("cannot look up the local import credential")?
            .is_some()
    {
        return Ok(());
    }
    let (_, text) = credentials
        .issue("importers on this machine", &[Scope::Import], now)
        .await
        .context("cannot issue a credential")?;
    let _ = std::fs::remove_file(&path);
    write_private(&path, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
