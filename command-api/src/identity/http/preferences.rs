//! `PUT /api/v1/users/me/preferences`: how the person wants the product to be.
//!
//! Never a part of them: what is put is the whole.

use accession_events::identity::{Preferences, ThemeMode};
use accession_events::values::HandleName;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::fields::Faults;
use crate::identity::account::AccountCommand;
use crate::identity::account::set_preferences::SetPreferences;
use crate::identity::accounts::Accounts;

/// The most books that anybody means to read in a year.
const MOST_BOOKS: u16 = 10_000;

/// How a person wants the product to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPreferences {
    /// Language of pages and mails.
    #[schema(example = "en")]
    language: String,
    /// Name of the theme; the product's own without it.
    #[serde(default)]
    #[schema(example = "sumi")]
    theme_name: Option<String>,
    /// Light, dark, or as the device has it.
    #[serde(default)]
    #[schema(value_type = String, example = "system")]
    theme_mode: ThemeMode,
    /// Books a year that the person means to read, 1 to 10,000.
    #[serde(default)]
    annual_reading_goal: Option<u16>,
}

/// Set one's preferences.
#[utoipa::path(put, path = "/api/v1/users/me/preferences", tag = "identity", params(Conditions), request_body = NewPreferences,
    responses((status = 200, description = "They are set.", body = Changed), CommandProblems))]
pub(super) async fn set_preferences(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    Body { value, digest }: Body<NewPreferences>,
) -> Result<Answer, Problem> {
    let preferences = value.read()?;
    let command = AccountCommand::SetPreferences(SetPreferences { preferences });
    change(accounts.repository(), account, &call, &digest, &command).await
}

impl NewPreferences {
    fn read(self) -> Result<Preferences, Problem> {
        let mut faults = Faults::default();
        let language = faults.language("language", &self.language);
        let theme = self
            .theme_name
            .as_deref()
            .map(HandleName::parse)
            .transpose();
        let theme_name = faults.take("theme_name", "bad_name", theme);
        let goal = match self.annual_reading_goal {
            Some(0 | 10_001..) => Err(format!("the reading goal is 1 to {MOST_BOOKS} books")),
            goal => Ok(goal),
        };
        let annual_reading_goal = faults.take("annual_reading_goal", "out_of_range", goal);
        let (Some(language), Some(theme_name), Some(annual_reading_goal)) =
            (language, theme_name, annual_reading_goal)
        else {
            return Err(faults.problem());
        };
        Ok(Preferences {
            language,
            theme_name,
            theme_mode: self.theme_mode,
            annual_reading_goal,
        })
    }
}
