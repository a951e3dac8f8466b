//! Reading a file: is it whole, is it as it was written, and what does each line say.
//!
//! Never reads lines of a file whose seal is broken.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;
use crate::line::{EndLine, Line};
use crate::{LONGEST_LINE, SCHEMA, VERSION};

/// What the first line has to say, whatever the version.
#[derive(Deserialize)]
struct Heading {
    schema: String,
    version: u32,
}

/// The lines of a file without its last, when it is whole and as it was written.
///
/// # Errors
/// Another schema, an unknown version, a file that breaks off, another digest than the one at its end.
pub fn unsealed(file: &[u8]) -> Result<&[u8], Fault> {
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let heading: Heading = serde_json::from_slice(first).map_err(|_| not_a_backup())?;
    if heading.schema != SCHEMA {
        return Err(not_a_backup());
    }
    if heading.version == 0 || heading.version > VERSION {
        let message = format!(
            "the file has version {}, and this server reads 1 to {VERSION}: restore it with a newer one",
            heading.version
        );
        return Err(Fault::new(1, "unknown_version", message));
    }
    let lines = count(file);
    let truncated = || {
        let message = "the file breaks off: its last line is not `end`, so something is missing";
        Fault::new(lines.max(1), "truncated", message)
    };
    let whole = file.strip_suffix(b"\n").ok_or_else(truncated)?;
    let start = whole.iter().rposition(|byte| *byte == b'\n');
    let (body, last) = whole
        .split_at_checked(start.map_or(0, |start| start + 1))
        .ok_or_else(truncated)?;
    let Ok(Line::End(end)) = serde_json::from_slice(last) else {
        return Err(truncated());
    };
    as_written(body, &end, lines)?;
    Ok(body)
}

fn as_written(body: &[u8], end: &EndLine, lines: u64) -> Result<(), Fault> {
    let digest = hex::encode(Sha256::digest(body));
    if digest == end.sha256 && count(body) == end.lines {
        return Ok(());
    }
    let message = format!(
        "the file is not as it was written: its digest is {digest}, and its end says {}",
        end.sha256.chars().take(64).collect::<String>()
    );
    Err(Fault::new(lines, "altered", message))
}

fn not_a_backup() -> Fault {
    Fault::new(
        1,
        "not_a_backup",
        format!("the first line is not that of a library's backup (`\"schema\":\"{SCHEMA}\"`)"),
    )
}

fn count(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').skip(1).count() as u64
}

/// What each line says, with its number.
pub fn lines(body: &[u8]) -> impl Iterator<Item = Result<(u64, Line), Fault>> {
    let lines = body.split(|byte| *byte == b'\n').zip(1..);
    let filled = lines.filter(|(line, _)| !line.is_empty());
    filled.map(|(line, number)| {
        if line.len() > LONGEST_LINE {
            let message = format!(
                "the line has {} bytes, and {LONGEST_LINE} is the most",
                line.len()
            );
            return Err(Fault::new(number, "line_too_long", message));
        }
        let read = serde_json::from_slice(line);
        read.map(|line| (number, line)).map_err(|error| {
            // Where in the line it is would be told as "line 1", which misleads.
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            Fault::new(
                number,
                "bad_line",
                format!("the line cannot be read: {reason}"),
            )
        })
    })
}
