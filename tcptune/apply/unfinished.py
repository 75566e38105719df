"""Changes that are neither made nor undone: left by a killed process, or waiting to be confirmed."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress

from tcptune.apply import processes, trust
from tcptune.apply.journal import STATE_DIR, STATES, SUFFIX, journal
from tcptune.apply.target import same
from tcptune.errors import TcptuneError
from tcptune.live.host import boot_id
from tcptune.model.journal import Entry, Header, Place

_TAIL = 65536
_GRACE = 90.0
"""Seconds after its time within which an undo may still be at work, or wait for the lock."""


def interrupted(entry: Entry) -> bool:
    """Tell whether the process that made a change has ended on the way."""
    header = entry.header
    return entry.state == "open" and not (header.place.boot == boot_id() and processes.alive(header.process))


def _overdue(entry: Entry) -> bool:
    """Tell whether a change still waits long after its time: what was to undo it has ended."""
    return entry.state == "pending" and _over(entry.header, _GRACE)


def _over(header: Header, grace: float = 0.0) -> bool:
    """Tell whether the time to confirm a change of this boot is over."""
    if header.deadline is None or header.place.boot != boot_id():
        return False
    return time.clock_gettime(time.CLOCK_BOOTTIME) > header.deadline + grace


def in_the_way(entries: list[Entry], place: Place, path: str | None) -> Entry | None:
    """Return what keeps another change from being made to a namespace, whose lock is held, and to a drop-in."""
    for entry in entries:
        here = same(entry.header.place, place)
        if entry.state in ("open", "pending") and here:
            return entry
        file = entry.header.file
        if file is not None and interrupted(entry):
            host = place.initial and entry.header.place.initial
            if host or file.path == path:
                return entry
    return None


def refuse(entries: list[Entry], place: Place, path: str | None) -> None:
    """Refuse another change while one is pending or open."""
    entry = in_the_way(entries, place, path)
    if entry is None:
        return
    if entry.state == "pending":
        hint = f"tcptune confirm, or tcptune rollback {entry.id}"
        raise TcptuneError(f"the change {entry.id} waits to be confirmed", hint=hint, status=1)
    raise TcptuneError(said(entry), hint=remedy(entry), status=1)


def said(entry: Entry) -> str:
    """Say that a change was interrupted."""
    of = f" of {entry.header.of}" if entry.header.of is not None else ""
    kind = "rollback" if entry.header.kind == "rollback" else "change"
    return f"the {kind} {entry.id}{of} was interrupted and is neither made nor undone"


def remedy(entry: Entry) -> str:
    """Say what ends it."""
    again = entry.header.of if entry.header.of is not None else entry.id
    if _over(entry.header):
        return f"tcptune rollback {again}"
    return f"tcptune rollback {again}, or tcptune apply --resume {entry.id}"


def told(state: str = STATE_DIR, except_for: str | None = None) -> list[str]:
    """Return a line for each change that a killed process has left, for whoever looks at this host as root.

    Cheap where there is nothing to tell: of each entry only the end is read. `except_for` is left out.
    """
    folder = os.path.join(state, "journal")  # noqa: PTH118
    if os.geteuid() != 0 or not os.path.isdir(folder):  # noqa: PTH112
        return []
    try:
        with journal(state, make=False) as opened:
            left = [opened.entry(name) for name in _maybe_open(folder)]
    except TcptuneError as error:
        return [error.message]
    wanted = [entry for entry in left if entry.id != except_for]
    lines = [f"{said(entry)}: {remedy(entry)}" for entry in wanted if interrupted(entry)]
    late = [entry.id for entry in wanted if _overdue(entry)]
    return lines + [f"the change {name} was not confirmed and is not undone: tcptune rollback {name}" for name in late]


def _maybe_open(folder: str) -> list[str]:
    """Return the names of the entries whose end does not say that they are closed."""
    found = []
    with suppress(OSError), trust.folder(folder, private=True) as opened:
        for name in sorted(os.listdir(opened)):  # noqa: PTH208
            if name.endswith(SUFFIX) and not name.startswith(".") and not _closed(opened, name):
                found.append(name.removesuffix(SUFFIX))
    return found


def _closed(folder: int, name: str) -> bool:
    with suppress(OSError):
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        try:
            size = os.fstat(handle).st_size
            lines = os.pread(handle, _TAIL, max(0, size - _TAIL)).split(b"\n")
        finally:
            os.close(handle)
        for line in reversed(lines[1:]):
            with suppress(ValueError, RecursionError):
                row = json.loads(line)
                if isinstance(row, dict) and row.get("event") in STATES:
                    return STATES[row["event"]] not in ("open", "pending")
    return False
