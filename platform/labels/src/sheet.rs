//! Sheets of labels as they are sold: how many there are on one, how large, where.
//!
//! Lengths are millimetres. Never a sheet that a printer has to be told the borders of.

use std::str::FromStr;

/// A sheet of labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sheet {
    /// A4, 3 × 8 labels of 70 × 37 mm, without margins.
    #[default]
    A4x24,
    /// A4, 3 × 7 labels of 63.5 × 38.1 mm.
    A4x21,
    /// US Letter, 3 × 10 labels of 2⅝ × 1 inch.
    Letter30,
}

/// Its measures.
pub(crate) struct Measures {
    pub(crate) page: (f64, f64),
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) label: (f64, f64),
    /// Where the first label begins.
    pub(crate) origin: (f64, f64),
    /// From one label to the next.
    pub(crate) pitch: (f64, f64),
    /// What stays free at the edges of a label: more where it ends at the edge of the paper.
    pub(crate) padding: f64,
}

impl Sheet {
    /// Every sheet.
    pub const ALL: [Self; 3] = [Self::A4x24, Self::A4x21, Self::Letter30];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A4x24 => "a4-24",
            Self::A4x21 => "a4-21",
            Self::Letter30 => "letter-30",
        }
    }

    /// How many labels are on one.
    #[must_use]
    pub const fn labels(self) -> usize {
        let measures = self.measures();
        measures.columns * measures.rows
    }

    pub(crate) const fn measures(self) -> Measures {
        match self {
            Self::A4x24 => Measures {
                page: (210.0, 297.0),
                columns: 3,
                rows: 8,
                label: (70.0, 37.0),
                origin: (0.0, 0.5),
                pitch: (70.0, 37.0),
                padding: 4.5,
            },
            Self::A4x21 => Measures {
                page: (210.0, 297.0),
                columns: 3,
                rows: 7,
                label: (63.5, 38.1),
                origin: (7.2, 15.15),
                pitch: (66.04, 38.1),
                padding: 3.0,
            },
            Self::Letter30 => Measures {
                page: (215.9, 279.4),
                columns: 3,
                rows: 10,
                label: (66.675, 25.4),
                origin: (4.7625, 12.7),
                pitch: (69.85, 25.4),
                padding: 2.0,
            },
        }
    }
}

/// A text that names no sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no such sheet; expected a4-24 (3 × 8, 70 × 37 mm), a4-21 (3 × 7, 63.5 × 38.1 mm) or letter-30 (3 × 10, 2⅝ × 1 inch)"
)]
pub struct UnknownSheet;

impl FromStr for Sheet {
    type Err = UnknownSheet;

    fn from_str(text: &str) -> Result<Self, UnknownSheet> {
        let found = Self::ALL.into_iter().find(|sheet| sheet.as_str() == text);
        found.ok_or(UnknownSheet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_lies_on_its_page() {
        for sheet in Sheet::ALL {
            let it = sheet.measures();
            assert_eq!(sheet.as_str().parse(), Ok(sheet));
            for (origin, pitch, count, label, page) in [
                (it.origin.0, it.pitch.0, it.columns, it.label.0, it.page.0),
                (it.origin.1, it.pitch.1, it.rows, it.label.1, it.page.1),
            ] {
                let last = pitch.mul_add(f64::from(u32::try_from(count - 1).unwrap()), origin);
                assert!(last + label <= page + 0.001, "{sheet:?}");
                assert!(pitch >= label, "{sheet:?}");
            }
        }
        assert_eq!("a3".parse::<Sheet>(), Err(UnknownSheet));
    }
}
