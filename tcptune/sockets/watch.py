"""The pressure, look after look: what `tcptune watch` shows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass as plain
from dataclasses import field, replace

from tcptune.catalog.counters import COUNTERS
from tcptune.live.pressure import wait
from tcptune.model.watch import Frame
from tcptune.sockets.engine import findings_of, growth_of, part_of
from tcptune.sockets.gather import Request, Seen, gather

KEPT = 60
"""Moments that are remembered."""


@plain(slots=True)
class _Memory:
    waiting: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    closing: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    destinations: dict[str, deque[float]] = field(default_factory=dict)
    counters: dict[str, deque[float]] = field(default_factory=dict)
    moments: int = 0

    def add(self, numbers: Mapping[str, float], into: dict[str, deque[float]]) -> None:
        """Add a moment to each history; what is new was nothing before, what is gone is nothing now."""
        for name in numbers:
            if name not in into:
                into[name] = deque([0.0] * min(self.moments, KEPT), maxlen=KEPT)
        for name in list(into):
            into[name].append(numbers.get(name, 0.0))
            if not any(into[name]):
                del into[name]


def frames(request: Request) -> Iterator[Frame]:
    """Yield a frame at once and one after each sample, for ever; what grew is known from the second on.

    Raises `TcptuneError` when nothing can be looked at any more.
    """
    memory = _Memory()
    counted = [entry.id for entry in COUNTERS if not entry.gauge]
    interval = request.sample or 1.0
    before: Seen | None = None
    while True:
        pairs, lost = gather(replace(request, sample=None))
        _, now = pairs[0]
        pressure = growth_of(before, now)
        seconds = now.at - before.at if before is not None else interval
        rows = part_of(before, now, pressure, replace(request, by="destination"))
        waiting = rows.count("TIME_WAIT")
        memory.waiting.append(float(waiting.total))
        memory.closing.append(round(sum(use.rate for use in rows.destinations), 1))
        memory.add({use.name: float(use.used) for use in rows.destinations}, memory.destinations)
        growth = pressure.growth or {}
        memory.add({name: growth[name] / seconds for name in counted if growth.get(name)}, memory.counters)
        memory.moments += 1
        yield Frame(
            at=time.strftime("%H:%M:%S"),
            seconds=seconds,
            part=rows,
            waiting=tuple(memory.waiting),
            closing=tuple(memory.closing),
            destinations={name: tuple(numbers) for name, numbers in memory.destinations.items()},
            counters={name: tuple(numbers) for name, numbers in sorted(memory.counters.items())},
            findings=tuple(findings_of(now, pressure, request)),
            limits=tuple(dict.fromkeys((*now.host.limits, *lost))),
        )
        before = now
        wait(now.at + interval, interval, request.progress)
