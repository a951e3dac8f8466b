//! XML read as a stream of small trees: one for each element that is a record, whatever envelope is around it.
//!
//! Never expands an entity that a document defines, never follows a DTD or an external address; depth, nodes and bytes of
//! a record are bounded. The five entities of XML, numbered characters and the named characters of HTML are read, because
//! feeds of publishers use them; any other reference stays in the text as it is written.

mod node;

use std::collections::VecDeque;
use std::io::{BufReader, Read};

use accession_events::values::decode_entities;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::encodings::{Decoded, declared, text_of};
use crate::leash::{LONGEST_RECORD, Leash, Slack};
use crate::record::Reject;
use crate::sources::UnreadableInput;
pub(crate) use node::Node;

/// Elements inside elements.
const DEEPEST: usize = 128;
/// Elements and texts in one record.
const MOST_PARTS: usize = 100_000;

/// Decoded, and stopped when one record is too long.
type Input = Leash<Decoded<Box<dyn Read + Send>>>;

/// The records of a document, one tree each.
pub(crate) struct Elements {
    reader: Reader<BufReader<Input>>,
    slack: Slack,
    buffer: Vec<u8>,
    is_record: fn(&str) -> bool,
    /// The record that is being read, from its root to the element that is open.
    open: Vec<Node>,
    depth: usize,
    parts: usize,
    root: Option<Node>,
    finished: bool,
    /// Records that were read ahead.
    ahead: VecDeque<Piece>,
}

/// A record, a reason why it cannot be read, or why nothing more can.
pub(crate) type Piece = Result<Result<Node, Reject>, UnreadableInput>;

/// What one step through the document came to.
enum Step {
    On,
    Record(Node),
    End,
}

impl Elements {
    /// Opens a document and reads up to its root; `is_record` knows a record by its name without a prefix.
    pub(crate) fn open(
        input: Box<dyn Read + Send>,
        sample: &[u8],
        is_record: fn(&str) -> bool,
    ) -> Result<Self, UnreadableInput> {
        let encoding = declared(sample).map_err(UnreadableInput::new)?;
        let (leash, slack) = Leash::new(Decoded::new(input, encoding), LONGEST_RECORD);
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 * 1024, leash));
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        let mut elements = Self {
            reader,
            slack,
            buffer: Vec::new(),
            is_record,
            open: Vec::new(),
            depth: 0,
            parts: 0,
            root: None,
            finished: false,
            ahead: VecDeque::new(),
        };
        elements.find_root()?;
        Ok(elements)
    }

    /// The outermost element without what is in it.
    pub(crate) fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    fn find_root(&mut self) -> Result<(), UnreadableInput> {
        while self.root.is_none() {
            match self.step() {
                Ok(Step::On) => {}
                Ok(Step::Record(node)) => self.ahead.push_back(Ok(Ok(node))),
                Ok(Step::End) => {
                    return Err(UnreadableInput::new("the XML document has no element"));
                }
                Err(error) => {
                    let at = self.reader.error_position();
                    return Err(UnreadableInput::new(format!(
                        "the file is no XML: {error} (byte {at})"
                    )));
                }
            }
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Step, Fault> {
        self.buffer.clear();
        match self.reader.read_event_into(&mut self.buffer)? {
            Event::Start(start) => {
                let node = node_of(&start);
                self.start(node)
            }
            Event::Empty(start) => {
                let node = node_of(&start);
                self.start(node)?;
                Ok(self.end())
            }
            Event::End(_) => Ok(self.end()),
            Event::Text(text) => {
                let text = text_of(&text).0.into_owned();
                self.text(text)
            }
            Event::CData(text) => {
                let text = text_of(&text).0.into_owned();
                self.text(text)
            }
            Event::GeneralRef(reference) => {
                let text = resolved(&reference);
                self.text(text)
            }
            Event::Eof => {
                if self.depth > 0 {
                    return Err(Fault::Cut);
                }
                Ok(Step::End)
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Ok(self.on()),
        }
    }

    fn on(&mut self) -> Step {
        if self.open.is_empty() {
            self.slack.renew();
        }
        Step::On
    }

    fn start(&mut self, node: Node) -> Result<Step, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        if self.root.is_none() {
            self.root = Some(node.clone());
        }
        if !self.open.is_empty() || (self.is_record)(&node.name) {
            self.count()?;
            self.open.push(node);
        }
        Ok(self.on())
    }

    fn end(&mut self) -> Step {
        self.depth = self.depth.saturating_sub(1);
        let Some(node) = self.open.pop() else {
            return self.on();
        };
        if let Some(parent) = self.open.last_mut() {
            parent.push_element(node);
            return Step::On;
        }
        self.parts = 0;
        self.slack.renew();
        Step::Record(node)
    }

    fn text(&mut self, text: String) -> Result<Step, Fault> {
        if self.open.is_empty() {
            return Ok(self.on());
        }
        self.count()?;
        if let Some(node) = self.open.last_mut() {
            node.push_text(text);
        }
        Ok(Step::On)
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(Fault::TooManyParts);
        }
        Ok(())
    }
}

impl Iterator for Elements {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(piece) = self.ahead.pop_front() {
            return Some(piece);
        }
        while !self.finished {
            match self.step() {
                Ok(Step::On) => {}
                Ok(Step::Record(node)) => return Some(Ok(Ok(node))),
                Ok(Step::End) => self.finished = true,
                Err(fault) => {
                    self.finished = true;
                    return Some(fault.piece(self.reader.error_position()));
                }
            }
        }
        None
    }
}

/// Why a document cannot be read further.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Xml(#[from] quick_xml::Error),
    #[error("elements are nested more than {DEEPEST} deep")]
    TooDeep,
    #[error("one record has more than {MOST_PARTS} elements and texts")]
    TooManyParts,
    #[error("the document ends before its elements do")]
    Cut,
}

impl Fault {
    /// Bytes that cannot be read concern the file; wrong XML concerns the place where it stands, and everything behind.
    fn piece(self, at: u64) -> Piece {
        if let Self::Xml(quick_xml::Error::Io(error)) = &self {
            return Err(UnreadableInput::new(format!(
                "the file cannot be read to its end: {error}"
            )));
        }
        Ok(Err(Reject::new(
            "malformed_xml",
            format!(
                "{self} (byte {at}); nothing behind this place was read: mend the file and send it again"
            ),
        )))
    }
}

fn node_of(start: &BytesStart<'_>) -> Node {
    let name = text_of(start.local_name().into_inner()).0.into_owned();
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten().map(|attribute| {
        let name = text_of(attribute.key.local_name().into_inner())
            .0
            .into_owned();
        let value = text_of(&attribute.value).0.into_owned();
        (name, decode_entities(&value).into_owned())
    });
    Node::new(name, attributes.collect())
}

fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(sign)) = reference.resolve_char_ref() {
        return sign.to_string();
    }
    let written = format!("&{};", text_of(reference).0);
    decode_entities(&written).into_owned()
}

#[cfg(test)]
mod tests;
