"""What a key below /proc/sys is and takes: looked at anywhere, written only where nothing but the probe can feel it.

A write goes to a network namespace that the probe made for itself, or to a user-mode guest that is thrown away. Each
writer proves where it is right before it writes, and refuses otherwise.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

from tcptune.errors import TcptuneError

ROOT = "/proc/sys/"
SHORT_WRITE = -1
"""In place of an errno: the kernel took only part of the text."""

_CLONE_NEWNET = 0x40000000
_SO_NETNS_COOKIE = 71
_THREAD_NETNS = "/proc/thread-self/ns/net"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Look:
    """A key as one namespace shows it: permission bits, the identity of its file, its text (None: not readable)."""

    mode: int
    inode: int
    text: str | None

    @property
    def writable(self) -> bool:
        """Whether root may write it: sysctl files obey their mode for root too."""
        return bool(self.mode & 0o222)


class Ground(Protocol):
    """Where keys are looked at and written."""

    def look(self, key: str) -> Look | None:
        """Return the key as it is seen here, None when there is no such file."""

    def write(self, key: str, text: str) -> int:
        """Write a text; 0 when the kernel took all of it, else the errno, or `SHORT_WRITE`."""

    def run(self, work: Callable[[], R]) -> R:
        """Run a function that looks and writes here."""


def path_of(key: str) -> str:
    """Return the file of a dotted key."""
    return ROOT + key.replace(".", "/")


def look(key: str) -> Look | None:
    """Look at a key in the namespace of the calling thread."""
    path = path_of(key)
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of these in one run
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Look(stat.S_IMODE(found.st_mode), found.st_ino, read(path))


def read(path: str) -> str | None:
    """Return a file's text, None when it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123 - as above
            return file.read()
    except OSError:
        return None


def put(key: str, text: str) -> int:
    """Write a text to a key in the namespace of the calling thread. Only the writers below call this."""
    data = text.encode("utf-8", "surrogateescape") + b"\n"
    try:
        file = os.open(path_of(key), os.O_WRONLY | os.O_CLOEXEC)
    except OSError as error:
        return error.errno or errno.EIO
    try:
        return 0 if os.write(file, data) == len(data) else SHORT_WRITE
    except OSError as error:
        return error.errno or errno.EIO
    finally:
        os.close(file)


def is_throw_away() -> bool:
    """Tell whether this is a user-mode Linux: a kernel that is an ordinary program and ends with its test."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return any(line.partition(":")[2].strip() == "User Mode Linux" for line in text.splitlines())


class Here:
    """The namespace of the process itself. Written only in a guest that is thrown away."""

    def __init__(self, *, disposable: bool = False) -> None:
        if disposable and not is_throw_away():
            raise TcptuneError(
                "host-wide parameters are probed only in a guest that is thrown away",
                hint="this kernel is no user-mode Linux",
            )
        self._disposable = disposable

    def look(self, key: str) -> Look | None:
        """Return the key as this namespace shows it."""
        return look(key)

    def write(self, key: str, text: str) -> int:
        """Write a text; refused outside a throw-away guest."""
        if not self._disposable:
            raise TcptuneError(f"refused to write {key} in the namespace of the host")
        return put(key, text)

    def run(self, work: Callable[[], R]) -> R:
        """Run a function that looks and writes here."""
        return work()


class FreshNamespace:
    """A network namespace made for the probe, in which one thread lives; it is gone when that thread ends."""

    def __init__(self) -> None:
        self._foreign = {_inode(_THREAD_NETNS), _inode("/proc/self/ns/net"), _inode("/proc/1/ns/net")} - {None}
        outside = _cookie()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tcptune-probe")
        try:
            self._own, inside = self._thread.submit(_enter).result()
            if not self._foreign or self._own in self._foreign or (outside is not None and outside == inside):
                raise TcptuneError("a fresh network namespace could not be told from the host's")
        except BaseException:
            self._thread.shutdown()
            raise

    def __enter__(self) -> FreshNamespace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.shutdown()

    def look(self, key: str) -> Look | None:
        """Return the key as this namespace shows it. Only within `run`."""
        self._prove()
        return look(key)

    def write(self, key: str, text: str) -> int:
        """Write a text in this namespace. Only within `run`, so never by another thread than its own."""
        if not key.startswith("net."):
            raise TcptuneError(f"refused to write {key}: a network namespace has none of its own")
        self._prove()
        return put(key, text)

    def run(self, work: Callable[[], R]) -> R:
        """Run a function in the thread that lives in this namespace."""
        return self._thread.submit(work).result()

    def _prove(self) -> None:
        """Raise unless the calling thread is in this namespace and in none that was there before."""
        now = _inode(_THREAD_NETNS)
        if now is None or now != self._own or now in self._foreign:
            raise TcptuneError("refused: the probe is not in the network namespace that it made")


def _enter() -> tuple[int, int | None]:
    """Give the calling thread a network namespace of its own; return its inode and its cookie."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        hint = "run it as root" if number == errno.EPERM else None
        raise TcptuneError(f"no network namespace can be made: {os.strerror(number)}", hint=hint)
    inode = _inode(_THREAD_NETNS)
    if inode is None:
        raise TcptuneError("no network namespace can be told from another: /proc/thread-self/ns/net is not readable")
    return inode, _cookie()


def _inode(path: str) -> int | None:
    """Return the inode that identifies a namespace, None when it is not shown."""
    try:
        return os.stat(path).st_ino  # noqa: PTH116
    except OSError:
        return None


def _cookie() -> int | None:
    """Return the kernel's number for the calling thread's network namespace; None before Linux 5.14."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            return int.from_bytes(probe.getsockopt(socket.SOL_SOCKET, _SO_NETNS_COOKIE, 8), "little")
    except OSError:
        return None
