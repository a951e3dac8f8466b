//! One element of a record with everything in it. Names come without their prefixes.

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its name without a prefix.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Element(Node),
}

impl Node {
    pub(super) fn new(name: String, attributes: Vec<(String, String)>) -> Self {
        Self {
            name,
            attributes,
            parts: Vec::new(),
        }
    }

    pub(super) fn push_element(&mut self, node: Self) {
        self.parts.push(Part::Element(node));
    }

    pub(super) fn push_text(&mut self, text: String) {
        match self.parts.last_mut() {
            Some(Part::Text(before)) => before.push_str(&text),
            _ => self.parts.push(Part::Text(text)),
        }
    }

    /// The value of an attribute, by its name without a prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// All elements directly in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.parts.iter().filter_map(|part| match part {
            Part::Element(node) => Some(node),
            Part::Text(_) => None,
        })
    }

    /// The elements directly in it with this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |node| node.name == name)
    }

    /// The first element directly in it with this name.
    pub(crate) fn first(&self, name: &str) -> Option<&Self> {
        self.elements().find(|node| node.name == name)
    }

    /// The text of the first element with this name; none when it is blank.
    pub(crate) fn text_in(&self, name: &str) -> Option<String> {
        self.first(name).and_then(Self::filled)
    }

    /// Its text with that of everything in it, trimmed; none when it is blank.
    pub(crate) fn filled(&self) -> Option<String> {
        Some(self.text().trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Its text with that of everything in it, as it stands.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.gather(&mut text);
        text
    }

    fn gather(&self, text: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Element(node) => node.gather(text),
            }
        }
    }

    /// The same tree with other names.
    pub(crate) fn renamed(&self, name: &impl Fn(&str) -> String) -> Self {
        let part = |part: &Part| match part {
            Part::Text(text) => Part::Text(text.clone()),
            Part::Element(node) => Part::Element(node.renamed(name)),
        };
        Self {
            name: name(&self.name),
            attributes: self.attributes.clone(),
            parts: self.parts.iter().map(part).collect(),
        }
    }

    /// The record's names and texts in one line, short, for the file of rejected records.
    pub(crate) fn excerpt(&self) -> String {
        let words = self.text();
        let words: Vec<&str> = words.split_whitespace().collect();
        let line = format!("{}: {}", self.name, words.join(" "));
        line.chars().take(500).collect()
    }
}
