"""Growth: what counters grew by, and what is left out because it cannot be compared."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.errors import TcptuneError
from tcptune.live.pressure import conntrack_growth, growth, growth_since, read_pressure, sample, wait
from tcptune.model.host import Conntrack, Pressure


def test_growth_is_the_difference_of_what_both_know() -> None:
    assert growth({"TcpExt.TW": 3, "gone": 1}, {"TcpExt.TW": 10, "new": 5}) == ({"TcpExt.TW": 7}, [])


def test_a_counter_that_went_backwards_is_left_out_and_named() -> None:
    assert growth({"a": 3, "b": 1}, {"a": 2, "b": 2}) == ({"b": 1}, ["a"])


def test_a_gauge_of_snmp_does_not_grow() -> None:
    assert growth({"Tcp.CurrEstab": 9}, {"Tcp.CurrEstab": 3}) == ({}, [])


def test_connection_tracking_wraps_at_32_bits_and_a_restart_is_no_growth() -> None:
    assert conntrack_growth({"drop": 2**32 - 1}, {"drop": 4}) == {"drop": 5}
    assert conntrack_growth({"drop": 1000}, {"drop": 0}) == {}


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 2**64)), st.dictionaries(st.text(max_size=3), st.integers()))
def test_growth_is_never_negative(before: dict[str, int], after: dict[str, int]) -> None:
    grown, backwards = growth(before, after)
    assert all(number >= 0 for number in grown.values())
    assert not set(grown) & set(backwards)


def test_a_sample_has_its_true_length_and_tells_how_far_it_is() -> None:
    shares: list[float] = []
    start = time.monotonic()
    pressure, lines = sample(0.25, shares.append)
    assert pressure.growth is not None and "TcpExt.TW" in pressure.growth
    assert pressure.sample_seconds is not None and 0.25 <= pressure.sample_seconds <= time.monotonic() - start
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) >= 3
    assert lines == ()


def test_without_anybody_to_tell_it_sleeps_once() -> None:
    start = time.monotonic()
    wait(start + 0.05, 0.05)
    assert 0.05 <= time.monotonic() - start < 2


def test_an_earlier_snapshot_of_this_boot_gives_growth() -> None:
    saved = Pressure(counters={"TcpExt.TW": 5}, conntrack=Conntrack(stats={"drop": 1}))
    now = Pressure(counters={"TcpExt.TW": 9}, conntrack=Conntrack(stats={"drop": 4}))
    found, lines = growth_since(saved, now, saved_boot="x", boot="x", seconds=60)
    assert (found.growth, found.conntrack_growth, found.sample_seconds, lines) == (
        {"TcpExt.TW": 4},
        {"drop": 3},
        60,
        (),
    )


def test_growth_in_another_namespace_is_said() -> None:
    saved = Pressure(counters={"TcpExt.TW": 5, "a": 1, "b": 1, "c": 1})
    now = Pressure(counters={"TcpExt.TW": 1, "a": 0, "b": 0, "c": 0})
    found, lines = growth_since(saved, now, saved_boot="x", boot="x", seconds=60)
    assert found.growth == {}
    assert len(lines) == 1 and "4 counters went backwards (TcpExt.TW, a, b, …)" in lines[0]


@pytest.mark.parametrize(("saved", "boot", "seconds"), [("x", "y", 60.0), ("", "", 60.0), ("x", "x", 0.0)])
def test_another_boot_or_no_time_between_cannot_be_compared(saved: str, boot: str, seconds: float) -> None:
    with pytest.raises(TcptuneError):
        growth_since(Pressure(), Pressure(), saved_boot=saved, boot=boot, seconds=seconds)


def test_without_a_sample_there_is_no_growth() -> None:
    pressure = read_pressure()
    assert pressure.growth is None and pressure.sample_seconds is None
    assert pressure.counters["Tcp.ActiveOpens"] >= 0
