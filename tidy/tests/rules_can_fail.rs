//! Every rule refuses a snippet that breaks it and passes its repaired twin.
//! Never reads the workspace: that is the other test.
#![cfg(test)]

use accession_tidy::{Rule, SourceFile, check_manifest, check_source, check_text, density};

const OPENING: &str = "//! Why. Never what.\n";

/// The rules that a file at `path` breaks, each once.
fn broken(path: &str, body: &str) -> Vec<Rule> {
    let source = SourceFile::parse(path, &format!("{OPENING}{body}"));
    let source = source.expect("the snippet is Rust");
    let mut rules: Vec<Rule> = check_source(&source)
        .iter()
        .map(|found| found.rule)
        .collect();
    rules.dedup();
    rules
}

/// Any file without a rule of its own.
fn broken_anywhere(body: &str) -> Vec<Rule> {
    broken("projector/src/runner.rs", body)
}

#[test]
fn a_file_opens_with_its_reason() {
    let source = SourceFile::parse("projector/src/runner.rs", "fn run() {}\n").unwrap();
    let found = check_source(&source);
    assert_eq!(found.len(), 1);
    let message = found[0].to_string();
    assert!(
        message.starts_with("projector/src/runner.rs:1: [doc-first] open the file"),
        "{message}"
    );
    assert_eq!(broken_anywhere("fn run() {}"), []);
}

#[test]
fn names_that_say_nothing_are_refused() {
    for name in [
        "mod.rs",
        "utils.rs",
        "common.rs",
        "helpers.rs",
        "types.rs",
        "misc.rs",
    ] {
        assert_eq!(
            broken(&format!("events/src/{name}"), ""),
            [Rule::FileName],
            "{name}"
        );
    }
    assert_eq!(broken("events/src/isbn.rs", ""), []);
}

#[test]
fn a_long_file_is_refused_and_its_tests_do_not_count() {
    let line = "const X: u8 = 0;\n";
    assert_eq!(broken_anywhere(&line.repeat(299)), []);
    assert_eq!(broken_anywhere(&line.repeat(300)), [Rule::FileLength]);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", line.repeat(300));
    assert_eq!(broken_anywhere(&format!("{}{tests}", line.repeat(299))), []);
    assert_eq!(broken("events/tests/golden.rs", &line.repeat(400)), []);
}

#[test]
fn a_long_function_is_refused_also_in_an_impl() {
    let lines = |count| "    let x = 0;\n".repeat(count);
    assert_eq!(
        broken_anywhere(&format!("fn f() {{\n{}}}\n", lines(58))),
        []
    );
    assert_eq!(
        broken_anywhere(&format!("fn f() {{\n{}}}\n", lines(59))),
        [Rule::FnLength]
    );
    let method = format!("impl X {{\nfn f() {{\n{}}}\n}}\n", lines(59));
    assert_eq!(broken_anywhere(&method), [Rule::FnLength]);
}

#[test]
fn calls_that_panic_are_refused_outside_tests() {
    for call in [
        "x.unwrap()",
        "x.expect(\"y\")",
        "xs.map(Option::unwrap)",
        "panic!(\"y\")",
        "todo!()",
        "unimplemented!()",
        "json!({ \"a\": x.unwrap() })",
    ] {
        let body = format!("fn f() {{ {call}; }}\n");
        assert_eq!(broken_anywhere(&body), [Rule::NoPanic], "{call}");
        assert_eq!(
            broken_anywhere(&format!("#[test]\n{body}")),
            [],
            "{call} in a test"
        );
        assert_eq!(
            broken_anywhere(&format!("#[cfg(test)]\nmod tests {{ {body} }}")),
            []
        );
        assert_eq!(broken("read-api/tests/api.rs", &body), []);
    }
}

#[test]
fn calls_that_only_look_like_panics_pass() {
    let body = "/// Never `x.unwrap()`.\nfn f() { x.unwrap_or(0); log(\"panic!()\"); }\n#[expect(unused, reason = \"r\")]\nfn g() {}\n";
    assert_eq!(broken_anywhere(body), []);
}

#[test]
fn code_compiled_only_outside_tests_is_production_code() {
    assert_eq!(
        broken_anywhere("#[cfg(not(test))]\nfn f() { x.unwrap(); }\n"),
        [Rule::NoPanic]
    );
}

