//! The reason that a curator may give.
//!
//! Never needed: no reason is better than an invented one.

use accession_events::values::ShortText;
use accession_service::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::unreadable;
use crate::catalog::reading::Unreadable;

/// Why something is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// In your words, at most 200 characters.
    #[serde(default)]
    reason: Option<String>,
}

impl Reason {
    pub(super) fn read(&self) -> Result<Option<ShortText>, Problem> {
        let parse = |text: &String| {
            ShortText::parse(text).map_err(|error| Unreadable::from(error).of("reason"))
        };
        self.reason
            .as_ref()
            .map(parse)
            .transpose()
            .map_err(|fault| unreadable(vec![fault]))
    }
}
