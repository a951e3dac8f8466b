//! The binary form of MARC: records that end in byte 29, with a directory of fields in front.
//!
//! Records are cut at their terminators and not by the lengths in their leaders, which are often wrong; so a broken record
//! never takes its neighbours along. A wrong length or base address is mended and noted, a directory that contradicts the
//! fields is read by the fields' terminators when their number agrees; anything else is refused with what is wrong.
//!
//! Own code on purpose: the crates that read this form either trust the leader for framing or decode MARC-8 in the wrong
//! order (see `marc8`). Never holds more than one record.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use super::marc8;
use super::{Field, MarcRecord};
use crate::record::Reject;
use crate::sources::UnreadableInput;

const RECORD_END: u8 = 0x1d;
const FIELD_END: u8 = 0x1e;
const SUBFIELD: u8 = 0x1f;
const LEADER: usize = 24;
const ENTRY: usize = 12;
/// Ten times what the format allows: records that are too long for their own length field are real.
const LONGEST: usize = 1_000_000;

/// The records of a file.
pub(crate) struct Records {
    input: BufReader<Box<dyn Read + Send>>,
    finished: bool,
}

/// A record, or why it cannot be read.
pub(crate) type Parsed = Result<MarcRecord, Reject>;

impl Records {
    pub(crate) fn new(input: Box<dyn Read + Send>) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            finished: false,
        }
    }

    /// The bytes up to the next terminator, and whether there was one.
    fn cut(&mut self) -> std::io::Result<Cut> {
        let mut bytes = Vec::new();
        loop {
            let ready = self.input.fill_buf()?;
            if ready.is_empty() {
                return Ok(Cut::End(bytes));
            }
            let end = ready.iter().position(|byte| *byte == RECORD_END);
            let taken = end.map_or(ready.len(), |end| end + 1);
            if bytes.len() <= LONGEST {
                bytes.extend(ready.get(..end.unwrap_or(taken)).unwrap_or_default());
            }
            self.input.consume(taken);
            if end.is_some() {
                return Ok(if bytes.len() > LONGEST {
                    Cut::TooLong
                } else {
                    Cut::Record(bytes)
                });
            }
        }
    }
}

enum Cut {
    Record(Vec<u8>),
    TooLong,
    End(Vec<u8>),
}

impl Iterator for Records {
    type Item = Result<Parsed, UnreadableInput>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        match self.cut() {
            Ok(Cut::Record(bytes)) => Some(Ok(parse(without_padding(&bytes)))),
            Ok(Cut::TooLong) => Some(Ok(Err(too_long()))),
            Ok(Cut::End(bytes)) => {
                self.finished = true;
                let rest = without_padding(&bytes);
                let is_blank = rest
                    .iter()
                    .all(|byte| byte.is_ascii_whitespace() || *byte == 0 || *byte == 0x1a);
                (!is_blank).then(|| Ok(Err(cut_off(rest.len()))))
            }
            Err(error) => {
                self.finished = true;
                Some(Err(UnreadableInput::new(format!(
                    "the file cannot be read to its end: {error}"
                ))))
            }
        }
    }
}

fn too_long() -> Reject {
    Reject::new(
        "too_long",
        format!("the record is longer than {LONGEST} bytes; MARC allows 99,999"),
    )
}

fn cut_off(found: usize) -> Reject {
    Reject::new(
        "cut_off",
        format!("the file ends inside a record: its last {found} bytes have no record terminator"),
    )
}

/// Line ends and zero bytes that some systems put between records.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let first = bytes
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n' | 0 | 0x1a));
    first
        .and_then(|first| bytes.get(first..))
        .unwrap_or_default()
}

fn parse(bytes: &[u8]) -> Parsed {
    let leader = bytes.get(..LEADER).ok_or_else(|| {
        Reject::new(
            "bad_leader",
            format!(
                "the record has {} bytes; a leader alone has {LEADER}",
                bytes.len()
            ),
        )
    })?;
    let mut record = MarcRecord {
        leader: leader.iter().map(|byte| printable(*byte)).collect(),
        ..MarcRecord::default()
    };
    let rest = bytes.get(LEADER..).unwrap_or_default();
    let directory_end = rest
        .iter()
        .position(|byte| *byte == FIELD_END)
        .ok_or_else(|| {
            Reject::new(
                "bad_directory",
                "the directory does not end: there is no field terminator",
            )
        })?;
    let directory = rest.get(..directory_end).unwrap_or_default();
    let data = rest.get(directory_end + 1..).unwrap_or_default();
    if number(leader.get(..5)) != Some(bytes.len() + 1)
        || number(leader.get(12..17)) != Some(LEADER + directory_end + 1)
    {
        record.mend("leader_mended");
    }
    let raw = fields(directory, data, &mut record)?;
    decode(&raw, &mut record);
    Ok(record.without_controls())
}

fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() {
        char::from(byte)
    } else {
        ' '
    }
}

fn number(digits: Option<&[u8]>) -> Option<usize> {
    std::str::from_utf8(digits?).ok()?.trim().parse().ok()
}

/// Tags with the bytes of their fields, without the terminators.
type Raw<'a> = Vec<(String, &'a [u8])>;

fn fields<'a>(
    directory: &[u8],
    data: &'a [u8],
    record: &mut MarcRecord,
) -> Result<Raw<'a>, Reject> {
    if !directory.len().is_multiple_of(ENTRY) {
        let detail = format!(
            "the directory has {} bytes; expected a multiple of {ENTRY}",
            directory.len()
        );
        return Err(Reject::new("bad_directory", detail));
    }
    let entries: Vec<&[u8]> = directory.chunks(ENTRY).collect();
    let exact: Option<Raw<'a>> = entries.iter().map(|entry| exactly(entry, data)).collect();
    if let Some(exact) = exact {
        return Ok(exact);
    }
    let mut pieces: Vec<&[u8]> = data.split(|byte| *byte == FIELD_END).collect();
    if pieces.last().is_some_and(|last| last.is_empty()) {
        pieces.pop();
    }
    if pieces.len() != entries.len() {
        let detail = format!(
            "the directory lists {} fields and {} are there, and their places disagree",
            entries.len(),
            pieces.len()
        );
        return Err(Reject::new("bad_directory", detail));
    }
    record.mend("directory_mended");
    Ok(entries.iter().map(|entry| tag(entry)).zip(pieces).collect())
}

/// The field that an entry points to, if it stands between terminators.
fn exactly<'a>(entry: &[u8], data: &'a [u8]) -> Option<(String, &'a [u8])> {
    let length = number(entry.get(3..7))?;
    let start = number(entry.get(7..12))?;
    let end = start.checked_add(length)?.checked_sub(1)?;
    let begins = start == 0 || data.get(start - 1) == Some(&FIELD_END);
    let ends = data.get(end).is_none_or(|byte| *byte == FIELD_END);
    let field = data.get(start..end)?;
    (begins && ends && !field.contains(&FIELD_END)).then(|| (tag(entry), field))
}

fn tag(entry: &[u8]) -> String {
    entry.iter().take(3).map(|byte| printable(*byte)).collect()
}

/// How the texts of a record are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8,
    Marc8,
}

fn decode(raw: &Raw<'_>, record: &mut MarcRecord) {
    let says_utf8 = record.leader_at(9) == 'a';
    let has_high = raw.iter().any(|(_, bytes)| !bytes.is_ascii());
    let is_utf8 = raw
        .iter()
        .all(|(_, bytes)| std::str::from_utf8(bytes).is_ok());
    let charset = if says_utf8 || (has_high && is_utf8) {
        Charset::Utf8
    } else {
        Charset::Marc8
    };
    if !says_utf8 && charset == Charset::Utf8 {
        record.mend("utf8_without_saying_so");
    }
    for (tag, bytes) in raw {
        let field = field(tag, bytes, charset, record);
        record.fields.push(field);
    }
}

fn field(tag: &str, bytes: &[u8], charset: Charset, record: &mut MarcRecord) -> Field {
    let mut field = Field {
        tag: tag.to_owned(),
        indicators: [' ', ' '],
        ..Field::default()
    };
    let mut pieces = bytes.split(|byte| *byte == SUBFIELD);
    let head = pieces.next().unwrap_or_default();
    if head.len() == bytes.len() {
        field.text = text(head, charset, record);
        return field;
    }
    for (place, byte) in field.indicators.iter_mut().zip(head) {
        *place = printable(*byte);
    }
    for piece in pieces {
        if let Some((code, bytes)) = piece.split_first() {
            let text = text(bytes, charset, record);
            field.subfields.push((printable(*code), text));
        }
    }
    field
}

fn text(bytes: &[u8], charset: Charset, record: &mut MarcRecord) -> String {
    match charset {
        Charset::Utf8 => {
            let text = String::from_utf8_lossy(bytes);
            if matches!(text, Cow::Owned(_)) {
                record.mend("bad_characters");
            }
            text.into_owned()
        }
        Charset::Marc8 => {
            let (text, is_whole) = marc8::decode(bytes);
            if !is_whole {
                record.mend("bad_characters");
            }
            text
        }
    }
}

#[cfg(test)]
mod tests;
