"""Who besides root can write the files that the loaders read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from tcptune.loaders.folders import FOLDERS, MAIN
from tcptune.loaders.outcome import Load
from tcptune.loaders.tree import DiskTree, Tree
from tcptune.model.origin import Writable


class Mode(NamedTuple):
    """Permission bits and owner."""

    bits: int
    uid: int
    gid: int


Stat = Callable[[str], Mode | None]
"""From a path without links to its mode and owner; None when they cannot be seen."""


def on_disk(tree: DiskTree) -> Stat:
    """Return what looks at the files of a tree; the owner of its root stands for root (an image of an own user)."""
    prefix = "" if tree.root == "/" else tree.root
    owner = _stat(tree.root)
    same = owner.uid if owner is not None else 0

    def look(path: str) -> Mode | None:
        found = _stat(prefix + path)
        return found._replace(uid=0) if found is not None and found.uid == same else found

    return look


def _stat(path: str) -> Mode | None:
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return Mode(found.st_mode & 0o7777, found.st_uid, found.st_gid)


def writable(tree: Tree, loads: Iterable[Load], stat: Stat) -> Iterator[Writable]:
    """Yield each folder, drop-in and target of a link that others than root can write, once."""
    seen: set[str] = set()
    paths = {path for load in loads for path in load.files_read}
    for path in [*FOLDERS, *sorted(paths | ({MAIN} if tree.resolve(MAIN).kind == "file" else set()))]:
        real = tree.resolve(path)
        if real.kind not in ("file", "folder"):
            continue
        kind = "folder" if path in FOLDERS else "drop-in" if path == real.real else "target of a link"
        todo = [(real.real, kind)]
        if kind == "target of a link":
            todo.append((str(PurePosixPath(real.real).parent), "folder"))
        for place, what in todo:
            who = _who(stat(place))
            if who is not None and place not in seen:
                seen.add(place)
                yield Writable(place, what, who, path if path != place and what != "drop-in" else None)


def _who(mode: Mode | None) -> str | None:
    """Return who besides root can write what has this mode."""
    if mode is None:
        return None
    if mode.bits & 0o002:
        return "everybody"
    if mode.uid != 0:
        return f"its owner, the user {mode.uid}"
    if mode.bits & 0o020 and mode.gid != 0:
        return f"the group {mode.gid}"
    return None
