//! What every event log promises, tried on each database that keeps one.
//! A scenario knows only the port; it never asks which database it runs on.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test crate: clippy excuses only the test functions themselves"
)]

mod atomicity;
mod claims;
mod concurrency;
mod idempotency;
mod order;
mod payloads;
mod postgres_subject;
mod protection;
mod reading;
mod rebuilding;
mod script;
mod searching;
mod snapshots;
mod stories;
mod subject;

/// Runs every scenario on every database, each on a fresh log.
macro_rules! on_every_database {
    ($($room:ident: $($scenario:ident),+ $(,)?;)+) => {
        mod sqlite {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                let subject = crate::subject::SqliteSubject::fresh().await;
                crate::$room::$scenario(&subject).await;
            }
        )+)+}

        mod postgres {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                let subject = crate::postgres_subject::PostgresSubject::fresh().await;
                crate::$room::$scenario(&subject).await;
            }
        )+)+}
    };
}

on_every_database! {
    order:
        positions_are_dense_and_in_commit_order_over_many_streams,
        a_conflict_rejects_its_append_and_not_the_batch_and_burns_no_position,
        a_later_append_of_a_batch_sees_an_earlier_one,
        sequences_continue_where_the_stream_ended,
        a_stream_written_twice_by_one_append_continues_within_it,
        an_empty_batch_has_no_outcomes,
        an_append_without_writes_is_committed_at_the_head,
        five_thousand_appends_fit_into_one_batch,
        recorded_times_never_go_backwards;
    atomicity:
        a_conflict_on_the_second_stream_writes_nothing_to_the_first,
        a_claim_refused_on_the_second_stream_writes_nothing_to_the_first,
        a_refused_append_makes_no_claims,
        a_multi_stream_append_keeps_the_order_of_its_writes,
        a_stream_that_is_only_read_is_checked,
        an_append_that_only_reads_is_committed_at_the_head;
    claims:
        a_claim_is_won_by_one_stream,
        claiming_again_by_the_owner_is_fine,
        a_released_claim_can_be_made_by_another_stream,
        releasing_a_claim_of_another_stream_is_refused,
        releasing_a_free_claim_is_fine,
        claims_of_one_append_are_visible_to_the_next_of_the_batch,
        a_claim_can_move_between_streams_within_one_append,
        an_owner_is_a_stream_and_not_only_its_id,
        claims_of_two_kinds_never_meet,
        owners_are_answered_in_the_order_asked_for;
    searching:
        a_search_finds_what_its_filter_wants_in_pages_of_every_size,
        a_search_keeps_to_its_bounds_and_goes_on_when_they_move;
    idempotency:
        a_repeated_request_is_answered_as_before_with_its_position,
        another_request_under_the_same_key_is_refused,
        a_repeat_within_one_batch_is_answered_as_the_first,
        an_append_without_events_keeps_its_answer,
        keys_of_two_callers_never_meet,
        a_refused_append_keeps_no_answer,
        keys_are_forgotten_after_seven_days_and_not_before,
        an_expired_key_is_free_before_it_is_purged;
    payloads:
        payloads_are_kept_byte_for_byte,
        a_payload_of_a_megabyte_is_kept,
        metadata_is_kept_byte_for_byte_on_every_event_of_the_append,
        an_event_keeps_its_id_type_and_version,
        a_payload_that_is_no_json_is_refused_and_harms_nothing;
    reading:
        pages_of_the_feed_of_every_size_make_up_the_whole,
        pages_of_a_stream_of_every_size_make_up_the_whole,
        a_feed_read_past_the_head_is_empty,
        a_limit_of_zero_reads_nothing,
        unknown_streams_are_empty,
        streams_are_loaded_in_the_order_asked_for,
        a_lone_stream_is_loaded_like_many,
        streams_of_two_types_with_one_id_are_two_streams,
        an_odd_stream_name_is_just_a_name,
        the_head_is_the_last_position,
        a_time_maps_to_the_last_position_recorded_by_then,
        events_are_found_by_their_ids,
        an_event_id_is_written_only_once;
    snapshots:
        the_newest_snapshot_wins,
        an_older_snapshot_does_not_replace_a_newer_one,
        a_snapshot_of_another_schema_is_not_read,
        snapshots_are_answered_in_the_order_asked_for,
        streams_are_restored_from_their_snapshots_and_tails;
    protection:
        nobody_can_change_or_remove_an_event;
    rebuilding:
        an_untouched_table_says_what_the_events_say,
        missing_wrong_and_unfounded_claims_are_found_and_mended,
        a_claim_of_an_unknown_kind_is_unfounded,
        an_emptied_table_is_filled_again,
        claims_are_not_rebuilt_from_events_that_nobody_understands,
        the_first_of_two_claimants_keeps_the_value;
    concurrency:
        a_tail_behind_eight_writers_never_skips_repeats_or_reorders,
        one_of_many_rivals_for_a_version_wins,
        one_of_many_rivals_for_a_claim_wins,
        one_of_many_repeats_of_a_request_is_executed;
    script:
        any_script_of_appends_has_the_outcomes_of_the_model;
}
