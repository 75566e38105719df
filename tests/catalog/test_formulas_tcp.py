"""Defaults from the size of the established hash, against figures that kernels showed."""

from __future__ import annotations

from typing import Any

import pytest

from tcptune.catalog.formulas import compute
from tcptune.model.host import Host
from tcptune.model.version import KernelVersion, Target

GIB = 1 << 30


def at(name: str, memory: int, kernel: str = "6.18", **host: Any) -> object:
    """Compute a formula for a host with that memory."""
    version = KernelVersion.parse(kernel)
    return compute(name, Target(version), Host(version, memory_bytes=memory, **host))


@pytest.mark.parametrize(
    ("memory", "slots"),
    [
        (512 << 20, 4096),
        (3 * GIB, 32768),
        (4 * GIB, 32768),
        (4 * GIB - 200_000_000, 32768),
        (8 * GIB, 65536),
        (24 * GIB, 262144),
        (24 * GIB - 500_000_000, 262144),
        (64 * GIB, 524288),
        (256 * GIB, 524288),
    ],
)
def test_one_slot_for_128_kib_rounded_up_to_a_power_of_two_and_capped(memory: int, slots: int) -> None:
    assert at("ehash_entries", memory) == slots
    assert at("ehash_half", memory) == slots // 2


def test_a_known_table_goes_before_memory() -> None:
    assert at("ehash_half", 24 * GIB, ehash_entries=-1024) == 512
    assert at("ehash_entries", 24 * GIB, ehash_entries=-1024) == -1024


def test_a_namespace_that_shares_the_table_shows_it_as_negative() -> None:
    assert at("ehash_entries", 24 * GIB, initial=False) == -262144


@pytest.mark.parametrize(
    ("memory", "before", "since"), [(512 << 20, 128, 128), (4 * GIB, 128, 256), (24 * GIB, 1024, 2048)]
)
def test_the_syn_backlog_doubled_in_5_4(memory: int, before: int, since: int) -> None:
    assert at("syn_backlog_256th", memory) == before
    assert at("syn_backlog_128th", memory) == since


def test_nothing_is_made_up_without_memory_or_for_kernels_with_another_rule() -> None:
    assert at("ehash_half", 0) is None
    assert at("ehash_half", 24 * GIB, kernel="3.2") is None
    assert at("ehash_half", 24 * GIB, kernel="3.10") == 131072
