//! What translators and attackers may do to a message.

use super::*;

fn templates() -> Templates {
    Templates::built_in().unwrap()
}

fn with(kind: MessageKind, key: &str, value: &str) -> Value {
    let mut values = kind.example();
    values[key] = json!(value);
    values
}

/// The variables that a template uses, in any branch.
fn variables(templates: &Templates, name: &str) -> BTreeSet<String> {
    let template = templates.engine.get_template(name).unwrap();
    template.undeclared_variables(false).into_iter().collect()
}

#[test]
fn every_message_exists_in_every_language_with_the_same_variables() {
    let templates = templates();
    assert_eq!(templates.languages().collect::<Vec<_>>(), ["de", "en"]);
    for kind in MessageKind::ALL {
        let known: BTreeSet<String> = kind
            .example()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        for ending in ["txt", "html"] {
            let of = |language: &str| {
                variables(
                    &templates,
                    &format!("{language}/{}.{ending}", kind.as_str()),
                )
            };
            let english = of("en");
            assert_eq!(of("de"), english, "{kind:?}.{ending}");
            let own: BTreeSet<String> =
                english.into_iter().filter(|name| name != "words").collect();
            assert!(
                own.is_subset(&known),
                "{kind:?}.{ending} uses {own:?}, of {known:?}"
            );
        }
    }
}

#[test]
fn text_and_html_of_every_message_say_its_link_and_its_subject_is_one_line() {
    let templates = templates();
    for kind in MessageKind::ALL {
        for language in ["en", "de"] {
            let example = kind.example();
            let rendered = templates.render(kind, language, &example).unwrap();
            if let Some(link) = example["link"].as_str() {
                assert!(rendered.text.contains(link), "{kind:?}");
                assert!(rendered.html.contains("#token=EXAMPLE"), "{kind:?}");
            }
            assert!(!rendered.subject.contains('\n') && !rendered.subject.is_empty());
            assert!(
                rendered
                    .html
                    .contains(&format!("<html lang=\"{language}\">"))
            );
        }
    }
}

#[test]
fn the_nearest_language_is_taken_and_english_when_there_is_none() {
    let templates = templates();
    let language = |wanted| {
        let kind = MessageKind::VerifyEmail;
        templates
            .render(kind, wanted, &kind.example())
            .unwrap()
            .language
    };
    assert_eq!(
        ["de", "de-AT", "en-GB", "pt-BR", ""].map(language),
        ["de", "de", "en", "en", "en"]
    );
}

#[test]
fn a_name_cannot_become_markup_in_html() {
    let values = with(
        MessageKind::VerifyEmail,
        "name",
        "<img src=x onerror=alert(1)>",
    );
    let rendered = templates()
        .render(MessageKind::VerifyEmail, "en", &values)
        .unwrap();
    assert!(!rendered.html.contains("<img"), "{}", rendered.html);
    assert!(rendered.html.contains("&lt;img"), "{}", rendered.html);
    assert!(
        rendered.text.contains("<img src=x"),
        "plain text stays as it was written"
    );
}

#[test]
fn a_value_with_line_ends_adds_no_line_to_the_subject_or_the_text() {
    let kind = MessageKind::RoleChanged;
    let values = with(
        kind,
        "library",
        "Books\r\nBcc: all@example\u{2028}\u{202E}x",
    );
    let rendered = templates().render(kind, "en", &values).unwrap();
    assert!(
        rendered.subject.contains("Books  Bcc: all@example"),
        "{:?}",
        rendered.subject
    );
    assert!(
        !rendered.text.lines().any(|line| line.starts_with("Bcc")),
        "{}",
        rendered.text
    );
    assert!(!rendered.subject.contains('\u{202E}'));
}

#[test]
fn a_long_subject_is_shortened() {
    let kind = MessageKind::RoleChanged;
    let values = with(kind, "library", &"ä".repeat(500));
    let rendered = templates().render(kind, "en", &values).unwrap();
    assert_eq!(rendered.subject.chars().count(), LONGEST_SUBJECT);
    assert!(rendered.subject.ends_with('…'));
}

#[test]
fn a_translator_adds_a_language_by_files_and_what_it_lacks_comes_from_english() {
    let folder = tempfile::tempdir().unwrap();
    let portuguese = folder.path().join("pt");
    std::fs::create_dir(&portuguese).unwrap();
    std::fs::write(
        portuguese.join("verify_email.txt"),
        "Subject: Confirme o seu endereço\n\nOlá {{ name }}: {{ link }} {{ until }} {{ site }}\n",
    )
    .unwrap();
    let templates = Templates::with_directory(folder.path()).unwrap();
    let render = |kind: MessageKind| templates.render(kind, "pt-PT", &kind.example()).unwrap();
    assert_eq!(
        render(MessageKind::VerifyEmail).subject,
        "Confirme o seu endereço"
    );
    assert!(
        render(MessageKind::VerifyEmail)
            .html
            .contains("Confirm my address")
    );
    assert_eq!(
        render(MessageKind::ReplayDetected).subject,
        "We ended a session of yours"
    );
}

#[test]
fn a_template_that_would_fail_is_refused_at_the_start_with_its_file_and_line() {
    for (text, what) in [
        ("Subject: x\n\n{{ nobody_knows_this }}\n", "undefined"),
        ("Subject: x\n\n{% if name %}\n", "line"),
        ("no subject\n\nbody\n", "Subject: "),
        ("Subject: x\n", "Subject: "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("fr")).unwrap();
        std::fs::write(folder.path().join("fr/role_changed.txt"), text).unwrap();
        let error = Templates::with_directory(folder.path())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("fr/role_changed.txt") && error.contains(what),
            "{error}"
        );
    }
}
