"""Signals that ask for an end are noted instead of dying of them: between two steps there is time to put back."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_owed: list[bool] = []
"""One for each `answered` that is under way."""

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
            signal.signal(number, signal.SIG_IGN if _owed else handler)


@contextmanager
def answered() -> Iterator[None]:
    """For the time of a `with`: once a change was begun, no signal ends this process before it has told what it made.

    Until then they do what they did. Who asks for an end after the last step is answered that it is done, and the
    status is that of the change.
    """
    before = {each: signal.getsignal(each) for each in ENDING}
    _owed.append(True)
    try:
        yield
    finally:
        _owed.pop()
        for number, handler in before.items():
            signal.signal(number, handler)
