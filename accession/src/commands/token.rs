//! `accession token mint`: how an operator gets an access token until accounts exist.

use std::process::ExitCode;
use std::time::Duration;

use accession_service::access::{ACCESS_LIFETIME, Role, access_claims, mint};
use accession_service::keys::TokenKey;
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

/// The longest that a minted token may live: a working day, not a year.
const LONGEST: Duration = Duration::from_hours(24);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print an access token
    Mint(MintArgs),
    /// Print the public key that verifies tokens, for `ACCESSION_TOKEN_PUBLIC_KEYS` of a read-api elsewhere
    PublicKey(PublicKeyArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct MintArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// What the bearer may do: curator or admin; without it an ordinary reader
    #[arg(long)]
    role: Option<String>,
    /// Whom the token is for; appears in the audit trail
    #[arg(long, default_value = "operator")]
    subject: String,
    /// How many minutes it is good for, at most 1440
    #[arg(long, default_value_t = ACCESS_LIFETIME.as_secs() / 60)]
    minutes: u64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PublicKeyArgs {
    #[command(flatten)]
    overrides: Overrides,
}

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Mint(args) => mint_token(&args),
        Command::PublicKey(args) => public_key(&args),
    }
}

fn mint_token(args: &MintArgs) -> Result<ExitCode> {
    let role = match args.role.as_deref() {
        None => None,
        Some(name) => match Role::named(name) {
            Some(role) => Some(role),
            None => bail!("`{name}` is not a role; expected curator or admin"),
        },
    };
    let lifetime = Duration::from_secs(args.minutes.saturating_mul(60));
    if lifetime.is_zero() || lifetime > LONGEST {
        bail!(
            "a token can be good for 1 to 1440 minutes, not {}",
            args.minutes
        );
    }
    let settings = Settings::load(&args.overrides)?;
    let key = signing_key(&settings)?;
    output::line(&mint_with(&key, &args.subject, role, lifetime)?);
    Ok(ExitCode::SUCCESS)
}

/// A token signed with this key, good from now on.
#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time and token ids enter"
)]
pub(crate) fn mint_with(
    key: &TokenKey,
    subject: &str,
    role: Option<Role>,
    lifetime: Duration,
) -> Result<String> {
    let token_id = uuid::Uuid::now_v7().to_string();
    let claims = access_claims(subject, role, token_id, jiff::Timestamp::now(), lifetime);
    mint(key, &claims).context("the token could not be signed")
}

fn public_key(args: &PublicKeyArgs) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    match signing_key(&settings)?.verifying().jwk() {
        Some(jwk) => output::line(&jwk.x),
        None => {
            bail!("tokens are signed with a shared secret (token_secret); there is no public key")
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The key that signs tokens: the shared secret if one is set, else the data directory's own key.
pub(crate) fn signing_key(settings: &Settings) -> Result<TokenKey> {
    if let Some(secret) = &settings.token_secret {
        return TokenKey::from_secret(secret).context("token_secret");
    }
    let data = DataDir::open(&settings.data_dir)?;
    TokenKey::load_or_create(&data.token_key()).context("the key that signs access tokens")
}
