//! Words that say what a number counts, in the languages of our sources.
//!
//! Never a word that only sometimes stands before a number, unless digits are asked for behind it.

use super::Counted;

/// What a word before a number counts.
pub(super) fn mark(word: &str) -> Option<Counted> {
    Some(match word {
        "vol" | "vols" | "volume" | "volumes" | "v" | "book" | "books" | "bk" | "no" | "nr"
        | "number" | "tome" | "tom" | "tomo" | "band" | "bd" | "kniga" | "libro" | "livre"
        | "issue" | "volumen" | "vypusk" | "deel" | "svazek" => Counted::Volume,
        "part" | "parts" | "pt" | "teil" | "parte" | "partie" | "chast" | "chapter" | "episode"
        | "ep" | "level" | "grade" | "stage" => Counted::Part,
        "season" | "seasons" | "sezon" | "saison" | "staffel" | "temporada" => Counted::Season,
        _ => return None,
    })
}

/// Words after which only digits are a number: *no one*, *v for*.
pub(super) fn needs_digits(word: &str) -> bool {
    matches!(
        word,
        "no" | "nr"
            | "v"
            | "number"
            | "band"
            | "chapter"
            | "issue"
            | "tom"
            | "level"
            | "grade"
            | "stage"
    )
}

pub(super) fn is_edition(word: &str) -> bool {
    matches!(
        word,
        "edition"
            | "ed"
            | "edn"
            | "auflage"
            | "izdanie"
            | "edizione"
            | "edicion"
            | "edicao"
            | "editie"
            | "wydanie"
    )
}

pub(super) fn is_gathering(word: &str) -> bool {
    matches!(
        word,
        "conference"
            | "conf"
            | "symposium"
            | "workshop"
            | "workshops"
            | "congress"
            | "meeting"
            | "colloquium"
            | "seminar"
            | "school"
            | "convention"
            | "conferences"
    )
}