#[test]
fn allow_is_refused_everywhere() {
    for attribute in ["#[allow(dead_code)]", "#[cfg_attr(test, allow(dead_code))]"] {
        let body = format!("{attribute}\nfn f() {{}}\n");
        assert_eq!(broken_anywhere(&body), [Rule::NoAllow]);
        assert_eq!(broken("events/tests/golden.rs", &body), [Rule::NoAllow]);
    }
    assert_eq!(broken_anywhere("#![allow(dead_code)]\n"), [Rule::NoAllow]);
    assert_eq!(broken_anywhere("fn allow(x: u8) {}\n"), []);
}

#[test]
fn contexts_do_not_reach_into_each_other() {
    let room = "projector/src/catalog/title_page.rs";
    for path in [
        "use crate::ingestion::Run;",
        "use crate::{runner, ingestion::Run};",
        "use super::super::ingestion::Run;",
        "fn f() { crate::ingestion::run(); }",
        "fn f() { select! { x = crate::ingestion::run() => {} } }",
    ] {
        assert_eq!(broken(room, path), [Rule::Wall], "{path}");
        assert_eq!(broken("projector/src/router.rs", path), [], "{path}");
    }
    assert_eq!(
        broken("projector/src/catalog.rs", "use super::ingestion;"),
        [Rule::Wall]
    );
    for path in [
        "use crate::catalog::slug::Slug;",
        "use crate::runner::Fold;",
        "use super::search::Words;",
        "use accession_events::ingestion::RunId;",
    ] {
        assert_eq!(broken(room, path), [], "{path}");
    }
}

#[test]
fn aggregates_know_neither_http_nor_sql() {
    for path in ["use axum::Json;", "use sqlx;", "fn f() { sqlx::query(); }"] {
        assert_eq!(
            broken("command-api/src/catalog/title/create.rs", path),
            [Rule::Wall],
            "{path}"
        );
        assert_eq!(broken("command-api/src/catalog/http.rs", path), []);
        assert_eq!(broken("command-api/src/catalog/http/titles.rs", path), []);
        assert_eq!(broken("command-api/src/router.rs", path), []);
    }
}

#[test]
fn tests_do_not_sleep() {
    let body = "#[tokio::test]\nasync fn f() { tokio::time::sleep(d).await; }\n";
    assert_eq!(broken_anywhere(body), [Rule::NoSleep]);
    assert_eq!(
        broken_anywhere("async fn f() { tokio::time::sleep(d).await; }\n"),
        []
    );
    let helper = "async fn wait() { sleep(d).await; }\n";
    assert_eq!(broken("read-api/tests/api.rs", helper), [Rule::NoSleep]);
    assert_eq!(broken("platform/testkit/src/eventually.rs", helper), []);
}

#[test]
fn a_rule_is_excused_by_a_reason_and_only_while_it_is_broken() {
    let call = "fn f() { x.unwrap(); }\n";
    let excuse = "// tidy: allow no-panic because the regex is a constant\n";
    assert_eq!(broken_anywhere(&format!("{excuse}{call}")), []);
    assert_eq!(broken_anywhere(excuse), [Rule::Exception]);
    for bad in [
        "allow no-panic",
        "allow no-panic because ",
        "allow nopanic because x",
        "allow no-allow because x",
    ] {
        let found = broken_anywhere(&format!("// tidy: {bad}\n{call}"));
        assert_eq!(found, [Rule::NoPanic, Rule::Exception], "{bad}");
    }
}

#[test]
fn paths_of_one_machine_and_registry_hosts_are_refused() {
    for text in [
        ["cd ", "home", "ada"].join("/"),
        ["DIR=", "root", "x"].join("/"),
        format!("see https://{}/x", ["crates", "io"].join(".")),
    ] {
        let found = check_text("docs/testing.md", &format!("first\n{text}\n"));
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].rule, found[0].line), (Rule::MachinePath, 2));
    }
    for text in [
        "GET /api/home/x",
        "\"$dir/root/x\"",
        "the root / of it",
        "/srv/accession",
    ] {
        assert_eq!(check_text("docs/testing.md", text), [], "{text}");
    }
}

