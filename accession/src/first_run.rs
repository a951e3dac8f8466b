//! The first administrator: made when a server starts that knows no account yet.
//!
//! Never asks when there is nobody to answer, and never makes a second one by itself.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use accession_command_api::identity::accounts::{
    Accounts, AccountsError, NewAccount, Registered, Vouching,
};
use accession_command_api::identity::passwords::Password;
use accession_event_log::{EventFilter, Given, Search};
use accession_events::identity::{AccountEvent, Consents, PlatformRole};
use accession_events::ids::{AccountId, PasswordId};
use accession_events::values::{EmailAddress, LanguageTag, PersonName, ShortText};
use accession_events::{LoggedEvent as _, Metadata, Position};
use anyhow::{Context as _, Result, anyhow, bail};
use uuid::Uuid;

use crate::commands::output;
use crate::settings::Settings;

/// How often another password is asked for before the question is given up.
const PASSWORDS: u32 = 4;

/// Whom the operator makes an account for.
pub(crate) struct Newcomer {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) role: Option<PlatformRole>,
}

/// Makes the first administrator from the settings; does nothing when there is an account.
pub(crate) async fn ensure_administrator(settings: &Settings, accounts: &Accounts) -> Result<()> {
    let (Some(email), Some(file)) = (&settings.admin_email, &settings.admin_password_file) else {
        return Ok(());
    };
    if has_accounts(accounts).await? {
        tracing::info!(
            "admin_email is set and there are accounts already: it makes nobody any more and can go, with \
             admin_password_file; other administrators are made with `accession admin create`"
        );
        return Ok(());
    }
    let newcomer = administrator(email.clone(), password_in(file)?);
    match make(accounts, newcomer).await? {
        Registered::New { account, .. } => {
            tracing::info!(%account, "the first administrator has an account");
        }
        Registered::Taken { owner } => {
            tracing::info!(account = %owner, "the first administrator has an account already");
        }
    }
    Ok(())
}

/// Whether anybody was ever registered.
pub(crate) async fn has_accounts(accounts: &Accounts) -> Result<bool> {
    let store = accounts.repository().log().store();
    let filter = EventFilter {
        aggregate_type: Some(AccountEvent::AGGREGATE.to_owned()),
        event_types: vec!["AccountRegistered".to_owned()],
        ..EventFilter::default()
    };
    let head = store.head().await.context("cannot read the log's head")?;
    let mut search = Search::new(&**store, filter, Position::START, head);
    let found = search
        .next(1)
        .await
        .context("cannot look for accounts in the log")?;
    Ok(!found.is_empty())
}

/// Makes an account for which the operator vouches.
#[expect(
    clippy::disallowed_methods,
    reason = "a command of the operator enters the system here: this is where time comes in"
)]
pub(crate) async fn make(accounts: &Accounts, newcomer: Newcomer) -> Result<Registered> {
    let version = ShortText::parse("operator")?;
    let password = Password::new(&newcomer.password)?;
    let new = NewAccount {
        id: AccountId::new(Uuid::now_v7()),
        email: EmailAddress::parse(&newcomer.email)?,
        name: PersonName::parse(&newcomer.name)?,
        language: LanguageTag::parse("en")?,
        consents: Consents {
            privacy: version.clone(),
            terms: version,
        },
        password: Some((PasswordId::new(Uuid::now_v7()), password)),
        vouching: Vouching::Operator,
        guardian: None,
        role: newcomer.role,
        now: jiff::Timestamp::now(),
    };
    let given = Given {
        metadata: Metadata {
            actor: Some("operator".into()),
            ..Metadata::default()
        },
        ..Given::default()
    };
    accounts
        .register(new, &given)
        .await
        .map_err(|error| match error {
            AccountsError::Weak(weakness) => anyhow!("{}", weakness.message),
            error => anyhow!(error).context("the account could not be made"),
        })
}

/// The password in a file: its first line.
pub(crate) fn password_in(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the password file {}", file.display()))?;
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        bail!("the password file {} is empty", file.display());
    }
    Ok(password.to_owned())
}

/// On a terminal asks who the administrator is, while the server serves already, when there is no account.
pub(crate) async fn offer(accounts: &Accounts) -> Result<()> {
    if has_accounts(accounts).await? {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        tracing::info!(
            "there is no account yet: make the first administrator with `accession admin create`, or set admin_email and \
             admin_password_file"
        );
        return Ok(());
    }
    let accounts = accounts.clone();
    let runtime = tokio::runtime::Handle::current();
    // A thread of its own: whoever never answers must not keep the process from ending.
    std::thread::spawn(move || {
        let text = match asked(|newcomer| runtime.block_on(make(&accounts, newcomer))) {
            Ok(false) => return,
            Ok(true) => "The administrator can sign in now.".to_owned(),
            Err(error) => format!(
                "{error:#}; start the server again to be asked again, or use `accession admin create`"
            ),
        };
        output::error(&text);
    });
    Ok(())
}

/// Asks on the terminal until an account was made; whether one was, or an empty line put it off.
fn asked(make: impl Fn(Newcomer) -> Result<Registered>) -> Result<bool> {
    output::error(
        "There is no account yet. Who is the administrator? (an empty line: later, with `accession admin create`)",
    );
    output::error("E-mail address:");
    let mut email = String::new();
    std::io::stdin().lock().read_line(&mut email)?;
    let email = email.trim().to_owned();
    if email.is_empty() {
        return Ok(false);
    }
    EmailAddress::parse(&email)?;
    let mut tries = 1..=PASSWORDS;
    loop {
        let registered =
            asked_password().and_then(|password| make(administrator(email.clone(), password)));
        match registered {
            Ok(_) => return Ok(true),
            Err(error) if tries.next().is_some() => output::error(&format!("{error:#}")),
            Err(error) => return Err(error),
        }
    }
}

fn administrator(email: String, password: String) -> Newcomer {
    Newcomer {
        email,
        name: "Administrator".into(),
        password,
        role: Some(PlatformRole::Admin),
    }
}

/// A password, asked for twice and not shown.
pub(crate) fn asked_password() -> Result<String> {
    let password =
        rpassword::prompt_password("Password (8 characters or more; it is not shown): ")?;
    if password != rpassword::prompt_password("The same again: ")? {
        bail!("the two passwords are not the same");
    }
    Ok(password)
}
