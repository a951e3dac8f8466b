//! Rebuilds the crate when a migration of the private file is added: they are embedded, and cargo does not see new files
//! in a folder by itself. Does nothing else.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/private-sqlite");
}
