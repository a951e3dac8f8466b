//! Reads the real data beside the workspace; never fails where that data is not there, but says so.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

/// The rows of a CSV file under `../shared/data`, plain or gzip; `None`, with a line on stderr, when it is absent.
pub(super) fn rows<Row: serde::de::DeserializeOwned>(name: &str) -> Option<Vec<Row>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let content: Box<dyn Read> = match path.extension() {
        Some(extension) if extension == "gz" => Box::new(GzDecoder::new(file)),
        _ => Box::new(file),
    };
    Some(
        csv::Reader::from_reader(content)
            .into_deserialize()
            .map(Result::unwrap)
            .collect(),
    )
}
