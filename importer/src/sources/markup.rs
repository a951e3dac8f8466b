//! Texts that came with HTML in them, as plain text. Never keeps a tag, so never a script.

use accession_events::values::decode_entities;

use super::book::squeezed;

/// A text without HTML tags: what stands between angle brackets goes, paragraphs stay apart.
pub(super) fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        words.push_str(before);
        let is_tag = behind
            .starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '/' || sign == '!');
        let Some((tag, after)) = behind.split_once('>').filter(|_| is_tag) else {
            words.push('<');
            rest = behind;
            continue;
        };
        let tag = tag.trim_start_matches('/').to_ascii_lowercase();
        let breaks = ["p", "br", "li", "div"];
        if breaks.iter().any(|name| tag.starts_with(name)) {
            words.push('\n');
        }
        rest = after;
    }
    words.push_str(rest);
    let text = decode_entities(&words).into_owned();
    let lines = text.lines().map(squeezed).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_paragraphs_stay_apart_and_a_sign_of_comparison_stays() {
        assert_eq!(
            plain("<p>One &amp; <em>two</em>.</p><p>3 < 4<br/>five</p>"),
            "One & two.\n3 < 4\nfive"
        );
        assert_eq!(plain("no <unclosed"), "no <unclosed");
    }
}
