//! A value as the JSON text in which events and documents write it.
//!
//! Never read as JSON again: equal values have equal texts, and a text is copied as it is.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// The JSON text of a value. Cheap to clone.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Written(Arc<RawValue>);

impl Written {
    /// The text of a value; null for one that cannot be written.
    pub(crate) fn of(value: &impl Serialize) -> Self {
        to_raw_value(value).map_or_else(|_| Self::null(), |raw| Self(Arc::from(raw)))
    }

    /// The text of a part of a larger text.
    pub(crate) fn part(raw: &RawValue) -> Self {
        Self(Arc::from(raw.to_owned()))
    }

    /// The text of nothing.
    #[must_use]
    pub fn null() -> Self {
        Self(Arc::from(RawValue::NULL.to_owned()))
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// For a person: a text without its quotes, anything else as it is written.
    #[must_use]
    pub fn plain(&self) -> String {
        serde_json::from_str(self.text()).unwrap_or_else(|_| self.text().to_owned())
    }
}

impl Default for Written {
    fn default() -> Self {
        Self::null()
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Written {}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self(Arc::from(raw)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_texts_which_are_written_as_they_are() {
        let (one, other) = (Written::of(&"a \"b\""), Written::of(&"a \"b\""));
        assert_eq!(one, other);
        assert_eq!(one.plain(), "a \"b\"");
        assert_eq!(serde_json::to_string(&[one]).unwrap(), r#"["a \"b\""]"#);
        assert_ne!(other, Written::null());
        assert_eq!(Written::of(&[1, 2]).plain(), "[1,2]");
    }
}
