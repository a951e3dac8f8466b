//! ISBNs as other libraries' test suites and real catalogues write them; never judged by our own code alone.

use accession_events::values::Isbn;
use serde::Deserialize;

use super::shared_data::rows;

#[derive(Debug, Deserialize)]
struct Vector {
    input: String,
    expected: String,
    detail: String,
}

#[test]
fn what_other_libraries_expect_of_an_isbn_holds_here() {
    let Some(vectors) = rows::<Vector>("isbn/isbn_vectors.csv") else {
        return;
    };
    let mut wrong = Vec::new();
    for Vector {
        input,
        expected,
        detail,
    } in &vectors
    {
        let isbn = Isbn::parse(input);
        let right = match (expected.as_str(), detail.split_once('=')) {
            ("valid", Some(("asIsbn10" | "to_isbn10", ten))) => {
                isbn.as_ref().ok().and_then(Isbn::to_isbn10) == Some(ten.replace('-', ""))
            }
            ("valid", Some(("asIsbn13" | "to_isbn13", thirteen))) => isbn
                .as_ref()
                .is_ok_and(|isbn| isbn.as_str13() == thirteen.replace('-', "")),
            ("valid", Some(("hyphenate", hyphens))) => isbn
                .as_ref()
                .is_ok_and(|isbn| isbn.hyphenated().contains(&hyphens[..hyphens.len() - 1])),
            ("valid", _) => isbn.is_ok(),
            ("invalid", _) => isbn.is_err(),
            ("no-isbn10-form", _) => isbn.as_ref().ok().and_then(Isbn::to_isbn10).is_none(),
            // Suspicious by group, not by form: whether they are valid is the check digit's business.
            _ => true,
        };
        if !right {
            wrong.push((input, expected, detail, isbn));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        vectors.len()
    );
}

#[derive(Debug, Deserialize)]
struct Wild {
    input: String,
    python_stdnum: String,
    isbn13_found_by_isbnlib: String,
}

#[test]
fn strings_of_real_catalogues_get_the_verdict_of_strict_and_tolerant_libraries() {
    let Some(strings) = rows::<Wild>("isbn/isbn_strings_in_the_wild.csv") else {
        return;
    };
    let (mut accepted, mut wrong) = (0, Vec::new());
    for wild in &strings {
        let isbn = Isbn::parse(&wild.input);
        accepted += usize::from(isbn.is_ok());
        let right = match &isbn {
            // What we accept, the tolerant library finds too, and it is the same number.
            Ok(isbn) => isbn.as_str13() == wild.isbn13_found_by_isbnlib,
            // What we refuse, the strict library refuses too.
            Err(_) => wild.python_stdnum == "invalid",
        };
        if !right {
            wrong.push((wild, isbn));
        }
    }
    eprintln!(
        "{accepted} of {} strings are an ISBN and nothing else",
        strings.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        strings.len()
    );
}
