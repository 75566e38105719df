"""The kernel as a loader meets it: which keys there are, which can be written, and what it answers to a text."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal, Protocol

from tcptune.model.record import dataclass

PROC_SYS = "/proc/sys/"

Accepts = Callable[[str, str], str]
"""From a dotted key and a text to the name of the kernel's error (`EINVAL`), empty when the text is taken."""


@dataclass(frozen=True, slots=True)
class Node:
    """What stands at a path: `real` is the path without links, doubled slashes and dots."""

    real: str
    kind: Literal["file", "folder"] = "file"
    readable: bool = True
    writable: bool = True

    @property
    def key(self) -> str:
        """Return the dotted name."""
        return dotted_path(self.real)


class Kernel(Protocol):
    """What a loader asks of the kernel. Paths are whole (`/proc/sys/net/…`), spelled as the loader spells them."""

    def look(self, path: str) -> Node | None:
        """Return what stands at a path, None when there is nothing."""

    def names(self, folder: str) -> Iterable[str]:
        """Return the names in a folder; none when it is no folder."""

    def write(self, path: str, text: str) -> str:
        """Return the error that writing a text (without its newline) gives; empty when it is taken."""


def taken(key: str, text: str) -> str:
    """Accept everything: for a kernel of which nothing more is known than its keys."""
    return ""


class Keys:
    """A kernel known by the list of its keys: an image, a snapshot, another release.

    `keys` are dotted. With `complete=False` a key that is not listed is taken to be there (globs find listed ones
    only), but for `whole`: beginnings such as `net.` of families that are listed whole. `read_only` and `write_only`
    are keys of the list; `accepts` judges texts.
    """

    def __init__(
        self,
        keys: Iterable[str],
        *,
        complete: bool = True,
        whole: tuple[str, ...] = (),
        read_only: Iterable[str] = (),
        write_only: Iterable[str] = (),
        accepts: Accepts = taken,
    ) -> None:
        self._complete = complete
        self._whole = whole
        self._accepts = accepts
        self._folders: dict[str, dict[str, None]] = {}
        self._files: dict[str, Node] = {}
        self._seen: dict[str, Node | None] = {}
        locked, blind = set(read_only), set(write_only)
        for key in keys:
            path = PROC_SYS + key.translate(_SWAP)
            self._files[path] = Node(path, readable=key not in blind, writable=key not in locked)
            while path not in ("/", ""):
                folder, _, name = path.rpartition("/")
                self._folders.setdefault(folder or "/", {})[name] = None
                path = folder

    def look(self, path: str) -> Node | None:
        """Return what stands at a path; with an incomplete list, every path below /proc/sys stands for a key."""
        if path not in self._seen:
            self._seen[path] = self._look(path)
        return self._seen[path]

    def _look(self, path: str) -> Node | None:
        real = posixpath.normpath(path)
        if real in self._files:
            return None if path.endswith("/") else self._files[real]
        if real in self._folders:
            return Node(real, "folder", writable=False)
        if self._complete or not real.startswith(PROC_SYS) or dotted_path(real).startswith(self._whole):
            return None
        return Node(real)

    def names(self, folder: str) -> Iterable[str]:
        """Return the names in a folder."""
        return self._folders.get(posixpath.normpath(folder), ())

    def write(self, path: str, text: str) -> str:
        """Ask `accepts`."""
        return self._accepts(dotted_path(path), text)


class LiveKeys:
    """The keys of the running kernel, in the namespace of this process. Nothing is ever written.

    `absent` are families that are there now and will not be at boot (dotted prefixes such as
    `net.netfilter.nf_conntrack`), so that the next boot can be told before connection tracking is loaded. `seen` is
    what was looked at before, by another of these, and is added to.
    """

    def __init__(
        self, accepts: Accepts = taken, absent: tuple[str, ...] = (), seen: dict[str, Node | None] | None = None
    ) -> None:
        self._accepts = accepts
        self._absent = tuple(PROC_SYS + prefix.translate(_SWAP) for prefix in absent)
        self._nodes = {} if seen is None else seen
        self._names: dict[str, list[str]] = {}

    def look(self, path: str) -> Node | None:
        """Return what stands at a path now."""
        if path not in self._nodes:
            self._nodes[path] = self._look(path)
        node = self._nodes[path]
        return None if node is not None and self._absent and node.real.startswith(self._absent) else node

    def _look(self, path: str) -> Node | None:
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 (a Path would drop a slash at the end, and a file has none)
            # There are no links below /proc/sys, so the path is real unless it climbs.
            real = os.path.realpath(path) if ".." in path else posixpath.normpath(path)
        except (OSError, ValueError):
            return None
        kind: Literal["file", "folder"] = "folder" if stat.S_ISDIR(mode) else "file"
        return Node(real, kind, bool(mode & stat.S_IRUSR), bool(mode & stat.S_IWUSR))

    def names(self, folder: str) -> Iterable[str]:
        """Return the names in a folder now."""
        if folder not in self._names:
            try:
                self._names[folder] = [entry.name for entry in os.scandir(folder)]
            except (OSError, ValueError):
                self._names[folder] = []
        return self._names[folder]

    def write(self, path: str, text: str) -> str:
        """Ask `accepts`."""
        return self._accepts(dotted_path(path), text)


_SWAP = str.maketrans("./", "/.")


@lru_cache(maxsize=8192)
def dotted_path(path: str) -> str:
    """Return the dotted key of a path below /proc/sys, dots and doubled slashes resolved."""
    real = posixpath.normpath(path)
    return real.removeprefix(PROC_SYS).translate(_SWAP) if real.startswith(PROC_SYS) else real
