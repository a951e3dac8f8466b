//! Rebuilds the crate when a migration is added: the migrations are embedded, and cargo does not see new files in a
//! folder by itself. Does nothing else.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/postgres");
}
