//! The names of fields in the paths of locks.
//!
//! Never guesses: an unknown name is answered with the nearest known one.

use accession_service::problem::Problem;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer as _};

use crate::http::body::field_error;

/// Fields whose name in bodies is shorter than in the contract.
const SHORT_NAMES: [(&str, &str); 3] = [
    ("is_available", "available"),
    ("rating", "audience_rating"),
    ("year", "release_year"),
];

/// The field with this name.
pub(super) fn field_named<F: DeserializeOwned>(name: &str) -> Result<F, Problem> {
    let long = SHORT_NAMES
        .iter()
        .find(|(short, _)| *short == name)
        .map_or(name, |(_, long)| *long);
    read(name).or_else(|error| {
        read(long).map_err(|_| Problem::not_found(field_error("", &error.to_string()).message))
    })
}

fn read<F: DeserializeOwned>(name: &str) -> Result<F, Error> {
    let reader: StrDeserializer<'_, Error> = name.into_deserializer();
    F::deserialize(reader)
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::{EditionField, EpisodeField, TitleField};

    use super::*;

    #[test]
    fn a_field_is_known_by_its_name_in_bodies_and_in_the_contract() {
        assert_eq!(
            field_named::<TitleField>("release_year").unwrap(),
            TitleField::ReleaseYear
        );
        assert_eq!(
            field_named::<TitleField>("year").unwrap(),
            TitleField::ReleaseYear
        );
        assert_eq!(
            field_named::<EpisodeField>("is_available").unwrap(),
            EpisodeField::Available
        );
        assert_eq!(
            field_named::<EditionField>("isbn").unwrap(),
            EditionField::Isbn
        );
    }

    #[test]
    fn an_unknown_field_is_answered_with_the_nearest_known_one() {
        let problem = field_named::<TitleField>("discription").unwrap_err();
        assert_eq!(problem.status().as_u16(), 404);
        assert!(
            problem.detail().contains("did you mean `description`?"),
            "{}",
            problem.detail()
        );
        assert!(field_named::<EditionField>("year").is_err());
    }
}
