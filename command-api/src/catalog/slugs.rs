//! A slug for a title whose own one is taken: a small number behind it, or at last one drawn from its id.
//!
//! Never says that a slug is free: only the log's claims can, when the title is written.

use accession_events::ids::TitleId;
use accession_events::values::Slug;
use accession_events::{ClaimKey, ClaimKind};

/// How many small numbers are tried.
pub const SMALL_NUMBERS: u32 = 8;

/// The slugs to try after the first one, in order.
pub fn alternatives(base: &Slug) -> impl Iterator<Item = Slug> {
    (1..=SMALL_NUMBERS).map(|number| base.with_suffix(number))
}

/// A slug that nobody else is likely to want.
#[must_use]
pub fn own(base: &Slug, id: TitleId) -> Slug {
    let tail = id.as_uuid().as_u128() & u128::from(u32::MAX);
    base.with_suffix(u32::try_from(tail).unwrap_or(u32::MAX))
}

/// The claim by which a slug is somebody's.
#[must_use]
pub fn claim(slug: &Slug) -> ClaimKey {
    ClaimKey::new(ClaimKind::TitleSlug, slug.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_slug_gets_small_numbers_and_then_one_from_the_id() {
        let emma = Slug::parse("emma").unwrap();
        let tried: Vec<_> = alternatives(&emma).map(|slug| slug.to_string()).collect();
        assert_eq!(
            (tried[0].as_str(), tried[7].as_str(), tried.len()),
            ("emma-1", "emma-8", 8)
        );
        let id = "0198c7a2-5b1e-7cc3-8f4a-0d6f00000011".parse().unwrap();
        assert_eq!(own(&emma, id).as_str(), "emma-17");
    }
}
