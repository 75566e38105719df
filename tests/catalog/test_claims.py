"""The catalogue's statements about closing connections, tried on the running kernel in a namespace of their own."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tcptune.model.version import KernelVersion
from tests.support import linger_experiments as lingering
from tests.support import port_experiments as ports
from tests.support import state_experiments as states
from tests.support.experiments import namespace, run

pytestmark = pytest.mark.root


def same_namespace() -> int:
    """Tell a child's namespace."""
    return namespace()


def test_an_experiment_runs_in_a_namespace_of_its_own() -> None:
    assert run(same_namespace) != namespace()


class TestLingerZero:
    """SO_LINGER on with 0 seconds."""

    def test_resets_even_when_no_data_is_discarded(self) -> None:
        seen = run(lingering.zero_with_nothing_to_discard)
        assert "RST" in seen["flags"]
        assert "FIN" not in seen["flags"]
        assert (seen["state"], seen["peer"], seen["counted"]) == ("CLOSED", [0, "ConnectionResetError"], 1)

    def test_discards_what_was_not_sent(self) -> None:
        seen = run(lingering.zero_with_data_waiting)
        assert seen["got"] < seen["sent"]
        assert seen["end"] == "ConnectionResetError"
        assert seen["took"] < 0.5

    def test_resets_when_the_process_is_killed(self) -> None:
        assert run(lingering.process_ends_with_zero) == {"peer": [0, "ConnectionResetError"]}

    def test_takes_effect_with_the_last_descriptor(self) -> None:
        assert run(lingering.not_the_last_descriptor) == {"first": "ESTABLISHED", "peer": "ConnectionResetError"}

    def test_does_not_concern_shutdown(self) -> None:
        seen = run(lingering.zero_and_shutdown)
        assert "FIN" in seen["shutdown"]
        assert "RST" not in seen["shutdown"]
        assert "RST" in seen["close"]


class TestLingerWithTime:
    """SO_LINGER on with seconds, and off."""

    def test_off_returns_at_once_and_delivers(self) -> None:
        seen = run(lingering.off_with_data_waiting)
        assert (seen["got"], seen["end"]) == (seen["sent"], "end")
        assert seen["took"] < 0.5

    def test_nothing_is_lost_or_reset_when_the_time_is_over(self) -> None:
        seen = run(lingering.time_runs_out)
        assert 0.9 < seen["took"] < 2
        assert seen["state"] == "FIN-WAIT-1"
        assert (seen["got"], seen["end"]) == (seen["sent"], "end")
        assert "RST" not in seen["flags"]
        assert "FIN" in seen["flags"]

    def test_close_returns_as_soon_as_all_is_acknowledged(self) -> None:
        seen = run(lingering.time_is_a_limit)
        assert 0.2 < seen["took"] < 3
        assert (seen["got"], seen["end"]) == (seen["sent"], "end")

    def test_blocks_a_non_blocking_socket_as_well(self) -> None:
        assert 0.9 < run(lingering.non_blocking)["took"] < 2
        assert run(lingering.non_blocking_without_linger)["took"] < 0.5

    def test_a_process_that_ends_does_not_wait(self) -> None:
        seen = run(lingering.process_ends)
        assert seen["exit"] < 1
        assert seen["kill"] < 1
        assert seen["exit_delivered"] == seen["kill_delivered"] == 1

    def test_tcp_fin_timeout_does_not_limit_it(self) -> None:
        assert 1.9 < run(states.fin_timeout_and_linger)["took"] < 3

    def test_an_accepted_socket_has_its_listeners_options_but_not_its_blocking_mode(self) -> None:
        seen = run(lingering.listener_hands_down)
        assert seen == {
            "linger": [1, 0],
            "linger2": 7,
            "user_timeout": 4321,
            "blocking": True,
            "peer": "ConnectionResetError",
        }


