//! One label as SVG, as large as it is on its sheet.
//!
//! Never text that a viewer would set in another font: letters are outlines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::drawing::Mark;
use crate::sheet::Sheet;
use crate::text::{Pen, Stroke};
use crate::{Label, LabelError, layout};

/// Draws a label as it is on this sheet.
pub fn svg(label: &Label, sheet: Sheet) -> Result<String, LabelError> {
    let (pen, measures) = (Pen::new()?, sheet.measures());
    let drawing = layout::draw(label, &measures, &pen)?;
    let (wide, high) = measures.label;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}mm\" height=\"{high}mm\" viewBox=\"0 0 {wide} {high}\">"
    );
    text.push_str("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><defs>");
    let letters: BTreeSet<u16> = drawing.0.iter().filter_map(letter).collect();
    for glyph in letters {
        let _ = write!(
            text,
            "<path id=\"g{glyph}\" d=\"{}\"/>",
            path(&pen.outline(glyph))
        );
    }
    text.push_str("</defs><path shape-rendering=\"crispEdges\" d=\"");
    for mark in &drawing.0 {
        if let Mark::Bar { x, y, wide, high } = mark {
            let _ = write!(text, "M{x:.3} {y:.3}h{wide:.3}v{high:.3}h-{wide:.3}z");
        }
    }
    text.push_str("\"/>");
    for mark in &drawing.0 {
        if let Mark::Letter {
            glyph,
            x,
            base,
            size,
        } = mark
        {
            let scale = size / pen.em();
            let _ = write!(
                text,
                "<use href=\"#g{glyph}\" transform=\"translate({x:.3} {base:.3}) scale({scale:.6} -{scale:.6})\"/>"
            );
        }
    }
    text.push_str("</svg>\n");
    Ok(text)
}

const fn letter(mark: &Mark) -> Option<u16> {
    match mark {
        Mark::Letter { glyph, .. } => Some(*glyph),
        Mark::Bar { .. } => None,
    }
}

fn path(outline: &[Stroke]) -> String {
    let mut path = String::new();
    for stroke in outline {
        let written = match stroke {
            Stroke::Move(x, y) => write!(path, "M{x:.0} {y:.0}"),
            Stroke::Line(x, y) => write!(path, "L{x:.0} {y:.0}"),
            Stroke::Curve(x1, y1, x2, y2, x, y) => {
                write!(path, "C{x1:.0} {y1:.0} {x2:.0} {y2:.0} {x:.0} {y:.0}")
            }
            Stroke::Close => write!(path, "Z"),
        };
        // A text takes whatever is written to it.
        let _ = written;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Symbol;

    #[test]
    fn a_label_is_drawn_without_a_font_and_without_what_it_was_told_as_text() {
        let label = Label {
            owner: "<script>".to_owned(),
            title: "Emma & Co".to_owned(),
            detail: "Jane Austen".to_owned(),
            content: "PEM-1".to_owned(),
            readable: "PEM-1".to_owned(),
            symbol: Symbol::Barcode,
        };
        let drawn = svg(&label, Sheet::A4x24).unwrap();
        assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
        assert!(drawn.contains("width=\"70mm\""), "{drawn}");
        for word in ["script", "Emma", "<text", "font"] {
            assert!(!drawn.contains(word), "{word}");
        }
        assert_eq!(drawn, svg(&label, Sheet::A4x24).unwrap());
    }
}
