//! A file as a flat run of tokens with line numbers, so that a rule sees into macro bodies too.
//! Never a string or a comment: what is merely said is no violation.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One token; groups become an opening and a closing token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A view of the tokens that never panics at either end.
#[derive(Debug, Clone)]
pub(crate) struct Tokens(Vec<Token>);

impl Tokens {
    pub(crate) fn of(stream: TokenStream) -> Self {
        let mut flat = Vec::new();
        flatten(stream, &mut flat);
        Self(flat)
    }

    /// Each token with its index.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Token)> {
        self.0.iter().enumerate()
    }

    /// The text at an index; empty beyond either end.
    pub(crate) fn text(&self, index: usize) -> &str {
        self.0.get(index).map_or("", |token| token.text.as_str())
    }

    /// The text `back` tokens before an index; empty before the first.
    pub(crate) fn before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |index| self.text(index))
    }

    /// Whether the tokens from `index` on read like `texts`.
    pub(crate) fn reads(&self, index: usize, texts: &[&str]) -> bool {
        texts
            .iter()
            .enumerate()
            .all(|(offset, text)| self.text(index + offset) == *text)
    }

    /// The tokens of every attribute, brackets excluded.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &[Token]> {
        self.iter().filter_map(|(index, token)| {
            if token.text != "#" {
                return None;
            }
            let open = index + if self.text(index + 1) == "!" { 2 } else { 1 };
            (self.text(open) == "[").then(|| self.inside(open))
        })
    }

    /// What lies between the opening token at `open` and its partner.
    pub(crate) fn inside(&self, open: usize) -> &[Token] {
        let mut depth = 0_usize;
        let rest = self.0.get(open..).unwrap_or_default();
        let end = rest.iter().position(|token| {
            match token.text.as_str() {
                "[" | "(" | "{" => depth += 1,
                "]" | ")" | "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        rest.get(1..end.unwrap_or(rest.len())).unwrap_or_default()
    }
}

impl From<&[Token]> for Tokens {
    fn from(tokens: &[Token]) -> Self {
        Self(tokens.to_vec())
    }
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    // A group without delimiters exists only in macro output, never in a file.
                    Delimiter::Bracket | Delimiter::None => ("[", "]"),
                };
                flat.push(Token {
                    text: open.into(),
                    line,
                });
                flatten(group.stream(), flat);
                flat.push(Token {
                    text: close.into(),
                    line: group.span_close().end().line,
                });
            }
            other => flat.push(Token {
                text: other.to_string(),
                line,
            }),
        }
    }
}
