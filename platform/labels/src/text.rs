//! Letters: which the font has, how wide they are, and their outlines.
//!
//! Latin, Greek and Cyrillic are printed as they are written; every other script in Latin letters, so that nothing comes out as boxes.

use deunicode::deunicode_char;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::LabelError;
use crate::drawing::{Drawing, Mark};

/// The font; its licence lies beside it.
static FONT: &[u8] = include_bytes!("../font/DejaVuSansCondensed-subset.ttf");

/// The font, ready to write with.
pub(crate) struct Pen {
    face: Face<'static>,
}

/// A part of an outline, in units of the font.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stroke {
    Move(f32, f32),
    Line(f32, f32),
    Curve(f32, f32, f32, f32, f32, f32),
    Close,
}

impl Pen {
    pub(crate) fn new() -> Result<Self, LabelError> {
        let face = Face::parse(FONT, 0).map_err(|_| LabelError::Font)?;
        Ok(Self { face })
    }

    /// Units of the font in an em.
    pub(crate) fn em(&self) -> f64 {
        f64::from(self.face.units_per_em())
    }

    /// The text in letters that the font has.
    pub(crate) fn in_own_letters(&self, text: &str) -> String {
        let mut own = String::with_capacity(text.len());
        for character in text.chars() {
            if self.face.glyph_index(character).is_some() {
                own.push(character);
            } else if character.is_whitespace() {
                own.push(' ');
            } else {
                let latin = deunicode_char(character).unwrap_or_default();
                let known = latin
                    .chars()
                    .filter(|letter| self.face.glyph_index(*letter).is_some());
                own.extend(known);
            }
        }
        own.trim().to_owned()
    }

    fn glyphs(&self, text: &str) -> impl Iterator<Item = GlyphId> {
        text.chars()
            .filter_map(|letter| self.face.glyph_index(letter))
    }

    fn advance(&self, glyph: GlyphId, size: f64) -> f64 {
        let units = self.face.glyph_hor_advance(glyph).unwrap_or_default();
        f64::from(units) * size / self.em()
    }

    /// How wide a text is that has only letters of the font.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        self.glyphs(text)
            .map(|glyph| self.advance(glyph, size))
            .sum()
    }

    /// Writes a line that begins there.
    pub(crate) fn write(
        &self,
        drawing: &mut Drawing,
        text: &str,
        (x, base): (f64, f64),
        size: f64,
    ) {
        let mut at = x;
        for glyph in self.glyphs(text) {
            drawing.0.push(Mark::Letter {
                glyph: glyph.0,
                x: at,
                base,
                size,
            });
            at += self.advance(glyph, size);
        }
    }

    /// The text in as many lines as there may be, broken between words; what does not fit ends in an ellipsis.
    pub(crate) fn lines(&self, text: &str, wide: f64, size: f64, most: usize) -> Vec<String> {
        let text = self.in_own_letters(text);
        let mut words = text.split_whitespace().peekable();
        let mut lines = Vec::new();
        while words.peek().is_some() && lines.len() + 1 < most {
            let mut line = String::new();
            while let Some(word) = words.peek() {
                let longer = if line.is_empty() {
                    (*word).to_owned()
                } else {
                    format!("{line} {word}")
                };
                if self.width(&longer, size) > wide && !line.is_empty() {
                    break;
                }
                line = longer;
                words.next();
            }
            lines.push(self.shortened(&line, wide, size));
        }
        let rest: Vec<&str> = words.collect();
        if !rest.is_empty() {
            lines.push(self.shortened(&rest.join(" "), wide, size));
        }
        lines
    }

    fn shortened(&self, line: &str, wide: f64, size: f64) -> String {
        if self.width(line, size) <= wide {
            return line.to_owned();
        }
        let mut short = line.to_owned();
        while short.pop().is_some() {
            let shown = format!("{}…", short.trim_end());
            if self.width(&shown, size) <= wide {
                return shown;
            }
        }
        String::new()
    }

    /// The outline of a letter.
    pub(crate) fn outline(&self, glyph: u16) -> Vec<Stroke> {
        let mut outline = Outline::default();
        self.face.outline_glyph(GlyphId(glyph), &mut outline);
        outline.strokes
    }
}

#[derive(Default)]
struct Outline {
    strokes: Vec<Stroke>,
    at: (f32, f32),
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = (x, y);
        self.strokes.push(Stroke::Move(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = (x, y);
        self.strokes.push(Stroke::Line(x, y));
    }

    /// A curve with one handle as one with two, which is all that a PDF knows.
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from_x, from_y) = self.at;
        let third = |end: f32, handle: f32| (handle - end).mul_add(2.0 / 3.0, end);
        self.curve_to(
            third(from_x, x1),
            third(from_y, y1),
            third(x, x1),
            third(y, y1),
            x,
            y,
        );
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.at = (x, y);
        self.strokes.push(Stroke::Curve(x1, y1, x2, y2, x, y));
    }

    fn close(&mut self) {
        self.strokes.push(Stroke::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_scripts_are_printed_as_they_are_and_others_in_latin_letters() {
        let pen = Pen::new().unwrap();
        for own in [
            "Žižek, Łódź & Brontë",
            "Война и мир",
            "Ἰλιάς",
            "„Faust“ – №1",
        ] {
            assert_eq!(pen.in_own_letters(own), own);
        }
        for (text, latin) in [("戦争と平和", "Zhan Zheng toPing He"), ("شعر", "sh`r")] {
            assert_eq!(pen.in_own_letters(text), latin);
        }
        let hebrew = pen.in_own_letters("מלחמה ושלום");
        assert!(hebrew.is_ascii() && hebrew.len() > 5, "{hebrew}");
        assert_eq!(
            pen.in_own_letters("\u{200f}Moby\u{a0}Dick"),
            "Moby\u{a0}Dick"
        );
    }

    #[test]
    fn lines_are_broken_between_words_and_never_too_wide() {
        let pen = Pen::new().unwrap();
        let text = "The Strange Case of Dr Jekyll and Mr Hyde, with other fables";
        let lines = pen.lines(text, 40.0, 3.2, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        for line in &lines {
            assert!(pen.width(line, 3.2) <= 40.0, "{line}");
        }
        assert_eq!(pen.lines("Emma", 40.0, 3.2, 2), ["Emma"]);
        assert_eq!(pen.lines("", 40.0, 3.2, 2), Vec::<String>::new());
        let long = pen.lines(&"x".repeat(500), 40.0, 3.2, 2);
        assert!(
            long.iter().all(|line| pen.width(line, 3.2) <= 40.0),
            "{long:?}"
        );
    }
}
