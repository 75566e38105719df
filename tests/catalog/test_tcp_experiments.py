"""Statements of the TCP families that only an experiment can hold, tried on the running kernel."""

from __future__ import annotations

import pytest

from tests.support import parameter_experiments as experiments
from tests.support.experiments import run
from tests.support.missing import needs

pytestmark = pytest.mark.root


def test_fin_timeout_above_60_is_twice_the_excess() -> None:
    took = run(experiments.fin_timeout_at_odd_values)
    assert 1.5 < took["61"] < 3.5
    assert 3.5 < took["62"] < 6


def test_fin_timeout_of_zero_or_less_is_the_floor_of_three_and_a_half_timeouts() -> None:
    took = run(experiments.fin_timeout_at_odd_values)
    assert 0.4 < took["0"] < 1.4
    assert 0.4 < took["-5"] < 1.4


def test_a_namespace_with_a_table_of_its_own_has_smaller_defaults() -> None:
    assert run(experiments.child_hash) == {
        "tcp_ehash_entries": "1024",
        "tcp_max_tw_buckets": "512",
        "tcp_max_syn_backlog": "128",
        "tcp_child_ehash_entries": "0",
    }


@needs("ss")
def test_a_running_listener_keeps_its_limit_until_it_listens_again() -> None:
    assert run(experiments.listener_and_somaxconn) == [77, 77, 500]


def test_the_port_range_and_the_first_unprivileged_port_bind_each_other() -> None:
    assert run(experiments.range_and_privileged_ports) == {
        "low end below": "Invalid argument",
        "reversed": "Invalid argument",
        "start above": "Invalid argument",
        "start at the low end": "taken",
        "start lower": "taken",
        "then the range": "taken",
        "start back": "Invalid argument",
        "one port": "taken",
        "zero": "Invalid argument",
    }


def test_connect_takes_the_parity_of_the_low_end_first() -> None:
    chosen = run(experiments.port_parity)
    assert [port % 2 for port in chosen] == [0, 0, 1, 1]
