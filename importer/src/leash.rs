//! A reader that ends when one record takes more than its share: a row without an end never fills the memory.
//!
//! It counts what was read since the last record; it does not know what a record is.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most bytes that one record may take.
pub(crate) const LONGEST_RECORD: u64 = 8 * 1024 * 1024;

/// Reads until one record is too long.
pub(crate) struct Leash<R> {
    inner: R,
    spent: Arc<AtomicU64>,
    longest: u64,
}

/// Told whenever a record is complete. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slack(Arc<AtomicU64>);

impl Slack {
    /// A record is complete: the next may take as much again.
    pub(crate) fn renew(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl<R: Read> Leash<R> {
    /// A reader on a leash of so many bytes, and what lengthens it.
    pub(crate) fn new(inner: R, longest: u64) -> (Self, Slack) {
        let spent = Arc::new(AtomicU64::new(0));
        let slack = Slack(Arc::clone(&spent));
        let leash = Self {
            inner,
            spent,
            longest,
        };
        (leash, slack)
    }
}

impl<R: Read> Read for Leash<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.spent.load(Ordering::Relaxed) > self.longest {
            return Err(io::Error::other(format!(
                "one record is longer than {} bytes; is it a file of another kind, or is a quotation mark or an end tag missing?",
                self.longest
            )));
        }
        let count = self.inner.read(buffer)?;
        let more = u64::try_from(count).unwrap_or(u64::MAX);
        self.spent.fetch_add(more, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_without_an_end_is_stopped_and_a_complete_one_gives_slack() {
        let (mut reader, slack) = Leash::new(io::repeat(b'x'), 100);
        let mut buffer = [0_u8; 60];
        assert_eq!(reader.read(&mut buffer).unwrap(), 60);
        slack.renew();
        assert_eq!(reader.read(&mut buffer).unwrap(), 60);
        assert_eq!(reader.read(&mut buffer).unwrap(), 60);
        let error = reader.read(&mut buffer).unwrap_err();
        assert!(
            error.to_string().contains("longer than 100 bytes"),
            "{error}"
        );
    }
}
