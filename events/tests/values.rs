//! Value types against laws and real data; never through anything but the crate's public names.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod values {
    mod ledger_laws;
}
