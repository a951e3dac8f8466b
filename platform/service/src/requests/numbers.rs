//! The one histogram of answers, by labels that stay few: the route's template, the method, the class of the status.
//!
//! Nothing that a caller writes becomes a label.

use http::{Method, StatusCode};
use metrics::Histogram;

/// How long answers of this kind took, in seconds.
pub(super) fn took(method: &Method, route: String, status: StatusCode) -> Histogram {
    let labels = [
        ("method", known(method).to_owned()),
        ("route", route),
        ("status", class(status).to_owned()),
    ];
    metrics::histogram!("accession_http_request_seconds", &labels)
}

/// A method of the standard by its name; a caller may invent others.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_a_caller_invented_is_no_label() {
        assert_eq!(known(&Method::from_bytes(b"BREW").unwrap()), "other");
        assert_eq!(known(&Method::PATCH), "PATCH");
    }

    #[test]
    fn statuses_are_counted_by_their_class() {
        let classes = [200, 304, 412, 503].map(|code| class(StatusCode::from_u16(code).unwrap()));
        assert_eq!(classes, ["2xx", "3xx", "4xx", "5xx"]);
    }
}