class TestReset:
    """Resets without SO_LINGER, and what a peer sees of a reset."""

    def test_close_with_unread_data_resets(self) -> None:
        seen = run(lingering.unread_data)
        assert "RST" in seen["flags"]
        assert "FIN" not in seen["flags"]
        assert (seen["state"], seen["counted"], seen["peer"]) == ("CLOSED", 1, "ConnectionResetError")

    def test_data_after_close_is_answered_by_a_reset_and_counted_while_the_fin_is_unacknowledged(self) -> None:
        seen = run(lingering.data_after_close)
        early, late = seen["fin-unacknowledged"], seen["fin-acknowledged"]
        assert (early["state"], early["counted"]) == ("FIN-WAIT-1", 1)
        assert (late["state"], late["counted"]) == ("FIN-WAIT-2", 0)
        assert "RST" in early["flags"]
        assert "RST" in late["flags"]

    def test_a_peer_that_had_the_fin_reads_its_end_and_gets_epipe(self) -> None:
        assert run(lingering.data_after_close)["peer"] == ["b''", "EPIPE"]

    def test_a_peer_outside_of_recv_sees_it_once(self) -> None:
        seen = run(lingering.reset_seen_without_recv)
        assert seen["poll"] == [True, True]
        assert seen["send"] == ["ECONNRESET", "EPIPE"]
        assert seen["later"] == ["ECONNRESET", "b''"]
        assert seen["option"] == "ECONNRESET"

    def test_data_that_came_before_it_can_still_be_read(self) -> None:
        assert run(lingering.data_before_the_reset) == {"got": 5, "end": "ConnectionResetError"}


class TestTimeWait:
    """TIME_WAIT: how long, what it costs, how it is avoided."""

    def test_lasts_a_minute_whatever_tcp_fin_timeout_is(self) -> None:
        seen = run(states.time_wait_length)
        assert seen["state"] == "TIME-WAIT"
        assert 58 < seen["left"] <= 60

    def test_has_no_descriptor_and_hardly_any_memory(self) -> None:
        seen = run(states.time_wait_costs)
        assert (seen["tw"], seen["inuse"], seen["descriptors"], seen["inodes"]) == (200, 0, 0, [0])
        sizes: dict[str, int] = seen["sizes"]
        if sizes:  # /proc/slabinfo may be missing from a kernel.
            assert sizes["tw_sock_TCP"] <= 512
            assert sizes["tw_sock_TCP"] * 4 < sizes["TCP"]

    def test_the_limit_refuses_new_ones_and_leaves_the_old_alone(self) -> None:
        seen = run(states.limit_reached)
        assert seen["old"] == ["TIME-WAIT", "TIME-WAIT"]
        assert (seen["new"], seen["counted"]) == ("CLOSED", 1)
        assert seen["default"] != 18000

    def test_can_be_avoided_on_a_running_kernel(self) -> None:
        seen = run(states.without_time_wait)
        assert seen["peer closes first"] == ["CLOSED", "TIME-WAIT"]
        assert seen["no buckets"] == "CLOSED"
        assert seen["minus one"] == "TIME-WAIT"

    def test_does_not_keep_a_client_from_the_server(self) -> None:
        assert run(ports.inbound) == {"before": "TIME-WAIT", "again": "ok", "recycled": 0}


class TestOtherStates:
    """Who is in the other closing states and what ends them."""

    def test_tcp_fin_timeout_ends_fin_wait_2_of_closed_sockets_only(self) -> None:
        seen = run(states.fin_wait_2)
        assert seen["states"] == ["FIN-WAIT-2", "FIN-WAIT-2"]
        assert seen["buckets"] == 1
        assert 0.5 < seen["closed"] < 2
        assert (seen["half"], seen["timer"]) == ("FIN-WAIT-2", 0)

    def test_tcp_linger2_replaces_it_for_one_socket(self) -> None:
        seen = run(states.linger2)
        assert 0.5 < seen["1"] < 2
        assert seen["-1"] < 0.5

    def test_tcp_linger2_is_capped_at_two_minutes(self) -> None:
        assert run(states.linger2)["read back"] == [30, 45, 120, 120, 120]

    def test_close_wait_has_no_timer(self) -> None:
        seen = run(states.close_wait)
        assert (seen["state"], seen["timer"], seen["inode"]) == ("CLOSE-WAIT", 0, True)
        assert seen["answer"] == ["RST"]

    def test_tcp_orphan_retries_ends_fin_wait_1_of_closed_sockets_only(self) -> None:
        seen = run(states.orphan_retries)
        assert seen["states"] == ["FIN-WAIT-1", "FIN-WAIT-1"]
        assert seen["closed"] < 4
        assert (seen["half"], seen["counted"]) == ("FIN-WAIT-1", 1)

    def test_tcp_orphan_retries_ends_last_ack(self) -> None:
        seen = run(states.last_ack)
        assert (seen["first"], seen["state"], seen["timer"]) == ("CLOSE-WAIT", "LAST-ACK", 1)
        assert seen["took"] < 4

    def test_closing_needs_two_crossing_fins_and_leads_to_time_wait_on_both_sides(self) -> None:
        seen = run(states.closing)
        assert seen == {
            "first": ["FIN-WAIT-1", "FIN-WAIT-1"],
            "second": "CLOSING",
            "last": ["TIME-WAIT", "TIME-WAIT"],
        }

    def test_tcp_user_timeout_ends_data_and_orphans_that_are_not_acknowledged(self) -> None:
        seen = run(states.user_timeout)
        assert seen["error"] == "ETIMEDOUT"
        assert 0.6 < seen["took"] < 3
        assert 0.6 < seen["orphan"] < 3


