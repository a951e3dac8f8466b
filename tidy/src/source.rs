//! One Rust file: its place in the house, its tokens, and which of its lines are test code.
//! Never reads the disk: the text is handed in, so that a rule can be tried on a snippet.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, Item, ItemFn, TraitItemFn};

use crate::tokens::Tokens;

/// The contexts: one word each, the same in every package.
pub(crate) const CONTEXTS: [&str; 15] = [
    "identity",
    "library",
    "catalog",
    "ingestion",
    "holdings",
    "circulation",
    "journal",
    "club",
    "market",
    "inventory",
    "ordering",
    "search",
    "recommendations",
    "notifications",
    "operations",
];

/// A function and the lines from its signature to its closing brace.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

/// A parsed Rust file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Relative to the workspace, with forward slashes.
    pub path: String,
    pub(crate) text: String,
    pub(crate) tokens: Tokens,
    pub(crate) functions: Vec<Function>,
    /// Files that this one declares as test modules (`#[cfg(test)] mod fixtures;`).
    pub(crate) test_modules: Vec<String>,
    test_lines: Vec<RangeInclusive<usize>>,
    is_test_file: bool,
}

// === impl SourceFile ===

impl SourceFile {
    /// Reads `text` as the file at `path`.
    ///
    /// # Errors
    /// The text is not Rust; line and reason of the first mistake.
    pub fn parse(path: &str, text: &str) -> Result<Self, (usize, String)> {
        let syntax = syn::parse_file(text)
            .map_err(|error| (error.span().start().line, error.to_string()))?;
        let stream = text
            .parse()
            .map_err(|error: proc_macro2::LexError| (1, error.to_string()))?;
        let mut survey = Survey {
            path,
            ..Survey::default()
        };
        survey.visit_file(&syntax);
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens: Tokens::of(stream),
            functions: survey.functions,
            test_modules: survey.test_modules,
            test_lines: survey.test_lines,
            is_test_file: is_test_path(path),
        })
    }

    /// Marks the file as test code because another one declares it under `#[cfg(test)]`.
    pub(crate) fn make_test(&mut self) {
        self.is_test_file = true;
    }

    /// Whether a line (from 1) is test code.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.is_test_file || self.test_lines.iter().any(|range| range.contains(&line))
    }

    /// Lines of production code, comments and blank lines included.
    pub(crate) fn prod_lines(&self) -> usize {
        if self.is_test_file {
            return 0;
        }
        let tests: BTreeSet<usize> = self.test_lines.iter().cloned().flatten().collect();
        self.text.lines().count() - tests.len()
    }

    /// The path below `src/` as module names: `catalog/title/http.rs` is catalog, title, http.
    pub(crate) fn modules(&self) -> Vec<&str> {
        let below = match self.path.rsplit_once("/src/") {
            Some((_, below)) => below,
            None => self.path.strip_prefix("src/").unwrap_or_default(),
        };
        let mut modules: Vec<&str> = below.trim_end_matches(".rs").split('/').collect();
        if modules == ["lib"] || modules == ["main"] {
            modules.clear();
        }
        modules
    }

    /// The context whose room the file is in.
    pub(crate) fn context(&self) -> Option<&str> {
        let first = *self.modules().first()?;
        CONTEXTS.contains(&first).then_some(first)
    }
}

/// Test code by its place: integration tests, benchmarks, and the package that only tests use.
fn is_test_path(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "benches" || part == "tests.rs")
        || path.starts_with("platform/testkit/")
}

/// Collects functions and test code in one walk over the syntax tree.
#[derive(Default)]
struct Survey<'a> {
    path: &'a str,
    functions: Vec<Function>,
    test_modules: Vec<String>,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Survey<'_> {
    fn note_test(&mut self, attributes: &[Attribute], item: Span) -> bool {
        if !attributes.iter().any(is_test_attribute) {
            return false;
        }
        let first = attributes.first().map_or(item, Spanned::span);
        self.test_lines.push(first.start().line..=item.end().line);
        true
    }

    fn note_function(&mut self, name: &syn::Ident, start: Span, end: Span) {
        let line = start.start().line;
        self.functions.push(Function {
            name: name.to_string(),
            line,
            lines: end.end().line + 1 - line,
        });
    }

    /// Where `mod name;` of this file lives: beside a crate root, else in the folder of its module.
    fn module_file(&self, name: &syn::Ident) -> String {
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", self.path));
        let stem = file.trim_end_matches(".rs");
        match stem {
            "lib" | "main" => format!("{folder}/{name}.rs"),
            _ => format!("{folder}/{stem}/{name}.rs"),
        }
    }
}

impl<'ast> Visit<'ast> for Survey<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if self.note_test(attributes_of(item), item.span())
            && let Item::Mod(module) = item
            && module.content.is_none()
        {
            self.test_modules.push(self.module_file(&module.ident));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.note_function(&item.sig.ident, item.sig.span(), item.block.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.note_test(&item.attrs, item.span());
        self.note_function(&item.sig.ident, item.sig.span(), item.block.span());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.note_function(&item.sig.ident, item.sig.span(), body.span());
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`; not `#[cfg(not(test))]`.
fn is_test_attribute(attribute: &Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("cfg") {
        let condition = attribute
            .meta
            .require_list()
            .map(|list| Tokens::of(list.tokens.clone()));
        return condition.is_ok_and(|tokens| {
            let has = |word: &str| tokens.iter().any(|(_, token)| token.text == word);
            has("test") && !has("not")
        });
    }
    path.segments
        .last()
        .is_some_and(|last| last.ident == "test")
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
