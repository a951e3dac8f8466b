//! The key that signs the log's checkpoints: the data directory's own, or the one that a setting names.
//!
//! Whoever only verifies needs no secret: `accession log key` prints what to give away.

use std::path::Path;

use accession_service::keys::{random_bytes, write_private};
use accession_transparency::{NoteSigner, NoteVerifier};
use anyhow::{Context as _, Result, bail};

use crate::data_dir::DataDir;
use crate::settings::{Mode, Settings};

/// What the text of a signing key begins with.
const SECRET: &str = "PRIVATE+KEY+";

/// The key of a process that seals. An embedded server, and a developer's, makes its own when there is none.
pub(crate) fn signer(settings: &Settings, data: &DataDir) -> Result<NoteSigner> {
    if let Some(signer) = named(settings)? {
        return Ok(signer);
    }
    if settings.mode == Mode::Production && settings.log_url.is_some() {
        bail!(
            "refusing to start: checkpoint_key is not set, so the log could not be sealed; make a key once with `accession log \
             key --new FILE --origin NAME` and give every command-api the same file"
        );
    }
    let path = data.checkpoint_key();
    if path.exists() {
        return read(&path);
    }
    make(&path, settings.checkpoint_origin.as_deref())
}

/// The keys that checkpoints are believed by: those of a file, or the log's own. Makes none.
pub(crate) fn verifiers(
    settings: &Settings,
    data: &DataDir,
    file: Option<&Path>,
) -> Result<Vec<NoteVerifier>> {
    if let Some(file) = file {
        return from_file(file);
    }
    if let Some(signer) = named(settings)? {
        return Ok(vec![signer.verifier()]);
    }
    let path = data.checkpoint_key();
    if !path.exists() {
        bail!(
            "whose signatures are to be believed? There is no {}; name a file with the log's public key by --key (`accession \
             log key` prints it beside the server)",
            path.display()
        );
    }
    Ok(vec![read(&path)?.verifier()])
}

/// Makes a new key in a file that only its owner can read.
pub(crate) fn make(path: &Path, origin: Option<&str>) -> Result<NoteSigner> {
    let seed = random_bytes()?;
    let origin = match origin {
        Some(origin) => origin.to_owned(),
        None => own_name(&random_bytes()?),
    };
    let signer = NoteSigner::new(&origin, &seed).context("checkpoint_origin")?;
    let text = format!("{}\n", signer.secret_text());
    write_private(path, text.as_bytes())
        .with_context(|| format!("cannot write the checkpoint key {}", path.display()))?;
    Ok(signer)
}

/// A name that no other log has.
fn own_name(random: &[u8; 32]) -> String {
    let digits: String = hex::encode(random).chars().take(12).collect();
    format!("accession.local/{digits}")
}

/// The key that the setting names: a file, or the text itself.
fn named(settings: &Settings) -> Result<Option<NoteSigner>> {
    match &settings.checkpoint_key {
        None => Ok(None),
        Some(text) if text.starts_with(SECRET) => {
            NoteSigner::parse(text).map(Some).context("checkpoint_key")
        }
        Some(path) => {
            let path = Path::new(path);
            if settings.mode == Mode::Production {
                refuse_open_file(path)?;
            }
            read(path).map(Some)
        }
    }
}

fn read(path: &Path) -> Result<NoteSigner> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the checkpoint key {}", path.display()))?;
    NoteSigner::parse(&text).with_context(|| format!("{} holds no checkpoint key", path.display()))
}

/// A secret that others on the machine can read is none.
fn refuse_open_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)
        .with_context(|| format!("cannot read the checkpoint key {}", path.display()))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!(
            "refusing to start: others may read the checkpoint key {} (mode {:o}); chmod 600 it",
            path.display(),
            mode & 0o777
        );
    }
    Ok(())
}

/// Public keys, one a line; a signing key counts as its public half.
fn from_file(file: &Path) -> Result<Vec<NoteVerifier>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the key {}", file.display()))?;
    let keys: Vec<NoteVerifier> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            if line.starts_with(SECRET) {
                NoteSigner::parse(line).map(|signer| signer.verifier())
            } else {
                NoteVerifier::parse(line)
            }
        })
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} holds no key", file.display()))?;
    if keys.is_empty() {
        bail!("{} holds no key", file.display());
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(folder: &Path, change: impl FnOnce(&mut Settings)) -> (Settings, DataDir) {
        let mut settings = Settings {
            data_dir: folder.to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        let data = DataDir::open(folder).unwrap();
        (settings, data)
    }

    #[test]
    fn an_embedded_server_makes_its_key_once_and_only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (settings, data) = on(folder.path(), |_| {});
        assert!(verifiers(&settings, &data, None).is_err());
        let made = signer(&settings, &data).unwrap().verifier();
        assert_eq!(signer(&settings, &data).unwrap().verifier(), made);
        assert_eq!(
            verifiers(&settings, &data, None).unwrap(),
            std::slice::from_ref(&made)
        );
        let permissions = std::fs::metadata(data.checkpoint_key())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(permissions & 0o777, 0o600);
        assert!(
            made.name().starts_with("accession.local/"),
            "{}",
            made.name()
        );
    }

    #[test]
    fn production_on_postgres_refuses_to_start_without_a_key_or_with_an_open_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (mut settings, data) = on(folder.path(), |settings| {
            settings.mode = Mode::Production;
            settings.log_url = Some("postgres://x".into());
        });
        let refused = signer(&settings, &data).unwrap_err().to_string();
        assert!(refused.contains("checkpoint_key is not set"), "{refused}");
        let path = folder.path().join("own.key");
        make(&path, Some("books.example/log")).unwrap();
        settings.checkpoint_key = Some(path.display().to_string());
        assert_eq!(
            signer(&settings, &data).unwrap().name(),
            "books.example/log"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = signer(&settings, &data).unwrap_err().to_string();
        assert!(refused.contains("mode 644"), "{refused}");
    }

    #[test]
    fn a_key_may_stand_in_the_setting_itself_and_a_broken_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let made = make(&folder.path().join("k"), Some("a.example")).unwrap();
        let (mut settings, data) = on(folder.path(), |settings| {
            settings.checkpoint_key = Some(made.secret_text());
        });
        assert_eq!(
            signer(&settings, &data).unwrap().verifier(),
            made.verifier()
        );
        settings.checkpoint_key = Some("PRIVATE+KEY+a.example+00000000+AAAA".into());
        let refused = format!("{:#}", signer(&settings, &data).unwrap_err());
        assert!(refused.contains("checkpoint_key"), "{refused}");
    }

    #[test]
    fn a_file_of_public_keys_is_read_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, data) = on(folder.path(), |_| {});
        let one = make(&folder.path().join("one"), Some("a.example"))
            .unwrap()
            .verifier();
        let two = make(&folder.path().join("two"), Some("b.example"))
            .unwrap()
            .verifier();
        let file = folder.path().join("keys");
        std::fs::write(&file, format!("{one}\n\n{two}\n")).unwrap();
        assert_eq!(
            verifiers(&settings, &data, Some(&file)).unwrap(),
            [one, two]
        );
        std::fs::write(&file, "\n").unwrap();
        assert!(verifiers(&settings, &data, Some(&file)).is_err());
    }
}
