//! A backup in one file: a tar archive, compressed if its name says so.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// Whether a backup of this name is one file.
pub(crate) fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    [".tar", ".tar.gz", ".tgz"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending != "tar")
}

/// Packs a directory into a file that only its owner can read; under another name until it is whole.
pub(super) fn pack(folder: &Path, to: &Path) -> Result<()> {
    let fresh = to.with_extension("new");
    let packed = write_into(folder, &fresh, is_compressed(to));
    if packed.is_err() {
        let _ = std::fs::remove_file(&fresh);
    }
    packed.with_context(|| format!("cannot write {}", fresh.display()))?;
    std::fs::rename(&fresh, to).with_context(|| format!("cannot rename {}", fresh.display()))
}

fn write_into(folder: &Path, file: &Path, compress: bool) -> Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    let writer = BufWriter::with_capacity(1 << 18, file);
    let writer = if compress {
        let mut builder = tar::Builder::new(GzEncoder::new(writer, Compression::fast()));
        builder.append_dir_all(".", folder)?;
        builder.into_inner()?.finish()?
    } else {
        let mut builder = tar::Builder::new(writer);
        builder.append_dir_all(".", folder)?;
        builder.into_inner()?
    };
    let mut file = writer
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.flush()?;
    Ok(file.sync_all()?)
}

/// Unpacks into a directory; never outside of it.
pub(crate) fn unpack(from: &Path, folder: &Path) -> Result<()> {
    let file = BufReader::new(
        File::open(from).with_context(|| format!("cannot read {}", from.display()))?,
    );
    let reader: Box<dyn Read> = if is_compressed(from) {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    tar::Archive::new(reader).unpack(folder).with_context(|| {
        format!(
            "{} cannot be unpacked: is it a whole backup?",
            from.display()
        )
    })
}
