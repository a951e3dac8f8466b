//! No reader sees an older document after a newer one, nor a position that its answer lacks.
//!
//! Never depends on luck: every interleaving comes from a seed.
