//! What can go wrong with the index itself; a question that cannot be answered has an error of its own.

/// Why the index cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The engine refused.
    #[error(
        "the search index cannot be used ({0}); it holds nothing that cannot be built anew: remove its directory"
    )]
    Engine(#[from] tantivy::TantivyError),
    /// A file of the index cannot be read.
    #[error(
        "a file of the search index cannot be read ({0}); remove its directory, and it is built anew"
    )]
    File(#[from] std::io::Error),
    /// A file of the index is not what was written.
    #[error("the file {} of the search index is missing or damaged", file.display())]
    Damaged {
        /// Which file.
        file: std::path::PathBuf,
    },
    /// The directory cannot be opened.
    #[error("the directory of the search index cannot be opened ({0})")]
    Directory(#[from] tantivy::directory::error::OpenDirectoryError),
}
