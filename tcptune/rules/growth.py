"""Counters as rules judge them: what grew in a sample proves something, a sum since boot does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tcptune.model.severity import Severity
from tcptune.rules.view import View

_SPANS = (("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400))


class Counted(NamedTuple):
    """What some counters say: how often each counted, without those that did not.

    `numbers` are the growth in `seconds` of a sample, or (`sampled` false) the sums since boot or since the network
    namespace was made; then `seconds` is the host's uptime, None where that is not known.
    """

    numbers: dict[str, int]
    seconds: float | None
    sampled: bool
    own_namespace: bool = False

    @property
    def per_second(self) -> float:
        """The rate of all of them together; 0 where the time is not known."""
        return sum(self.numbers.values()) / self.seconds if self.seconds else 0.0

    def severity(self, proven: Severity) -> Severity:
        """Return the severity that growth in a sample has; without a sample it is a note."""
        return proven if self.sampled else "note"

    def when(self) -> str:
        """Return the time that the numbers are of, with their rate: `in 10.0 s (2.5 a second)`."""
        if self.sampled:
            return f"in {self.seconds or 0:.1f} s ({rate(self.per_second)})"
        if self.own_namespace:
            begin = "since this network namespace was made"
            return f"{begin} ({rate(self.per_second)} on average since boot, or more)" if self.seconds else begin
        return f"since boot ({rate(self.per_second)} on average)" if self.seconds else "since boot"

    def told(self) -> str:
        """Return the numbers by their names: `ListenDrops 12 and ListenOverflows 7`."""
        parts = [f"{name.rpartition('.')[2]} {number:,}" for name, number in self.numbers.items()]
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(view: View, *names: str) -> Counted | None:
    """Return what the counters of these ids say; None when none of them counted anything."""
    pressure = view.pressure
    return None if pressure is None else judged(view, pressure.growth, pressure.counters, names)


def judged(
    view: View, growth: Mapping[str, int] | None, sums: Mapping[str, int], names: tuple[str, ...]
) -> Counted | None:
    """Return what counters of these names say, by their growth in a sample where there was one, else by their sums.

    None when none of them counted anything.
    """
    source = sums if growth is None else growth
    numbers = {name: source[name] for name in names if source.get(name, 0) > 0}
    if not numbers:
        return None
    if growth is not None:
        return Counted(numbers, view.pressure.sample_seconds if view.pressure else None, sampled=True)
    uptime = view.host.uptime_seconds if view.host else None
    return Counted(numbers, uptime, sampled=False, own_namespace=bool(view.host and view.host.initial is False))


def rate(per_second: float) -> str:
    """Return a rate in words, over the shortest span in which it is at least one: `2.5 a second`, `3.0 a day`."""
    name, seconds = next((span for span in _SPANS if per_second * span[1] >= 1), _SPANS[-1])
    number = per_second * seconds
    shown = f"{number:,.1f}" if number < 100 else f"{number:,.0f}"
    return f"{shown if number >= 0.1 else 'less than 0.1'} {'an' if name == 'hour' else 'a'} {name}"


SAMPLE = (
    " The number alone does not say whether it still happens: `tcptune audit --sample 10` watches it for ten seconds."
)
"""What follows the reason of a note about a sum since boot."""


def why(found: Counted, reason: str) -> str:
    """Return the reason, for a sum since boot with how to get a sample."""
    return reason if found.sampled else reason + SAMPLE
