"""Files with settings that stand where drop-ins stand, and that a loader passes over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from tcptune.loaders import procps
from tcptune.loaders.folders import FILES_LIMIT, MAIN
from tcptune.loaders.outcome import Load
from tcptune.loaders.resolve import reads
from tcptune.loaders.tree import Content, Tree
from tcptune.model.origin import LEFT_OVER, TEXTS, Unread
from tcptune.model.setting import Location

FAMILIES = ("net/", "kernel/", "vm/", "fs/", "dev/", "user/")
"""How the place of a parameter begins; a text with an equals sign in it is no drop-in yet."""


TOLD = 50
"""How many such files are named; there may be a hundred thousand."""


def unread(tree: Tree, loads: Sequence[Load], today: Load | None = None) -> tuple[tuple[Unread, ...], tuple[str, ...]]:
    """Return each file with settings that no loader of the host reads, or only one of several.

    `today` is what systemd-sysctl reads where that is more than at the next boot. Where there are very many, the first
    ones are returned, and a sentence that says so.
    """
    found = tuple(islice(_unread(tree, loads, today), TOLD + 1))
    if len(found) <= TOLD:
        return found, ()
    path = found[TOLD].at.path
    return found[:TOLD], (f"{path}: from here on files that no loader takes for drop-ins are not named any more.",)


def _unread(tree: Tree, loads: Sequence[Load], today: Load | None) -> Iterator[Unread]:
    paths = dict.fromkeys(one.path for load in loads for one in load.files_ignored)
    fleeting = [path for load in (today, *loads) if load for path in load.files_read if path.startswith("/run/")]
    for path in (MAIN, *dict.fromkeys(fleeting), *islice(paths, FILES_LIMIT)):
        name = PurePosixPath(path).name
        if name.endswith(LEFT_OVER + TEXTS):
            continue
        if path in fleeting:
            line = _first_setting(tree, path)
            if line:
                now = dict.fromkeys(
                    load.loader for load in (today, *loads) if load is not None and reads(tree, load, path)
                )
                yield Unread(Location(path, line), "run", tuple(now))
            continue
        readers = tuple(load.loader for load in loads if reads(tree, load, path))
        missing = [load for load in loads if load.loader not in readers]
        line = _first_setting(tree, path)
        if line and missing:
            reason = "main" if path == MAIN else "hidden" if name.endswith(".conf") else "suffix"
            yield Unread(Location(path, line), reason, readers)


def _first_setting(tree: Tree, path: str) -> int:
    """Return the line of the first setting in a file, 0 when it has none."""
    content = tree.read(path)
    if not isinstance(content, Content):
        return 0
    lines = procps.assignments(path, content, Load("procps", ""))
    return next((line.line for line in lines if line.raw is not None and line.path.startswith(FAMILIES)), 0)
