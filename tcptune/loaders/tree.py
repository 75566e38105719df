"""A host's files below some root, read safely: links are followed inside the root, never out of it.

A root that is not `/` is an image, a container's file system or a backup, and may be hostile: its links are resolved
here, one component after the other, as they would be within a chroot. Only regular files are opened, without waiting,
and never more than a limit is read.
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Literal

from tcptune.model.record import dataclass

FILE_LIMIT = 4 << 20
"""How much of one file is read, in bytes."""

TOTAL_LIMIT = 64 << 20
"""How much is read of one tree in all, in bytes."""

LINKS = 40
"""How many links one path may lead over, as in the kernel."""

Kind = Literal["file", "folder", "link", "special", "missing", "denied", "not-a-folder", "loop"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a path could not be read; `real` is where its links lead, as far as they could be followed.

    `left` when one of them climbs above the root.
    """

    kind: Kind
    real: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a path leads: `real` has no links. `left` when a link climbs above the root, where the climb ends."""

    real: str
    kind: Kind
    left: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, up to the limits; bytes that are no UTF-8 survive as surrogates. `cut` when there is more."""

    text: str
    real: str
    cut: bool = False
    left: bool = False


class Tree(ABC):
    """Files below a root. Paths begin with `/` and mean that root. Subclasses say where the files come from."""

    def __init__(self) -> None:
        self._resolved: dict[str, Resolved] = {}
        self._contents: dict[str, Content | Failure] = {}
        self._left = TOTAL_LIMIT
        # Above the root of the running host itself there is nothing to climb to.
        self._bounded = True

    def resolve(self, path: str) -> Resolved:
        """Follow the links of a path, also its last one."""
        known = self._resolved.get(path)
        if known is None:
            known = self._walk(path)
            if known.real == "/dev/null":
                known = Resolved(known.real, "special", known.left)
            self._resolved[path] = known
        return known

    def names(self, folder: str) -> list[str] | Failure:
        """Return the names in a folder, in the order of their bytes."""
        at = self.resolve(folder)
        if at.kind != "folder":
            return Failure("not-a-folder" if at.kind in ("file", "special") else at.kind, at.real)
        try:
            return sorted(self._list(at.real), key=_bytes)
        except OSError as error:
            return _failure(error, at.real)

    def read(self, path: str) -> Content | Failure:
        """Return what a file holds. /dev/null is empty, whether it is there or not. A file is read once."""
        known = self._contents.get(path)
        if known is None:
            known = self._contents[path] = self._content(path)
        return known

    def _content(self, path: str) -> Content | Failure:
        at = self.resolve(path)
        if at.real == "/dev/null":
            return Content("", at.real)
        if at.kind != "file":
            return Failure(at.kind, at.real, at.left)
        limit = min(FILE_LIMIT, self._left)
        try:
            data = self._read(at.real, limit + 1)
        except OSError as error:
            return _failure(error, at.real)
        cut = len(data) > limit
        data = data[:limit]
        self._left -= len(data)
        return Content(data.decode("utf-8", "surrogateescape"), at.real, cut, at.left)

    def _walk(self, path: str) -> Resolved:
        todo = [part for part in reversed(path.split("/")) if part not in ("", ".")]
        real: list[str] = []
        kind: Kind = "folder"
        links, left = 0, False
        while todo:
            part = todo.pop()
            if kind != "folder":
                rest = [part, *reversed(todo)]
                return Resolved(_joined(real + rest), kind if kind in ("missing", "denied") else "not-a-folder", left)
            if part == "..":
                left = left or (not real and links > 0 and self._bounded)
                del real[-1:]
                continue
            place = _joined([*real, part])
            kind = self._kind(place)
            if kind != "link":
                real.append(part)
                continue
            links += 1
            target = self._target(place)
            if links > LINKS or target is None:
                return Resolved(place, "loop" if target is not None else "missing", left)
            if target.startswith("/"):
                real.clear()
            todo.extend(step for step in reversed(target.split("/")) if step not in ("", "."))
            kind = "folder"
        return Resolved(_joined(real), kind, left)

    @abstractmethod
    def _kind(self, path: str) -> Kind: ...

    @abstractmethod
    def _target(self, path: str) -> str | None: ...

    @abstractmethod
    def _list(self, path: str) -> list[str]: ...

    @abstractmethod
    def _read(self, path: str, limit: int) -> bytes: ...


