//! One file out of a form as browsers send it (`multipart/form-data`, RFC 7578).
//!
//! Never copies the file, never believes what the form says of its type, and never holds more than the body that came in.

use accession_service::problem::Problem;
use axum::body::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The longest boundary that there is (RFC 2046).
const LONGEST_BOUNDARY: usize = 70;
/// The longest head of a part that is read.
const LONGEST_HEAD: usize = 8 * 1024;

/// The file in the field `name` of a form, or the whole body when it is no form.
pub(crate) fn file_or_body(headers: &HeaderMap, body: Bytes, name: &str) -> Result<Bytes, Problem> {
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Ok(body);
    }
    let boundary = boundary(parameters).ok_or_else(|| {
        Problem::malformed("the form names no boundary: send multipart/form-data; boundary=…")
    })?;
    let found = file(&body, boundary, name).map_err(Problem::malformed)?;
    Ok(body.slice_ref(found))
}

/// The boundary among the parameters of a content type.
fn boundary(parameters: &str) -> Option<&str> {
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    (1..=LONGEST_BOUNDARY)
        .contains(&value.len())
        .then_some(value)
}

/// The contents of the one part with this name.
fn file<'a>(body: &'a [u8], boundary: &str, name: &str) -> Result<&'a [u8], String> {
    let delimiter = format!("\r\n--{boundary}");
    let first = delimiter.trim_start();
    let broken =
        || "the form does not end with its boundary, or a part of it has no head".to_owned();
    let mut rest = body
        .strip_prefix(first.as_bytes())
        .or_else(|| after(body, delimiter.as_bytes()).map(|(_, rest)| rest))
        .ok_or_else(broken)?;
    let mut found = None;
    while !rest.starts_with(b"--") {
        // What follows a boundary on its line is white space.
        let (_, part) = after(rest, b"\r\n").ok_or_else(broken)?;
        let (part, next) = after(part, delimiter.as_bytes()).ok_or_else(broken)?;
        let (head, contents) = after(part, b"\r\n\r\n").ok_or_else(broken)?;
        if is_named(head, name) && found.replace(contents).is_some() {
            return Err(format!(
                "the form has more than one field `{name}`: send one"
            ));
        }
        rest = next;
    }
    found.ok_or_else(|| format!("the form has no field `{name}`: put the file there"))
}

/// What stands before and behind the first place of this text.
fn after<'a>(bytes: &'a [u8], text: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = bytes
        .windows(text.len())
        .position(|window| window == text)?;
    Some((bytes.get(..place)?, bytes.get(place + text.len()..)?))
}

/// Whether the head of a part says that it is the field with this name.
fn is_named(head: &[u8], name: &str) -> bool {
    let Ok(head) = std::str::from_utf8(head) else {
        return false;
    };
    if head.len() > LONGEST_HEAD {
        return false;
    }
    let disposition = head.split("\r\n").find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field
            .trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    });
    let mut parameters = disposition.unwrap_or_default().split(';').map(str::trim);
    let is_field = parameters
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("form-data"));
    is_field
        && parameters.any(|parameter| {
            parameter
                .strip_prefix("name=")
                .is_some_and(|value| value.trim_matches('"') == name)
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, contents) in fields {
            let head = format!(
                "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: text/html\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(contents);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XX--\r\n");
        body
    }

    fn taken(kind: &str, body: &[u8]) -> Result<Vec<u8>, String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        let taken = file_or_body(&headers, Bytes::copy_from_slice(body), "file");
        taken
            .map(|bytes| bytes.to_vec())
            .map_err(|problem| problem.detail().to_owned())
    }

    const FORM: &str = "multipart/form-data; boundary=\"XX\"";

    #[test]
    fn the_one_file_of_a_form_is_taken_as_it_is_and_no_form_is_the_file_itself() {
        let picture: &[u8] = b"\x89PNG\r\n\x1a\n--X\r\n";
        let body = form(&[("note", b"hello"), ("file", picture), ("files", b"no")]);
        assert_eq!(taken(FORM, &body).unwrap(), picture);
        assert_eq!(taken("image/png", picture).unwrap(), picture);
    }

    #[test]
    fn a_form_without_the_field_with_two_of_it_or_without_an_end_is_refused() {
        let two = form(&[("file", b"a"), ("file", b"b")]);
        let whole = form(&[("file", b"a")]);
        for (kind, body, fault) in [
            (FORM, form(&[("picture", b"a")]), "no field `file`"),
            (FORM, two, "more than one"),
            (FORM, whole[..whole.len() - 9].to_vec(), "does not end"),
            (FORM, Vec::new(), "does not end"),
            ("multipart/form-data", whole, "no boundary"),
        ] {
            let refused = taken(kind, &body).unwrap_err();
            assert!(refused.contains(fault), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_file_comes_out_of_a_form(contents in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assume!(!contents.windows(4).any(|four| four == b"--XX"));
            prop_assert_eq!(taken(FORM, &form(&[("file", &contents)])), Ok(contents));
        }

        #[test]
        fn no_bytes_make_the_reader_fail_in_another_way(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = taken(FORM, &bytes);
        }
    }
}
