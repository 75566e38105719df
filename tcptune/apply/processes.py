"""Processes known by more than their number, which the kernel gives to another one later."""

from __future__ import annotations

import os
from pathlib import Path


def own() -> str:
    """Return this process: its id, and when it began in the kernel's own ticks."""
    return named(os.getpid())


def named(pid: int) -> str:
    """Return a process as `4711@123456`; nothing after the `@` when it is gone."""
    return f"{pid}@{_started(pid)}"


def alive(process: str) -> bool:
    """Tell whether that very process still runs."""
    number, _, began = process.partition("@")
    return number.isdecimal() and began != "" and _started(int(number)) == began


def _started(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    # A zombie has ended: it only waits to be asked what became of it.
    return words[19] if len(words) > 19 and words[0] not in "ZX" else ""
