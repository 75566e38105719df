"""What surrounds a file that was given by itself, as pre-commit gives them: its folder of drop-ins, read as context.

Of a role's file it is the role's tasks, which may load a module; of a manifest, a recipe, a state or a module of NixOS
it is what is applied with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tcptune.model.late import late

FOLDER = "sysctl.d"
UFW = "ufw/sysctl.conf"
"""The file of ufw, which it sets after the loaders have read theirs."""

MODULES = "modules-load.d"

_ROLE = late(r"((?:.*/)?roles/[^/]+/)(?:tasks|handlers|defaults|vars|templates)/")
_TASKS = ("tasks", (".yml", ".yaml"))
"""Where a role's tasks stand, and how the names of their files end."""


_PART = late(r"(?P<role>(?:.*/)?)(?P<part>tasks|handlers|templates|vars|defaults)/")
VARIABLES = tuple(f"{folder}/main.{suffix}" for folder in ("defaults", "vars") for suffix in ("yml", "yaml"))
"""Where a role's variables stand; the later ones win."""

_CODE = late(r"((?:.*/)?(?:manifests|recipes)/)(?:[^/]+/){0,9}[^/]+(\.pp|\.rb)|((?:.*/)?)[^/]+(\.sls|\.nix)")
"""Code that is applied with what stands beside it, for manifests and recipes also with what stands below."""

_DEEP = (".pp", ".rb")

_MOST = 500
"""Files beside such code that are read at most."""


def drop_in_folder(path: str) -> str | None:
    """Return the folder of drop-ins that a file stands in, also by a link or from within; None when it is none."""
    parent = os.path.normpath(os.path.dirname(path))  # noqa: PTH120
    name = os.path.basename(parent)  # noqa: PTH119
    if name == FOLDER:
        return parent
    if name in ("", ".", "..") or os.path.islink(parent):  # noqa: PTH114
        real = os.path.realpath(parent)
        return real if os.path.basename(real) == FOLDER else None  # noqa: PTH119
    return None


def beside(named: Iterable[str], known: Iterable[str], more: Sequence[str] = ()) -> list[str]:
    """Return the files that have to be read to judge the named ones: their neighbours, and what loads modules.

    `known` are the files of the run, which need not be added; `more` are others that surround them.
    """
    named = list(named)
    folders = dict.fromkeys(os.path.dirname(path) for path in named if drop_in_folder(path) is not None)  # noqa: PTH120
    roles = dict.fromkeys(match[1] for match in map(_ROLE.match, named) if match is not None)
    codes = {(match[1] or match[3], match[2] or match[4]) for match in map(_CODE.fullmatch, named) if match is not None}
    if not folders and not roles and not codes and not more:
        return []
    have = {os.path.normpath(path) for path in (*named, *known)}
    found = [path for folder in folders for path in _around(folder)]
    tasks = (path for role in roles for path in _files(role + _TASKS[0]))
    found += [path for path in tasks if path.endswith(_TASKS[1])]
    found += [path for code in sorted(codes) for path in islice(_code(*code), _MOST)]
    return [path for path in dict.fromkeys([*found, *more]) if os.path.normpath(path) not in have]


def _around(folder: str) -> Iterator[str]:
    """Yield the drop-ins of a folder, spelled as the given one was, and what the folder beside it loads."""
    yield from _files(folder)
    real = os.path.realpath(folder or ".")
    modules = os.path.join(os.path.dirname(real), MODULES)  # noqa: PTH118, PTH120
    plain = os.path.normpath(os.path.join(folder or ".", "..", MODULES))  # noqa: PTH118
    yield from _files(plain if os.path.realpath(plain) == os.path.realpath(modules) else modules)


def _code(folder: str, suffix: str) -> Iterator[str]:
    """Yield the manifests or recipes of a module, at any depth, or the states or modules of one folder."""
    folders = [folder]
    if suffix in _DEEP:
        folders = [os.path.join(place, "") for place, _, _ in os.walk(folder)]  # noqa: PTH118
    yield from (path for each in folders for path in _files(each) if path.endswith(suffix))


def _files(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder or ".") as listing:
            names = sorted(entry.name for entry in listing if entry.is_file())
    except OSError:
        return  # It is not there, or may not be listed: then nothing is known of what surrounds the file.
    for name in names:
        yield os.path.join(folder, name).replace(os.sep, "/")  # noqa: PTH118


def part_of(path: str) -> str | None:
    """Return the folder of the role that a file may be a part of; None where its path is not like that."""
    match = _PART.match(path)
    return match["role"] if match is not None else None