class DiskTree(Tree):
    """The files below a folder of this host."""

    def __init__(self, root: str | os.PathLike[str] = "/") -> None:
        super().__init__()
        self.root = _root(os.fspath(root))
        self._prefix = "" if self.root == "/" else self.root
        self._bounded = bool(self._prefix)
        self._known: dict[str, Kind] = {}

    def _kind(self, path: str) -> Kind:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._look(path)
        return known

    def _look(self, path: str) -> Kind:
        try:
            mode = os.lstat(self._prefix + path).st_mode
        except (OSError, ValueError) as error:
            return _failure(error).kind
        if stat.S_ISREG(mode):
            return "file"
        if stat.S_ISDIR(mode):
            return "folder"
        return "link" if stat.S_ISLNK(mode) else "special"

    def _target(self, path: str) -> str | None:
        try:
            return os.readlink(self._prefix + path)  # noqa: PTH115 (a Path would tidy the target)
        except OSError:
            return None

    def _list(self, path: str) -> list[str]:
        return [entry.name for entry in os.scandir(self._prefix + path)]

    def _read(self, path: str, limit: int) -> bytes:
        handle = self._open(path)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise FileNotFoundError(path)
            parts, wanted = [], limit
            while wanted > 0 and (part := os.read(handle, min(wanted, 1 << 20))):
                parts.append(part)
                wanted -= len(part)
        finally:
            os.close(handle)
        return b"".join(parts)

    def _open(self, path: str) -> int:
        """Open a file by a path without links.

        Below a root folder by folder: somebody may exchange one for a link meanwhile.
        """
        if not self._prefix or os.open not in os.supports_dir_fd:
            return os.open(self._prefix + path, _FLAGS)
        folder = os.open(self._prefix, _FOLDER)
        try:
            *between, last = [part for part in path.split("/") if part]
            for part in between:
                inner = os.open(part, _FOLDER | _NOT_A_LINK, dir_fd=folder)
                os.close(folder)
                folder = inner
            return os.open(last, _FLAGS, dir_fd=folder)
        except NotADirectoryError:
            raise FileNotFoundError(path) from None
        finally:
            os.close(folder)


class MemoryTree(Tree):
    """Files that somebody else collected: text and bytes are files, `Link` is a link, None is a folder.

    They are those of an image, whose links may climb out of it, unless `whole` says that they are a host's own.
    """

    def __init__(self, files: dict[str, bytes | str | Link | None], *, whole: bool = False) -> None:
        super().__init__()
        self._bounded = not whole
        self._files: dict[str, bytes | Link | None] = {"/": None}
        for path, held in files.items():
            parts = [part for part in path.split("/") if part]
            for end in range(1, len(parts)):
                self._files.setdefault("/" + "/".join(parts[:end]), None)
            data = held.encode("utf-8", "surrogateescape") if isinstance(held, str) else held
            self._files["/" + "/".join(parts)] = data

    def _kind(self, path: str) -> Kind:
        if path not in self._files:
            return "missing"
        held = self._files[path]
        if held is None:
            return "folder"
        return "link" if isinstance(held, Link) else "file"

    def _target(self, path: str) -> str | None:
        held = self._files[path]
        return held.target if isinstance(held, Link) else None

    def _list(self, path: str) -> list[str]:
        prefix = path.rstrip("/") + "/"
        return [
            place[len(prefix) :] for place in self._files if place.rpartition("/")[0] + "/" == prefix and place != "/"
        ]

    def _read(self, path: str, limit: int) -> bytes:
        held = self._files[path]
        return held[:limit] if isinstance(held, bytes) else b""


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link in a `MemoryTree`."""

    target: str


_NOT_A_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_PATH", "O_DIRECTORY", "O_CLOEXEC"))
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY"))


def _root(path: str) -> str:
    """Return a root without links; /proc/1/root and its like lead elsewhere than their text says, and stay."""
    real = os.path.realpath(path)
    try:
        return real if Path(real).samefile(path) else str(Path(path).absolute())
    except OSError:
        return real


def _joined(parts: list[str]) -> str:
    return "/" + "/".join(parts)


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _failure(error: Exception, real: str = "") -> Failure:
    if isinstance(error, PermissionError):
        return Failure("denied", real)
    if isinstance(error, NotADirectoryError):
        return Failure("not-a-folder", real)
    return Failure("missing", real)
