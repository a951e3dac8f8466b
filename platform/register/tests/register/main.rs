//! The register sealed, verified, proven, exported and imported, on each database that keeps one.
//! A scenario knows only the port, and the few statements by which whoever owns the database could cheat.

#![cfg(test)]

mod exporting;
mod growing;
mod importing;
mod outlets;
mod proving;
mod sealing;
mod stage;
mod tampering;

/// Runs every scenario on every database, each on a fresh log.
macro_rules! on_every_database {
    ($($room:ident: $($scenario:ident),+ $(,)?;)+) => {
        mod sqlite {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::$room::$scenario(&crate::stage::Stage::sqlite().await).await;
            }
        )+)+}

        mod postgres {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::$room::$scenario(&crate::stage::Stage::postgres().await).await;
            }
        )+)+}
    };
}

on_every_database! {
    sealing:
        what_is_sealed_in_pieces_is_one_tree,
        a_sealer_goes_on_where_another_has_stopped,
        of_two_sealers_one_wins_and_the_other_is_told,
        nothing_is_signed_over_a_damaged_tree,
        nothing_is_signed_over_a_hole,
        checkpoints_and_tiles_cannot_be_changed_or_removed,
        a_task_seals_until_it_is_told_to_stop_and_then_the_rest;
    growing:
        a_log_that_grows_and_is_sealed_while_it_is_verified_is_fine;
    proving:
        every_sealed_position_is_proven_to_whoever_has_the_key,
        a_position_that_is_not_there_or_not_sealed_has_no_proof,
        a_changed_event_has_no_proof,
        every_checkpoint_is_proven_to_continue_every_earlier_one,
        a_size_without_a_checkpoint_has_no_proof_and_names_its_neighbours;
    exporting:
        an_export_holds_every_byte_and_verifies_without_a_database,
        an_interrupted_export_goes_on_and_ends_as_if_it_had_not_been,
        an_export_never_overwrites_a_file,
        an_export_beyond_the_head_is_refused,
        exports_in_parts_verify_as_one;
    importing:
        an_import_is_the_same_log,
        an_interrupted_import_goes_on,
        a_log_with_events_takes_no_import,
        another_export_is_not_mixed_into_an_unfinished_import,
        a_corrupt_export_is_refused_with_its_line_and_nothing_is_written,
        an_imported_log_goes_on_being_sealed;
    outlets:
        a_directory_holds_all_that_a_verifier_needs,
        a_directory_that_was_away_catches_up,
        a_directory_with_a_newer_checkpoint_refuses_an_older_log;
}