class TestPorts:
    """Ephemeral ports and addresses in use."""

    def test_are_used_up_for_one_destination_only(self) -> None:
        seen = run(ports.exhausted)
        assert seen["one"] == ["ok", "ok", "EADDRNOTAVAIL"]
        assert seen["two"] == "ok"
        assert seen["bind"] == "EADDRINUSE"

    def test_tcp_tw_reuse_takes_one_over_after_a_second(self) -> None:
        seen = run(ports.exhausted)
        assert (seen["reuse"], seen["recycled"]) == ("ok", 1)

    def test_tcp_tw_reuse_does_not_compare_the_clocks_of_the_two_ends(self) -> None:
        seen = run(ports.reuse_with_clocks_apart)
        assert seen["outcomes"] == ["ok", "EADDRNOTAVAIL", "ok"]
        assert seen["apart"] > 60_000  # More than a minute; the offsets are random, so weeks as a rule.

    def test_a_restart_needs_the_same_option_on_the_old_and_the_new_listener(self) -> None:
        seen: dict[str, Any] = run(ports.restart)
        assert {how for how, outcome in seen.items() if outcome == "ok"} == {"addr addr", "port port"}
        assert set(seen.values()) == {"ok", "EADDRINUSE"}

    def test_only_so_reuseport_lets_two_listen(self) -> None:
        assert run(ports.two_listeners) == {
            "reuseaddr": "EADDRINUSE",
            "reuseport": "ok",
            "one of them": "EADDRINUSE",
        }

    def test_ip_bind_address_no_port_leaves_the_choice_to_connect(self) -> None:
        seen = run(ports.bind_address_no_port)
        assert seen["0"]["outcomes"] == ["ok", "ok", "EADDRINUSE", "EADDRINUSE"]
        assert seen["1"] == {"outcomes": ["ok"] * 4, "port after bind": [0] * 4}

    @pytest.mark.skipif(KernelVersion.parse(os.uname().release) < (6, 3), reason="the option came with 6.3")
    def test_ip_local_port_range_narrows_and_never_widens(self) -> None:
        seen = run(ports.local_port_range)
        assert all(40100 <= port <= 40103 for port in seen["inside"])
        assert all(40000 <= port <= 40999 for port in seen["outside"])
        assert all(40990 <= port <= 40999 for port in seen["low only"])

    def test_errors_of_connect_and_bind(self) -> None:
        assert run(ports.refused) == {
            "nobody": "ECONNREFUSED",
            "same four-tuple": "EADDRNOTAVAIL",
            "foreign address": "EADDRNOTAVAIL",
        }


class TestNamespace:
    """What a new network namespace starts with, and what it shows of the host."""

    def test_starts_from_the_kernels_defaults(self) -> None:
        seen = run(states.new_namespace)
        assert seen["moved"]
        assert seen["values"]["tcp_fin_timeout"] == ["60"]
        assert seen["values"]["tcp_tw_reuse"] == ["2"]
        assert seen["values"]["tcp_rmem"] != ["4096", "77777", "888888"]

    def test_sockstat_shows_orphans_allocated_sockets_and_memory_of_the_whole_host(self) -> None:
        seen = run(states.new_namespace)
        inside, beside = seen["inside"], seen["beside"]
        assert inside["orphan"] >= 1
        assert beside["orphan"] >= 1
        assert beside["alloc"] >= inside["inuse"]
        assert beside["mem"] >= 100
        assert inside["tw"] == 1
        assert (beside["tw"], beside["inuse"]) == (0, 0)
