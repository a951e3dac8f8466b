//! Which lane a document belongs to: the same answer in every process, for ever.
//! Never changes: another function would hide every document that is stored already.

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Ends the part of a key that decides its lane: what stands behind it lies in the lane of what stands before it.
const LANE_END: u8 = b'#';

/// The lane of a document key, `0..lanes`: 64-bit FNV-1a of the key's bytes up to the first `#`, its upper half folded
/// into the lower, modulo the number of lanes. Zero lanes count as one.
#[must_use]
pub fn lane_of(key: &str, lanes: u16) -> u16 {
    let deciding = key.bytes().take_while(|byte| *byte != LANE_END);
    let hash = deciding.fold(OFFSET_BASIS, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    let folded = hash ^ (hash >> 32);
    u16::try_from(folded % u64::from(lanes.max(1))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::lane_of;

    #[test]
    fn the_lane_of_a_key_never_changes() {
        let lanes =
            ["", "a", "01983b2e-7d10-7cc0-8e25-3f6a0c1b9d54", "九州"].map(|key| lane_of(key, 7));
        assert_eq!(
            lanes,
            [6, 1, 5, 1],
            "stored documents would be lost to their readers"
        );
    }

    #[test]
    fn what_stands_behind_a_hash_lies_in_the_lane_of_what_stands_before_it() {
        for number in 0..100 {
            let key = format!("title-{number}");
            assert_eq!(lane_of(&format!("{key}#7"), 5), lane_of(&key, 5));
        }
    }

    #[test]
    fn one_lane_holds_every_key() {
        assert_eq!(lane_of("anything", 1), 0);
        assert_eq!(lane_of("anything", 0), 0);
    }

    #[test]
    fn keys_spread_evenly_over_lanes() {
        let mut counts = [0_u32; 3];
        for number in 0..30_000 {
            counts[usize::from(lane_of(&format!("title-{number}"), 3))] += 1;
        }
        assert!(
            counts.iter().all(|count| (9_000..11_000).contains(count)),
            "{counts:?}"
        );
    }
}
