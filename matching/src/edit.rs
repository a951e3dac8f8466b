//! How alike two spellings are, in a few nanoseconds a letter: Myers' bit-parallel edit distance over ASCII.
//!
//! Never looks past the sixty-fourth letter; what two titles share until there decides.

/// Letters that are looked at.
const WIDTH: usize = 64;

/// 1 for the same spelling, 0 for nothing in common: the distance over the longer length.
pub(crate) fn similarity(left: &str, right: &str) -> f32 {
    let left = left.as_bytes().get(..WIDTH).unwrap_or(left.as_bytes());
    let right = right.as_bytes().get(..WIDTH).unwrap_or(right.as_bytes());
    let longest = left.len().max(right.len());
    if longest == 0 {
        return 0.0;
    }
    1.0 - share(distance(left, right), longest)
}

/// Insertions, deletions and substitutions that turn one into the other; both at most 64 bytes.
fn distance(left: &[u8], right: &[u8]) -> usize {
    if left.is_empty() || right.is_empty() {
        return left.len().max(right.len());
    }
    let mut places = [0_u64; 256];
    for (index, byte) in left.iter().enumerate() {
        if let Some(place) = places.get_mut(usize::from(*byte)) {
            *place |= 1 << index;
        }
    }
    let last = 1_u64 << (left.len() - 1);
    let (mut plus, mut minus, mut score) = (u64::MAX, 0_u64, left.len());
    for byte in right {
        let here = places.get(usize::from(*byte)).copied().unwrap_or_default();
        let diagonal = (((here & plus).wrapping_add(plus)) ^ plus) | here | minus;
        let mut up = minus | !(diagonal | plus);
        let mut down = plus & diagonal;
        if up & last != 0 {
            score += 1;
        } else if down & last != 0 {
            score -= 1;
        }
        up = (up << 1) | 1;
        down <<= 1;
        plus = down | !(diagonal | up);
        minus = up & diagonal;
    }
    score
}

/// A part of a whole as a share; both are lengths of titles, far below what `f32` holds exactly.
pub(crate) fn share(part: usize, whole: usize) -> f32 {
    let small = |number| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    if whole == 0 {
        0.0
    } else {
        small(part) / small(whole)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook's table.
    fn plain(left: &[u8], right: &[u8]) -> usize {
        let mut row: Vec<usize> = (0..=right.len()).collect();
        for (i, a) in left.iter().enumerate() {
            let mut before = row[0];
            row[0] = i + 1;
            for (j, b) in right.iter().enumerate() {
                let here = (before + usize::from(a != b))
                    .min(row[j] + 1)
                    .min(row[j + 1] + 1);
                before = row[j + 1];
                row[j + 1] = here;
            }
        }
        row[right.len()]
    }

    proptest! {
        #[test]
        fn the_bits_agree_with_the_table(left in "[a-d ]{0,64}", right in "[a-d ]{0,64}") {
            prop_assert_eq!(distance(left.as_bytes(), right.as_bytes()), plain(left.as_bytes(), right.as_bytes()));
        }
    }

    #[test]
    fn one_wrong_letter_of_ten_is_nine_tenths_alike() {
        assert!((similarity("stranger s", "strangex s") - 0.9).abs() < 1e-6);
        assert!(similarity("", "").abs() < 1e-6);
    }
}
