//! Addresses as people write them, and what must never be taken for one. Never asks a mail server.

use proptest::prelude::*;

use super::*;

fn refused(text: &str) -> EmailError {
    EmailAddress::parse(text).expect_err("should be refused")
}

#[test]
fn usual_and_unicode_addresses_are_taken_and_the_domain_becomes_ascii() {
    let taken = [
        ("ana@example.org", "ana@example.org"),
        (
            "  Ana.Maria+books@Example.ORG \n",
            "Ana.Maria+books@example.org",
        ),
        ("o'neil_x{1}@a-b.example", "o'neil_x{1}@a-b.example"),
        ("Jürgen@münchen.example", "Jürgen@xn--mnchen-3ya.example"),
        ("用户@例子.测试", "用户@xn--fsqu00a.xn--0zwm56d"),
        ("संपर्क@example.org", "संपर्क@example.org"),
        ("admin@localhost", "admin@localhost"),
    ];
    for (text, expected) in taken {
        assert_eq!(EmailAddress::parse(text).unwrap().as_str(), expected);
    }
}

#[test]
fn two_spellings_of_one_address_are_normalised_alike() {
    let spellings = [
        ("ANA@EXAMPLE.ORG", "ana@example.org"),
        ("Ju\u{308}rgen@example.org", "JÜRGEN@Example.org"),
        ("x@MÜNCHEN.example", "x@xn--mnchen-3ya.example"),
        ("ｘ@example.org", "x@example.org"),
    ];
    for (left, right) in spellings {
        let (left, right) = (EmailAddress::parse(left), EmailAddress::parse(right));
        assert_eq!(left.unwrap().normalised(), right.unwrap().normalised());
    }
}

#[test]
fn headers_cannot_be_injected_and_names_are_not_addresses() {
    for text in [
        "ana@example.org\r\nBcc: eve@example.org",
        "ana\n@example.org",
        "ana\0@example.org",
        "Ana <ana@example.org>",
        "<ana@example.org>",
        "\"ana\"@example.org",
        "ana@example.org, eve@example.org",
        "ana;eve@example.org",
        "ana@example.org (Ana)",
        "an\u{202E}a@example.org",
        "ana\u{200B}@example.org",
        "ana\u{2028}x@example.org",
    ] {
        let error = refused(text);
        assert!(
            matches!(
                error,
                EmailError::Character { .. } | EmailError::NotOneAt | EmailError::Domain
            ),
            "{text:?}: {error}"
        );
    }
}

#[test]
fn parts_that_cannot_be_are_refused() {
    for text in [
        ".ana@example.org",
        "ana.@example.org",
        "a..b@example.org",
        "@example.org",
    ] {
        assert_eq!(refused(text), EmailError::Local, "{text}");
    }
    for text in [
        "ana@",
        "ana@.org",
        "ana@a..b",
        "ana@1.2.3.4",
        "ana@[::1]",
        "ana@ex_ample.org",
        "ana@-x.org",
    ] {
        assert_eq!(refused(text), EmailError::Domain, "{text}");
    }
    assert_eq!(refused(" \t"), EmailError::Empty);
    for text in ["ana", "ana@b@c"] {
        assert_eq!(refused(text), EmailError::NotOneAt, "{text}");
    }
}

#[test]
fn lengths_are_bounded() {
    let at_most = format!(
        "{}@{}.example",
        "a".repeat(63),
        ["b".repeat(60).as_str(); 3].join(".")
    );
    assert!(EmailAddress::parse(&at_most).is_ok());
    assert_eq!(
        refused(&format!("{}@example.org", "a".repeat(65))),
        EmailError::Local
    );
    let long = format!("a@{}.example", ["b".repeat(60).as_str(); 4].join("."));
    assert!(matches!(
        refused(&format!("{long}{}", "x".repeat(20))),
        EmailError::TooLong { .. }
    ));
}

#[test]
fn an_address_is_not_printed_and_its_errors_do_not_repeat_it() {
    let address = EmailAddress::parse("ana@example.org").unwrap();
    assert!(!format!("{address:?}").contains("ana"));
    for text in [
        "ana secret@example.org",
        "ana@secret_.org",
        ".secret@example.org",
    ] {
        assert!(!refused(text).to_string().contains("secret"));
    }
}

proptest! {
    #[test]
    fn what_is_taken_is_taken_again_as_the_same(text in "[a-zA-Z0-9.ä-ü@ +]{1,40}") {
        if let Ok(address) = EmailAddress::parse(&text) {
            prop_assert_eq!(EmailAddress::parse(address.as_str()).unwrap(), address.clone());
            let normal = EmailAddress::parse(&address.normalised()).unwrap();
            prop_assert_eq!(normal.normalised(), address.normalised());
            prop_assert!(!address.as_str().contains(['\r', '\n', ' ', '<']));
        }
    }
}
