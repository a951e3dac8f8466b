//! importer.
