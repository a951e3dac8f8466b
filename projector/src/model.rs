//! What a read model is: a name, the keys that an event touches, a pure fold, and how a state is rendered.
//!
//! Nothing here reads a clock, a store or the network: the same feed gives byte-identical documents.

use accession_events::{Event, RecordedEvent};
use accession_read_store::IndexEntry;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An event that a fold could not take in: it is parked, together with the later events of the same key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FoldError {
    /// What is wrong, for an operator.
    pub reason: String,
}

impl FoldError {
    /// An error with this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

/// What a state looks like to readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The JSON bytes to send; none when there is nothing to show.
    pub body: Option<Vec<u8>>,
    /// Only curators may see it.
    pub hidden: bool,
    /// Where it is found: all entries that it should have now.
    pub entries: Vec<IndexEntry>,
}

/// A document that a fold lays down beside its own and never touches again, such as one change in a history.
///
/// It lets a long story be kept without one document that grows with it: the fold's own document stays small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its place beside the document: its key is `<key>#<place>`. Each place is used once.
    pub place: String,
    /// The JSON bytes to send; everyone may see them who finds them.
    pub body: Vec<u8>,
    /// Where it is found: index and sort.
    pub found_in: Vec<(String, String)>,
}

impl Leaf {
    /// Its key, beside the document with this one.
    #[must_use]
    pub fn key(&self, beside: &str) -> String {
        format!("{beside}#{}", self.place)
    }

    /// Its entries in indexes.
    #[must_use]
    pub fn entries(&self, beside: &str) -> Vec<IndexEntry> {
        let entry = |(index, sort): &(String, String)| IndexEntry {
            index: index.clone(),
            sort: sort.clone(),
            key: self.key(beside),
        };
        self.found_in.iter().map(entry).collect()
    }
}

/// What most documents and states fit into, so that writing them does not move them again and again as they grow.
const USUAL_BYTES: usize = 1024;

/// The JSON of a document or a state.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut text, value)?;
    Ok(text)
}

/// A read model: documents by key, folded from events.
///
/// Its failure policy is always the same: park the event and the later ones of its key, go on with the others.
pub trait ReadModel: Send + Sync + 'static {
    /// The fold's memory of one document.
    type State: Serialize + DeserializeOwned + Default + Clone + Send + Sync;

    /// Its name, the same in keys, metrics and commands.
    const NAME: &'static str;

    /// Change it whenever the fold, the state or the rendering changes: a model built by another version is outdated.
    const FOLD_VERSION: &'static str;

    /// The version together with the settings that documents depend on; what the store keeps beside a generation.
    fn fold_version(&self) -> String {
        Self::FOLD_VERSION.to_owned()
    }

    /// The keys of the documents that this event touches; empty when it is none of this model's business.
    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String>;

    /// Takes the event into the state of the document with this key.
    ///
    /// After an error the state is thrown away, so it may be left half changed.
    fn fold(
        &self,
        key: &str,
        state: &mut Self::State,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError>;

    /// What the event that was folded last leaves behind, if the model keeps leaves.
    fn leaf(&self, key: &str, state: &Self::State, recorded: &RecordedEvent) -> Option<Leaf> {
        let _ = (key, state, recorded);
        None
    }

    /// What readers see of a state. Depends on key and state alone.
    fn render(&self, key: &str, state: &Self::State) -> Rendered;

    /// The entries alone, for comparing with what is there: override it where rendering everything is dear.
    fn entries(&self, key: &str, state: &Self::State) -> Vec<IndexEntry> {
        self.render(key, state).entries
    }
}

/// The id of the event's own stream.
pub(crate) fn own_id<I: std::str::FromStr<Err: std::fmt::Display>>(
    recorded: &RecordedEvent,
) -> Result<I, FoldError> {
    recorded
        .stream
        .aggregate_id
        .parse()
        .map_err(|error: I::Err| FoldError::new(error.to_string()))
}