#[test]
fn a_package_takes_the_lints_of_the_workspace() {
    let package = "[package]\nname = \"accession\"\n";
    assert_eq!(check_manifest("a/Cargo.toml", package)[0].rule, Rule::Lints);
    let good = format!("{package}[lints]\nworkspace = true\n");
    assert_eq!(check_manifest("a/Cargo.toml", &good), []);
    assert_eq!(
        check_manifest("Cargo.toml", "[workspace]\nmembers = []\n"),
        []
    );
    assert_eq!(
        check_manifest("a/Cargo.toml", "[package\n")[0].rule,
        Rule::Parse
    );
}

#[test]
fn of_several_binaries_one_is_what_cargo_run_means() {
    let programs = "[[bin]]\nname = \"a\"\n[[bin]]\nname = \"b\"\n[lints]\nworkspace = true\n";
    let unclear = format!("[package]\nname = \"a\"\n{programs}");
    let found = check_manifest("a/Cargo.toml", &unclear);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, Rule::DefaultRun);
    let clear = format!("[package]\nname = \"a\"\ndefault-run = \"a\"\n{programs}");
    assert_eq!(check_manifest("a/Cargo.toml", &clear), []);
}

#[test]
fn walls_between_packages_stand_in_the_manifests() {
    for (name, dependency, refused) in [
        ("accession-read-api", "accession-event-log", true),
        ("accession-read-api", "sqlx", true),
        ("accession-read-api", "async-nats", true),
        ("accession-read-api", "accession-projector", false),
        ("accession-events", "accession-service", true),
        ("accession-events", "serde", false),
        ("accession-projector", "accession-command-api", true),
        ("accession", "sqlx", false),
    ] {
        for table in [
            "dependencies",
            "build-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            let text = format!(
                "[package]\nname = \"{name}\"\n[lints]\nworkspace = true\n[{table}]\n{dependency}.workspace = true\n"
            );
            let found = check_manifest("x/Cargo.toml", &text);
            assert_eq!(
                found.len(),
                usize::from(refused),
                "{name} on {dependency}: {found:?}"
            );
            assert!(
                found
                    .iter()
                    .all(|found| found.rule == Rule::Wall && found.line == 6)
            );
        }
    }
    let renamed = "[package]\nname = \"accession-read-api\"\n[lints]\nworkspace = true\n[dependencies]\ndb = { package = \"sqlx\", version = \"0\" }\n";
    assert_eq!(check_manifest("x/Cargo.toml", renamed).len(), 1);
}

#[test]
fn too_few_tests_for_the_code_are_reported_with_the_figure() {
    let file = |tests: usize| {
        let lines = "const X: u8 = 0;\n".repeat(1000);
        let tests = "#[test]\nfn t() {}\n".repeat(tests);
        SourceFile::parse("events/src/isbn.rs", &format!("{lines}{tests}")).unwrap()
    };
    let few = density(&[file(14)]);
    assert_eq!((few.tests, few.lines), (14, 1000));
    let message = few.check().unwrap().to_string();
    assert!(message.contains("14.0 tests per 1000 lines"), "{message}");
    assert_eq!(density(&[file(15)]).check(), None);
}

#[test]
fn properties_and_tokio_tests_count_as_tests() {
    let body = "proptest! { #[test] fn p(x: u8) {} }\n#[tokio::test(flavor = \"x\")]\nasync fn t() {}\n#[cfg(test)]\nmod tests {}\n";
    let source = SourceFile::parse("events/src/isbn.rs", body).unwrap();
    assert_eq!(density(&[source]).tests, 2);
}

#[test]
fn a_scenario_of_a_compliance_suite_counts_once_per_implementation() {
    let definition = "macro_rules! over_both { ($($name:ident),+) => { $(\
        #[test] fn $name() { super::$name(A); } )+ mod b { $( #[tokio::test] async fn $name() {} )+ } } }\n";
    let calls =
        "over_both! { a_claim_is_unique, a_stale_version_is_refused, setup }\nvec![not_a_test];\n";
    let parse = |text: &str| SourceFile::parse("platform/event-log/tests/x.rs", text).unwrap();
    assert_eq!(density(&[parse(definition), parse(calls)]).tests, 4);
    assert_eq!(density(&[parse(definition)]).tests, 0);
    assert_eq!(density(&[parse(calls)]).tests, 0);
}
