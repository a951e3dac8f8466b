//! What people type, and what becomes of it.

use super::*;

fn parse(text: &str) -> Question {
    Question::parse(text).unwrap()
}

fn asked(question: &Question) -> Vec<&str> {
    question.asks.iter().map(|ask| ask.text.as_str()).collect()
}

#[test]
fn words_and_fields_are_told_apart() {
    let question = parse("author:eco year:1980..1990 kind:book Rose");
    assert_eq!(asked(&question), ["eco", "rose"]);
    assert_eq!(question.asks[0].within, Some(Prose::People));
    assert_eq!(question.filter.years, [(1980, 1990)]);
    assert_eq!(question.filter.kinds, ["book"]);
    assert_eq!(question.key, "");
}

#[test]
fn a_colon_in_a_title_is_no_field() {
    let question = parse("Batman:Year One");
    assert_eq!(asked(&question), ["batman", "year", "one"]);
    assert_eq!(question.key, "batman year one");
}

#[test]
fn a_phrase_is_kept_together_and_takes_no_typos() {
    let question = parse("\"name of the\" rose author:\"umberto eco\"");
    assert_eq!(question.phrases.len(), 2);
    assert_eq!(question.phrases[1].within, Some(Prose::People));
    assert!(question.asks[0].strict && !question.asks[3].strict);
}

#[test]
fn a_quote_that_is_left_open_is_no_quote() {
    for text in [
        "\"name of the",
        "name \"of the",
        "name of the\"",
        "author:\"name of the",
    ] {
        let question = parse(text);
        assert!(question.phrases.is_empty(), "{text}");
        assert_eq!(question.asks.len(), 3, "{text}");
    }
}

#[test]
fn an_isbn_in_any_spelling_is_one() {
    for text in [
        "0439023483",
        "978-0-439-02348-1",
        "isbn:0-439-02348-3",
        "978 0 439 02348 1",
    ] {
        assert_eq!(parse(text).filter.isbns, ["9780439023481"], "{text}");
    }
    assert_eq!(
        Question::parse("isbn:12"),
        Err(QuestionError::Isbn("12".into()))
    );
}

#[test]
fn what_would_match_everything_is_refused() {
    assert!(matches!(
        Question::parse("*"),
        Err(QuestionError::Everything(_))
    ));
    assert!(matches!(
        Question::parse("title:*"),
        Err(QuestionError::Everything(_))
    ));
    assert!(parse("hung* games").asks[0].open);
}

#[test]
fn too_much_is_refused_with_the_numbers() {
    assert_eq!(
        Question::parse(&"x".repeat(10_000)),
        Err(QuestionError::TooLong(10_000))
    );
    assert_eq!(
        Question::parse(&"a ".repeat(200)),
        Err(QuestionError::TooManyWords(200))
    );
}

#[test]
fn a_year_that_is_none_is_refused() {
    for text in ["year:soon", "year:..", "year:1990..1980", "year:99999"] {
        assert!(
            matches!(Question::parse(text), Err(QuestionError::Year(_))),
            "{text}"
        );
    }
    assert_eq!(parse("year:1990..").filter.years, [(1990, i16::MAX)]);
}

#[test]
fn the_last_word_goes_on_unless_a_space_follows() {
    assert!(parse("hunger ga").open);
    assert!(!parse("hunger ga ").open);
}

#[test]
fn a_word_with_a_minus_must_not_be_there() {
    let question = parse("dune -messiah");
    assert_eq!(question.without, ["messiah"]);
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "[\\PC\"*:.-]{0,80}") {
        let _ = Question::parse(&text);
    }
}
