//! What a file says of titles and editions, as facts of the catalogue, and whether the catalogue's title is the one that is meant.
//!
//! Never takes two titles for one because their names are alike: kind, name and all authors have to agree.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use std::collections::BTreeSet;

use accession_backup::{EditionLine, TitleLine};
use accession_events::catalog::{EditionFact, TitleFact, TitleField};
use accession_events::values::{AuthorityOrder, PersonName, Said};

use crate::catalog::title::KnownTitle;

/// What is said of a title.
pub(super) fn of_title(line: &TitleLine) -> Vec<TitleFact> {
    let line = line.clone();
    let several = [
        (!line.alternative_names.is_empty())
            .then_some(TitleFact::AlternativeNames(line.alternative_names)),
        (!line.authors.is_empty()).then_some(TitleFact::Authors(line.authors)),
        (!line.genres.is_empty()).then_some(TitleFact::Genres(line.genres)),
        line.description.map(TitleFact::Description),
        line.language.map(TitleFact::Language),
        Some(TitleFact::Name(line.name)),
        line.original_name.map(TitleFact::OriginalName),
        line.poster.map(TitleFact::Poster),
        line.year.map(TitleFact::ReleaseYear),
        line.status.map(TitleFact::Status),
    ];
    several.into_iter().flatten().collect()
}

/// What is said of an edition.
pub(super) fn of_edition(line: &EditionLine) -> Vec<EditionFact> {
    let line = line.clone();
    let several = [
        line.cover.map(EditionFact::Cover),
        line.format.map(EditionFact::Format),
        line.isbn.map(EditionFact::Isbn),
        line.language.map(EditionFact::Language),
        line.name.map(EditionFact::Name),
        line.page_count.map(EditionFact::PageCount),
        line.published_year.map(EditionFact::PublishedYear),
        line.publisher.map(EditionFact::Publisher),
        line.unverified_isbn.map(EditionFact::UnverifiedIsbn),
    ];
    several.into_iter().flatten().collect()
}

/// Whether the catalogue's title is the one that the file means.
pub(super) fn is_same(known: &KnownTitle, line: &TitleLine) -> bool {
    let said = |field| {
        let order = AuthorityOrder::default();
        known.ledger.effective(field, &order).map(Said::fact)
    };
    let same_name = matches!(said(TitleField::Name),
        Some(TitleFact::Name(name)) if folded(name.as_str()) == folded(line.name.as_str()));
    let same_authors = match said(TitleField::Authors) {
        Some(TitleFact::Authors(authors)) => names(authors) == names(&line.authors),
        _ => line.authors.is_empty(),
    };
    known.kind == line.kind && same_name && same_authors
}

fn names(authors: &[PersonName]) -> BTreeSet<String> {
    authors
        .iter()
        .map(|author| folded(author.as_str()))
        .collect()
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use accession_event_log::Decider as _;
    use accession_events::values::{Authority, Provenance, SourceName};
    use cqrs_es::Aggregate as _;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::catalog::title::add_title::AddTitle;
    use crate::catalog::title::{Title, TitleCommand};

    fn line(name: &str, authors: &Value) -> TitleLine {
        let line = json!({ "id": Uuid::from_u128(1), "kind": "book", "slug": "emma", "name": name, "authors": authors });
        serde_json::from_value(line).unwrap()
    }

    fn known(line: &TitleLine) -> KnownTitle {
        let by = Provenance::of(SourceName::parse("library:1").unwrap(), Authority::User);
        let add = TitleCommand::Add(AddTitle {
            kind: line.kind,
            slug: line.slug.clone(),
            by,
            facts: of_title(line),
        });
        let mut title = Title::default();
        for event in title.decide(&add).unwrap() {
            title.apply(event);
        }
        title.known().unwrap().clone()
    }

    #[test]
    fn a_title_is_the_same_when_kind_name_and_all_authors_are() {
        let emma = known(&line("Emma", &json!(["Jane Austen"])));
        assert!(is_same(&emma, &line("EMMA!", &json!(["JANE AUSTEN"]))));
        for other in [
            line("Emma", &json!(["Alexander McCall Smith"])),
            line("Emma", &json!([])),
            line("Emma", &json!(["Jane Austen", "Another Lady"])),
            line("Emma Brown", &json!(["Jane Austen"])),
        ] {
            assert!(!is_same(&emma, &other), "{other:?}");
        }
        let mut film = line("Emma", &json!(["Jane Austen"]));
        film.kind = accession_events::catalog::TitleKind::Film;
        assert!(!is_same(&emma, &film));
    }

    #[test]
    fn authors_are_the_same_in_any_order() {
        let both = known(&line(
            "Good Omens",
            &json!(["Neil Gaiman", "Terry Pratchett"]),
        ));
        let turned = line("Good Omens", &json!(["Terry Pratchett", "Neil Gaiman"]));
        assert!(is_same(&both, &turned));
    }
}
