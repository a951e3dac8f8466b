//! Reads the real data beside the workspace; never fails where that data is not there, but says so.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

/// The rows of a CSV file under `../shared/data`, plain or gzip; `None`, with a line on stderr, when it is absent.
pub(super) fn rows<Row: serde::de::DeserializeOwned>(name: &str) -> Option<Vec<Row>> {
    let file = file(name)?;
    let content: Box<dyn Read> = if Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "gz")
    {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    Some(
        csv::Reader::from_reader(content)
            .into_deserialize()
            .map(Result::unwrap)
            .collect(),
    )
}

/// A whole file under `../shared/data`.
pub(super) fn text(name: &str) -> Option<String> {
    let mut text = String::new();
    file(name)?.read_to_string(&mut text).unwrap();
    Some(text)
}

fn file(name: &str) -> Option<File> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(name);
    let file = File::open(&path).ok();
    if file.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    file
}
