//! Tells a message that was damaged or edited on the bus from one that was not (FNV-1a, 64 bits).
//! It never proves anything against an adversary: the log's hash chain does that.

/// The checksum of these texts one after the other, a zero byte after each.
pub(crate) fn checksum(texts: &[&[u8]]) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    texts
        .iter()
        .fold(OFFSET, |hash, text| step(text.iter().fold(hash, step), &0))
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn a_changed_byte_and_a_moved_boundary_change_it() {
        let whole = checksum(&[b"{\"a\":1}", b"{}"]);
        assert_ne!(whole, checksum(&[b"{\"a\":2}", b"{}"]));
        assert_ne!(whole, checksum(&[b"{\"a\":1}{", b"}"]));
        assert_eq!(whole, checksum(&[b"{\"a\":1}", b"{}"]));
    }
}
