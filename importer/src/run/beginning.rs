//! What an import reads from: opened, and told what is wrong with it in words. It sends nothing.

use super::{ImportError, ImportOptions};
use crate::input::Input;
use crate::record::Place;
use crate::sources::{Reading, UnreadableInput};

impl ImportOptions {
    /// Whether a provider is asked instead of a file being read.
    pub(super) fn asks(&self) -> bool {
        self.file.is_none() && self.source.can_be_asked()
    }
}

/// Reads a file from a place on.
pub(super) fn read_from(
    options: &ImportOptions,
    identity: &str,
    reader: Box<dyn std::io::Read + Send>,
    start: Place,
) -> Result<Reading, ImportError> {
    options
        .source
        .read(reader, &options.wishes, start)
        .map_err(|error| unreadable(identity, &error))
}

/// Opens the input: a file, what a source brings along, or nothing where a provider is asked.
pub(super) fn open(options: &ImportOptions) -> Result<Input, ImportError> {
    match &options.file {
        Some(path) => Input::open(path).map_err(|error| ImportError::Input {
            input: path.display().to_string(),
            reason: error.to_string(),
        }),
        None if options.source.is_built_in() => Ok(Input::built_in(
            options.source.name(),
            options.source.built_in(),
        )),
        None if options.source.can_be_asked() => {
            Ok(Input::built_in(&options.wishes.asked_for(), Vec::new()))
        }
        None => Err(ImportError::Input {
            input: options.source.name().into(),
            reason: "no file was given; name one with --file".into(),
        }),
    }
}

/// The same in words for the command line.
pub(super) fn unreadable(input: &str, error: &UnreadableInput) -> ImportError {
    if error.is_out_of_reach {
        return ImportError::Provider(error.reason.clone());
    }
    ImportError::Input {
        input: input.into(),
        reason: error.to_string(),
    }
}
