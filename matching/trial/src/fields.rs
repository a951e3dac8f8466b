//! Reads the fields of crawled tables: dates of any shape, pages in a physical description, publication statements.
//!
//! Never knows a data set: what it reads is what such columns hold everywhere.

/// Empty cells as the tables write them.
#[must_use]
pub(crate) fn clean(cell: &str) -> Option<&str> {
    let text = cell.trim().trim_matches('"').trim();
    let empty = matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "nan" | "none" | "null" | "n/a"
    );
    (!empty).then_some(text)
}

/// The last year of four digits, or that of `7/8/14`.
#[must_use]
pub(crate) fn year(text: &str) -> Option<u16> {
    let numbers: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let full = numbers
        .iter()
        .rev()
        .filter(|part| part.len() == 4)
        .filter_map(|part| part.parse().ok());
    let mut full = full.filter(|year| (1000..=2100).contains(year));
    full.next().or_else(|| match numbers.as_slice() {
        [_, _, short] if text.contains('/') && short.len() == 2 => {
            let short: u16 = short.parse().ok()?;
            Some(if short < 30 {
                2000 + short
            } else {
                1900 + short
            })
        }
        _ => None,
    })
}

/// The greatest number of pages that a text names: `xv, 227 p.`, `1 online resource (272 pages)`, `384`.
#[must_use]
pub(crate) fn pages(text: &str) -> Option<u32> {
    if let Ok(number) = text.trim().trim_end_matches(".0").parse::<f64>() {
        let whole = format!("{number:.0}");
        return whole.parse().ok();
    }
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    let named = pairs
        .filter(|(_, unit)| matches!(**unit, "p" | "pages" | "pp" | "leaves" | "page" | "min"));
    named.filter_map(|(number, _)| number.parse().ok()).max()
}

/// `Berlin ; New York : Springer, [1994] ©1994`: the publisher between the colon and the date.
#[must_use]
pub(crate) fn publisher_of(statement: &str) -> Option<&str> {
    let (_, after) = statement.split_once(" : ")?;
    let name = after.split(',').next()?.trim();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_shapes_have_a_year() {
        for (text, wanted) in [
            ("May 26th 2011", Some(2011)),
            ("7/8/14", Some(2014)),
            ("9/28/81", Some(1981)),
            ("Jul. 3rd, 2010", Some(2010)),
            ("Berlin : Springer, [2013] ©2012", Some(2012)),
            ("Cham", None),
        ] {
            assert_eq!(year(text), wanted, "{text}");
        }
    }

    #[test]
    fn pages_and_publishers_are_found() {
        assert_eq!(pages("xv, 227 p."), Some(227));
        assert_eq!(pages("1 online resource (xvi, 272 pages)"), Some(272));
        assert_eq!(pages("384"), Some(384));
        assert_eq!(pages("1 online resource"), None);
        assert_eq!(
            publisher_of("Berlin ; New York : Springer, 2006."),
            Some("Springer")
        );
        assert_eq!(publisher_of("Berlin"), None);
        assert_eq!(clean("\"nan\""), None);
    }
}
