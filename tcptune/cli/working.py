"""A line on a terminal while a command takes longer than a second: which, and for how long; it is gone afterwards.

It is drawn by a timer's signal, so nothing else has to think of it: no thread that a fork would leave behind, and a
child has no timer. Whoever writes to the terminal takes the line away first (`hidden`, `ended`).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

EVERY = 1.0
"""Seconds before the line is shown, and between two of its states."""

CLEAR = b"\r\x1b[K"
LIVE = frozenset({"watch", "serve", "connect"})
"""Commands that show what they do while they do it."""


class _Line:
    """The line of this process, if it has one."""

    end: Callable[[], None] | None = None
    shown = False


@contextmanager
def working(words: Sequence[str]) -> Iterator[None]:
    """Show how long the command has been running, from its second second on, until the block ends or `ended` is called.

    `words` is the command line. Only where standard error is a terminal that can rewrite a line, never with `-q`.
    """
    if _wanted(words):
        _begin(f"tcptune {words[0]}")
    try:
        yield
    finally:
        ended()


def hidden() -> None:
    """Take the line away for what is written next; it comes back with the next second."""
    if _Line.shown:
        _Line.shown = False
        _write(CLEAR)


def ended() -> None:
    """Take the line away for good: the result is written."""
    end, _Line.end = _Line.end, None
    if end is not None:
        end()
    hidden()


def _wanted(words: Sequence[str]) -> bool:
    if not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb" or os.name != "posix":
        return False
    typed = "-" in words and sys.stdin.isatty()
    return not typed and not {"-q", "--quiet"} & set(words) and LIVE.isdisjoint(words[:2])


def _begin(name: str) -> None:
    import signal

    began = time.monotonic()

    def tick(*_: object) -> None:
        _Line.shown = True
        _write(CLEAR + f"{name}: {time.monotonic() - began:.0f} s ...".encode())

    def end() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    try:
        before = signal.signal(signal.SIGALRM, tick)
    except ValueError:  # Only the main thread takes signals.
        return
    _Line.end = end
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)


def _write(data: bytes) -> None:
    try:
        os.write(sys.stderr.fileno(), data)
    except (OSError, ValueError):
        return
