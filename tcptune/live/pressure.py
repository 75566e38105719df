"""Pressure: what happens on the host now, and by how much its counters grow."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from tcptune.errors import TcptuneError
from tcptune.live.counters import read_conntrack, read_counters, read_sockets
from tcptune.model.host import Conntrack, Pressure
from tcptune.model.sockets import SocketTable

Progress = Callable[[float], None]
"""Called while a sample is taken with the share that is done, from 0 to 1."""

_STEP = 0.1
_WRAP = 1 << 32


class Mark(NamedTuple):
    """Counters at one moment, to compare with; `at` is in seconds of the monotonic clock."""

    counters: Mapping[str, int]
    conntrack: Mapping[str, int]
    at: float


def read_pressure(table: SocketTable | None = None) -> Pressure:
    """Return the gauges and the counters since boot, with what the socket table says, without a sample."""
    return Pressure(
        sockets=read_sockets(),
        counters=read_counters(),
        conntrack=read_conntrack(),
        listening=table.listening if table else frozenset(),
        states=table.states if table else {},
        time_wait_inbound=table.inbound_count() if table else None,
        time_wait_outbound=table.outbound_count() if table else None,
    )


def mark(pressure: Pressure) -> Mark:
    """Return the moment that a pressure was just read in."""
    return Mark(pressure.counters, _stats(pressure.conntrack), time.monotonic())


def _stats(conntrack: Conntrack | None) -> Mapping[str, int]:
    """Return what connection tracking counted; empty when it cannot be seen."""
    return conntrack.stats if conntrack else {}


def wait(until: float, seconds: float, progress: Progress | None = None) -> None:
    """Sleep until the monotonic clock says `until`, telling the share of `seconds` that is done."""
    while (left := until - time.monotonic()) > 0:
        if progress is not None:
            progress(max(0.0, 1 - left / seconds))
        time.sleep(min(left, _STEP) if progress is not None else left)
    if progress is not None:
        progress(1.0)


def sample(seconds: float, progress: Progress | None = None) -> tuple[Pressure, tuple[str, ...]]:
    """Read twice, `seconds` apart: the second reading with its growth, and the lines of what went wrong."""
    first = mark(read_pressure())
    wait(first.at + seconds, seconds, progress)
    return since(first, read_pressure())


def since(first: Mark, now: Pressure) -> tuple[Pressure, tuple[str, ...]]:
    """Return a pressure with its growth since `first`, and a line when counters went backwards."""
    return _grown(now, first.counters, first.conntrack, time.monotonic() - first.at)


def growth_since(
    saved: Pressure, now: Pressure, *, saved_boot: str, boot: str, seconds: float
) -> tuple[Pressure, tuple[str, ...]]:
    """Return `now` with its growth since a saved pressure that is `seconds` old.

    Raises `TcptuneError` when the two are not from the same boot (or that is not known): then nothing can be compared.
    """
    if not boot or boot != saved_boot:
        raise TcptuneError(
            "the snapshot is from another boot of this host, or from another host: its counters cannot be compared",
            hint="take a new snapshot, or use --sample",
        )
    if seconds <= 0:
        raise TcptuneError("the snapshot is not older than this moment: nothing can have grown since")
    return _grown(now, saved.counters, _stats(saved.conntrack), seconds)


def _grown(
    now: Pressure, counters: Mapping[str, int], conntrack: Mapping[str, int], seconds: float
) -> tuple[Pressure, tuple[str, ...]]:
    """Return `now` with what it grew by since older numbers."""
    grown, backwards = growth(counters, now.counters)
    tracked = conntrack_growth(conntrack, _stats(now.conntrack)) if now.conntrack else None
    lines = (_backwards(backwards),) if backwards else ()
    return replace(now, growth=grown, conntrack_growth=tracked, sample_seconds=seconds), lines


def _backwards(names: list[str]) -> str:
    """Return the line for counters that went backwards."""
    some = ", ".join(names[:3]) + (", …" if names[3:] else "")
    return f"{len(names)} counters went backwards ({some}): not the same namespace was read twice; they are left out"


def growth(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[dict[str, int], list[str]]:
    """Return by how much each counter that both know grew, and the ids of those that went backwards."""
    grown: dict[str, int] = {}
    backwards: list[str] = []
    for name, number in after.items():
        if name not in before or name in GAUGES:
            continue
        if number < before[name]:
            backwards.append(name)
        else:
            grown[name] = number - before[name]
    return grown, backwards


def conntrack_growth(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return by how much each statistic of connection tracking grew.

    The kernel keeps 32 bits a processor, so a sum can wrap; more than half of that range is no growth but a restart
    of the counting, and is left out.
    """
    grown = {name: (number - before[name]) % _WRAP for name, number in after.items() if name in before}
    return {name: number for name, number in grown.items() if number < _WRAP // 2}


GAUGES = frozenset({"Tcp.RtoAlgorithm", "Tcp.RtoMin", "Tcp.RtoMax", "Tcp.MaxConn", "Tcp.CurrEstab"})
"""What stands among the counters of snmp and is none."""
