"""The names of the processes that can be seen."""

from __future__ import annotations

import os
from contextlib import suppress

from tcptune.live.files import read_text


def process_names(proc: str = "/proc") -> set[str]:
    """Return the command names of all processes that can be seen; one that ends meanwhile is left out."""
    found: set[str] = set()
    with suppress(OSError):
        for entry in os.scandir(proc):
            if entry.name.isdecimal():
                found.add((read_text(f"{proc}/{entry.name}/comm", 64) or "").strip())
    return found - {""}
