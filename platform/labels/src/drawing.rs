//! What is drawn on a label: black bars and letters, in millimetres from its upper left corner.
//!
//! Never a colour, and nothing that a cheap printer cannot do.

/// One thing that is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mark {
    /// A black rectangle: its upper left corner, its width and its height.
    Bar {
        x: f64,
        y: f64,
        wide: f64,
        high: f64,
    },
    /// A letter: which of the font's, where its base line begins, and the size of the em.
    Letter {
        glyph: u16,
        x: f64,
        base: f64,
        size: f64,
    },
}

/// Everything on a label.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Drawing(pub(crate) Vec<Mark>);

impl Drawing {
    pub(crate) fn bar(&mut self, x: f64, y: f64, wide: f64, high: f64) {
        self.0.push(Mark::Bar { x, y, wide, high });
    }
}

/// A count as a length in modules.
pub(crate) fn many(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
