"""The journal on disk: one file an entry, its header whole before the first write, what follows line by line."""

from __future__ import annotations

import calendar
import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from typing import Any

from tcptune.apply import processes, trust
from tcptune.errors import TcptuneError
from tcptune.model.journal import SCHEMA, Entry, FileStep, Header, Place, State, Step

STATE_DIR = "/var/lib/tcptune"
SUFFIX = ".jsonl"
"""How the name of an entry ends."""
_MOST = 10_000
"""Entries that are looked at; the oldest of more are not."""

_LARGEST = 1 << 24
"""Bytes of an entry that are read at most: it holds the drop-in twice, and what is no ASCII there in a longer form."""


class Journal:
    """The entries in a state folder, which is open for as long as this is in use (`journal()`)."""

    def __init__(self, folder: int, path: str) -> None:
        self._folder = folder
        self.path = path

    def begin(self, header: Header) -> Header:
        """Put an entry on disk, synced, under a name of its own; return its header with that name.

        Raises `TcptuneError` when it cannot be written: nothing was changed then.
        """
        named = replace(header, process=processes.own())
        try:
            self._sweep()
            named = replace(named, id=new_id(after=self._newest()))
            line = json.dumps({"schema": SCHEMA, **asdict(named)}, ensure_ascii=True) + "\n"
            trust.replace(self._folder, named.id + SUFFIX, line.encode(), 0o600)
        except OSError as error:
            # An entry that may not last is none: nothing was written yet that it would have to undo.
            with suppress(OSError):
                trust.remove(self._folder, (named.id or "none") + SUFFIX)
            raise TcptuneError(f"{self.path}: the journal cannot be written: {error.strerror}", status=1) from None
        return named

    def obstacle(self) -> str | None:
        """Return why no entry could be made here, None when one can as far as can be told."""
        why = trust.obstacle(self._folder)
        return None if why is None else f"{self.path}: {why}"

    def add(self, name: str, event: str, **data: Any) -> None:
        """Write down what happened, synced. Raises `OSError`."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(name + SUFFIX, flags, dir_fd=self._folder)
        try:
            # A line that a killed process has begun is ended first.
            trust.write_all(handle, b"\n" + json.dumps({"event": event, **data}, ensure_ascii=True).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """Remove what killed runs have left of files that never became entries."""
        for name in os.listdir(self._folder):  # noqa: PTH208
            if name.startswith(".") and name.endswith(trust.temporary("")[1:]) and not _writing(name):
                trust.forget(self._folder, name)

    def _newest(self) -> str:
        """Return the name of the newest entry, empty when there is none."""
        return max((name for name in os.listdir(self._folder) if name.endswith(SUFFIX) and name[0] != "."), default="")  # noqa: PTH208

    def entries(self) -> list[Entry]:
        """Return the entries, the oldest first; what is no entry is passed over."""
        names = sorted(name for name in os.listdir(self._folder) if name.endswith(SUFFIX) and name[0] != ".")  # noqa: PTH208
        found = (self._entry(name) for name in names[-_MOST:])
        return [entry for entry in found if entry is not None]

    def entry(self, name: str) -> Entry:
        """Return one entry, by its name or the unique beginning of it. Raises `TcptuneError` when it is not there."""
        found = [entry for entry in self.entries() if entry.id.startswith(name)]
        exact = [entry for entry in found if entry.id == name]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if found:
            raise TcptuneError(
                f"{name!r} is the beginning of {len(found)} entries", hint="`tcptune history` lists them"
            )
        raise TcptuneError(f"there is no entry {name!r} in {self.path}", hint="`tcptune history` lists them")

    def _entry(self, name: str) -> Entry | None:
        try:
            data = trust.read(self._folder, name, f"{self.path}/{name}", most=_LARGEST)
        except OSError as error:
            # It may be a change that is open: nothing is begun beside what cannot be read.
            raise TcptuneError(f"{self.path}/{name}: cannot be read: {error.strerror}", status=1) from None
        rows = [row for row in map(_parsed, (data or b"").split(b"\n")) if row is not None]
        if not rows or rows[0].get("schema") != SCHEMA:
            return None
        try:
            header = _header(rows[0])
        except (KeyError, TypeError, ValueError):
            return None
        return _told(header, rows[1:], f"{self.path}/{name}")


@contextmanager
def journal(path: str, *, make: bool = True) -> Iterator[Journal]:
    """Open the journal in a state folder. Raises `TcptuneError` for a folder that cannot be relied on."""
    below = os.path.join(path, "journal")  # noqa: PTH118
    with ExitStack() as opened:
        try:
            opened.enter_context(trust.folder(path, make=make, private=True))
            folder = opened.enter_context(trust.folder(below, make=make, private=True))
        except OSError as error:
            raise TcptuneError(f"{path}: the state folder cannot be used: {error.strerror}", status=1) from None
        yield Journal(folder, below)


def read(path: str) -> list[Entry]:
    """Return the entries in a state folder, the oldest first; none where there is no such folder yet."""
    if not os.path.isdir(os.path.join(path, "journal")):  # noqa: PTH112, PTH118
        return []
    with journal(path, make=False) as opened:
        return opened.entries()


def possible(path: str) -> None:
    """Raise `TcptuneError` where no journal could be written: the check of a dry run, which makes no folder."""
    at = path
    while not os.path.lexists(at):
        at = os.path.split(at)[0]
    try:
        with trust.folder(at, private=at == path) as folder:
            if (why := trust.obstacle(folder)) is not None:
                raise TcptuneError(f"{path}: the state folder cannot be used: {why}", status=1)
        if at not in (path, os.path.split(path)[0]):
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    except OSError as error:
        raise TcptuneError(f"{path}: the state folder cannot be used: {error.strerror}", status=1) from None


def new_id(after: str = "") -> str:
    """Return a name that sorts by time and is this process's own: `20261121T093000-123456-4711`.

    It comes after another one even when the clock was set back meanwhile.
    """
    micros = time.time_ns() // 1000
    if _stamp(micros) <= after[: len("20261121T093000-123456")]:
        with suppress(ValueError):
            seconds = calendar.timegm(time.strptime(after[:15], "%Y%m%dT%H%M%S"))
            micros = seconds * 1_000_000 + int(after[16:22]) + 1
    return f"{_stamp(micros)}-{os.getpid()}"


def _stamp(micros: int) -> str:
    seconds, rest = divmod(micros, 1_000_000)
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(seconds)) + f"-{rest:06}"


def _writing(name: str) -> bool:
    """Tell whether the process that a temporary file was begun by may still write it."""
    pid = name.split(SUFFIX)[0].rpartition("-")[2]
    return pid.isdecimal() and int(pid) != os.getpid() and os.path.exists(f"/proc/{pid}")  # noqa: PTH110


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a line of the journal; None for one that a killed process has not finished."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _header(row: dict[str, Any]) -> Header:
    # A later tcptune may write more; what it means is known to that one alone.
    data = {key: row[key] for key in Header.__annotations__ if key in row and key not in ("place", "steps", "file")}
    file = FileStep(**row["file"]) if row["file"] is not None else None
    return Header(**data, place=Place(**row["place"]), steps=tuple(Step(**step) for step in row["steps"]), file=file)


STATES: dict[str, State] = {
    "applied": "applied",
    "pending": "pending",
    "expiring": "open",
    "confirmed": "confirmed",
    "undone": "undone",
    "failed": "failed",
    "rolled-back": "rolled-back",
}
"""What is written down at the end of a step → where the entry stands then."""


def _told(header: Header, rows: list[dict[str, Any]], path: str) -> Entry:
    state: State = "open"
    lines: list[str] = []
    undo: str | None = None
    for row in rows:
        event = str(row.get("event"))
        state = STATES.get(event, state)
        undo = str(row["undo"]) if event == "armed" and "undo" in row else undo
        if event in ("resumed", "expiring"):
            header = replace(header, process=str(row.get("process")))
        lines += [str(line) for line in row.get("lines", [])]
    return Entry(header, state, path, tuple(lines), undo)
