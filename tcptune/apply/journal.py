"""The journal on disk: one file an entry, its header whole before the first write, what follows line by line."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from tcptune.apply import trust
from tcptune.errors import TcptuneError
from tcptune.model.journal import SCHEMA, Entry, FileStep, Header, Place, State, Step

STATE_DIR = "/var/lib/tcptune"
_SUFFIX = ".jsonl"
_MOST = 10_000
"""Entries that are looked at; the oldest of more are not."""


class Journal:
    """The entries in a state folder, which is open for as long as this is in use (`journal()`)."""

    def __init__(self, folder: int, path: str) -> None:
        self._folder = folder
        self.path = path

    def begin(self, header: Header) -> Header:
        """Put an entry on disk, synced, under a name of its own; return its header with that name.

        Raises `TcptuneError` when it cannot be written: nothing was changed then.
        """
        try:
            while True:
                named = replace(header, id=new_id())
                line = json.dumps({"schema": SCHEMA, **asdict(named)}, ensure_ascii=True) + "\n"
                if self._there(named.id):
                    continue
                trust.replace(self._folder, named.id + _SUFFIX, line.encode(), 0o600)
                return named
        except OSError as error:
            raise TcptuneError(f"{self.path}: the journal cannot be written: {error.strerror}", status=1) from None

    def add(self, name: str, event: str, **data: Any) -> None:
        """Write down what happened, synced. Raises `OSError`."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(name + _SUFFIX, flags, dir_fd=self._folder)
        try:
            # A line that a killed process has begun is ended first.
            trust.write_all(handle, b"\n" + json.dumps({"event": event, **data}, ensure_ascii=True).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def entries(self) -> list[Entry]:
        """Return the entries, the oldest first; what is no entry is passed over."""
        names = sorted(name for name in os.listdir(self._folder) if name.endswith(_SUFFIX) and name[0] != ".")  # noqa: PTH208
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

    def _there(self, name: str) -> bool:
        try:
            os.stat(name + _SUFFIX, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def _entry(self, name: str) -> Entry | None:
        data = trust.read(self._folder, name, f"{self.path}/{name}")
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
    try:
        with (
            trust.folder(path, make=make, private=True),
            trust.folder(
                os.path.join(path, "journal"),  # noqa: PTH118
                make=make,
                private=True,
            ) as folder,
        ):
            yield Journal(folder, os.path.join(path, "journal"))  # noqa: PTH118
    except OSError as error:
        if error.filename is None and error.errno is None:
            raise
        raise TcptuneError(f"{path}: the state folder cannot be used: {error.strerror}", status=1) from None


def new_id() -> str:
    """Return a name that sorts by time and is this process's own: `20261121T093000-123456-4711`."""
    seconds, rest = divmod(time.time_ns() // 1000, 1_000_000)
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(seconds)) + f"-{rest:06}-{os.getpid()}"


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a line of the journal; None for one that a killed process has not finished."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _header(row: dict[str, Any]) -> Header:
    data = {key: value for key, value in row.items() if key not in ("schema", "place", "steps", "file")}
    file = FileStep(**row["file"]) if row["file"] is not None else None
    return Header(**data, place=Place(**row["place"]), steps=tuple(Step(**step) for step in row["steps"]), file=file)


_STATES: dict[str, State] = {
    "applied": "applied",
    "pending": "pending",
    "confirmed": "confirmed",
    "undone": "undone",
    "failed": "failed",
    "rolled-back": "rolled-back",
}


def _told(header: Header, rows: list[dict[str, Any]], path: str) -> Entry:
    state: State = "open"
    lines: list[str] = []
    undo: str | None = None
    for row in rows:
        event = str(row.get("event"))
        state = _STATES.get(event, state)
        undo = str(row["undo"]) if event == "armed" and "undo" in row else undo
        lines += [str(line) for line in row.get("lines", [])]
    return Entry(header, state, path, tuple(lines), undo)
