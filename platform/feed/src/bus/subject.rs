//! A stream's name as a subject, `<root>.<context>.<aggregate>.<id>`, and back without a loss.
//! Whatever a name holds, it never adds a token, a wildcard or a space.

use std::fmt::Write;

use accession_events::StreamName;

/// Stands for an empty part: no escaped text is a lone `%`.
const EMPTY: &str = "%";
/// Stands for the aggregate of a type without a dot.
const ABSENT: &str = "%%";

/// The subject of a stream's events.
pub(crate) fn subject_of(root: &str, stream: &StreamName) -> String {
    let names = stream.aggregate_type.len() + stream.aggregate_id.len();
    let mut subject = String::with_capacity(root.len() + names + 3);
    subject.push_str(root);
    if let Some((context, aggregate)) = stream.aggregate_type.split_once('.') {
        push_token(&mut subject, context);
        push_token(&mut subject, aggregate);
    } else {
        push_token(&mut subject, &stream.aggregate_type);
        subject.push('.');
        subject.push_str(ABSENT);
    }
    push_token(&mut subject, &stream.aggregate_id);
    subject
}

/// The stream whose events have this subject; None when it is none of ours.
pub(crate) fn stream_of(root: &str, subject: &str) -> Option<StreamName> {
    let mut tokens = subject.strip_prefix(root)?.strip_prefix('.')?.split('.');
    let (context, aggregate, id) = (tokens.next()?, tokens.next()?, tokens.next()?);
    if tokens.next().is_some() {
        return None;
    }
    let context = read_token(context)?;
    let aggregate_type = match aggregate {
        ABSENT => context,
        aggregate => format!("{context}.{}", read_token(aggregate)?),
    };
    Some(StreamName::new(&aggregate_type, read_token(id)?))
}

fn push_token(subject: &mut String, text: &str) {
    subject.push('.');
    if text.is_empty() {
        subject.push_str(EMPTY);
    }
    push_escaped(subject, text, |c| {
        c.is_ascii_alphanumeric() || c == '-' || c == '_'
    });
}

fn read_token(token: &str) -> Option<String> {
    if token == EMPTY {
        Some(String::new())
    } else {
        unescape(token)
    }
}

/// Appends `text`, with every character that is not `safe` as `%XX` for each of its bytes.
pub(crate) fn push_escaped(out: &mut String, text: &str, safe: impl Fn(char) -> bool) {
    for c in text.chars() {
        if safe(c) && c != '%' {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// Undoes [`push_escaped`]; None when `text` was not made by it.
pub(crate) fn unescape(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let (pair, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use accession_events::StreamName;
    use proptest::prelude::*;

    use super::{stream_of, subject_of};

    #[test]
    fn an_ordinary_stream_reads_as_it_is_called() {
        let stream = StreamName::new("catalog.title", "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c");
        assert_eq!(
            subject_of("accession.events", &stream),
            "accession.events.catalog.title.0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c"
        );
    }

    #[test]
    fn a_subject_that_we_never_wrote_is_no_stream() {
        for subject in [
            "accession.events.catalog.title",
            "accession.events.a.b.c.d",
            "accession.eventsa.b.c",
            "other.a.b.c",
            "accession.events.a.b.%G1",
            "accession.events.a.b.%4",
            "accession.events.a.b.%FF",
        ] {
            assert_eq!(stream_of("accession.events", subject), None, "{subject}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back_and_stays_within_its_token(kind in ".{0,12}", id in ".{0,12}") {
            let stream = StreamName::new(&kind, &id);
            let subject = subject_of("a", &stream);
            prop_assert_eq!(subject.split('.').count(), 4);
            prop_assert!(!subject.contains(['*', '>', ' ', '\t', '\r', '\n']));
            prop_assert!(subject.split('.').all(|token| !token.is_empty()));
            prop_assert_eq!(stream_of("a", &subject), Some(stream));
        }
    }
}
