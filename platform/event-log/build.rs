//! Rebuilds the crate when a migration is added: the migrations are embedded, and cargo does not see new files in a
//! folder by itself. Does nothing else.

fn main() {
    #[expect(
        clippy::print_stdout,
        reason = "cargo reads a build script's standard output"
    )]
    {
        println!("cargo:rerun-if-changed=../../migrations/postgres");
    }
}
