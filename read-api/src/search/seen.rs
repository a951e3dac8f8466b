//! Which pages a walk through all of them has met, in little memory and by guess: a walk may find a page twice, and a
//! page that is added twice would be found twice.
//!
//! Never says that a page is new which is not; the other way round it is wrong once in some thousand pages.

/// Bits; with three of them for a page, a million pages leave nine of ten free.
const BITS: usize = 1 << 25;

/// The pages that were met.
pub(super) struct Seen(Vec<u64>);

impl Seen {
    /// None yet; it takes its memory with the first.
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes a page; whether it is certainly new.
    pub(super) fn is_new(&mut self, key: &str) -> bool {
        let mut hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        if self.0.is_empty() {
            self.0 = vec![0; BITS / 64];
        }
        let mut is_new = false;
        for _ in 0..3 {
            // The upper bits of a product are the mixed ones.
            hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
            let bit = usize::try_from(hash % BITS as u64).unwrap_or(0);
            if let Some(word) = self.0.get_mut(bit / 64) {
                let mask = 1 << (bit % 64);
                is_new |= *word & mask == 0;
                *word |= mask;
            }
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_new_once_and_hardly_any_is_taken_for_another() {
        let mut seen = Seen::new();
        let key = |number: u32| uuid::Uuid::from_u128(u128::from(number) << 64).to_string();
        let taken_for_others = (0..50_000).filter(|number| !seen.is_new(&key(*number)));
        assert!(taken_for_others.count() < 50);
        assert!((0..50_000).all(|number| !seen.is_new(&key(number))));
    }
}
