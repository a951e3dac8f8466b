//! Texts in other encodings than UTF-8, decoded as they are read.
//!
//! A declared encoding is believed; none is guessed here but Windows-1252, for single texts that are no UTF-8.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

const CHUNK: usize = 16 * 1024;

/// The encoding that the first bytes declare: by a byte order mark, or by an XML declaration. UTF-8 when none does.
pub(crate) fn declared(sample: &[u8]) -> Result<&'static Encoding, String> {
    if let Some((marked, _)) = Encoding::for_bom(sample) {
        return Ok(marked);
    }
    if sample.starts_with(b"<\0?\0") {
        return Ok(UTF_16LE);
    }
    if sample.starts_with(b"\0<\0?") {
        return Ok(UTF_16BE);
    }
    let Some(label) = xml_label(sample) else {
        return Ok(UTF_8);
    };
    match Encoding::for_label(label.as_bytes()) {
        // A declaration that can be read byte by byte is no UTF-16, whatever it says.
        Some(found) if found == UTF_16LE || found == UTF_16BE => Ok(UTF_8),
        Some(found) => Ok(found),
        None => Err(format!(
            "the file says that it is written in `{label}`, which is no encoding this importer knows"
        )),
    }
}

/// `encoding="…"` of an XML declaration.
fn xml_label(sample: &[u8]) -> Option<String> {
    let text = sample.trim_ascii_start();
    if !text.starts_with(b"<?xml") {
        return None;
    }
    let end = text.windows(2).position(|pair| pair == b"?>")?;
    let declaration = String::from_utf8_lossy(text.get(..end)?).into_owned();
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    value.split(quote).nth(1).map(str::to_owned)
}

/// A text as it is, or read as Windows-1252 when it is no UTF-8; the flag tells which.
pub(crate) fn text_of(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    }
}

/// Gives UTF-8 whatever is put in; bytes that the encoding does not know become `�`.
pub(crate) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// What of `input` has not been decoded.
    pending: (usize, usize),
    at_end: bool,
    finished: bool,
    output: Vec<u8>,
    given: usize,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; CHUNK],
            pending: (0, 0),
            at_end: false,
            finished: false,
            output: Vec::new(),
            given: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.pending.0 == self.pending.1 && !self.at_end {
            let count = self.inner.read(&mut self.input)?;
            self.pending = (0, count);
            self.at_end = count == 0;
        }
        let source = self
            .input
            .get(self.pending.0..self.pending.1)
            .unwrap_or_default();
        self.output.resize(CHUNK * 3 + 16, 0);
        let (result, read, written, _) =
            self.decoder
                .decode_to_utf8(source, &mut self.output, self.at_end);
        self.pending.0 += read;
        self.output.truncate(written);
        self.given = 0;
        self.finished = self.at_end && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if self.finished {
                return Ok(0);
            }
            self.refill()?;
        }
        let ready = self.output.get(self.given..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> String {
        let encoding = declared(bytes).unwrap();
        let mut text = String::new();
        Decoded::new(bytes, encoding)
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn a_declared_encoding_is_believed() {
        assert_eq!(decoded(b"\xff\xfeT\0\xe9\0"), "Té");
        assert_eq!(decoded(b"\xef\xbb\xbfT"), "T");
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9</a>";
        assert!(decoded(latin).contains("café"));
        let odd = declared(b"<?xml version=\"1.0\" encoding=\"klingon\"?>").unwrap_err();
        assert!(odd.contains("klingon"), "{odd}");
    }

    #[test]
    fn long_texts_are_decoded_piece_by_piece() {
        let text = "é".repeat(100_000);
        let mut bytes = b"\xfe\xff".to_vec();
        bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        assert_eq!(decoded(&bytes), text);
    }

    #[test]
    fn a_text_that_is_no_utf8_is_read_as_windows_1252_and_says_so() {
        assert_eq!(text_of("né".as_bytes()), (Cow::Borrowed("né"), false));
        assert_eq!(
            text_of(b"n\xe9 \x80"),
            (Cow::Owned("né €".to_owned()), true)
        );
    }
}
