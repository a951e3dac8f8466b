//! What a file looks like by its first bytes, so that a wrong file is one clear sentence and not ten thousand bad rows.
//!
//! Never trusts a file's name.

/// How many bytes are looked at.
pub(crate) const SAMPLE: usize = 4096;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing at all.
    Empty,
    /// Text that is none of the below: CSV, tab-separated or prose.
    Text,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// A web page.
    Html,
    /// MARC 21 in its binary form.
    Marc,
    /// A PDF document.
    Pdf,
    /// A ZIP archive, which spreadsheets, text documents and e-books are too.
    Zip,
    /// Gzip inside gzip.
    Gzip,
    /// Another binary file.
    Binary,
}

impl Look {
    /// In words, with an article.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Empty => "an empty file",
            Self::Text => "a text file",
            Self::Json => "a JSON file",
            Self::Xml => "an XML file",
            Self::Html => "a web page",
            Self::Marc => "a binary MARC 21 file",
            Self::Pdf => "a PDF document",
            Self::Zip => {
                "a ZIP archive (or a spreadsheet, document or e-book, which are ZIP archives)"
            }
            Self::Gzip => "a gzip file inside a gzip file",
            Self::Binary => "a binary file",
        }
    }

    /// Looks at the first bytes.
    pub(crate) fn of(sample: &[u8]) -> Self {
        let magic: [(&[u8], Self); 7] = [
            (b"%PDF", Self::Pdf),
            (b"PK\x03\x04", Self::Zip),
            (b"PK\x05\x06", Self::Zip),
            (b"\x1f\x8b", Self::Gzip),
            (b"\x89PNG", Self::Binary),
            (b"\xff\xd8\xff", Self::Binary),
            (b"\xd0\xcf\x11\xe0", Self::Binary),
        ];
        if let Some((_, look)) = magic.iter().find(|(magic, _)| sample.starts_with(magic)) {
            return *look;
        }
        if is_utf16(sample) {
            return Self::of_text(&narrowed(sample));
        }
        let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
        Self::of_text(text)
    }

    fn of_text(sample: &[u8]) -> Self {
        let text = sample.trim_ascii_start();
        if text.is_empty() {
            return Self::Empty;
        }
        if is_marc(text) {
            return Self::Marc;
        }
        if text.contains(&0) {
            return Self::Binary;
        }
        match text.first() {
            Some(b'<') if is_html(text) => Self::Html,
            Some(b'<') => Self::Xml,
            Some(b'{' | b'[') => Self::Json,
            _ => Self::Text,
        }
    }
}

/// Whether the sample begins with the mark of UTF-16.
pub(crate) fn is_utf16(sample: &[u8]) -> bool {
    sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff")
}

/// The ASCII of a UTF-16 text, enough to look at.
fn narrowed(sample: &[u8]) -> Vec<u8> {
    let body = sample.iter().skip(2);
    body.copied().filter(|byte| *byte != 0).collect()
}

/// A leader gives the record's length in five digits, ends in `4500` or nearly so, and fields end with byte 30.
fn is_marc(text: &[u8]) -> bool {
    let is_digits = |part: Option<&[u8]>| {
        part.is_some_and(|part| {
            part.iter()
                .all(|byte| byte.is_ascii_digit() || *byte == b' ')
        })
    };
    let (length, base) = (is_digits(text.get(..5)), is_digits(text.get(12..17)));
    // A long directory fills the sample: then the whole leader must look like one.
    let delimited = text.contains(&0x1e) || text.contains(&0x1f);
    let leads = text.get(10..12) == Some(b"22") && text.get(20..22) == Some(b"45");
    (delimited && (length || base)) || (leads && length && base)
}

fn is_html(text: &[u8]) -> bool {
    let head: Vec<u8> = text.iter().take(512).map(u8::to_ascii_lowercase).collect();
    head.starts_with(b"<!doctype html") || head.windows(5).any(|part| part == b"<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (sample, look) in [
            (b"%PDF-1.7 ...".as_slice(), Look::Pdf),
            (b"PK\x03\x04....", Look::Zip),
            (b"\x1f\x8b\x08", Look::Gzip),
            (b"", Look::Empty),
            (b" \n\t", Look::Empty),
            (b"\xef\xbb\xbfTitle,Author\n", Look::Text),
            (b"<?xml version=\"1.0\"?><a/>", Look::Xml),
            (b"<!DOCTYPE html><html>", Look::Html),
            (b"  {\"a\":1}", Look::Json),
            (
                b"00098nam a2200049 a 4500001000200000\x1e1\x1e\x1d",
                Look::Marc,
            ),
            (
                b"23375nas  2218229   4500001000700000003500110000",
                Look::Marc,
            ),
            (b"ab\0\0cd", Look::Binary),
            (b"\xff\xfeT\0i\0t\0l\0e\0", Look::Text),
        ] {
            assert_eq!(Look::of(sample), look, "{sample:?}");
        }
    }
}
