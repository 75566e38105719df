"""Folders and files that root may rely on: opened one component after the other, no link of a stranger followed.

What is checked is what is used: a folder is handed on as a descriptor, and everything in it is opened through that.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tcptune.errors import TcptuneError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LINKS = 40
LARGEST = 1 << 20
"""Bytes of a file that are read at most: a drop-in has some KiB."""


class Unsafe(TcptuneError):
    """A path that somebody else than root can change, or that is not what it should be: nothing was changed."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint, status=1)


@contextmanager
def folder(path: str, *, make: bool = False, private: bool = False) -> Iterator[int]:
    """Open a folder for the time of a `with`: the descriptor of a folder that only root can change.

    Links on the way are followed when they are root's own and lie in such folders. `make` makes the last component
    (mode 0700) when it is missing; `private` refuses a last component that is a link, belongs to somebody else, or can
    be read by others. Raises `Unsafe` for what others can change, `OSError` for what is missing or cannot be opened.
    """
    descriptor = _opened(os.path.abspath(path), path, make=make, private=private)  # noqa: PTH100
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(path: str, shown: str, *, make: bool, private: bool) -> int:
    parts = [part for part in path.split("/") if part]
    descriptor = os.open("/", _FOLDER)
    links = 0
    try:
        _check(descriptor, "/", last=not parts, private=private)
        while parts:
            name = parts.pop(0)
            try:
                below = _below(descriptor, name, make=make and not parts)
            except OSError as error:
                target = _link(descriptor, name) if error.errno in (errno.ELOOP, errno.ENOTDIR) else None
                links += 1
                if target is None or links > _LINKS:
                    raise
                if private and not parts:
                    raise Unsafe(f"{shown}: is a link; not followed") from None
                parts = [part for part in target.split("/") if part] + parts
                below = os.open("/" if target.startswith("/") else ".", _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
            _check(descriptor, shown, last=not parts, private=private)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _below(descriptor: int, name: str, *, make: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=descriptor)
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=descriptor)
    os.fsync(descriptor)
    return os.open(name, _FOLDER, dir_fd=descriptor)


def _link(descriptor: int, name: str) -> str | None:
    """Return where root's own link leads; None for what is no link, or a stranger's."""
    try:
        info = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        return os.readlink(name, dir_fd=descriptor) if stat.S_ISLNK(info.st_mode) and info.st_uid == 0 else None
    except OSError:
        return None


def _check(descriptor: int, shown: str, *, last: bool, private: bool) -> None:
    info = os.fstat(descriptor)
    if info.st_uid not in (0, os.geteuid()):
        raise Unsafe(f"{shown}: refused, a folder on the way belongs to user {info.st_uid}")
    if last and private:
        if info.st_mode & 0o077:
            # Whoever types what he is told must not close /etc to everybody.
            ours = all(
                name == "journal" or name.endswith((".jsonl", temporary("")[1:])) for name in os.listdir(descriptor)
            )
            hint = (
                f"it holds the old values of changes: chmod 0700 {shown}" if ours else "name a folder of tcptune's own"
            )
            raise Unsafe(f"{shown}: refused, others than root can look into it or change it", hint=hint)
    elif writable_by_others(info) and not info.st_mode & stat.S_ISVTX:
        raise Unsafe(f"{shown}: refused, others than root can write a folder on the way", hint="chmod go-w")


def writable_by_others(info: os.stat_result) -> bool:
    """Tell whether others than root can write what has this status.

    A group's right counts for root's group as well: with an access control list those bits are its mask, and stand for
    users that the mode does not name.
    """
    return bool(info.st_mode & 0o022)


def read(descriptor: int, name: str, shown: str, most: int = LARGEST) -> bytes | None:
    """Return the bytes of root's own regular file in a folder; None when it is not there.

    Raises `Unsafe` for a link, a special file, one that is somebody else's or larger than `most` bytes, `OSError`
    otherwise. What is no regular file is not opened: that alone moves some devices.
    """
    try:
        _refuse_special(os.stat(name, dir_fd=descriptor, follow_symlinks=False), shown)
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise Unsafe(f"{shown}: is a link or a special file; refused") from None
        raise
    try:
        info = os.fstat(handle)
        _refuse_special(info, shown)
        _refuse_strangers(info, shown)
        parts: list[bytes] = []
        size = 0
        while size <= most and (part := os.read(handle, 1 << 16)):
            parts.append(part)
            size += len(part)
        if size > most:
            raise Unsafe(f"{shown}: is larger than {most >> 20} MiB; refused")
        return b"".join(parts)
    finally:
        os.close(handle)


