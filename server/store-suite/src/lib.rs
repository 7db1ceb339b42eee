//! What every store must do, whichever database is behind it.
//!
//! A store's own tests call `conformance!` with how an empty store is made; each case of this crate becomes
//! a test there. A case is a function over `store` traits in the file of its subject, and runs once its
//! name stands in the list below.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    reason = "a case ends where its ground is not firm, and its name says what it holds"
)]

pub mod api_keys;
pub mod attachments;
pub mod audit;
pub mod cases;
pub mod contract;
pub mod deliveries;
pub mod drafts;
pub mod former;
pub mod ground;
pub mod import;
pub mod inbox;
pub mod keys;
pub mod labels;
pub mod land;
pub mod lineage;
pub mod notices;
pub mod outbox;
pub mod outcomes;
pub mod passkeys;
pub mod queue;
pub mod rating;
pub mod reopening;
pub mod requests;
pub mod rights;
pub mod samples;
pub mod search;
pub mod shelves;
pub mod staff;
pub mod uploads;
pub mod versions;

use std::any::Any;

/// Storage that can be opened again and again, each time as another process would.
pub struct Storage<S> {
    open: Box<dyn Fn() -> S>,
    _keep: Box<dyn Any>,
}

impl<S> Storage<S> {
    /// Empty storage that lasts as long as `keep`.
    pub fn new(open: impl Fn() -> S + 'static, keep: impl Any) -> Self {
        Self { open: Box::new(open), _keep: Box::new(keep) }
    }

    /// Opens it, with connections of its own.
    pub fn open(&self) -> S {
        (self.open)()
    }
}

