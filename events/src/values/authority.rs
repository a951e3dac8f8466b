//! Whose word counts more: the kinds of sources, and their order as data.
//!
//! Never decides the order itself; it is configuration, and the default is only that.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::canonical::excerpt;

/// What kind of source a statement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// A person who looks after the catalogue.
    Curator,
    /// A person who uses it.
    User,
    /// The provider that is trusted first.
    PrimaryProvider,
    /// Any other provider.
    SecondaryProvider,
}

/// A text that names no kind of source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not an authority: expected curator, user, primary_provider or secondary_provider"
)]
pub struct AuthorityError {
    /// The start of what was given.
    pub found: String,
}

impl Authority {
    /// Every kind of source.
    pub const ALL: [Self; 4] = [
        Self::Curator,
        Self::User,
        Self::PrimaryProvider,
        Self::SecondaryProvider,
    ];

    /// Reads the name of a kind of source.
    pub fn parse(text: &str) -> Result<Self, AuthorityError> {
        Self::ALL
            .into_iter()
            .find(|authority| authority.as_str() == text.trim())
            .ok_or_else(|| AuthorityError {
                found: excerpt(text),
            })
    }

    /// The name in events and configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Curator => "curator",
            Self::User => "user",
            Self::PrimaryProvider => "primary_provider",
            Self::SecondaryProvider => "secondary_provider",
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Authority {
    type Err = AuthorityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The kinds of sources, strongest first; each is there exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "[Authority; 4]", try_from = "Vec<Authority>")]
pub struct AuthorityOrder([Authority; 4]);

/// Why a list is not an order of authorities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityOrderError {
    /// An entry names no kind of source.
    #[error("the order of authorities cannot be read: {0}")]
    Unknown(#[from] AuthorityError),
    /// A kind of source is listed twice.
    #[error(
        "the order of authorities lists `{0}` twice: expected curator, user, primary_provider and secondary_provider, each once"
    )]
    Twice(Authority),
    /// A kind of source is not listed.
    #[error(
        "the order of authorities lacks `{0}`: expected curator, user, primary_provider and secondary_provider, each once"
    )]
    Missing(Authority),
}

impl AuthorityOrder {
    /// Takes the kinds of sources, strongest first.
    pub fn new(strongest_first: &[Authority]) -> Result<Self, AuthorityOrderError> {
        for authority in Authority::ALL {
            match strongest_first
                .iter()
                .filter(|listed| **listed == authority)
                .count()
            {
                0 => return Err(AuthorityOrderError::Missing(authority)),
                1 => {}
                _ => return Err(AuthorityOrderError::Twice(authority)),
            }
        }
        // Each of the four once: the list has four entries, and the default is unreachable.
        Ok(strongest_first.try_into().map(Self).unwrap_or_default())
    }

    /// Reads a configuration list of names, strongest first.
    pub fn parse<I>(names: I) -> Result<Self, AuthorityOrderError>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let listed = names
            .into_iter()
            .map(|name| Authority::parse(name.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(&listed)
    }

    /// Whether a statement of `one` stands against a statement of `other`.
    #[must_use]
    pub fn outranks_or_equals(&self, one: Authority, other: Authority) -> bool {
        self.rank(one) <= self.rank(other)
    }

    /// The place in the order; 0 is the strongest.
    #[must_use]
    pub fn rank(&self, authority: Authority) -> usize {
        self.0
            .iter()
            .position(|listed| *listed == authority)
            .unwrap_or(usize::MAX)
    }

    /// The kinds of sources, strongest first.
    #[must_use]
    pub const fn strongest_first(&self) -> &[Authority; 4] {
        &self.0
    }
}

impl Default for AuthorityOrder {
    /// Curator, user, primary provider, secondary provider.
    fn default() -> Self {
        Self(Authority::ALL)
    }
}

impl TryFrom<Vec<Authority>> for AuthorityOrder {
    type Error = AuthorityOrderError;

    fn try_from(listed: Vec<Authority>) -> Result<Self, Self::Error> {
        Self::new(&listed)
    }
}

impl From<AuthorityOrder> for [Authority; 4] {
    fn from(order: AuthorityOrder) -> Self {
        order.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_a_curator_outranks_everyone() {
        let order = AuthorityOrder::default();
        for authority in Authority::ALL {
            assert!(order.outranks_or_equals(Authority::Curator, authority));
            assert!(order.outranks_or_equals(authority, authority));
        }
        assert!(
            !order.outranks_or_equals(Authority::SecondaryProvider, Authority::PrimaryProvider)
        );
    }

    #[test]
    fn the_order_is_read_from_a_list_of_names() {
        let order =
            AuthorityOrder::parse(["user", " curator", "secondary_provider", "primary_provider"])
                .unwrap();
        assert!(order.outranks_or_equals(Authority::User, Authority::Curator));
        assert!(order.outranks_or_equals(Authority::SecondaryProvider, Authority::PrimaryProvider));
    }

    #[test]
    fn a_list_with_a_gap_a_repetition_or_a_stranger_is_refused() {
        let missing = AuthorityOrder::parse(["user", "curator", "primary_provider"]);
        assert_eq!(
            missing,
            Err(AuthorityOrderError::Missing(Authority::SecondaryProvider))
        );
        let twice = AuthorityOrder::parse([
            "user",
            "curator",
            "user",
            "primary_provider",
            "secondary_provider",
        ]);
        assert_eq!(twice, Err(AuthorityOrderError::Twice(Authority::User)));
        let unknown = AuthorityOrder::parse(["boss"]).unwrap_err().to_string();
        assert!(
            unknown.contains("`boss`") && unknown.contains("curator"),
            "{unknown}"
        );
    }

    #[test]
    fn json_is_the_list_of_names() {
        let text = r#"["user","curator","primary_provider","secondary_provider"]"#;
        let order: AuthorityOrder = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&order).unwrap(), text);
        assert!(serde_json::from_str::<AuthorityOrder>(r#"["user"]"#).is_err());
    }
}
