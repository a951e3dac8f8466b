//! Each field of an edition, from what was sent to a fact.
//!
//! The limits are those of the value types; only the page count has one of its own.

use accession_events::catalog::EditionFact;
use accession_events::values::{Isbn, LanguageTag, ShortText, TitleName, WebUrl, Year};

use super::Unreadable;

/// More pages than any book has.
const MOST_PAGES: u32 = 100_000;

type Read = Result<EditionFact, Unreadable>;

/// Its ISBN, 10 or 13 digits in any spelling.
pub fn isbn(text: &str) -> Read {
    Ok(EditionFact::Isbn(Isbn::parse(text)?))
}

/// Something that was given as an ISBN and could not be verified.
pub fn unverified_isbn(text: &str) -> Read {
    Ok(EditionFact::UnverifiedIsbn(ShortText::parse(text)?))
}

/// The name on its title page.
pub fn name(text: &str) -> Read {
    Ok(EditionFact::Name(TitleName::parse(text)?))
}

/// Who published it.
pub fn publisher(text: &str) -> Read {
    Ok(EditionFact::Publisher(ShortText::parse(text)?))
}

/// The year it was published.
pub fn published_year(number: i64) -> Read {
    Ok(EditionFact::PublishedYear(Year::new(number)?))
}

/// Its language.
pub fn language(text: &str) -> Read {
    Ok(EditionFact::Language(LanguageTag::parse(text)?))
}

/// Number of pages.
pub fn page_count(count: u32) -> Read {
    if count == 0 || count > MOST_PAGES {
        let message = format!("{count} pages is not a page count; expected 1 to {MOST_PAGES}");
        return Err(Unreadable::new("out_of_range", message));
    }
    Ok(EditionFact::PageCount(count))
}

/// Form, in the source's words.
pub fn format(text: &str) -> Read {
    Ok(EditionFact::Format(ShortText::parse(text)?))
}

/// Address of a cover.
pub fn cover(text: &str) -> Read {
    Ok(EditionFact::Cover(WebUrl::parse(text)?))
}
