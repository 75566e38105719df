"""Signals that ask for an end are noted instead of dying of them: between two steps there is time to put back."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def noted() -> Iterator[Callable[[], str | None]]:
    """Note the signals that ask for an end, for the time of a `with`; what it gives tells the first one's name."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {each: signal.signal(each, note) for each in ENDING}
    try:
        yield lambda: signal.Signals(asked[0]).name if asked else None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
