"""What a value comes to."""

from __future__ import annotations

import pytest

from tcptune.catalog.asked import parse, refusal
from tcptune.catalog.effects import backoff_seconds, effect, fin_wait_2_seconds
from tcptune.errors import TcptuneError
from tcptune.model.history import RangeStep
from tcptune.model.parameter import Parameter
from tcptune.model.value import Kind, Value
from tcptune.model.version import KernelVersion, Target

NOW = Target(KernelVersion(6, 18))


def entry(kind: Kind = "int", *steps: RangeStep) -> Parameter:
    """Return a parameter of that kind."""
    return Parameter(key="net.ipv4.some_key", family="test", meaning="A test.", kind=kind, accepted=steps)


@pytest.mark.parametrize(
    ("value", "seconds"), [(-5, 0), (0, 0), (5, 5), (60, 60), (61, 2), (65, 10), (75, 30), (90, 60), (120, 120)]
)
def test_fin_wait_2_follows_what_was_timed_on_a_kernel(value: int, seconds: int) -> None:
    assert fin_wait_2_seconds(value) == seconds


def test_the_default_of_tcp_retries2_is_the_documented_924_seconds() -> None:
    assert backoff_seconds(15, 0.2) == pytest.approx(924.6)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("net.ipv4.tcp_fin_timeout", 75, "2 x (75 - 60) = 30 seconds in FIN-WAIT-2, which is shorter"),
        ("net.ipv4.tcp_fin_timeout", 180, "= 240 seconds in FIN-WAIT-2. TIME-WAIT"),
        ("net.ipv4.tcp_fin_timeout", 15, "TIME-WAIT stays at 60"),
        ("net.ipv4.tcp_fin_timeout", -5, "0.8 seconds"),
        ("net.ipv4.tcp_max_tw_buckets", 5000, "84 connections a second"),
        ("net.ipv4.tcp_orphan_retries", 0, "8 retransmissions"),
        ("net.ipv4.tcp_orphan_retries", 1, "0.6 seconds or more"),
        ("net.ipv4.tcp_retries2", 15, "15 minutes or more"),
        ("net.ipv4.tcp_syn_retries", 6, "131 seconds"),
        ("net.ipv4.ip_local_port_range", (32768, 60999), "28232 ports: so many connections"),
    ],
)
def test_an_effect_is_said_with_its_numbers(key: str, value: Value, words: str) -> None:
    assert words in (effect(key, value, NOW) or "")


def test_linear_syn_timeouts_are_counted_since_6_5_only() -> None:
    old = effect("net.ipv4.tcp_syn_retries", 6, Target(KernelVersion(6, 4)))
    assert "127 seconds" in (old or "")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("net.ipv4.tcp_sack", 1),
        ("net.ipv4.tcp_fin_timeout", "x"),
        ("net.ipv4.tcp_max_tw_buckets", -1),
        ("net.ipv4.tcp_orphan_retries", -1),
        ("net.ipv4.tcp_retries2", -1),
        ("net.ipv4.tcp_syn_retries", -1),
        ("net.ipv4.ip_local_port_range", (2, 1)),
    ],
)
def test_nothing_is_said_where_nothing_can_be_computed(key: str, value: Value) -> None:
    assert effect(key, value, NOW) is None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", " 75 ", 75),
        ("int", "-1", -1),
        ("int", "0x10", 16),
        ("int", "010", 8),
        ("int", "0", 0),
        ("pair", "1024\t65535", (1024, 65535)),
        ("triple", "1 2 3", (1, 2, 3)),
        ("text", " cubic  reno ", "cubic reno"),
    ],
)
def test_a_value_is_read_as_the_kernel_reads_it(kind: Kind, text: str, value: Value) -> None:
    assert parse(entry(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"), [("int", "60s"), ("int", "6.5"), ("int", ""), ("int", "1 2"), ("pair", "1"), ("int", "09")]
)
def test_what_is_no_value_is_refused_with_one_line(kind: Kind, text: str) -> None:
    with pytest.raises(TcptuneError) as caught:
        parse(entry(kind), text)
    assert "\n" not in caught.value.message


def test_a_value_outside_of_the_accepted_range_says_which() -> None:
    limited = entry("int", RangeStep(handler="u8", low=1, high=2))
    assert refusal(limited, 3, NOW) == "3 is outside of what it takes: 1 to 2"
    assert refusal(limited, 2, NOW) is None
    assert refusal(limited, "text", NOW) is None
    assert refusal(entry(), 3, NOW) is None
