"""The parameters below /proc/sys, written: only those of the catalogue, without a link followed, on a real procfs."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tcptune.catalog import parameter
from tcptune.errors import TcptuneError
from tcptune.live.procsys import PROC_SYS, path_of
from tcptune.model.parameter import Parameter
from tcptune.model.value import Value, parse_live
from tcptune.profiles.meaning import same
from tcptune.rules.portlist import canonical

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PROC_MAGIC = 0x9FA0
"""The number of procfs, include/uapi/linux/magic.h: PROC_SUPER_MAGIC."""


LONGEST = 4000
"""Bytes of a value that the kernel surely takes at once: it takes a page less one (fs/proc/proc_sysctl.c)."""


class PartlyTaken(OSError):
    """The kernel has taken a part of a value: what stands there now is ours."""


class ProcSys:
    """/proc/sys of the network namespace that this process is in.

    Raises `TcptuneError` when it is not procfs.
    """

    def __init__(self) -> None:
        try:
            self._top = os.open(PROC_SYS, _FOLDER)
        except OSError as error:
            raise TcptuneError(f"{PROC_SYS}: {error.strerror}") from None
        self._device = os.fstat(self._top).st_dev
        if _magic(self._top) != _PROC_MAGIC:
            raise TcptuneError(f"{PROC_SYS} is no procfs: something else is mounted there", status=1)
        self._covered = tuple(_covered())

    def read(self, key: str) -> str:
        """Return the text of a parameter, without the last newline. Raises `OSError`."""
        handle = self._open(key, os.O_RDONLY)
        try:
            data = os.read(handle, 4096)
            if len(data) == 4096:
                data = os.pread(handle, 1 << 18, 0)
            return data.decode("utf-8", "backslashreplace").removesuffix("\n")
        finally:
            os.close(handle)

    def write(self, key: str, text: str) -> None:
        """Hand a text to the kernel. Raises `OSError`, `PartlyTaken` when the kernel has taken only a part of it.

        It is one call, but for a list of ports that is longer than a page: there the kernel adds what comes after.
        """
        data = f"{text}\n".encode()
        handle = self._open(key, os.O_WRONLY)
        try:
            taken = os.write(handle, data)
            while 0 < taken < len(data) and len(data) > LONGEST and entry_of(key).kind == "ports":
                more = os.write(handle, data[taken:])
                if more == 0:
                    break
                taken += more
            if taken != len(data):
                raise PartlyTaken(errno.EIO, "the kernel took only a part of the value")
        finally:
            os.close(handle)

    def writable(self, key: str) -> OSError | None:
        """Return what keeps a parameter from being opened for writing, None when nothing does."""
        try:
            os.close(self._open(key, os.O_WRONLY))
        except OSError as error:
            return error
        return None

    def _open(self, key: str, flags: int) -> int:
        if parameter(key) is None:
            raise OSError(errno.EINVAL, "it is no parameter of the catalogue")
        path = path_of(key)
        if path is None:
            raise OSError(errno.EINVAL, "it is no name of a parameter")
        if any(path == place or path.startswith(f"{place}/") for place in self._covered):
            raise OSError(errno.EINVAL, "something else is mounted over it")
        *folders, name = path.removeprefix(f"{PROC_SYS}/").split("/")
        at = os.dup(self._top)
        try:
            for each in folders:
                below = os.open(each, _FOLDER, dir_fd=at)
                os.close(at)
                at = below
            handle = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
        finally:
            os.close(at)
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode) or info.st_dev != self._device:
            os.close(handle)
            raise OSError(errno.EINVAL, "something else is mounted over it")
        return handle


def _covered() -> Iterator[str]:
    """Yield what of /proc/sys something else is mounted over: also another parameter, which looks just like this one.

    A part of it that is mounted over itself, as container engines do to make it writable, is what it should be.
    """
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError as error:
        raise TcptuneError(f"what is mounted over {PROC_SYS} cannot be seen: {error.strerror}") from None
    for line in lines:
        words = line.split()
        root, place = words[3], words[4]
        if place.startswith(f"{PROC_SYS}/") and (
            words[words.index("-") + 1] != "proc" or root != place.removeprefix("/proc")
        ):
            yield place


def _magic(descriptor: int) -> int:
    """Return the number of the file system that a descriptor is on (statfs(2), its first field)."""
    buffer = ctypes.create_string_buffer(256)
    if ctypes.CDLL(None, use_errno=True).fstatfs(descriptor, buffer) != 0:
        return 0
    return int(ctypes.c_long.from_buffer(buffer).value)


def entry_of(key: str) -> Parameter:
    """Return the catalogue's parameter. Raises `LookupError` for any other key."""
    found = parameter(key)
    if found is None:
        raise LookupError(f"{key} is no parameter of the catalogue")
    return found


def value_of(key: str, text: str) -> Value | None:
    """Return what the kernel's text means, None when it is not understood."""
    try:
        return parse_live(entry_of(key).kind, text)
    except ValueError:
        return None


def blanks(text: str) -> str:
    """Return the kernel's text of a parameter as a person reads it: its numbers one blank apart, and no tabs."""
    return " ".join(text.split())


def partly(key: str, text: str, wanted: str) -> bool:
    """Tell whether a text is what a killed process leaves of a long list of ports, which it writes in pieces."""
    if len(wanted) <= LONGEST or entry_of(key).kind != "ports":
        return False
    return 0 < len(text) < len(wanted) and set(canonical(text).split(",")) < set(canonical(wanted).split(","))


def means(key: str, text: str, wanted: str) -> bool:
    """Tell whether two texts of the kernel mean the same value of a parameter."""
    one, other = value_of(key, text), value_of(key, wanted)
    if one is None or other is None:
        return text.split() == wanted.split()
    return same(entry_of(key), one, other)
