//! Values by room and key, bounded by bytes: what nobody asked for again goes first.
//!
//! Never asks whether a value is still true; that is the shard's business.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Queue places that may be out of date before they are swept out.
const SLACK: usize = 64;

/// A bounded map in `ROOMS` rooms, in which values leave in the order they came, unless they were asked for since
/// (second chance): as good as a list by last use for us, and a hit writes one flag instead of moving a link.
#[derive(Debug)]
pub(super) struct Shelf<V, const ROOMS: usize> {
    rooms: [HashMap<Arc<str>, Slot<V>>; ROOMS],
    order: VecDeque<Place>,
    bytes: usize,
    limit: usize,
    stamp: u64,
}

#[derive(Debug)]
struct Slot<V> {
    value: V,
    weight: usize,
    stamp: u64,
    asked: bool,
}

#[derive(Debug)]
struct Place {
    room: usize,
    key: Arc<str>,
    stamp: u64,
}

impl<V, const ROOMS: usize> Shelf<V, ROOMS> {
    /// An empty shelf for so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            rooms: std::array::from_fn(|_| HashMap::new()),
            order: VecDeque::new(),
            bytes: 0,
            limit,
            stamp: 0,
        }
    }

    /// The value, remembered as asked for.
    pub(super) fn get(&mut self, room: usize, key: &str) -> Option<&V> {
        let slot = self.rooms.get_mut(room)?.get_mut(key)?;
        slot.asked = true;
        Some(&slot.value)
    }

    /// Puts a value in place of what is there, and takes others out until it fits. One that is heavier than the whole
    /// shelf is not kept.
    pub(super) fn put(&mut self, room: usize, key: &str, value: V, weight: usize) {
        self.remove(room, key);
        if weight > self.limit {
            return;
        }
        while self.bytes + weight > self.limit && self.take_out_one() {}
        let Some(slots) = self.rooms.get_mut(room) else {
            return;
        };
        let key: Arc<str> = key.into();
        self.stamp += 1;
        let stamp = self.stamp;
        slots.insert(
            Arc::clone(&key),
            Slot {
                value,
                weight,
                stamp,
                asked: false,
            },
        );
        self.order.push_back(Place { room, key, stamp });
        self.bytes += weight;
        self.sweep();
    }

    /// Counts more bytes for a value that is kept, if it is the one that is meant, and takes others out, or this one,
    /// until everything fits.
    pub(super) fn grow(
        &mut self,
        room: usize,
        key: &str,
        bytes: usize,
        is_meant: impl FnOnce(&V) -> bool,
    ) {
        let Some(slot) = self
            .rooms
            .get_mut(room)
            .and_then(|slots| slots.get_mut(key))
        else {
            return;
        };
        if !is_meant(&slot.value) {
            return;
        }
        slot.weight += bytes;
        self.bytes += bytes;
        if slot.weight > self.limit {
            self.remove(room, key);
        }
        while self.bytes > self.limit && self.take_out_one() {}
    }

    /// Takes a value out; whether there was one.
    pub(super) fn remove(&mut self, room: usize, key: &str) -> bool {
        let removed = self.rooms.get_mut(room).and_then(|slots| slots.remove(key));
        if let Some(slot) = &removed {
            self.bytes -= slot.weight;
        }
        removed.is_some()
    }

    /// Takes everything out of one room.
    pub(super) fn empty(&mut self, room: usize) {
        if let Some(slots) = self.rooms.get_mut(room) {
            self.bytes -= slots.values().map(|slot| slot.weight).sum::<usize>();
            // A new map, so that the memory goes, too.
            *slots = HashMap::new();
        }
        self.sweep();
    }

    /// Bytes and number of the values that are kept.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.bytes, self.rooms.iter().map(HashMap::len).sum())
    }

    /// Looks at the oldest place: its value goes, or gets a second chance. False when there is none left.
    fn take_out_one(&mut self) -> bool {
        let Some(place) = self.order.pop_front() else {
            return false;
        };
        let Some(slot) = self.slot(&place) else {
            return true;
        };
        if slot.asked {
            slot.asked = false;
            self.order.push_back(place);
        } else {
            self.remove(place.room, &place.key);
        }
        true
    }

    /// The slot that this place was made for, unless it has gone.
    fn slot(&mut self, place: &Place) -> Option<&mut Slot<V>> {
        let slot = self.rooms.get_mut(place.room)?.get_mut(&place.key)?;
        (slot.stamp == place.stamp).then_some(slot)
    }

    /// Places of values that were removed stay behind; they are swept out when they are more than the others.
    fn sweep(&mut self) {
        let kept: usize = self.rooms.iter().map(HashMap::len).sum();
        if self.order.len() <= kept * 2 + SLACK {
            return;
        }
        let rooms = &self.rooms;
        self.order.retain(|place| {
            let slot = rooms
                .get(place.room)
                .and_then(|slots| slots.get(&place.key));
            slot.is_some_and(|slot| slot.stamp == place.stamp)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_asked_for_stays_and_the_oldest_of_the_others_goes() {
        let mut shelf: Shelf<u32, 1> = Shelf::new(30);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            shelf.put(0, key, value, 10);
        }
        assert_eq!(shelf.get(0, "a"), Some(&1));
        shelf.put(0, "d", 4, 10);
        assert_eq!(shelf.get(0, "a"), Some(&1));
        assert_eq!(shelf.get(0, "b"), None);
    }

    #[test]
    fn a_value_heavier_than_the_shelf_is_not_kept_and_pushes_nothing_out() {
        let mut shelf: Shelf<u32, 1> = Shelf::new(30);
        shelf.put(0, "a", 1, 10);
        shelf.put(0, "b", 2, 31);
        assert_eq!(shelf.get(0, "a"), Some(&1));
        assert_eq!(shelf.get(0, "b"), None);
    }

    #[test]
    fn a_value_that_grows_pushes_others_out_and_goes_itself_when_it_is_heavier_than_the_shelf() {
        let mut shelf: Shelf<u32, 1> = Shelf::new(30);
        shelf.put(0, "a", 1, 10);
        shelf.put(0, "b", 2, 10);
        shelf.grow(0, "b", 15, |value| *value == 2);
        assert_eq!(shelf.get(0, "a"), None);
        assert_eq!(shelf.get(0, "b"), Some(&2));
        shelf.grow(0, "b", 99, |value| *value == 1);
        assert_eq!(shelf.size(), (25, 1));
        shelf.grow(0, "b", 99, |value| *value == 2);
        assert_eq!(shelf.size(), (0, 0));
    }

    #[test]
    fn places_of_removed_values_do_not_pile_up() {
        let mut shelf: Shelf<u32, 1> = Shelf::new(1000);
        for round in 0..10_000 {
            shelf.put(0, "a", round, 10);
        }
        assert!(shelf.order.len() <= SLACK + 3, "{}", shelf.order.len());
    }

    proptest! {
        #[test]
        fn the_bytes_are_the_sum_of_the_weights_and_never_above_the_limit(
            steps in proptest::collection::vec((0_usize..2, 0_u8..20, 0_usize..40, 0_u8..10), 0..400)
        ) {
            let mut shelf: Shelf<usize, 2> = Shelf::new(100);
            for (room, key, weight, what) in steps {
                match what {
                    0 => { shelf.remove(room, &key.to_string()); }
                    1 => shelf.empty(room),
                    2..4 => { shelf.get(room, &key.to_string()); }
                    4 => shelf.grow(room, &key.to_string(), weight, |value| value % 2 == 0),
                    _ => {
                        shelf.put(room, &key.to_string(), weight, weight);
                        prop_assert_eq!(shelf.get(room, &key.to_string()), Some(&weight));
                    }
                }
                let sum: usize = shelf.rooms.iter().flat_map(HashMap::values).map(|slot| slot.weight).sum();
                prop_assert_eq!(shelf.bytes, sum);
                prop_assert!(shelf.bytes <= 100);
            }
        }
    }
}
