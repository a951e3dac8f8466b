//! Each field of a title, from what was sent to a fact.
//!
//! The limits are those of the value types; only the rating has one of its own.

use accession_events::catalog::{ReleaseStatus, TitleFact};
use accession_events::ingestion::items::RatingItem;
use accession_events::values::{
    LanguageTag, LongText, PersonName, ShortText, TitleName, WebUrl, Year,
};

use super::{Unreadable, list};

/// The best mean rating: five stars in hundredths.
const BEST_RATING: u16 = 500;

type Read = Result<TitleFact, Unreadable>;

/// The name to show.
pub fn name(text: &str) -> Read {
    Ok(TitleFact::Name(TitleName::parse(text)?))
}

/// The name in its original language.
pub fn original_name(text: &str) -> Read {
    Ok(TitleFact::OriginalName(TitleName::parse(text)?))
}

/// Other names.
pub fn alternative_names(texts: &[String]) -> Read {
    Ok(TitleFact::AlternativeNames(list(texts, TitleName::parse)?))
}

/// Authors, in order.
pub fn authors(texts: &[String]) -> Read {
    Ok(TitleFact::Authors(list(texts, PersonName::parse)?))
}

/// Genres, in order.
pub fn genres(texts: &[String]) -> Read {
    Ok(TitleFact::Genres(list(texts, ShortText::parse)?))
}

/// What it is about.
pub fn description(text: &str) -> Read {
    Ok(TitleFact::Description(LongText::parse(text)?))
}

/// The year of its first release.
pub fn year(number: i64) -> Read {
    Ok(TitleFact::ReleaseYear(Year::new(number)?))
}

/// Where it stands in its release.
pub fn status(status: ReleaseStatus) -> Read {
    Ok(TitleFact::Status(status))
}

/// The language it was made in.
pub fn language(text: &str) -> Read {
    Ok(TitleFact::Language(LanguageTag::parse(text)?))
}

/// Address of a cover or poster.
pub fn poster(text: &str) -> Read {
    Ok(TitleFact::Poster(WebUrl::parse(text)?))
}

/// How many episodes it has in all.
pub fn episode_count(count: u32) -> Read {
    Ok(TitleFact::EpisodeCount(count))
}

/// How an audience rates it.
pub fn rating(rating: RatingItem) -> Read {
    let RatingItem { hundredths, votes } = rating;
    if hundredths > BEST_RATING {
        let message = format!(
            "a mean of {hundredths} hundredths is above five stars; expected 0 to {BEST_RATING}"
        );
        return Err(Unreadable::new("out_of_range", message));
    }
    Ok(TitleFact::AudienceRating { hundredths, votes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_above_five_stars_is_refused() {
        assert!(
            rating(RatingItem {
                hundredths: 500,
                votes: 1
            })
            .is_ok()
        );
        assert!(
            rating(RatingItem {
                hundredths: 501,
                votes: 1
            })
            .is_err()
        );
    }

    #[test]
    fn a_list_names_the_entry_at_fault_and_has_an_end() {
        let error = authors(&["Jane Austen".into(), " ".into()])
            .unwrap_err()
            .of("authors");
        assert!(
            error.code == "empty" && error.message.starts_with("entry 2:"),
            "{}",
            error.message
        );
        assert_eq!(
            genres(&vec!["novel".into(); 101])
                .unwrap_err()
                .of("genres")
                .code,
            "too_many"
        );
    }
}
