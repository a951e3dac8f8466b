//! What an admin reads who wants to end their account while a library has nobody else.
//!
//! Never asked for by a route of libraries: it is identity's account that is to end.

use accession_events::ids::AccountId;
use accession_service::problem::{FieldError, Problem};
use async_trait::async_trait;
use http::StatusCode;

use super::refusals::problem;
use crate::library::libraries::Libraries;
use crate::ties::Ties;

#[async_trait]
impl Ties for Libraries {
    async fn spare(&self, account: AccountId) -> Result<(), Problem> {
        let held = self.only_admin_of(account).await;
        let held = held.map_err(|error| problem(error, "current_password"))?;
        if held.is_empty() {
            return Ok(());
        }
        let named: Vec<String> = held
            .into_iter()
            .map(|(id, name)| format!("{name} ({id})"))
            .collect();
        let text = format!(
            "nobody else may act as admin of {}: make somebody else an admin or delete it first",
            named.join(", ")
        );
        let errors = named
            .into_iter()
            .map(|library| FieldError::new("libraries", "last_admin", library));
        Err(Problem::new(StatusCode::CONFLICT, "last_admin", text).with_errors(errors.collect()))
    }
}
