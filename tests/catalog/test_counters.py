"""The counters of the catalogue, and the files of the running kernel."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcptune.catalog.counters import COUNTERS, counter
from tcptune.model.parameter import Counter
from tcptune.model.version import KernelVersion, Target

TARGET = Target(KernelVersion.parse(os.uname().release))
WORDS = ("TW", "TimeWait", "FinWait", "PAWS", "Abort", "Listen", "ReqQ", "Orphan", "MigrateReq", "Linger")
"""What the names of counters of closing, TIME_WAIT and listening contain."""


def columns(entry: Counter) -> set[str]:
    """Return the columns that the kernel has in the counter's file and group."""
    if entry.file == "conntrack":
        path = Path("/proc/net/stat/nf_conntrack")
        if not path.exists():
            pytest.skip("the running kernel has no connection tracking loaded")
        return set(path.read_text().splitlines()[0].split())
    found: set[str] = set()
    for line in Path("/proc/net", entry.file).read_text().splitlines():
        group, _, rest = line.partition(":")
        if group == entry.group:
            found.update(word for word in rest.split() if not word.lstrip("-").isdigit())
    return found


def alive(entry: Counter) -> bool:
    """Tell whether the catalogue says that the running kernel has the counter."""
    life = entry.lifetime
    return life.began.holds(TARGET) and not (life.removed and life.removed.holds(TARGET))


@pytest.mark.parametrize("entry", COUNTERS, ids=lambda entry: entry.id)
def test_exists_on_the_running_kernel_exactly_when_the_catalogue_says_so(entry: Counter) -> None:
    assert (entry.name in columns(entry)) is alive(entry)


def test_every_column_of_time_wait_closing_and_listening_is_described() -> None:
    known = {each.name for each in COUNTERS}
    entry = counter("TcpExt.TW")
    assert entry is not None
    relevant = {name for name in columns(entry) if any(word in name for word in WORDS)}
    assert len(relevant) > 10
    assert relevant <= known


def test_every_gauge_of_tcp_is_described() -> None:
    entry = counter("TCP.tw")
    assert entry is not None
    assert columns(entry) == {each.name for each in COUNTERS if each.file == "sockstat"}


def test_ids_are_unique_and_found_in_any_case() -> None:
    assert len({entry.id.lower() for entry in COUNTERS}) == len(COUNTERS)
    assert all(counter(entry.id.upper()) is entry for entry in COUNTERS)
    assert counter("no such") is None


def test_only_gauges_are_host_wide() -> None:
    assert {entry.id for entry in COUNTERS if entry.host_wide} == {"TCP.orphan", "TCP.alloc", "TCP.mem"}
    assert all(entry.gauge for entry in COUNTERS if entry.host_wide)
