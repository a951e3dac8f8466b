//! An input file: plain or gzip by its content, read as a stream, known by name and content.
//!
//! It is never held in memory as a whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BUFFER: usize = 256 * 1024;

/// An opened input.
pub(crate) struct Input {
    /// The bytes, unpacked.
    pub(crate) reader: Box<dyn Read + Send>,
    /// Name and content hash: the same file is the same input wherever it lies.
    pub(crate) identity: String,
    /// Size on disk in bytes.
    pub(crate) size: u64,
    /// How many bytes of that have been read.
    pub(crate) read: Arc<AtomicU64>,
}

impl Input {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let digest = digest(&mut file)?;
        let read = Arc::new(AtomicU64::new(0));
        let reader = reader_at(path, 0, &read)?;
        let name = path.file_name().map_or_else(
            || "input".into(),
            |name| name.to_string_lossy().into_owned(),
        );
        Ok(Self {
            reader,
            identity: identity(&name, &digest),
            size,
            read,
        })
    }

    /// The same file from another byte of its unpacked content on: plain files are entered there, packed ones unpacked up
    /// to there.
    pub(crate) fn entered_at(&self, path: &Path, byte: u64) -> io::Result<Box<dyn Read + Send>> {
        self.read.store(0, Ordering::Relaxed);
        reader_at(path, byte, &self.read)
    }

    /// The input that a built-in source brings along.
    pub(crate) fn built_in(name: &str, content: Vec<u8>) -> Self {
        let digest = hex::encode(Sha256::digest(&content));
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let reader = Box::new(io::Cursor::new(content));
        Self {
            reader,
            identity: identity(name, &digest),
            size,
            read: Arc::new(AtomicU64::new(0)),
        }
    }
}

fn reader_at(path: &Path, byte: u64, read: &Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let mut file = File::open(path)?;
    let mut magic = [0_u8; 2];
    let is_gzip = file.read_exact(&mut magic).is_ok() && magic == GZIP_MAGIC;
    file.seek(SeekFrom::Start(if is_gzip { 0 } else { byte }))?;
    if !is_gzip {
        read.fetch_add(byte, Ordering::Relaxed);
    }
    let counted = BufReader::with_capacity(
        BUFFER,
        Counted {
            inner: file,
            read: Arc::clone(read),
        },
    );
    if !is_gzip {
        return Ok(Box::new(counted));
    }
    let mut unpacked = MultiGzDecoder::new(counted);
    io::copy(&mut (&mut unpacked).take(byte), &mut io::sink())?;
    Ok(Box::new(unpacked))
}

fn identity(name: &str, digest: &str) -> String {
    format!("{name}#{}", digest.get(..16).unwrap_or(digest))
}

fn digest(file: &mut File) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; BUFFER];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            count => hasher.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read
            .fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn content(path: &Path) -> (String, String) {
        let mut input = Input::open(path).unwrap();
        let mut text = String::new();
        input.reader.read_to_string(&mut text).unwrap();
        (text, input.identity)
    }

    #[test]
    fn gzip_is_told_by_content_not_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("plain.gz");
        std::fs::write(&plain, "a,b\n").unwrap();
        let packed = folder.path().join("packed.csv");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"a,b\n").unwrap();
        std::fs::write(&packed, encoder.finish().unwrap()).unwrap();
        assert_eq!(content(&plain).0, "a,b\n");
        assert_eq!(content(&packed).0, "a,b\n");
    }

    #[test]
    fn the_same_content_is_the_same_input_and_other_content_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "1").unwrap();
        let first = content(&path).1;
        assert_eq!(content(&path).1, first);
        std::fs::write(&path, "2").unwrap();
        assert_ne!(content(&path).1, first);
    }

    #[test]
    fn a_file_is_entered_at_a_byte_of_its_content_packed_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"one\ntwo\n").unwrap();
        for content in [b"one\ntwo\n".to_vec(), encoder.finish().unwrap()] {
            let path = folder.path().join("dump.txt");
            std::fs::write(&path, content).unwrap();
            let input = Input::open(&path).unwrap();
            let mut text = String::new();
            input
                .entered_at(&path, 4)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, "two\n");
        }
    }

    #[test]
    fn an_empty_file_is_read_as_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty");
        std::fs::write(&path, "").unwrap();
        assert_eq!(content(&path).0, "");
    }
}
