//! What holds for any text whatever; never for chosen examples only.

use accession_events::values::{
    ContentHash, Isbn, LanguageTag, LongText, PersonName, ShortText, Slug, SourceName,
    SourceRecordId, TitleName, WebUrl, Year,
};
use proptest::prelude::*;
use uuid::Uuid;

/// Any text, often of few characters from scripts and symbols that have caused trouble.
fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-f0-9-]{30,40}",
        "[ a-zA-Z0-9'’.,!°…🦄ёЖ\u{301}\u{200d}ー進撃のア한글αΩשع٣½-]{0,200}",
        prop::array::uniform16(any::<u8>()).prop_map(|bytes| Uuid::from_bytes(bytes).to_string()),
        prop::array::uniform16(any::<u8>())
            .prop_map(|bytes| Uuid::from_bytes(bytes).simple().to_string()),
    ]
}

/// Twelve digits of a book.
fn a_number() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["978", "9791", "9798"]),
        "[0-9]{9}",
    )
        .prop_map(|(prefix, digits)| format!("{prefix}{digits}")[..12].to_owned())
}

/// The ISBN that starts with these twelve digits, found by trying.
fn isbn_of(twelve: &str) -> Isbn {
    let valid: Vec<Isbn> = (0..10)
        .filter_map(|check| Isbn::parse(&format!("{twelve}{check}")).ok())
        .collect();
    assert_eq!(valid.len(), 1, "exactly one check digit fits {twelve}");
    valid[0]
}

macro_rules! canonical {
    ($type:ty, $text:expr) => {
        if let Ok(value) = <$type>::parse($text) {
            let written = value.to_string();
            prop_assert_eq!(&<$type>::parse(&written).unwrap(), &value);
            let json = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(&serde_json::from_str::<$type>(&json).unwrap(), &value);
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_has_a_slug_that_is_one(text in a_text()) {
        let slug = Slug::from_title(&text);
        prop_assert_eq!(Slug::parse(slug.as_str()).unwrap(), slug.clone());
        prop_assert_eq!(&Slug::from_title(slug.as_str()), &slug);
        prop_assert!(slug.as_str().len() <= 80);
        prop_assert!(Uuid::try_parse(slug.as_str()).is_err());
    }

    #[test]
    fn any_number_behind_a_slug_makes_another_slug(text in a_text(), one in any::<u32>(), other in any::<u32>()) {
        let slug = Slug::from_title(&text);
        let numbered = slug.with_suffix(one);
        prop_assert_eq!(Slug::parse(numbered.as_str()).unwrap(), numbered.clone());
        prop_assert!(numbered.as_str().rsplit('-').next() == Some(one.to_string().as_str()));
        prop_assert_eq!(numbered == slug.with_suffix(other), one == other);
    }

    #[test]
    fn what_a_value_writes_it_reads_back(text in a_text()) {
        canonical!(TitleName, &text);
        canonical!(ShortText, &text);
        canonical!(PersonName, &text);
        canonical!(LongText, &text);
        canonical!(SourceName, &text);
        canonical!(SourceRecordId, &text);
        canonical!(WebUrl, &text);
        canonical!(WebUrl, &format!("//{text}"));
        canonical!(LanguageTag, &text);
        canonical!(Year, &text);
        canonical!(Isbn, &text);
        canonical!(ContentHash, &text);
    }

    #[test]
    fn short_codes_that_are_languages_are_written_canonically(text in "[a-zA-Z]{2,3}([-_]([a-zA-Z]{4}|[a-zA-Z]{2}|[0-9]{3})){0,2}") {
        canonical!(LanguageTag, &text);
    }

    #[test]
    fn web_addresses_are_written_canonically(text in "(https?:|HTTP:)?//[a-zA-Z0-9.-]{1,12}(:[0-9]{1,5})?[/?#][!-~]{0,10}") {
        canonical!(WebUrl, &text);
    }

    #[test]
    fn tidy_names_have_no_blanks_at_the_ends_and_no_runs(text in a_text()) {
        if let Ok(name) = TitleName::parse(&text) {
            prop_assert_eq!(name.as_str().trim(), name.as_str());
            prop_assert!(!name.as_str().contains("  "));
            prop_assert!(!name.as_str().chars().any(char::is_control));
            prop_assert!((1..=500).contains(&name.as_str().chars().count()));
        }
    }

    #[test]
    fn an_isbn_and_its_ten_character_form_are_one(twelve in a_number()) {
        let isbn = isbn_of(&twelve);
        match isbn.to_isbn10() {
            Some(ten) => {
                prop_assert_eq!(Isbn::parse(&ten), Ok(isbn));
                prop_assert_eq!(Isbn::parse(&ten.to_lowercase()), Ok(isbn));
                let bare = ten.trim_start_matches('0');
                if bare.len() >= 6 {
                    prop_assert_eq!(Isbn::recover_isbn10(bare).map(|found| found.isbn), Ok(isbn));
                }
            }
            None => prop_assert!(twelve.starts_with("979")),
        }
        prop_assert_eq!(Isbn::parse(&isbn.hyphenated()), Ok(isbn));
    }

    #[test]
    fn one_wrong_digit_is_always_noticed(twelve in a_number(), place in 3usize..13, shift in 1u8..10) {
        let mut digits = isbn_of(&twelve).as_str13().as_bytes().to_vec();
        digits[place] = b'0' + (digits[place] - b'0' + shift) % 10;
        let mistyped = String::from_utf8(digits).unwrap();
        // The 979-0 range belongs to music; a changed fourth digit may land there.
        prop_assert!(Isbn::parse(&mistyped).is_err(), "{}", mistyped);
    }

    #[test]
    fn a_float_of_an_isbn_gives_it_back_or_names_it(twelve in a_number()) {
        let isbn = isbn_of(&twelve);
        let number: f64 = isbn.as_str13().parse().unwrap();
        let float = format!("{number:.11e}").replace('e', "e+");
        prop_assert!(isbn.agrees_with_float13(&float), "{}", float);
        match Isbn::recover_from_float13(&float) {
            Ok(found) => prop_assert_eq!(found, isbn),
            Err(accession_events::values::FloatIsbnError::Ambiguous { candidates: (one, other), .. }) => {
                prop_assert!(one == isbn || other == isbn);
            }
            // Only zeros at the end of what is left can make it too short.
            Err(error) => prop_assert!(float.contains("0e+"), "{}", error),
        }
    }
}
