"""One change at a time: a lock on the namespace itself, whatever folder the journal is in."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tcptune.errors import TcptuneError
from tcptune.model.record import dataclass

NAMESPACE = "/proc/self/ns/net"
HOST = "/proc/1/ns/net"
"""The namespace that stands for the host's files: they are the same for every namespace of the network."""

_PATIENCE = 10.0
_STRANGERS = 2.0
"""Seconds that a lock is respected which a user without the right to change anything here has taken."""


@contextmanager
def held(wait: float = 0.0, *, insist: bool = False) -> Iterator[None]:
    """Hold the lock of the network namespace that this process is in, after `wait` seconds at most.

    The lock is the kernel's (flock on the namespace's own file): it ends with the process. Raises `TcptuneError` with
    status 1 and who holds it. With `insist` the wait is all that is asked for: any user can take such a lock, and that
    must not keep a change from being undone when its time is over.
    """
    handle = os.open(NAMESPACE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            begin = time.monotonic()
            _take(handle, begin + wait, "another change is being made to this network namespace", insist=insist)
        except TcptuneError:
            if not insist:
                raise
        yield
    finally:
        os.close(handle)


@contextmanager
def files_held(folder: int) -> Iterator[None]:
    """Hold the lock of the host's files, for the moment of exchanging one; the namespace's own is held already.

    Where the host's first process hides its namespace, the lock is that of the file's `folder`, which any user can take
    too: it is waited for, and no more. Raises `TcptuneError` when another namespace's change does not let go.
    """
    try:
        handle, ours = os.open(HOST, os.O_RDONLY | os.O_CLOEXEC), True
    except OSError:
        handle, ours = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder), False
    try:
        if not ours:
            with suppress(TcptuneError):
                _take(handle, time.monotonic() + _STRANGERS, "")
        elif os.fstat(handle).st_ino != os.stat(NAMESPACE).st_ino:  # noqa: PTH116
            _take(handle, time.monotonic() + _PATIENCE, "another change is being made to this host's files")
        yield
    finally:
        os.close(handle)


def _take(handle: int, deadline: float, said: str, *, insist: bool = False) -> None:
    begin = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise TcptuneError(f"the lock of this namespace cannot be taken: {error.strerror}") from None
            now = time.monotonic()
            holder = _holder(os.fstat(handle).st_ino) if now >= deadline or insist else None
            if now >= deadline or (holder is not None and holder.user != 0 and now >= begin + _STRANGERS):
                hint = "wait for it, and see `tcptune history`"
                raise TcptuneError(f"{said}{holder or ''}", hint=hint, status=1) from None
            time.sleep(0.02)
        else:
            return


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds a lock: a process, its name and its user."""

    pid: int
    name: str
    user: int

    def __str__(self) -> str:
        return f" by process {self.pid} ({self.name}{f', of user {self.user}' if self.user else ''})"


def _holder(inode: int) -> _Holder | None:
    """Return who holds the lock, as far as /proc/locks shows it."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if "->" not in words and words[1:2] == ["FLOCK"] and words[5].endswith(f":{inode}"):
                pid = int(words[4])
                if pid <= 0:
                    return None
                name = Path(f"/proc/{pid}/comm").read_text("utf-8", "backslashreplace").strip()
                return _Holder(pid, name, Path(f"/proc/{pid}").stat().st_uid)
    return None
