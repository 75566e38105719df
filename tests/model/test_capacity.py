"""What settings sustain: the arithmetic, with figures worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.model.capacity import Wanted, capacity, fin_wait_2, given_up_after, until_none_is_left
from tcptune.model.value import Value

DEFAULTS: dict[str, Value | None] = {
    "net.ipv4.ip_local_port_range": (32768, 60999),
    "net.ipv4.ip_local_reserved_ports": "",
    "net.ipv4.tcp_tw_reuse": 2,
    "net.ipv4.tcp_tw_reuse_delay": 1000,
    "net.ipv4.tcp_timestamps": 1,
    "net.ipv4.tcp_max_tw_buckets": 131072,
    "net.ipv4.tcp_fin_timeout": 60,
    "net.ipv4.tcp_orphan_retries": 0,
    "net.netfilter.nf_conntrack_max": 262144,
    "net.netfilter.nf_conntrack_tcp_timeout_time_wait": 120,
}


def rates(values: dict[str, Value | None], **options: Any) -> list[int]:
    return [round(each.per_second) for each in capacity(values, **options).limits]


def test_the_limits_of_the_kernels_defaults() -> None:
    assert rates(DEFAULTS) == [471, 28232, 471, 2185, 2185]


def test_what_the_namespace_shares_has_room_for_so_many_destinations() -> None:
    assert [each.destinations for each in capacity(DEFAULTS).limits] == [None, None, None, 4, 9]
    none = {**DEFAULTS, "net.ipv4.ip_local_port_range": None}
    assert [each.destinations for each in capacity(none).limits] == [None, None]


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({"net.ipv4.tcp_tw_reuse": 1}, 28232),
        ({"net.ipv4.tcp_tw_reuse": 1, "net.ipv4.tcp_timestamps": 0}, 471),
        ({"net.ipv4.tcp_tw_reuse": 1, "net.ipv4.tcp_tw_reuse_delay": 2000}, 14116),
        ({"net.ipv4.ip_local_port_range": (10240, 65535)}, 922),
        ({"net.ipv4.ip_local_reserved_ports": "33000-33231,40000"}, 467),
    ],
)
def test_what_a_parameter_does_to_one_destination(changed: dict[str, Value | None], first: int) -> None:
    assert rates(DEFAULTS | changed)[0] == first


def test_reuse_does_nothing_for_peers_without_timestamps() -> None:
    assert rates(DEFAULTS | {"net.ipv4.tcp_tw_reuse": 1}, timestamps=False)[0] == 471


def test_parameters_that_are_not_there_set_no_limit() -> None:
    assert rates({}) == []


def test_a_rate_that_is_sustained_needs_nothing() -> None:
    found = capacity(DEFAULTS, Wanted(400.0))
    assert found.enough
    assert [(need.count, need.enough, need.advice) for need in found.needs] == [
        (24000, True, ""),
        (24000, True, ""),
        (48000, True, ""),
    ]


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [
        (Wanted(900.0), "widen it: 10240 65535 has 55296 ports"),
        (Wanted(1000.0), "keep connections open (keep-alive, a pool); else net.ipv4.tcp_tw_reuse = 1"),
        (Wanted(1000.0, open_seconds=100), "no range has so many: keep connections open, or spread them over 3 "),
    ],
)
def test_one_thing_that_helps_is_named(wanted: Wanted, advice: str) -> None:
    found = capacity(DEFAULTS, wanted)
    assert not found.enough
    assert found.needs[0].advice.startswith(advice)


def test_more_destinations_take_fewer_ports_each_but_as_many_buckets() -> None:
    one, ten = capacity(DEFAULTS, Wanted(1000.0)), capacity(DEFAULTS, Wanted(1000.0, 10))
    assert (one.needs[0].count, ten.needs[0].count) == (60000, 6000)
    assert one.needs[1].count == ten.needs[1].count == 60000


def test_with_reuse_there_are_never_more_waiting_sockets_than_ports() -> None:
    found = capacity(DEFAULTS | {"net.ipv4.tcp_tw_reuse": 1}, Wanted(5000.0), bytes_each=256)
    assert found.needs[1].count == 28232
    assert found.memory == 28232 * 256


@pytest.mark.parametrize(
    ("value", "seconds"), [(60, 60), (15, 15), (0, 0), (-5, 0), (61, 2), (75, 30), (90, 60), (120, 120)]
)
def test_fin_wait_2_above_a_minute_is_twice_what_exceeds_it(value: int, seconds: int) -> None:
    assert fin_wait_2(value) == seconds


@pytest.mark.parametrize(
    ("retries", "rto", "seconds"), [(1, 0.2, 1.4), (3, 0.2, 6.2), (0, 0.204, 104.244), (8, 0.204, 104.244)]
)
def test_when_a_silent_far_end_is_given_up(retries: int, rto: float, seconds: float) -> None:
    assert given_up_after(retries, rto) == pytest.approx(seconds, abs=0.001)


@given(st.integers(1, 65535), st.floats(0.1, 120), st.floats(0.1, 1e6))
def test_either_all_ports_go_once_or_none_is_ever_missing(usable: int, lifetime: float, rate: float) -> None:
    count = until_none_is_left(usable, lifetime, rate)
    assert count in (usable, None)
    assert (count is None) == (rate <= usable / lifetime or rate * lifetime <= usable)
