//! Each field of an episode, from what was sent to a fact.
//!
//! The limits are those of the value types.

use accession_events::catalog::EpisodeFact;
use accession_events::values::TitleName;

use super::Unreadable;

type Read = Result<EpisodeFact, Unreadable>;

/// Its own name.
pub fn name(text: &str) -> Read {
    Ok(EpisodeFact::Name(TitleName::parse(text)?))
}

/// Whether it can be watched at all.
pub fn is_available(available: bool) -> Read {
    Ok(EpisodeFact::Available(available))
}
