//! Notes and checkpoints that were changed, forged or signed by somebody else are worth nothing, and say why.

#![cfg(test)]

use accession_transparency::{
    Checkpoint, CheckpointError, Hash, NoteError, NoteSigner, SignedNote,
};

fn signer(name: &str, salt: u8) -> NoteSigner {
    let seed = std::array::from_fn(|place| u8::try_from(place).unwrap() ^ salt);
    NoteSigner::new(name, &seed).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: "example.com/log".to_owned(),
        size: 4711,
        root: Hash::of_leaf(b"root"),
    }
}

#[test]
fn a_checkpoint_is_read_back_by_whoever_has_the_key() {
    let signer = signer("example.com/log", 0);
    let note = checkpoint().sign(&signer);
    assert_eq!(
        Checkpoint::verified(&note, &[signer.verifier()]),
        Ok(checkpoint())
    );
    assert_eq!(Checkpoint::unverified(&note), Ok(checkpoint()));
}

#[test]
fn every_changed_character_of_the_text_is_noticed() {
    let signer = signer("example.com/log", 0);
    let note = checkpoint().sign(&signer);
    let keys = [signer.verifier()];
    let text = note.find("\n\n").unwrap();
    for (place, _) in note.char_indices().take_while(|(place, _)| *place < text) {
        let mut bytes = note.clone().into_bytes();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        let changed = String::from_utf8(bytes).unwrap();
        let refused = Checkpoint::verified(&changed, &keys).unwrap_err();
        assert!(
            matches!(refused, CheckpointError::Note(NoteError::Forged { .. })),
            "{place}: {refused}"
        );
    }
}

#[test]
fn a_note_of_another_key_is_told_with_its_signer() {
    let note = checkpoint().sign(&signer("example.com/log", 0));
    let refused = Checkpoint::verified(&note, &[signer("example.com/log", 1).verifier()]);
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("none of the given keys") && message.contains("example.com/log+"),
        "{message}"
    );
}

#[test]
fn signatures_of_strangers_beside_the_log_s_own_do_not_matter() {
    let own = signer("example.com/log", 0);
    let note = checkpoint().sign(&own);
    let witness = checkpoint().sign(&signer("witness.example", 7));
    let line = witness.lines().last().unwrap();
    let both = format!("{note}{line}\n");
    assert_eq!(
        Checkpoint::verified(&both, &[own.verifier()]),
        Ok(checkpoint())
    );
}

#[test]
fn a_key_that_signs_for_another_log_is_refused() {
    let witness = signer("witness.example", 7);
    let note = checkpoint().sign(&witness);
    let refused = Checkpoint::verified(&note, &[witness.verifier()]).unwrap_err();
    assert!(
        matches!(refused, CheckpointError::Origin { .. }),
        "{refused}"
    );
}

#[test]
fn what_is_no_note_is_refused() {
    for text in [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno signature\n",
        "text\n\n\u{2014} name AAAA\n",
        "te\txt\n\n",
    ] {
        assert!(
            matches!(SignedNote::parse(text), Err(NoteError::Form { .. })),
            "{text:?}"
        );
    }
}

#[test]
fn a_size_is_written_in_one_way_only() {
    let signer = signer("example.com/log", 0);
    let note = |size: &str| {
        let text = format!("example.com/log\n{size}\n{}\n", Hash::of_nothing());
        accession_transparency::note::sign(&text, &signer)
    };
    let keys = [signer.verifier()];
    assert!(Checkpoint::verified(&note("7"), &keys).is_ok());
    for size in ["07", "+7", "", "-1", "7 ", "99999999999999999999"] {
        assert!(Checkpoint::verified(&note(size), &keys).is_err(), "{size}");
    }
}
