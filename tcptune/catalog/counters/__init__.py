"""The kernel's counters and gauges that speak of TIME_WAIT, closing, resets and listening.

Each module is a list of literals; `counter` is the way in.
"""

from __future__ import annotations

from functools import cache

from tcptune.catalog.counters import aborts, gauges, listening, time_wait
from tcptune.model.parameter import Counter

COUNTERS: tuple[Counter, ...] = (*time_wait.COUNTERS, *aborts.COUNTERS, *listening.COUNTERS, *gauges.COUNTERS)


@cache
def _by_name() -> dict[str, Counter]:
    names = {entry.id.lower(): entry for entry in COUNTERS}
    for entry in COUNTERS:
        names.setdefault(entry.name.lower(), entry)
    return names


def counter(name: str) -> Counter | None:
    """Return the counter of that id (`TcpExt.TW`) or column name (`TW`), in any case; None when it is not here."""
    return _by_name().get(name.lower())
