//! What is said of a copy, from what was sent to details. All faults of a body are told at once.
//!
//! Never asked for what names a person: an owner is an account's id.

use std::collections::BTreeSet;

use accession_events::holdings::{Acquisition, AcquisitionKind, Condition, CopyDetail, CopyTag};
use accession_events::ids::AccountId;
use accession_events::values::{Barcode, Currency, LongText, Money, ShortText};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::body::present;
use crate::http::fields::Faults;

/// The most tags that a copy has.
const MOST_TAGS: usize = 20;

/// How a copy came to the library.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcquisitionBody {
    /// On which day.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2026-03-01")]
    date: Option<String>,
    /// For how many of the currency's smallest units.
    #[serde(default)]
    price: Option<u64>,
    /// In which currency, an ISO 4217 code; it goes with `price`.
    #[serde(default)]
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// `purchased`, `gift`, `borrowed` or `other`.
    #[serde(default)]
    kind: Option<AcquisitionKind>,
    /// From where, 1 to 200 characters.
    #[serde(default)]
    #[schema(example = "Flea market")]
    source: Option<String>,
}

/// What is said of a copy; what is left out stays as it is, null takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three different things in a change"
)]
pub(super) struct DetailsBody {
    /// The number on it: 1 to 40 letters, digits and `- . _ / + $ %`; once in a library.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "PEM-000417")]
    barcode: Option<Option<String>>,
    /// `new`, `good`, `fair` or `poor`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Condition>)]
    condition: Option<Option<Condition>>,
    /// How it came to the library; replaced as a whole.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<AcquisitionBody>)]
    acquisition: Option<Option<AcquisitionBody>>,
    /// The account of the member whose it is; null for the library's own.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    owner: Option<Option<AccountId>>,
    /// The library's words for it, 20 at most.
    #[serde(default)]
    tags: Option<Vec<String>>,
    /// What the library notes about it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    notes: Option<Option<String>>,
}

impl DetailsBody {
    /// Whose it is said to be, if somebody's.
    pub(super) fn owner(&self) -> Option<AccountId> {
        self.owner.flatten()
    }

    /// What is said, in the order of the details' names; a fault leaves its detail out.
    pub(super) fn read(&self, faults: &mut Faults) -> Vec<CopyDetail> {
        let mut said = Vec::new();
        if let Some(acquisition) = &self.acquisition {
            let acquisition = acquisition.as_ref().map(|body| body.read(faults));
            said.push(CopyDetail::Acquisition(acquisition.unwrap_or_default()));
        }
        if let Some(barcode) = &self.barcode {
            let parsed = barcode.as_deref().map(Barcode::parse).transpose();
            said.extend(
                faults
                    .take("barcode", "bad_barcode", parsed)
                    .map(CopyDetail::Barcode),
            );
        }
        said.extend(self.condition.map(CopyDetail::Condition));
        if let Some(notes) = &self.notes {
            let notes = notes.as_deref().filter(|text| !text.trim().is_empty());
            let parsed = notes.map(LongText::parse).transpose();
            said.extend(
                faults
                    .take("notes", "bad_text", parsed)
                    .map(CopyDetail::Notes),
            );
        }
        said.extend(self.owner.map(CopyDetail::Owner));
        if let Some(tags) = &self.tags {
            said.extend(read_tags(faults, tags).map(|tags| CopyDetail::Tags(tags.into())));
        }
        said
    }
}

fn read_tags(faults: &mut Faults, texts: &[String]) -> Option<Vec<CopyTag>> {
    let mut tags = BTreeSet::new();
    for text in texts {
        tags.insert(faults.shown("tags", "bad_tag", text, ShortText::parse)?);
    }
    let checked = if tags.len() > MOST_TAGS {
        Err(format!(
            "a copy has {MOST_TAGS} tags at most; these are {}",
            tags.len()
        ))
    } else {
        Ok(tags.into_iter().collect())
    };
    faults.take("tags", "too_many_tags", checked)
}

impl AcquisitionBody {
    fn read(&self, faults: &mut Faults) -> Acquisition {
        let date = self.date.as_deref().and_then(|text| {
            let parsed = text
                .parse::<Date>()
                .map_err(|_| format!("`{text}` is not a day: expected one such as 2026-03-01"));
            faults.take("acquisition.date", "bad_date", parsed)
        });
        let source = self
            .source
            .as_deref()
            .and_then(|text| faults.short("acquisition.source", text));
        Acquisition {
            date,
            price: self.price(faults),
            kind: self.kind,
            source,
        }
    }

    fn price(&self, faults: &mut Faults) -> Option<Money> {
        match (self.price, self.currency.as_deref()) {
            (None, None) => None,
            (Some(minor_units), Some(code)) => faults
                .take(
                    "acquisition.currency",
                    "bad_currency",
                    Currency::parse(code),
                )
                .map(|currency| Money {
                    minor_units,
                    currency,
                }),
            (Some(_), None) | (None, Some(_)) => faults.take(
                "acquisition.price",
                "price_without_currency",
                Err("a price needs its currency, and a currency its price"),
            ),
        }
    }
}
