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

NAMESPACE = "/proc/self/ns/net"


@contextmanager
def held(wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of the network namespace that this process is in, after `wait` seconds at most.

    The lock is the kernel's (flock on the namespace's own file): it ends with the process. Raises `TcptuneError` with
    status 1 and who holds it.
    """
    handle = os.open(NAMESPACE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _take(handle, time.monotonic() + wait)
        yield
    finally:
        os.close(handle)


def _take(handle: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise TcptuneError(f"the lock of this namespace cannot be taken: {error.strerror}") from None
            if time.monotonic() >= deadline:
                raise TcptuneError(
                    f"another change is being made to this network namespace{_holder(os.fstat(handle).st_ino)}",
                    hint="wait for it, and see `tcptune history`",
                    status=1,
                ) from None
            time.sleep(0.02)
        else:
            return


def _holder(inode: int) -> str:
    """Return who holds the lock, as far as /proc/locks shows it."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if "->" not in words and words[1:2] == ["FLOCK"] and words[5].endswith(f":{inode}"):
                pid = int(words[4])
                command = Path(f"/proc/{pid}/comm").read_text().strip() if pid > 0 else "?"
                return f" by process {pid} ({command})"
    return ""
