//! An amount of money: minor units and the currency they are of.
//!
//! Never converts, rounds or adds up two currencies.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::canonical::{canonical_text, excerpt};

/// An ISO 4217 code: three capital letters, such as `EUR`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(Arc<str>);

/// Why a text is no currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a currency: expected three capital letters, such as `EUR`")]
pub struct CurrencyError {
    /// The start of what was given.
    pub found: String,
}

impl Currency {
    /// Accepts a code exactly as ISO 4217 writes it. Whether such a currency exists is not asked: new ones come.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(text.into()))
        } else {
            Err(CurrencyError {
                found: excerpt(text),
            })
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(Currency, CurrencyError, "an ISO 4217 currency code");

/// An amount, never negative.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How many of the currency's smallest units: cents of a euro, yen.
    pub minor_units: u64,
    /// Which currency.
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert_eq!(Currency::parse("EUR").unwrap().as_str(), "EUR");
        for text in ["", "eur", "EURO", "E1R", "€"] {
            assert!(Currency::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_is_written_as_its_parts() {
        let price = Money {
            minor_units: 1_299,
            currency: Currency::parse("EUR").unwrap(),
        };
        let json = serde_json::to_string(&price).unwrap();
        assert_eq!(json, r#"{"minor_units":1299,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), price);
    }
}
