//! Lines of any length up to a bound, one at a time.

use std::io::{self, BufRead};

use crate::leash::LONGEST_RECORD;

/// Reads the next line without its end; false when there is none. A line beyond the bound is an error.
pub(crate) fn next(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = io::Read::take(&mut *reader, LONGEST_RECORD + 1).read_until(b'\n', line)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LONGEST_RECORD {
        return Err(io::Error::other(format!(
            "one line is longer than {LONGEST_RECORD} bytes"
        )));
    }
    Ok(read > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_one_at_a_time_and_an_endless_one_is_an_error() {
        let mut reader = io::BufReader::new(&b"one\ntwo"[..]);
        let mut line = Vec::new();
        assert!(next(&mut reader, &mut line).unwrap());
        assert_eq!(line, b"one\n");
        assert!(next(&mut reader, &mut line).unwrap());
        assert_eq!(line, b"two");
        assert!(!next(&mut reader, &mut line).unwrap());
        let mut endless = io::BufReader::new(io::repeat(b'x'));
        assert!(next(&mut endless, &mut line).is_err());
    }
}
