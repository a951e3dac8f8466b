//! Ours and Go's checksum database make the same trees, proofs, keys and notes.
//!
//! Its vectors are recorded in `vectors/sumdb.json` and always checked. Where Go and its package are installed
//! (Debian: golang-go, golang-golang-x-mod-dev) it is run as well, and checks what ours makes.

#![cfg(test)]

#[path = "support/reference.rs"]
mod reference;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use accession_transparency::{
    Checkpoint, Hash, NoteSigner, NoteVerifier, ProofPlan, SignedNote, TiledTree,
    verify_consistency, verify_inclusion,
};
use reference::{Shelf, leaves};
use serde_json::{Value, json};

const SIZE: u64 = 600;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn recorded() -> Value {
    serde_json::from_slice(&std::fs::read(vectors().join("sumdb.json")).unwrap()).unwrap()
}

/// Go prints a hash as its base64 text.
fn hashes(value: &Value) -> Vec<Hash> {
    value
        .as_array()
        .map(|list| {
            list.iter()
                .map(|hash| Hash::from_base64(hash.as_str().unwrap()).unwrap())
                .collect()
        })
        .unwrap_or_default()
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap()
}

#[test]
fn our_roots_and_tiles_are_those_of_the_other() {
    let theirs = recorded();
    let mut tree = TiledTree::new();
    let mut ours = Vec::new();
    for leaf in leaves(usize::try_from(SIZE).unwrap()) {
        tree.push(leaf);
        if tree.size() <= 70
            || (255..=260).contains(&tree.size())
            || (512..=514).contains(&tree.size())
        {
            ours.push(tree.root());
        }
    }
    assert_eq!(ours, hashes(&theirs["roots"]));
    assert_eq!(tree.edge(1), hashes(&theirs["tile"]));
}

#[test]
fn our_proofs_are_those_of_the_other_and_theirs_convince_us() {
    let theirs = recorded();
    let shelf = Shelf::of(SIZE);
    for proof in theirs["inclusion"].as_array().unwrap() {
        let (index, size) = (number(proof, "index"), number(proof, "size"));
        let path = hashes(&proof["path"]);
        assert_eq!(
            shelf.proof(&ProofPlan::inclusion(index, size).unwrap()),
            path
        );
        verify_inclusion(shelf.leaf(index), index, size, &path, shelf.root(size)).unwrap();
    }
    for proof in theirs["consistency"].as_array().unwrap() {
        let (old, new) = (number(proof, "old"), number(proof, "new"));
        let path = hashes(&proof["path"]);
        let ours = shelf.proof(&ProofPlan::consistency(old, new).unwrap());
        assert_eq!(ours, path, "{old} to {new}");
        verify_consistency(old, shelf.root(old), new, shelf.root(new), &path).unwrap();
    }
}

#[test]
fn our_keys_and_notes_are_those_of_the_other() {
    let theirs = recorded();
    let text = |name: &str| theirs[name].as_str().unwrap().to_owned();
    let seed: [u8; 32] = std::array::from_fn(|place| u8::try_from(place).unwrap());
    let signer = NoteSigner::new("example.com/register", &seed).unwrap();
    assert_eq!(signer.secret_text(), text("signing_key"));
    assert_eq!(signer.verifier().to_string(), text("verifying_key"));
    let verifier = NoteVerifier::parse(&text("verifying_key")).unwrap();
    let checkpoint = Checkpoint::verified(&text("note"), std::slice::from_ref(&verifier)).unwrap();
    assert_eq!(checkpoint.size, SIZE);
    assert_eq!(checkpoint.root, Shelf::of(SIZE).root(SIZE));
    assert_eq!(checkpoint.sign(&signer), text("note"));
    let note = SignedNote::parse(&text("note")).unwrap();
    assert_eq!(note.verify(&[verifier]).unwrap(), text("text"));
}

#[test]
fn the_other_prints_what_was_recorded() {
    let Some(printed) = other("gen", "") else {
        return;
    };
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed, recorded());
}

#[test]
fn what_we_make_convinces_the_other() {
    let shelf = Shelf::of(SIZE);
    let inclusion: Vec<Value> = [
        (0, 1),
        (3, 5),
        (250, 300),
        (256, 512),
        (511, 513),
        (599, 600),
    ]
    .map(|(index, size)| {
        let path = shelf.proof(&ProofPlan::inclusion(index, size).unwrap());
        json!({ "index": index, "size": size, "path": path })
    })
    .to_vec();
    let consistency: Vec<Value> = [(1, 2), (5, 9), (256, 300), (300, 600), (513, 514)]
        .map(|(old, new)| {
            let path = shelf.proof(&ProofPlan::consistency(old, new).unwrap());
            json!({ "old": old, "new": new, "path": path })
        })
        .to_vec();
    let seed: [u8; 32] = std::array::from_fn(|place| u8::try_from(place * 3).unwrap());
    let signer = NoteSigner::new("example.org/another-log", &seed).unwrap();
    let checkpoint = Checkpoint {
        origin: signer.name().to_owned(),
        size: SIZE,
        root: shelf.root(SIZE),
    };
    let ours = json!({
        "inclusion": inclusion,
        "consistency": consistency,
        "verifying_key": signer.verifier().to_string(),
        "note": checkpoint.sign(&signer),
    });
    let Some(answer) = other("check", &ours.to_string()) else {
        return;
    };
    let expected = format!(
        "6 5 \"example.org/another-log\\n{SIZE}\\n{}\\n\"",
        checkpoint.root
    );
    assert_eq!(answer.trim(), expected);
}

/// Runs the other implementation; says clearly when it is not there.
fn other(what: &str, input: &str) -> Option<String> {
    const LIBRARY: &str = "/usr/share/gocode";
    if !Path::new(LIBRARY)
        .join("src/golang.org/x/mod/sumdb/tlog")
        .exists()
    {
        eprintln!(
            "SKIPPED: the other implementation is not installed; on Debian: apt-get install golang-go golang-golang-x-mod-dev"
        );
        return None;
    }
    let cache = tempfile::tempdir().unwrap();
    let mut child = Command::new("go")
        .args(["run", "sumdb.go", what])
        .current_dir(vectors())
        .env("GOPATH", LIBRARY)
        .env("GO111MODULE", "off")
        .env("GOCACHE", cache.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    Some(String::from_utf8(output.stdout).unwrap())
}