def _refuse_special(info: os.stat_result, shown: str) -> None:
    if stat.S_ISLNK(info.st_mode):
        raise Unsafe(f"{shown}: is a link; not followed")
    if not stat.S_ISREG(info.st_mode):
        raise Unsafe(f"{shown}: is no regular file; refused")


def _refuse_strangers(info: os.stat_result, shown: str) -> None:
    if info.st_uid not in (0, os.geteuid()) or writable_by_others(info):
        raise Unsafe(f"{shown}: refused, others than root can write it")


def refuse_file(path: str) -> None:
    """Refuse a file that root is to obey and others can change: itself, or any folder or link on the way to it.

    Raises `TcptuneError`; one that is not there is left to whoever opens it.
    """
    place = os.path.abspath(path)  # noqa: PTH100
    try:
        for _ in range(_LINKS):
            head, name = os.path.split(place)
            with folder(head) as opened:
                info = os.stat(name, dir_fd=opened, follow_symlinks=False)
                if not stat.S_ISLNK(info.st_mode):
                    _refuse_strangers(info, path)
                    return
                target = _link(opened, name)
            if target is None:
                raise Unsafe(f"{path}: refused, others than root made a link on the way")
            place = os.path.normpath(os.path.join(head, target))  # noqa: PTH118
    except Unsafe as error:
        hint = "root obeys only what nobody else can change: chown root, chmod go-w, for the file and its folders"
        raise TcptuneError(error.message, hint=hint) from None
    except OSError:
        return


def replace(descriptor: int, name: str, data: bytes, mode: int) -> None:
    """Put a file in place in one step: a temporary file beside it, fsync, rename, fsync of the folder.

    Raises `OSError`; what was there before is whole then, and the temporary file is gone as far as that can be done.
    """
    beside = temporary(name)
    forget(descriptor, beside)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(beside, flags, 0o600, dir_fd=descriptor)
    try:
        try:
            write_all(handle, data)
            os.fchmod(handle, mode)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.rename(beside, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
    except BaseException:
        with suppress(OSError):
            forget(descriptor, beside)
        raise
    os.fsync(descriptor)


def obstacle(descriptor: int, *, room: bool = True) -> str | None:
    """Return why no file can be made in a folder, None when one can as far as can be told without trying.

    Without `room` a full file system is none: a file can be removed there.
    """
    info = os.fstatvfs(descriptor)
    if info.f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    # What is not limited, or not counted, says 0 of 0.
    if room and ((info.f_blocks and not info.f_bfree) or (info.f_files and not info.f_ffree)):
        return "the file system is full"
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=descriptor, effective_ids=True):
        return "no file can be made in its folder: is it immutable (`lsattr -d`)?"
    return None


def refuse_unwritable(path: str, *, room: bool = True) -> None:
    """Raise `Unsafe` for a file that can neither be made nor exchanged nor removed; `room` is for a new one."""
    head, name = os.path.split(path)
    with folder(head) as opened:
        why = obstacle(opened, room=room)
        there = os.access(name, os.F_OK, dir_fd=opened)
        if why is None and there and not os.access(name, os.W_OK, dir_fd=opened, effective_ids=True):
            # Root may write any file but one that is immutable, which cannot be exchanged for another either.
            why = "the file is immutable (`lsattr`)"
        if why is not None:
            raise Unsafe(f"{path}: {why}", "keep nothing: --no-persist")


def temporary(name: str) -> str:
    """Return the name of the file that a file is written to before it gets its own; no loader reads it."""
    return f".{name}.tcptune-tmp"


def remove(descriptor: int, name: str) -> None:
    """Remove a file for good; one that is not there is fine. Raises `OSError`."""
    forget(descriptor, name)
    os.fsync(descriptor)


def forget(descriptor: int, name: str) -> None:
    """Remove a file, or what a killed run has left of one; one that is not there is fine. Raises `OSError`."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=descriptor)


def write_all(handle: int, data: bytes) -> None:
    """Append all of it, however little each call takes, and see that the file has grown by it. Raises `OSError`."""
    size = os.fstat(handle).st_size
    view = memoryview(data)
    while view:
        written = os.write(handle, view)
        if written == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        view = view[written:]
    if os.fstat(handle).st_size != size + len(data):
        raise OSError(errno.EIO, "the file system has not taken all of it")
