//! Cataloguers' punctuation: taken off the ends of what it stands between, never out of the middle.

/// A title without the sign that leads to the next part: ` /`, ` :`, ` =`, ` ;`, ` ,`.
pub(super) fn part_of_title(text: &str) -> &str {
    let text = text
        .trim()
        .trim_end_matches(['/', ':', '=', ';', ','])
        .trim_end();
    // A full stop ends the description, three are part of the title.
    match text.strip_suffix('.') {
        Some(short) if !short.ends_with('.') && !ends_in_initial(short) => short.trim_end(),
        _ => text,
    }
}

/// A name of a person, place or publisher without the comma, colon or full stop behind it; initials keep theirs.
pub(super) fn name(text: &str) -> &str {
    let text = text
        .trim()
        .trim_end_matches([',', ':', ';', '/'])
        .trim_end();
    match text.strip_suffix('.') {
        Some(short) if !ends_in_initial(short) => short.trim_end(),
        _ => text,
    }
}

/// Whether the last word is one letter or an abbreviation such as `Jr`: then the full stop belongs to it.
fn ends_in_initial(text: &str) -> bool {
    let last = text.rsplit([' ', '.', '-']).next().unwrap_or_default();
    let is_one_letter = last.chars().count() == 1 && last.chars().all(char::is_alphabetic);
    is_one_letter
        || [
            "Jr", "Sr", "St", "Inc", "Ltd", "Co", "etc", "Dr", "Mrs", "Mr",
        ]
        .contains(&last)
}

/// The number before `p`, `pages`, `S.` or `leaves` in the extent of a book; volumes are no pages.
pub(super) fn pages(extent: &str) -> Option<u32> {
    let words: Vec<&str> = extent
        .split([' ', ',', '(', ')', ';', ':'])
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        let unit = unit.trim_end_matches('.').to_lowercase();
        let is_page = [
            "p", "pp", "pages", "page", "s", "seiten", "pgs", "leaves", "leaf", "с", "str",
        ]
        .contains(&unit.as_str());
        is_page
            .then(|| number.trim_matches(['[', ']']).parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_at_the_end_goes_and_initials_stay() {
        for (given, wanted) in [
            ("A book /", "A book"),
            ("A book :", "A book"),
            ("A book.", "A book"),
            ("And then...", "And then..."),
            ("Vitamin C.", "Vitamin C."),
        ] {
            assert_eq!(part_of_title(given), wanted);
        }
        for (given, wanted) in [
            ("Author, Ann,", "Author, Ann"),
            ("Tolkien, J. R. R.", "Tolkien, J. R. R."),
            ("Press :", "Press"),
            ("King, Martin Luther, Jr.", "King, Martin Luther, Jr."),
        ] {
            assert_eq!(name(given), wanted);
        }
    }

    #[test]
    fn pages_are_told_from_volumes() {
        assert_eq!(pages("xii, 356 p. :"), Some(356));
        assert_eq!(pages("[12] p., 2 v."), Some(12));
        assert_eq!(pages("3 v. ;"), None);
        assert_eq!(pages("1 online resource (240 pages)"), Some(240));
    }
}
