//! MARC 21 as both of its forms describe it: a leader, fields with tags, indicators and subfields.
//!
//! It says what a record holds and never what that means; meaning is the sources'.

pub(crate) mod iso2709;
mod marc8;
pub(crate) mod xml;

/// One record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MarcRecord {
    /// 24 characters, as far as they are there.
    pub(crate) leader: String,
    /// Fields in the record's order.
    pub(crate) fields: Vec<Field>,
    /// What had to be mended to read it, each once.
    pub(crate) mended: Vec<&'static str>,
}

/// A control field, which has a text, or a data field, which has subfields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// Three characters.
    pub(crate) tag: String,
    /// The first and the second indicator; blanks for a control field.
    pub(crate) indicators: [char; 2],
    /// The text of a control field.
    pub(crate) text: String,
    /// Codes and texts of a data field.
    pub(crate) subfields: Vec<(char, String)>,
}

impl MarcRecord {
    /// The character at a place of the leader.
    pub(crate) fn leader_at(&self, place: usize) -> char {
        self.leader.chars().nth(place).unwrap_or(' ')
    }

    /// The text of the first control field with this tag, trimmed; none when it is blank.
    pub(crate) fn control(&self, tag: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.tag == tag)?;
        Some(field.text.trim()).filter(|text| !text.is_empty())
    }

    /// A part of the first control field with this tag, by character, untrimmed.
    pub(crate) fn part(&self, tag: &str, from: usize, count: usize) -> Option<String> {
        let field = self.fields.iter().find(|field| field.tag == tag)?;
        let part: String = field.text.chars().skip(from).take(count).collect();
        Some(part).filter(|part| part.chars().count() == count)
    }

    /// The data fields with any of these tags, in the record's order.
    pub(crate) fn all<'a>(&'a self, tags: &'a [&'a str]) -> impl Iterator<Item = &'a Field> {
        self.fields
            .iter()
            .filter(move |field| tags.contains(&field.tag.as_str()))
    }

    /// The first filled subfield of any field with these tags.
    pub(crate) fn first(&self, tags: &[&str], code: char) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields.find_map(|field| {
            let is_wanted = tags.contains(&field.tag.as_str());
            is_wanted.then(|| field.first(code)).flatten()
        })
    }

    /// Takes control characters out of the texts; cataloguers' signs for words that do not sort are such.
    pub(crate) fn without_controls(mut self) -> Self {
        for field in &mut self.fields {
            tidy(&mut field.text);
            for (_, text) in &mut field.subfields {
                tidy(text);
            }
        }
        self
    }

    /// Remembers that something had to be mended.
    pub(crate) fn mend(&mut self, code: &'static str) {
        if !self.mended.contains(&code) {
            self.mended.push(code);
        }
    }
}

fn tidy(text: &mut String) {
    if text.contains(char::is_control) {
        *text = text
            .chars()
            .filter_map(|sign| match sign {
                '\n' | '\r' | '\t' => Some(' '),
                sign if sign.is_control() => None,
                sign => Some(sign),
            })
            .collect();
    }
}

impl Field {
    /// The first filled subfield with this code, trimmed.
    pub(crate) fn first(&self, code: char) -> Option<&str> {
        self.each(code).next()
    }

    /// All filled subfields with this code, trimmed.
    pub(crate) fn each(&self, code: char) -> impl Iterator<Item = &str> {
        let texts = self
            .subfields
            .iter()
            .filter(move |(known, _)| *known == code);
        texts
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
    }
}
