//! Value types against laws and real data; never through anything but the crate's public names.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]

mod values {
    mod isbn_in_the_wild;
    mod ledger_laws;
    mod real_books;
    mod shared_data;
    mod text_laws;
}
