//! ISBNs in one form: thirteen digits, whatever spelling came in.
//!
//! Checks check digits only to tell an ISBN from a number that is none; never knows publishers.

/// The thirteen digits of an ISBN in any spelling (10 or 13, hyphens, spaces), if it is one.
pub(crate) fn isbn13(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(13);
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            'x' | 'X' if digits.len() == 9 => digits.push('X'),
            '-' | ' ' | '\u{2010}'..='\u{2015}' | '\u{a0}' => {}
            _ => return None,
        }
        if digits.len() > 13 {
            return None;
        }
    }
    match digits.len() {
        10 if sound10(&digits) => digits.get(..9).map(from_nine),
        13 if check13(digits.get(..12)?) == digits.chars().last() => Some(digits),
        _ => None,
    }
}

fn from_nine(nine: &str) -> String {
    let mut made = format!("978{nine}");
    made.extend(check13(&made));
    made
}

fn sound10(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .zip((1..=10).rev())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(10) * weight)
        .sum();
    sum.is_multiple_of(11)
}

fn check13(twelve: &str) -> Option<char> {
    let sum: u32 = twelve
        .chars()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_isbn_is_the_same() {
        let want = Some("9780439023481".to_owned());
        for spelling in [
            "0439023483",
            "0-439-02348-3",
            "978-0-439-02348-1",
            "978 0439023481",
        ] {
            assert_eq!(isbn13(spelling), want, "{spelling}");
        }
        assert_eq!(isbn13("080442957X"), isbn13("9780804429573"));
    }

    #[test]
    fn a_number_with_a_wrong_check_digit_is_no_isbn() {
        assert_eq!(isbn13("0439023484"), None);
        assert_eq!(isbn13("9780439023482"), None);
        assert_eq!(isbn13("1984"), None);
    }
}
