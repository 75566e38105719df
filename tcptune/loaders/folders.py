"""Which drop-ins are read, in which order: folders by priority, names by their bytes, the first folder's file wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tcptune.loaders.outcome import Ignored, Load, Masked, Problem
from tcptune.loaders.tree import Content, Failure, Tree
from tcptune.model.setting import Location

ETC = "/etc/sysctl.d"
FOLDERS = (ETC, "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
"""The drop-in folders, the one with the highest priority first."""

MAIN = "/etc/sysctl.conf"
"""Read by procps alone, after all drop-ins."""

FILES_LIMIT = 4096
"""How many drop-ins of one tree are looked at."""


def drop_ins(
    tree: Tree, load: Load, folders: Sequence[str], *, hidden: bool, usable: Callable[[str], bool] | None = None
) -> list[str]:
    """Return the paths of the drop-ins that are read, in the order of reading; the others are noted in `load`.

    `hidden`: names with a leading dot count. `usable` may leave out a path, so that a lower folder's file is read.
    """
    chosen: dict[str, str] = {}
    seen: set[str] = set()
    for folder in folders:
        real = tree.resolve(folder).real
        if real in seen:
            continue
        seen.add(real)
        names = tree.names(folder)
        if isinstance(names, Failure):
            if names.kind != "missing":
                load.problems.append(folder_problem(folder, names))
            continue
        for name in names:
            _choose(tree, load, chosen, folder, name, hidden, usable)
    order = sorted(chosen, key=lambda name: name.encode("utf-8", "surrogateescape"))
    if len(order) > FILES_LIMIT:
        at = Location(chosen[order[FILES_LIMIT]])
        load.problems.append(Problem("too-long", at, f"More than {FILES_LIMIT} drop-ins: from here on none was read."))
    return [chosen[name] for name in order[:FILES_LIMIT]]


def _choose(
    tree: Tree,
    load: Load,
    chosen: dict[str, str],
    folder: str,
    name: str,
    hidden: bool,
    usable: Callable[[str], bool] | None,
) -> None:
    path = f"{folder}/{name}"
    if not name.endswith(".conf"):
        load.files_ignored.append(Ignored(path, "suffix"))
    elif name.startswith(".") and not hidden:
        load.files_ignored.append(Ignored(path, "hidden"))
    elif name in chosen:
        winner = chosen[name]
        load.files_masked.append(Masked(path, winner, _switches_off(tree, winner)))
    elif usable is None or usable(path):
        chosen[name] = path


def _switches_off(tree: Tree, path: str) -> bool:
    content = tree.read(path)
    return isinstance(content, Content) and not content.text


def folder_problem(folder: str, failure: Failure) -> Problem:
    """Return what is wrong with a drop-in folder that could not be listed."""
    reasons = {
        "denied": "may not be read: what stands in it is not known",
        "not-a-folder": "is no folder",
        "loop": "is a link that leads to itself",
    }
    reason = reasons.get(failure.kind, "cannot be read")
    return Problem("unreadable", Location(folder), f"{folder} {reason}.")


def file_problem(path: str, failure: Failure, fails: bool) -> Problem:
    """Return what is wrong with a drop-in that could not be read; `fails` when the loader's status tells of it."""
    at = Location(path)
    if failure.kind == "folder":
        return Problem("folder", at, f"{path} is a folder, no file.", fails)
    if failure.kind == "special":
        said = f"{path} is no regular file (a FIFO, socket or device): a loader would wait for it or fail."
        return Problem("special", at, said, fails)
    if failure.kind == "loop":
        return Problem("loop", at, f"{path} is a link that leads to itself.", fails)
    if failure.kind == "denied":
        said = f"{path} may not be read by this user, so what it sets is not known; a loader runs as root and reads it."
        return Problem("unreadable", at, said)
    where = "that leads out of the root, and inside to" if failure.left else "to"
    return Problem("dangling", at, f"{path} is a link {where} {failure.real}, which is not there.", fails)


def content_problems(path: str, content: Content) -> list[Problem]:
    """Return what a reader should know of a file that was read: it was cut, is binary, or its link left the root."""
    found = []
    if content.cut:
        said = f"{path} is larger than what is read of one file: what stands behind that is not known."
        found.append(Problem("too-long", Location(path), said))
    if content.left:
        said = f"{path} is a link that leads out of the root; it was followed inside, to {content.real}."
        found.append(Problem("outside", Location(path), said))
    if content.text.startswith("\ufeff"):
        said = f"{path} begins with a byte-order mark: the loaders take it for a part of its first line."
        found.append(Problem("mark", Location(path, 1), said))
    if "\0" in content.text:
        line = content.text.count("\n", 0, content.text.index("\0")) + 1
        said = f"{path} holds NUL bytes: the loaders read different lines in it."
        found.append(Problem("binary", Location(path, line), said))
    return found
