//! What a search finds: ids and places, no text.

use crate::entry::EntryKind;
use crate::facet::Facets;

/// One entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its kind.
    pub what: EntryKind,
    /// Its id, by which its document is fetched.
    pub id: u128,
    /// Where it stands in the order, to go on after it.
    pub place: Place,
}

/// A place in an order. It goes on where it was even if what stood there is gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Greater comes first.
    pub rank: u64,
    /// For an order by name: the name.
    pub text: String,
    /// Among equals the lower id comes first.
    pub id: u128,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many fit.
    pub total: u64,
    /// Whether that is all of them; very common words are not counted to the end.
    pub exact: bool,
    /// Whether there are more after the last hit.
    pub more: bool,
    /// Counts over all that fit, for the facets that were asked for.
    pub facets: Facets,
    /// What was meant, if what was typed has typos.
    pub correction: Option<String>,
}