/// One test for each case of the suite; the argument makes empty storage, a [`Storage`].
#[macro_export]
macro_rules! conformance {
    ($place:expr) => {
        $crate::conformance! { @ $place;
            import::nothing_is_seen_before_it_is_published
            import::a_second_version_replaces_the_first
            import::a_dropped_import_leaves_no_trace
            import::one_import_runs_at_a_time
            import::what_cannot_be_kept_is_refused
            import::codes_come_once_and_units_stand_on_parcels
            import::many_rows_go_in_and_come_out
            import::an_import_sees_what_it_would_replace_and_whose_codes_it_has
            import::z4_the_coverage_of_a_layer_is_told_after_its_features
            land::a_record_comes_back_as_it_went_in
            land::units_are_found_on_their_parcel
            land::layers_say_whether_they_reach_the_parcel
            land::what_was_found_comes_with_its_ground_and_of_the_layers_asked_for_alone
            land::the_newest_import_of_a_code_answers
            land::the_newest_source_of_a_code_answers_before_the_newest_import
            land::classified_parcels_are_never_found
            land::codes_come_page_by_page_in_their_order
            land::p5_nothing_is_drawn_where_classified_land_lies
            land::p5_no_other_record_names_a_classified_code
            search::words_of_any_length_find_addresses
            search::codes_and_local_ids_come_first
            search::bounds_narrow_a_search
            search::an_address_is_found_as_people_say_it
            search::row_2_a_home_is_looked_for_by_its_house
            search::uses_and_kinds_are_found_in_both_languages
            search::pages_of_a_search_follow_one_another_and_its_count_is_true
            search::p5_what_may_not_be_searched_has_no_part_in_a_search
            search::p5_limits_and_order_depend_on_what_may_be_searched_alone
            search::signs_in_a_search_are_only_signs
            versions::the_version_before_is_kept_and_comes_back_whole
            versions::what_is_kept_is_in_no_answer
            former::what_was_current_is_read_as_it_was
            former::what_is_not_kept_or_was_taken_back_is_not_read
            former::p5_what_is_classified_today_is_not_in_what_was
            versions::p5_every_publication_and_rollback_is_another_epoch_for_every_process
            versions::one_version_beside_the_current_one_is_kept
            versions::numbers_go_on_after_a_rollback
            versions::what_cannot_be_current_again_is_said_in_words
            versions::a_rollback_and_an_import_exclude_each_other
            versions::readers_see_one_version_or_the_other_while_it_changes
            versions::requests_of_a_version_that_was_rolled_back_still_read
            versions::c7_what_a_rolled_back_version_ended_has_not_ended
            versions::c7_a_day_that_a_rolled_back_version_corrected_is_as_before
            versions::c7_plans_come_and_go_with_their_version
            versions::p5_what_was_classified_before_is_withheld_again
            versions::left_over_rows_are_cleared_once_and_not_beside_an_import
            lineage::c7_ties_are_followed_both_ways_and_to_the_side
            lineage::c7_circles_and_long_chains_end
            lineage::c7_an_import_sees_what_any_version_ended
            lineage::c7_an_import_sees_what_gave_way_by_either_record
            lineage::c7_either_record_of_a_pair_is_enough
            lineage::c7_a_code_without_a_record_keeps_its_history
            lineage::p5_a_classified_code_stays_withheld_without_its_record
            land::the_base_map_comes_in_drawing_order
            ground::features_are_found_by_where_they_lie_and_of_the_current_version_alone
            ground::a_version_answers_where_it_has_parcels_and_says_what_its_layers_cannot_say
            ground::sites_s2_a_layer_that_lost_what_lay_on_classified_land_says_nothing_by_its_silence
            ground::p5_ground_of_classified_land_is_closed_and_what_hides_layers_is_always_the_same
            shelves::a_shelf_has_its_features_in_one_order_page_by_page
            shelves::a_box_has_what_lies_in_it_by_its_ground_and_what_has_none
            shelves::p5_no_place_on_a_shelf_and_no_count_tells_of_a_classified_parcel
            contract::s5_what_is_sent_and_chained_is_the_same_bytes_everywhere
            requests::a_request_is_kept_with_its_first_event
            requests::the_same_key_never_makes_two_requests
            requests::sites_s5_requests_of_one_form_lie_beside_each_other
            requests::events_chain_and_only_go_forward
            requests::s5_notes_in_the_same_state_and_corrections_are_events
            requests::s5_what_a_department_speaks_of_is_not_sent_again
            requests::concurrent_submissions_are_all_kept
            requests::requests_are_kept_while_an_import_runs
            attachments::p10_a_file_goes_with_one_request_or_with_none
            attachments::p10_a_file_that_nobody_hands_in_is_removed_after_its_time
            attachments::p10_the_files_of_a_deleted_request_are_deleted_with_it
            uploads::s5_a_file_in_parts_grows_in_its_order_and_goes_with_a_request_when_it_is_whole
            uploads::s5_nothing_is_left_of_a_file_that_never_became_whole
            outbox::a_delivery_is_in_one_pair_of_hands
            outbox::the_body_is_frozen_at_submission
            outbox::an_attempt_cut_off_is_ambiguous
            outbox::a_late_owner_changes_nothing
            outbox::what_is_delivered_or_stuck_is_never_taken_again
            outbox::a_stalled_delivery_comes_back_when_due
            outbox::a_delivery_moves_its_request
            outbox::two_departments_do_not_move_it_back
            outbox::s5_what_a_wrong_clock_made_due_in_years_is_due_now
            outbox::s5_a_lease_that_a_wrong_clock_gave_is_freed
            deliveries::s5_a_stuck_delivery_is_sent_again_with_new_patience
            deliveries::s5_a_delivery_is_sent_to_another_department_and_back
            deliveries::s5_a_delivery_is_settled_by_hand
            deliveries::s5_only_what_is_stuck_is_taken_up_as_long_as_it_is
            deliveries::s5_nothing_is_done_while_an_answer_is_awaited
            deliveries::s5_deliveries_are_listed_and_counted
            deliveries::s5_the_journal_is_a_chain
            deliveries::desk_d7_what_one_proposes_another_confirms
            deliveries::s5_what_is_not_decided_is_listed_by_department
            outbox::many_workers_deliver_each_once
            inbox::s5_only_those_asked_for_are_taken
            inbox::s5_what_was_collected_arrives_by_the_departments_word
            inbox::s5_what_is_not_acknowledged_comes_again
            inbox::s5_what_is_never_acknowledged_stands_behind_what_is_new
            inbox::s5_only_what_was_collected_is_acknowledged
            inbox::s5_what_nobody_collects_is_left_to_a_person
            inbox::s5_what_was_collected_and_is_posted_is_in_doubt
            rights::p10_a_correction_reaches_the_department_once_and_after_what_it_corrects
            rights::p10_a_correction_does_not_undo_one_that_it_has_not_seen
            rights::s5_what_is_settled_as_not_received_is_not_followed_by_its_corrections
            rights::p10_what_was_not_sent_is_not_sent_after_a_withdrawal
            rights::p10_a_department_that_has_a_request_is_told_of_its_withdrawal
            rights::p10_a_withdrawal_does_not_overtake_what_is_under_way
            rights::p10_whoever_may_have_a_request_is_told_and_nobody_else
            rights::s5_what_goes_to_another_department_goes_with_its_corrections
            rights::p10_a_deleted_request_is_in_the_register_and_nowhere_else
            rights::p10_what_a_department_may_have_is_kept_by_law_whatever_staff_did
            rights::p10_all_that_is_kept_is_handed_out
            outcomes::desk_d10_an_outcome_is_kept_with_its_event_and_each_print_is_counted
            outcomes::desk_d10_what_staff_correct_for_an_applicant_is_kept_as_their_answer
            rating::s8_a_rating_is_an_event_of_its_request
            rating::s12_what_became_of_requests_is_counted_by_day
            reopening::s8_what_was_taken_up_again_is_open_until_it_ends_again
            reopening::s8_a_word_from_before_the_end_opens_nothing_when_it_comes_again
            reopening::p10_what_waits_for_an_answer_to_its_reopening_is_not_deleted
            reopening::p10_the_operator_deletes_what_no_department_answers
            drafts::s11_a_draft_is_given_back_as_it_was_saved_last_until_it_is_deleted
            drafts::s11_a_draft_whose_time_is_over_is_not_given_back_and_goes
            notices::p10_an_address_is_told_after_it_confirmed_and_of_what_came_since
            notices::p10_one_message_tells_of_all_that_came_and_of_nothing_twice
            notices::p10_a_message_is_in_one_pair_of_hands_and_comes_back_when_it_failed
            notices::p10_what_an_applicant_did_is_not_told_to_them
            notices::p10_an_address_is_forgotten_when_nobody_is_told_any_more
            notices::p10_only_so_many_addresses_are_named_for_a_request
            audit::notes_make_one_chain_whoever_writes
            audit::x2_a_chain_that_lost_a_known_end_is_not_added_to
            audit::x2_what_is_pruned_stays_named_and_the_rest_of_the_chain_passes
            audit::p4_nobody_is_shown_more_places_than_the_cap
            keys::s5_a_store_tells_what_was_made_with_which_key
            keys::x3_a_key_that_was_noted_is_known_again
            keys::x3_what_is_sealed_is_counted_by_its_key
            labels::a_label_comes_back_under_its_number
            labels::all_labels_are_issued_or_none
            labels::a_list_of_labels_is_gone_through_in_parts_to_its_end
            labels::a_label_is_withdrawn_once
            labels::numbers_are_never_shared
            api_keys::p6_a_key_is_known_by_its_mark_alone_and_disabled_for_good
            staff::desk_d1_a_link_is_used_once_and_what_it_gave_is_taken_away_again
            staff::desk_d7_accounts_of_one_person_are_told_by_their_number
            deliveries::desk_d7_two_accounts_of_one_person_are_not_two_people
            staff::desk_d1_a_name_at_an_identity_service_is_of_one_account
            staff::desk_d1_no_code_is_taken_twice
            staff::desk_d1_names_are_counted_whether_anybody_has_them_or_not
            staff::desk_d1_a_session_ends_with_its_account_and_by_its_own_hand_alone
            passkeys::desk_d1_a_passkey_is_of_one_account_and_goes_with_what_proves_it
            passkeys::desk_d1_a_challenge_is_answered_once_and_in_time
            passkeys::desk_d1_whoever_only_asks_fills_no_store
            queue::desk_d9_tickets_are_recalled_skipped_held_handed_on_and_brought_back
            queue::desk_d9_nobody_waits_for_ever_behind_those_with_priority
            queue::desk_d9_every_ticket_is_called_once_and_in_order_from_three_portals
            cases::desk_d5_a_case_is_given_back_as_it_was_saved_last_and_nothing_older_replaces_it
            cases::desk_d5_a_case_is_found_by_its_office_and_its_code_until_its_time_is_over
            cases::desk_d11_the_files_of_a_case_wait_as_long_as_it_does_and_go_with_it
        }
    };
    (@ $place:expr; $($module:ident :: $case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                $crate::$module::$case(&$place).await;
            }
        )*
    };
}
