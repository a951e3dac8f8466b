//! The house keeps its own rules.
//! Never fixes anything: it names file, line, rule and what to do.

use std::fmt::Write;
use std::path::Path;

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let finding = accession_tidy::inspect(&root).unwrap();
    println!("{}", finding.density);
    let mut list = String::new();
    for violation in &finding.violations {
        writeln!(list, "{violation}").unwrap();
    }
    assert!(
        list.is_empty(),
        "{} violations\n{list}",
        finding.violations.len()
    );
}
