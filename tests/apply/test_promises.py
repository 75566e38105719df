"""What `apply` promises, promise by promise, and the tests that hold it: none without one, and no name of one lost."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROMISES = {
    "1 every key is resolved": ["only_parameters_of_the_catalogue_are_written"],
    "1 typed": ["nothing_is_written_when_one_key_has_the_wrong_type"],
    "1 in range": ["nothing_is_written_when_one_key_is_out_of_range"],
    "1 present": ["nothing_is_written_when_one_key_is_not_there"],
    "1 writable": [
        "a_read_only_proc_sys_is_refused_before_anything_is_written",
        "a_congestion_control_that_only_cap_net_admin_can_load_is_refused",
        "what_the_kernel_asks_cap_sys_admin_for_is_refused_without",
        "root_of_a_user_namespace_is_told_that_the_network_is_not_its_own",
    ],
    "1 and what is kept can be": [
        "a_drop_in_that_cannot_be_made_is_refused_before_anything_is_written",
        "a_drop_in_on_a_read_only_file_system_is_refused_before_anything_is_written",
        "a_read_only_state_folder_is_refused_before_anything_is_written",
        "a_state_folder_on_a_full_disk_is_refused_before_anything_is_written",
    ],
    "2 only parameters of the catalogue": ["only_parameters_of_the_catalogue_are_written"],
    "2 below a /proc/sys that is procfs": [
        "what_is_mounted_over_proc_sys_is_not_written",
        "a_folder_mounted_below_proc_sys_is_not_written",
        "a_file_mounted_over_a_key_is_not_written",
        "another_key_mounted_over_a_key_is_not_written",
    ],
    "2 of the chosen namespace": ["what_is_written_is_written_in_the_chosen_namespace_alone"],
    "2 no link is followed": ["no_link_below_proc_sys_is_followed"],
    "2 never a path that a profile spells": ["a_profiles_key_leads_nowhere"],
    "2 no profile, no configuration that others can write": [
        "a_profile_or_configuration_that_others_can_write_is_refused",
        "a_parent_that_others_can_write_is_refused",
    ],
    "2 nor in a folder that they can, sticky ones excepted": [
        "a_profile_in_a_folder_that_others_can_write_is_refused_sticky_ones_excepted"
    ],
    "3 refused for what the plan brings": ["a_plan_that_brings_a_warning_is_refused_and_names_it"],
    "3 for what it makes worse": ["what_the_plan_makes_worse_refuses_although_it_was_there_before"],
    "3 for what stands on a key that it writes": [
        "a_warning_on_a_key_that_the_plan_writes_refuses_although_it_was_there_before"
    ],
    "3 for what stands on the file that it writes": [
        "a_finding_on_the_file_that_the_plan_writes_refuses_although_it_was_there_before"
    ],
    "3 at the next boot, too": [
        "a_relation_that_holds_now_and_not_after_the_boot_is_found",
        "what_only_procps_would_end_with_is_found",
        "a_tuned_that_would_put_its_own_value_back_is_found_before_anything_is_written",
    ],
    "3 unless the profile accepts it": ["a_risk_that_the_profile_accepts_is_no_reason_to_refuse"],
    "3 or --allow does": ["allow_takes_a_code_a_slug_or_a_prefix", "allow_of_another_rule_allows_nothing"],
    "3 what was there is listed, never a reason": [
        "what_was_there_before_and_is_not_touched_is_listed_and_never_a_reason_to_refuse"
    ],
    "3 nor is pressure": [
        "pressure_is_never_a_reason_to_refuse",
        "the_cure_of_an_outage_goes_through_without_allow",
    ],
    "3 --dry-run checks the same and writes nothing": ["a_dry_run_checks_the_same_and_writes_nothing"],
    "4 one at a time": ["a_lock_that_is_held_refuses_and_names_its_holder"],
    "4 the lock is the target's, not the folder's": [
        "two_state_folders_do_not_make_two_locks",
        "the_lock_of_one_namespace_is_not_that_of_another",
    ],
    "4 the entry with every old value comes before the first write": [
        "the_entry_with_every_old_value_is_on_disk_before_the_first_write"
    ],
    "4 read again before its write, else all is undone": ["a_key_that_is_not_what_the_plan_saw_undoes_all"],
    "5 in the right order, and the reverse back": [
        "dependent_keys_are_written_in_the_right_order_and_undone_in_the_reverse",
        "range_and_first_unprivileged_port_go_in_the_order_that_the_kernel_takes",
    ],
    "5 read back and compared by meaning": [
        "each_write_is_read_back_and_compared_by_meaning",
        "a_kernel_that_keeps_another_value_is_a_failure_that_rolls_back",
    ],
    "6 any failure puts all of it back, in reverse": [
        "whatever_fails_on_the_way_puts_all_of_it_back",
        "what_is_put_back_is_put_back_in_the_reverse_order",
    ],
    "6 an undo writes only what still holds what we wrote": [
        "what_somebody_wrote_meanwhile_stays_and_is_status_4",
        "an_undo_leaves_what_somebody_changed_and_force_overwrites_it",
    ],
    "6 every command speaks of what a killed process left": [
        "a_killed_process_leaves_a_journal_that_every_command_speaks_of",
        "who_looks_as_root_is_told",
    ],
    "6 apply refuses until rollback or --resume": ["another_change_is_refused_until_it_is_undone_or_finished"],
    "7 kept by default in the initial namespace only": [
        "in_the_initial_namespace_it_is_kept_by_default",
        "elsewhere_nothing_is_kept_unless_a_file_is_named",
    ],
    "7 which is known by a key that no other has": ["the_initial_namespace_is_known_by_a_key_that_no_other_has"],
    "7 one file of its own, mode 0644": ["the_drop_in_is_one_file_of_its_own_mode_0644"],
    "7 a temporary file beside it, fsync, rename, fsync": [
        "the_drop_in_is_written_beside_synced_renamed_and_its_folder_synced"
    ],
    "7 nobody else's line is touched": ["no_line_of_anybody_else_is_touched"],
    "7 a file without our header is refused": ["an_existing_file_without_our_header_is_refused_even_with_force"],
    "7 ours, edited by hand, too": ["one_of_ours_that_was_edited_by_hand_is_refused_without_force"],
    "7 who would win over it is said before": [
        "a_later_file_that_would_win_is_said_before_anything_is_written",
        "a_loader_that_ends_elsewhere_is_said_before_anything_is_written",
    ],
    "8 armed, and seen to be, before the first write": ["the_undo_is_armed_and_seen_before_the_first_write"],
    "8 confirm alone writes the drop-in, and disarms": ["confirm_keeps_it_writes_the_drop_in_and_disarms"],
    "8 a reboot within the time is an undo": ["what_is_pending_in_another_boot_was_undone_by_it"],
    "8 a timer of systemd's with nothing of the environment": [
        "the_timer_has_absolute_paths_and_the_state_folder_and_nothing_of_the_environment"
    ],
    "8 else a detached process": ["a_change_whose_timer_is_not_seen_to_run_is_undone_by_a_process"],
    "8 which outlives the shell and the connection": [
        "the_undo_survives_the_hangup_of_the_shell_and_the_end_of_the_session"
    ],
    "8 it restores what is ours and records the others": ["the_undo_restores_what_is_still_ours_and_records_the_rest"],
    "8 while one is pending another is refused": ["while_one_is_pending_another_is_refused"],
    "9 a namespace is known by boot and cookie, not inode": ["an_inode_alone_is_no_proof_of_a_namespace"],
    "9 of another boot or a dead namespace files only": [
        "of_another_boot_or_a_dead_namespace_files_alone_are_restored_and_it_is_said"
    ],
    "10 --remove: the files' value, the journal's, the default": [
        "removal_gives_what_the_remaining_files_say_then_the_journal_then_the_default"
    ],
    "10 of the files, what this host's loader makes": ["removal_follows_the_loader_that_this_host_boots_with"],
    "10 the plan shows which": ["a_dry_removal_removes_nothing"],
    "10 kernel-default needs --only": ["the_profile_that_resets_a_whole_host_is_refused_without_only"],
    "11 a second run changes nothing and says so": ["a_second_run_changes_nothing_and_says_so"],
    "statuses: 3 put back, 4 not, 130 interrupted, 2 no privilege": [
        "a_refused_write_puts_all_of_it_back_and_is_status_3",
        "what_could_not_be_put_back_is_named_when_no_file_can_be_opened_any_more",
        "interrupted_is_130_after_putting_back",
        "no_privilege_is_status_2_and_says_what_is_missing",
    ],
}
"""The number and the words of a promise → its tests, without `test_`."""


def names() -> set[str]:
    """Return the names of the tests in this folder."""
    found: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        found |= {each.name for each in ast.parse(path.read_text("utf-8")).body if isinstance(each, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_has_a_test_named_after_it(promise: str) -> None:
    assert PROMISES[promise]
    assert not {f"test_{each}" for each in PROMISES[promise]} - names()


def test_no_promise_is_left_out() -> None:
    numbers = {promise.split()[0] for promise in PROMISES}
    assert numbers >= {str(number) for number in range(1, 12)}
