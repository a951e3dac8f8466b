//! Templates: which file a message is written from in a language, and what comes out.
//!
//! A value never becomes markup, a further header line, or an empty place that nobody notices.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value, json};

use crate::builtin;
use crate::kind::MessageKind;

/// The language that every message exists in.
const FALLBACK: &str = "en";
/// What the first line of a text template begins with.
const SUBJECT: &str = "Subject: ";
/// Longest subject, in characters; what is longer ends in an ellipsis.
const LONGEST_SUBJECT: usize = 150;

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("mail template {file}: {reason}")]
pub struct TemplateError {
    /// The file, `<language>/<name>`.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The language it is in.
    pub language: String,
    /// Its subject: one line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// All templates.
pub struct Templates {
    engine: Environment<'static>,
    languages: BTreeSet<String>,
    words: BTreeMap<String, Value>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates")
            .field("languages", &self.languages)
            .finish_non_exhaustive()
    }
}

impl Templates {
    /// The built-in templates.
    pub fn built_in() -> Result<Self, TemplateError> {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut templates = Self {
            engine,
            languages: BTreeSet::new(),
            words: BTreeMap::new(),
        };
        for built_in in builtin::all() {
            templates.add(built_in.language, built_in.file, built_in.text.to_owned())?;
        }
        templates.check()?;
        Ok(templates)
    }

    /// The built-in templates, and those of a directory over them: `<language>/<name>`. Every one is tried.
    pub fn with_directory(directory: &Path) -> Result<Self, TemplateError> {
        let mut templates = Self::built_in()?;
        for (language, folder) in entries(directory)? {
            if !folder.is_dir() {
                continue;
            }
            for (file, path) in entries(&folder)? {
                if is_template(&path) {
                    let text =
                        std::fs::read_to_string(&path).map_err(|error| unusable(&path, error))?;
                    templates.add(&language, &file, text)?;
                }
            }
        }
        templates.check()?;
        Ok(templates)
    }

    /// The languages there are.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(String::as_str)
    }

    /// Writes a message in the nearest language to the wanted one: itself, without its region, English.
    pub fn render(
        &self,
        kind: MessageKind,
        language: &str,
        values: &Value,
    ) -> Result<Rendered, TemplateError> {
        let language = self.nearest(language);
        let mut values = one_line_each(values);
        values.insert("language".into(), language.into());
        values.insert("words".into(), self.words_of(language));
        let text = self.fill(language, &format!("{}.txt", kind.as_str()), &values)?;
        let (subject, body) = split(&text).ok_or_else(|| TemplateError {
            file: format!("{language}/{}.txt", kind.as_str()),
            reason: format!(
                "its first line must begin with `{SUBJECT}` and be followed by an empty line"
            ),
        })?;
        values.insert("subject".into(), subject.clone().into());
        values.insert("body".into(), body.into());
        let text = self.fill(language, "layout.txt", &values)?;
        let body = self.fill(language, &format!("{}.html", kind.as_str()), &values)?;
        values.insert("body".into(), body.into());
        let html = self.fill(language, "layout.html", &values)?;
        Ok(Rendered {
            language: language.to_owned(),
            subject,
            text,
            html,
        })
    }

    fn add(&mut self, language: &str, file: &str, text: String) -> Result<(), TemplateError> {
        let name = format!("{language}/{file}");
        self.languages.insert(language.to_owned());
        let added = if file == "words.json" {
            serde_json::from_str(&text)
                .map(|words| drop(self.words.insert(language.to_owned(), words)))
                .map_err(|error| error.to_string())
        } else {
            self.engine
                .add_template_owned(name.clone(), text)
                .map_err(|error| told(&error))
        };
        added.map_err(|reason| TemplateError { file: name, reason })
    }

    /// Every message in every language, with and without the values that may be empty.
    fn check(&self) -> Result<(), TemplateError> {
        for language in &self.languages {
            for kind in MessageKind::ALL {
                let mut values = kind.example();
                self.render(kind, language, &values)?;
                for optional in ["name", "inviter", "device"] {
                    if let Some(value) = values.get_mut(optional) {
                        *value = json!("");
                    }
                }
                self.render(kind, language, &values)?;
            }
        }
        Ok(())
    }

    fn nearest<'a>(&'a self, wanted: &str) -> &'a str {
        let general = wanted.split('-').next().unwrap_or_default();
        let mut candidates = [wanted, general].into_iter();
        candidates
            .find_map(|candidate| self.languages.get(candidate))
            .map_or(FALLBACK, String::as_str)
    }

    fn words_of(&self, language: &str) -> Value {
        let words = self
            .words
            .get(language)
            .or_else(|| self.words.get(FALLBACK));
        words.cloned().unwrap_or_default()
    }

    fn fill(
        &self,
        language: &str,
        file: &str,
        values: &Map<String, Value>,
    ) -> Result<String, TemplateError> {
        let name = format!("{language}/{file}");
        let template = self
            .engine
            .get_template(&name)
            .or_else(|_| self.engine.get_template(&format!("{FALLBACK}/{file}")));
        template
            .and_then(|template| template.render(Serde(values)))
            .map_err(|error| TemplateError {
                reason: told(&error),
                file: name,
            })
    }
}

/// Subject and body of a filled text template.
fn split(text: &str) -> Option<(String, String)> {
    let (first, rest) = text.split_once('\n')?;
    let subject = first.trim_end().strip_prefix(SUBJECT)?.trim();
    let body = rest
        .strip_prefix('\n')
        .or_else(|| rest.strip_prefix("\r\n"))?;
    if subject.is_empty() || body.trim().is_empty() {
        return None;
    }
    Some((shortened(subject), body.trim_end().to_owned()))
}

fn shortened(subject: &str) -> String {
    if subject.chars().count() <= LONGEST_SUBJECT {
        return subject.to_owned();
    }
    let mut short: String = subject.chars().take(LONGEST_SUBJECT - 1).collect();
    short.push('…');
    short
}

/// The values, without a character that ends a line or is not shown: a name cannot add a header or a paragraph.
fn one_line_each(values: &Value) -> Map<String, Value> {
    let Value::Object(values) = values else {
        return Map::new();
    };
    let clean = values.iter().map(|(key, value)| {
        let value = value
            .as_str()
            .map_or_else(|| value.clone(), |text| one_line(text).into());
        (key.clone(), value)
    });
    clean.collect()
}

/// The text in one line.
pub(crate) fn one_line(text: &str) -> String {
    let ends = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if ends(c) { ' ' } else { c })
        .collect()
}

/// The entries of a folder by name, in order.
fn entries(folder: &Path) -> Result<BTreeMap<String, std::path::PathBuf>, TemplateError> {
    let read = std::fs::read_dir(folder).map_err(|error| unusable(folder, error))?;
    let mut entries = BTreeMap::new();
    for entry in read {
        let entry = entry.map_err(|error| unusable(folder, error))?;
        if let Ok(name) = entry.file_name().into_string() {
            entries.insert(name, entry.path());
        }
    }
    Ok(entries)
}

fn is_template(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("txt" | "html" | "json"))
}

fn unusable(path: &Path, error: impl std::fmt::Display) -> TemplateError {
    TemplateError {
        file: path.display().to_string(),
        reason: error.to_string(),
    }
}

/// The error with its line.
fn told(error: &minijinja::Error) -> String {
    match error.line() {
        Some(line) => format!("line {line}: {error}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
