//! One administrator is always left who can act: whoever is to lose the role, the account or the way in is let go only while
//! somebody else keeps all three.
//!
//! Never decided by a count that was read before: the append that takes one away names another and the version at which that
//! one was seen, so of two who take each other away at the same moment one is refused.

use accession_event_log::{
    Append, Decider as _, EventFilter, ExecuteError, Executed, Given, Idempotency, Loaded, Outcome,
    Repository, RepositoryError, Search, StreamWrite,
};
use accession_events::identity::{AccountEvent, PlatformRole};
use accession_events::ids::AccountId;
use accession_events::{LoggedEvent as _, Position};

use super::account::{Account, AccountCommand, AccountError};
use super::accounts::{Accounts, AccountsError};

/// How often it is decided again when others change one of the two accounts at the same moment.
const ATTEMPTS: u32 = 5;
/// Grants of roles that are read at a time.
const PAGE: usize = 200;

impl Account {
    /// Whether it is an administrator's who can act.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.usable()
            .is_ok_and(|account| account.role == Some(PlatformRole::Admin))
    }
}

/// What an append has to check that takes this administrator away: that another one is as they were just seen. Refused when
/// there is none.
pub(super) async fn another(
    accounts: &Repository<Account>,
    but: AccountId,
) -> Result<StreamWrite, ExecuteError<AccountError>> {
    let store = accounts.log().store();
    let filter = EventFilter {
        aggregate_type: Some(AccountEvent::AGGREGATE.to_owned()),
        event_types: vec!["PlatformRoleGranted".to_owned()],
        ..EventFilter::default()
    };
    let mut search = Search::new(&**store, filter, Position::START, store.head().await?);
    loop {
        let page = search.next(PAGE).await?;
        if page.is_empty() {
            return Err(ExecuteError::Refused(AccountError::LastAdministrator));
        }
        for granted in &page {
            let id = &*granted.stream.aggregate_id;
            if *id == but.to_string() {
                continue;
            }
            let found = accounts.load_newest(id).await?;
            if found.state.administers() {
                return Ok(StreamWrite {
                    stream: accounts.stream(id),
                    expected_version: found.version,
                    events: Vec::new(),
                    claims: Vec::new(),
                });
            }
        }
    }
}

impl Accounts {
    /// Carries a command out that may take an administrator away: never the last one who can act.
    pub async fn execute_kept(
        &self,
        account: AccountId,
        given: &Given,
        command: &AccountCommand,
    ) -> Result<Executed<Account>, AccountsError> {
        Ok(execute(self.repository(), account, given, command).await?)
    }
}

async fn execute(
    accounts: &Repository<Account>,
    account: AccountId,
    given: &Given,
    command: &AccountCommand,
) -> Result<Executed<Account>, ExecuteError<AccountError>> {
    let id = account.to_string();
    for _ in 0..ATTEMPTS {
        let loaded = accounts.load_newest(&id).await?;
        let takes_away = |events: &Vec<AccountEvent>| {
            loaded.state.administers() && !accounts.after(&loaded, events).state.administers()
        };
        let stale = given
            .expected_version
            .is_some_and(|expected| expected != loaded.version);
        let events = match loaded.state.decide(command) {
            Ok(events) if !stale && takes_away(&events) => events,
            // Nobody is taken away: the ordinary way refuses, repeats and writes as it always does.
            _ => return accounts.execute(&id, given, command).await,
        };
        if let Some(executed) = taken_away(accounts, account, &loaded, events, given).await? {
            return Ok(executed);
        }
    }
    Err(ExecuteError::Conflict {
        stream: accounts.stream(&id),
        attempts: ATTEMPTS,
    })
}

/// None: one of the two accounts has changed meanwhile.
async fn taken_away(
    accounts: &Repository<Account>,
    account: AccountId,
    loaded: &Loaded<Account>,
    events: Vec<AccountEvent>,
    given: &Given,
) -> Result<Option<Executed<Account>>, ExecuteError<AccountError>> {
    let id = account.to_string();
    let ids = || (given.event_ids)();
    let after = accounts.after(loaded, &events);
    let writes = vec![
        another(accounts, account).await?,
        accounts.prepare(&id, loaded, &events, ids)?,
    ];
    let append = Append {
        writes,
        metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
        idempotency: given.idempotency.as_ref().map(|keyed| Idempotency {
            scope: keyed.scope.clone(),
            key: keyed.key.clone(),
            fingerprint: keyed.fingerprint.clone(),
            response: (keyed.answer)(after.version),
        }),
    };
    let done = |after: Loaded<Account>, position, events| Executed {
        state: after.state,
        version: after.version,
        position,
        events,
        replayed: None,
    };
    match accounts
        .log()
        .append(append)
        .await
        .map_err(RepositoryError::Log)?
    {
        Outcome::Committed(committed) => {
            accounts.remember(&id, after.version, after.state.clone());
            Ok(Some(done(after, committed.last, events)))
        }
        Outcome::Conflict { .. } => Ok(None),
        Outcome::Claimed { key, owner } => Err(ExecuteError::Claimed { key, owner }),
        Outcome::Replayed(answer) => {
            let mut executed = done(loaded.clone(), answer.position, Vec::new());
            executed.replayed = Some(answer);
            Ok(Some(executed))
        }
        Outcome::KeyReused => Err(ExecuteError::KeyReused),
    }
}
