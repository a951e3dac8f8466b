//! A typed text in pieces: words, quoted parts, and what follows a field and a colon.
//!
//! Knows nothing of which fields there are.

/// A part of a typed text.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) field: Option<String>,
    pub(super) text: String,
    pub(super) quoted: bool,
}

/// Parts at spaces outside of quotes; a quote that is never closed ends with the text and is no quote.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (piece, left) = piece(rest);
        if !piece.text.is_empty() || piece.field.is_some() {
            out.push(piece);
        }
        rest = left.trim_start();
    }
    out
}

fn piece(rest: &str) -> (Piece, &str) {
    if let Some((inside, left)) = quoted(rest) {
        let piece = Piece {
            field: None,
            text: inside.to_owned(),
            quoted: true,
        };
        return (piece, left);
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (word, _) = rest.split_at(end);
    if let Some((name, value)) = word.split_once(':').filter(|(name, value)| {
        !value.is_empty()
            && !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphabetic())
    }) {
        let after = rest.get(name.len() + 1..).unwrap_or_default();
        if let Some((inside, left)) = quoted(after) {
            let piece = Piece {
                field: Some(name.to_owned()),
                text: inside.to_owned(),
                quoted: true,
            };
            return (piece, left);
        }
        let text = value.replace('"', " ");
        let piece = Piece {
            field: Some(name.to_owned()),
            text,
            quoted: false,
        };
        return (piece, rest.get(end..).unwrap_or_default());
    }
    let text = word.replace('"', " ").trim().to_owned();
    (
        Piece {
            field: None,
            text,
            quoted: false,
        },
        rest.get(end..).unwrap_or_default(),
    )
}

fn quoted(rest: &str) -> Option<(&str, &str)> {
    let inside = rest.strip_prefix('"')?;
    inside.split_once('"')
}
